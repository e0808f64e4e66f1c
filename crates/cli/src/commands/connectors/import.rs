//! `solder connectors import`: a connector file of an API description. The file goes to standard output or where `--out`
//! says, and what there is to tell of it beside.

use crate::arguments::Import;
use crate::failure::{Failure, Result};
use crate::print;
use crate::system::SystemEntropy;
use serde_json::{Value, json};
use solder_connector::import::{self, Draft, MOST_BYTES, Merged, Options, Report};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

/// So many operations of a kind are named; of more, the count is told.
const NAMED: usize = 10;

/// Imports.
pub(super) fn run(arguments: &Import) -> Result<()> {
    let source = arguments.description.as_str();
    let is_url = source.starts_with("http://") || source.starts_with("https://");
    let bytes = if is_url { fetched(source)? } else { read(source)? };
    let old = arguments.out.as_deref().map(existing).transpose()?.flatten();
    let kept = old.as_deref().and_then(id_of);
    let options = Options {
        id: arguments
            .id
            .clone()
            .or(kept)
            .or_else(|| named_by(arguments.out.as_deref())),
        base: arguments.base.clone(),
        from: is_url.then(|| source.to_owned()),
        all: arguments.all,
        only: arguments.only.clone(),
    };
    let name = if source == "-" { "standard input" } else { source };
    let draft = import::read(name, &bytes, &options).map_err(|error| Failure::Failed(error.to_string()))?;
    let merged = match &old {
        Some(old) => Some(import::merge(old, &draft).map_err(|what| {
            let out = arguments.out.as_deref().unwrap_or(Path::new(""));
            Failure::Failed(format!("{}: {what}", out.display()))
        })?),
        None => None,
    };
    deliver(arguments, &draft, merged.as_ref())
}

fn deliver(arguments: &Import, draft: &Draft, merged: Option<&Merged>) -> Result<()> {
    let text = merged.map_or(draft.text.as_str(), |merged| merged.text.as_str());
    let told = if arguments.json {
        to_json(draft, merged).to_string()
    } else {
        words(draft, merged, arguments.out.as_deref())
    };
    let Some(path) = &arguments.out else {
        print::line(text.trim_end())?;
        return aside(&told);
    };
    if merged.is_none_or(|merged| !merged.is_empty()) {
        write(path, text)?;
    }
    print::line(&told)
}

/// What is told beside a file that goes to standard output.
fn aside(text: &str) -> Result<()> {
    let mut err = std::io::stderr().lock();
    err.write_all(text.as_bytes())
        .and_then(|()| err.write_all(b"\n"))
        .map_err(|_nobody_reads| Failure::NobodyReads)
}

fn fetched(url: &str) -> Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because("the runtime does not start", &error))?;
    let entropy = Arc::new(SystemEntropy);
    let answer = runtime.block_on(solder_engine::read_typed_url(url, MOST_BYTES, entropy));
    answer
        .map(Vec::from)
        .map_err(|what| Failure::Failed(format!("{} {what}", print::without_controls(url))))
}

/// A file or standard input, and never more of it than an import reads.
fn read(source: &str) -> Result<Vec<u8>> {
    let most = MOST_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let done = if source == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(source).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    let name = if source == "-" { "standard input" } else { source };
    done.map_err(|error| {
        Failure::because(
            format!("{} cannot be read", print::without_controls(name)),
            &error,
        )
    })?;
    Ok(bytes)
}

fn existing(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::because(
            format!("{} cannot be read", path.display()),
            &error,
        )),
    }
}

/// The id that a file has.
fn id_of(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("id = \""))?;
    line.split('"').next().map(str::to_owned)
}

/// The id that a new file's name asks for: the two have to be the same.
fn named_by(out: Option<&Path>) -> Option<String> {
    let path = out.filter(|path| path.extension().is_some_and(|extension| extension == "toml"))?;
    path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned)
}

/// Writes beside the file first, so that a file that is read while it is written is whole.
fn write(path: &Path, text: &str) -> Result<()> {
    let broken = |error: &dyn std::error::Error| {
        Failure::because(format!("{} cannot be written", path.display()), error)
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(|error| broken(&error))?;
    beside
        .write_all(text.as_bytes())
        .map_err(|error| broken(&error))?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(beside.path(), mode).map_err(|error| broken(&error))?;
    beside.persist(path).map_err(|error| broken(&error))?;
    Ok(())
}

fn words(draft: &Draft, merged: Option<&Merged>, out: Option<&Path>) -> String {
    let report = &draft.report;
    let mut lines = vec![format!(
        "{}: {} of {} operations of the {} description became actions, {} of them on",
        draft.id, report.actions, report.operations, report.format, report.on
    )];
    for warning in &report.warnings {
        lines.push(format!("  look at: {}", warning.what));
    }
    left_out(report, &mut lines);
    if report.beyond > 0 {
        lines.push(format!(
            "  {} more operations are less used: --all takes them, --only one of them",
            report.beyond
        ));
    }
    if let Some(merged) = merged {
        difference(merged, &mut lines);
    }
    if let Some(path) = out {
        lines.push(match merged {
            Some(merged) if merged.is_empty() => format!("{} stays as it is", path.display()),
            _ => format!(
                "{} is written: read it, and take `off = true` away where you allow a call",
                path.display()
            ),
        });
    }
    let safe: Vec<String> = lines.iter().map(|line| print::without_controls(line)).collect();
    safe.join("\n")
}

fn left_out(report: &Report, lines: &mut Vec<String>) {
    if report.left_out.is_empty() {
        return;
    }
    lines.push(format!("  left out: {}", report.left_out.len()));
    for one in report.left_out.iter().take(NAMED) {
        lines.push(format!("    {}: {}", one.operation, one.why));
    }
    if report.left_out.len() > NAMED {
        lines.push(format!(
            "    and {} more; --json names all",
            report.left_out.len() - NAMED
        ));
    }
}

fn difference(merged: &Merged, lines: &mut Vec<String>) {
    let kinds = [
        ("new, and off", &merged.added),
        ("changed by the description", &merged.changed),
        (
            "changed by the description, and left as you edited them",
            &merged.kept,
        ),
        ("gone from the description, and off now", &merged.gone),
    ];
    for (what, operations) in kinds.into_iter().filter(|(_, operations)| !operations.is_empty()) {
        lines.push(format!("  {what}: {}", operations.join(", ")));
    }
    if merged.head_kept {
        lines.push(
            "  what stands before the actions is as you edited it; the description says something else now"
                .to_owned(),
        );
    }
}

fn to_json(draft: &Draft, merged: Option<&Merged>) -> Value {
    let report = &draft.report;
    let left_out: Vec<_> = report
        .left_out
        .iter()
        .map(|one| json!({ "operation": one.operation, "why": one.why }))
        .collect();
    let warnings: Vec<_> = report
        .warnings
        .iter()
        .map(|one| json!({ "kind": one.kind.as_str(), "what": one.what }))
        .collect();
    let difference = merged.map(|one| {
        json!({ "added": one.added, "changed": one.changed, "kept": one.kept, "gone": one.gone,
            "headChanged": one.head_changed, "headKept": one.head_kept })
    });
    json!({
        "id": draft.id, "format": report.format, "base": draft.base, "operations": report.operations,
        "actions": report.actions, "on": report.on, "beyond": report.beyond, "leftOut": left_out,
        "warnings": warnings, "difference": difference,
    })
}
