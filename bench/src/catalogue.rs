//! What the catalogue costs: time and memory of reading it and of making it searchable, how long a search takes, and how
//! many of the evaluation's sentences find a right action. Takes folders of further connector files, which stand beside
//! the right ones; prints lines of JSON.

use solder_connector::{Connector, Index, Summary};
use std::io::Write;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sentences of which none is asked twice in a row.
const GOALS: &[&str] = &[
    "send a message to the general channel",
    "which invoices are overdue",
    "create a calendar event for tomorrow",
    "find a customer by email",
    "delete the old branch",
    "upload a file to the shared folder",
    "add a comment to the ticket",
    "list everybody in the team",
];

/// Resident memory in kB, as Linux tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Runs a step and tells what it cost.
fn step<T>(name: &str, run: impl FnOnce() -> T) -> T {
    let (before, start) = (resident(), Instant::now());
    let made = run();
    let took = start.elapsed();
    let grown = resident().saturating_sub(before);
    let line = format!(
        "{{\"step\":\"{name}\",\"ms\":{:.2},\"kB\":{grown}}}\n",
        took.as_secs_f64() * 1_000.0
    );
    drop(std::io::stdout().write_all(line.as_bytes()));
    made
}

/// The sentences that the search is tuned on, and those that were set aside.
const EVALUATIONS: [(&str, &str); 2] = [
    (
        "tuning",
        include_str!("../../crates/connector/evaluation/tuning.tsv"),
    ),
    (
        "held out",
        include_str!("../../crates/connector/evaluation/held-out.tsv"),
    ),
];

/// Tells how many sentences find a right action at once, and among the first three.
fn evaluate(index: &Index) {
    for (name, text) in EVALUATIONS {
        let goals: Vec<_> = text.lines().filter_map(|line| line.split_once('\t')).collect();
        let found = |most: usize| {
            let hit = |(goal, right): &&(&str, &str)| {
                let hits = index.search(goal, |_, _| true, most);
                hits.iter().any(|hit| {
                    right
                        .split(' ')
                        .any(|name| name == format!("{}.{}", hit.connector, hit.action))
                })
            };
            goals.iter().filter(hit).count()
        };
        let line = format!(
            "{{\"sentences\":\"{name}\",\"of\":{},\"first\":{},\"first_three\":{}}}\n",
            goals.len(),
            found(1),
            found(3)
        );
        drop(std::io::stdout().write_all(line.as_bytes()));
    }
}

fn files() -> Vec<(String, String)> {
    let mut found: Vec<_> = solder_connector::built_in()
        .iter()
        .map(|(id, text)| ((*id).to_owned(), (*text).to_owned()))
        .collect();
    for folder in std::env::args().skip(1) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "toml")
                && let (Some(stem), Ok(text)) = (path.file_stem(), std::fs::read_to_string(&path))
            {
                found.push((stem.to_string_lossy().into_owned(), text));
            }
        }
    }
    found
}

fn main() {
    let files = files();
    let summaries: Vec<Summary> = step("summaries", || {
        files.iter().filter_map(|(_, text)| Summary::read(text)).collect()
    });
    let index = step("index", || Index::new(&summaries));
    let mut times: Vec<_> = GOALS
        .iter()
        .cycle()
        .take(800)
        .map(|goal| {
            let start = Instant::now();
            std::hint::black_box(index.search(goal, |_, _| true, 5));
            start.elapsed().as_secs_f64() * 1_000_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0.0);
    let line = format!(
        "{{\"connectors\":{},\"actions\":{},\"search_us_p50\":{:.0},\"search_us_p99\":{:.0}}}\n",
        summaries.len(),
        index.len(),
        at(50),
        at(99)
    );
    drop(std::io::stdout().write_all(line.as_bytes()));
    evaluate(&index);
    // What those cost that are called: here all of them.
    let whole: Vec<Connector> = step("whole", || {
        let read =
            |(id, text): &(String, String)| solder_connector::parse_known(&format!("{id}.toml"), text).ok();
        files.iter().filter_map(read).collect()
    });
    std::hint::black_box(whole);
}
