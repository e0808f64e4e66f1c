//! A later draft brought into a file that a person has edited.
//!
//! Each part that the importer wrote has a mark: a hash of its text, and the operation that it is of. A part that still
//! fits its mark was left as it was, and is written anew; one that does not is a person's now, and stays. Whether an
//! action is on is always the person's. Parts without a mark are the person's own.

use super::names::hash;
use super::write::{MARK, quoted};
use super::{Draft, report::Report};
use crate::parse;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

/// What came of bringing a draft into a file.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// The file, which loads. Equal to the old one where nothing has changed.
    pub text: String,
    /// Operations that the file did not have; their actions are off.
    pub added: Vec<String>,
    /// Operations whose actions were written anew, since the description says something else now.
    pub changed: Vec<String>,
    /// Operations of which the description says something else now, but whose actions a person has edited: they stay.
    pub kept: Vec<String>,
    /// Operations that the description does not have any more: their actions stay, and are off.
    pub gone: Vec<String>,
    /// Whether what stands before the actions was written anew.
    pub head_changed: bool,
    /// Whether it would have been, had a person not edited it.
    pub head_kept: bool,
}

/// Brings a draft into the text of a file. Both are of the same connector.
///
/// # Errors
///
/// A sentence: the file does not load, is of another connector, or nothing that loads comes of the two.
pub fn merge(old: &str, draft: &Draft) -> Result<Merged, String> {
    let connector = parse("", old).map_err(|faults| {
        format!(
            "the file that is there does not load; mend it first: {}",
            told(&faults)
        )
    })?;
    if connector.id.as_str() != draft.id {
        return Err(format!(
            "the file that is there is of the connector `{}`, and the draft of `{}`: give it the same id, or write to another file",
            connector.id, draft.id
        ));
    }
    let (mine, theirs) = (split(old)?, split(&draft.text)?);
    let mut merged = Merged::default();
    let head = head(&mine.head, &theirs.head, &mut merged);
    let fresh: BTreeMap<&str, &Part> = theirs
        .actions
        .iter()
        .filter_map(|part| Some((part.key.as_deref()?, part)))
        .collect();
    let mut parts: Vec<String> = mine
        .actions
        .iter()
        .map(|part| action(part, &fresh, &draft.report, &mut merged))
        .collect();
    let have: BTreeSet<&str> = mine
        .actions
        .iter()
        .filter_map(|part| part.key.as_deref())
        .collect();
    for part in theirs
        .actions
        .iter()
        .filter(|part| part.key.as_deref().is_some_and(|key| !have.contains(key)))
    {
        merged.added.extend(part.key.clone());
        parts.push(with_off(&part.text, true));
    }
    if merged.is_empty() {
        old.clone_into(&mut merged.text);
        return Ok(merged);
    }
    merged.text = joined(&head, &parts);
    complete(&mut merged.text)?;
    Ok(merged)
}

impl Merged {
    /// Whether the file stays as it is.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.gone.is_empty() && !self.head_changed
    }
}

fn told(faults: &[crate::LoadFault]) -> String {
    let told: Vec<String> = faults.iter().take(5).map(ToString::to_string).collect();
    told.join("; ")
}

/// A part of a file: what stands before the actions, or one of them.
#[derive(Debug)]
struct Part {
    text: String,
    /// The hash and the operation of its mark.
    hash: Option<String>,
    key: Option<String>,
}

struct Parts {
    head: Part,
    actions: Vec<Part>,
}

/// Cuts a file before every `[[action]]`, and before the comments right above it.
fn split(text: &str) -> Result<Parts, String> {
    let table = DeTable::parse(text).map_err(|error| format!("is not TOML: {}", error.message()))?;
    let items = table
        .get_ref()
        .get("action")
        .and_then(|actions| actions.get_ref().as_array());
    let mut cuts = vec![0];
    for item in items.into_iter().flat_map(|items| items.iter()) {
        let start = item.span().start;
        // The span begins at the header or behind it.
        let before = text.get(..start + HEADER.len()).unwrap_or(text);
        cuts.extend(before.rfind(HEADER).map(|at| above(text, at)));
    }
    cuts.push(text.len());
    let mut parts = cuts.windows(2).filter_map(|pair| match pair {
        [from, to] => text.get(*from..*to).map(part),
        _ => None,
    });
    let head = parts.next().unwrap_or_else(|| part(""));
    Ok(Parts {
        head,
        actions: parts.collect(),
    })
}

/// The beginning of the comments right above a place.
fn above(text: &str, at: usize) -> usize {
    let mut start = at;
    while let Some(before) = text.get(..start).and_then(|before| before.strip_suffix('\n')) {
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        match before.get(line..) {
            Some(comment) if comment.starts_with('#') => start = line,
            _ => break,
        }
    }
    start
}

fn part(text: &str) -> Part {
    let mark = text.lines().find_map(|line| line.strip_prefix(MARK));
    let (hash, key) = match mark.map(|mark| mark.split_once(" of ").unwrap_or((mark, ""))) {
        Some((hash, key)) => (Some(hash.to_owned()), (!key.is_empty()).then(|| key.to_owned())),
        None => (None, None),
    };
    Part {
        text: text.trim_matches('\n').to_owned(),
        hash,
        key,
    }
}

impl Part {
    /// Whether nobody has edited it since it was written.
    fn is_untouched(&self) -> bool {
        self.hash.as_deref() == Some(fingerprint(&self.text).as_str())
    }
}

/// The hash of a part: without its mark, whether it is on, and where it begins.
pub(super) fn fingerprint(text: &str) -> String {
    let counts = |line: &&str| !line.starts_with(MARK) && *line != HEADER && *line != OFF;
    let lines: Vec<&str> = text.trim_matches('\n').lines().filter(counts).collect();
    hash(&lines.join("\n"))
}

const OFF: &str = "off = true";

const HEADER: &str = "[[action]]";

/// The same action, on or off.
fn with_off(text: &str, off: bool) -> String {
    let mut out = String::new();
    for line in text.lines().filter(|line| *line != OFF) {
        out.push_str(line);
        out.push('\n');
    }
    if !off {
        return out.trim_end().to_owned();
    }
    match out.find("\nname = ") {
        Some(at) => out.insert_str(at + 1, "off = true\n"),
        None => out.push_str("off = true\n"),
    }
    out.trim_end().to_owned()
}

fn is_off(text: &str) -> bool {
    text.lines().any(|line| line == OFF)
}

fn head(mine: &Part, theirs: &Part, merged: &mut Merged) -> String {
    let same = mine.hash.is_some() && mine.hash == theirs.hash;
    if same || mine.hash.is_none() {
        return mine.text.clone();
    }
    if mine.is_untouched() {
        merged.head_changed = true;
        return theirs.text.clone();
    }
    merged.head_kept = true;
    mine.text.clone()
}

fn action(part: &Part, fresh: &BTreeMap<&str, &Part>, report: &Report, merged: &mut Merged) -> String {
    let Some(key) = &part.key else {
        return part.text.clone();
    };
    match fresh.get(key.as_str()) {
        Some(new) if new.hash == part.hash => part.text.clone(),
        Some(new) if part.is_untouched() => {
            merged.changed.push(key.clone());
            with_off(&new.text, is_off(&part.text))
        }
        Some(_) => {
            merged.kept.push(key.clone());
            part.text.clone()
        }
        // It may be there still and only not be among those that were asked for.
        None if report.keys.contains(key) => part.text.clone(),
        None if is_off(&part.text) => part.text.clone(),
        None => {
            merged.gone.push(key.clone());
            with_off(&part.text, true)
        }
    }
}

fn joined(head: &str, parts: &[String]) -> String {
    let mut text = format!("{}\n", head.trim_end());
    for part in parts {
        text.push('\n');
        text.push_str(part.trim_end());
        text.push('\n');
    }
    text
}

/// Adds what the head lacks for its actions, resources and scopes, and takes resources away that have no action; the
/// loader says what.
fn complete(text: &mut String) -> Result<(), String> {
    for _ in 0..200 {
        let Err(faults) = parse("", text) else {
            return Ok(());
        };
        let mended = faults
            .iter()
            .find_map(|fault| mend(text, &fault.field, &fault.message));
        match mended {
            Some(better) => *text = better,
            None => {
                return Err(format!(
                    "nothing that loads comes of your edits and the description: {}",
                    told(&faults)
                ));
            }
        }
    }
    Err("nothing that loads comes of your edits and the description".to_owned())
}

fn mend(text: &str, field: &str, message: &str) -> Option<String> {
    let inside = |before: &str| {
        message
            .split_once(before)?
            .1
            .split_once('`')
            .map(|(name, _)| name.to_owned())
    };
    if message.ends_with("which `[resources]` does not name") {
        let id = inside("has the resource `")?;
        let line = format!("{id} = {}\n", quoted(&super::found::resource_name(&id)));
        return inserted(text, "[resources]\n", &line);
    }
    if message == "has no action" {
        let id = field.strip_prefix("resources.")?;
        let line = text.lines().find(|line| line.starts_with(&format!("{id} = ")))?;
        return Some(text.replacen(&format!("{line}\n"), "", 1));
    }
    if message.contains("in neither `scopes` nor `optional_scopes`") {
        let scope = inside("needs the scope `")?;
        return inserted(text, "\noptional_scopes = [", &format!("{}, ", quoted(&scope))).or_else(|| {
            inserted(text, "\ntoken = ", "").and_then(|_| {
                add_line(
                    text,
                    "\ntoken = ",
                    &format!("optional_scopes = [{}]\n", quoted(&scope)),
                )
            })
        });
    }
    None
}

fn inserted(text: &str, behind: &str, what: &str) -> Option<String> {
    let at = text.find(behind)? + behind.len();
    let (before, after) = text.split_at_checked(at)?;
    Some(format!("{before}{what}{after}"))
}

/// Adds a line behind the one that begins so.
fn add_line(text: &str, begins: &str, line: &str) -> Option<String> {
    let at = text.find(begins)? + 1;
    let end = at + text.get(at..)?.find('\n')? + 1;
    let (before, after) = text.split_at_checked(end)?;
    Some(format!("{before}{line}{after}"))
}
