//! `solder connectors check`: every fault of connector files at once, their recorded examples played, and on request
//! every difference from the vendor's API description.

use super::{prepare, unknown};
use crate::arguments;
use crate::failure::{Failure, Result};
use crate::print;
use crate::settings::Settings;
use serde_json::{Value, json};
use solder_connector::{
    Connector, LoadFault, Played, SpecReport, built_in, built_in_examples, parse, play, spec_check,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file to check, and its recorded calls where there are any.
struct Source {
    file: String,
    text: String,
    examples: Option<(String, String)>,
}

/// What came out.
struct Checked {
    file: String,
    connector: Option<Connector>,
    examples: usize,
    faults: Vec<LoadFault>,
}

/// Checks those that are named, or all.
pub(super) fn run(named: &[String], spec: Option<&Path>, arguments: &arguments::Catalog) -> Result<()> {
    let settings = prepare(&arguments.flags)?;
    if spec.is_some() && named.len() != 1 {
        return Err(Failure::Settings(
            "--spec compares one connector: name it, as in `check slack --spec FILE`.".to_owned(),
        ));
    }
    let checked: Vec<_> = sources(named, &settings)?.into_iter().map(check).collect();
    let report = match (
        spec,
        checked.first().and_then(|checked| checked.connector.as_ref()),
    ) {
        (Some(path), Some(connector)) => Some(spec_check(connector, &description(path)?)),
        _ => None,
    };
    if arguments.json {
        print::json(&to_json(&checked, report.as_ref()))?;
    } else {
        words(&checked, report.as_ref())?;
    }
    if is_right(&checked, report.as_ref()) {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

fn is_right(checked: &[Checked], report: Option<&SpecReport>) -> bool {
    let differs = report.is_some_and(|report| report.open().next().is_some());
    !differs && checked.iter().all(|checked| checked.faults.is_empty())
}

fn check(source: Source) -> Checked {
    let Source { file, text, examples } = source;
    let (connector, mut faults) = match parse(&file, &text) {
        Ok(connector) => (Some(connector), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut count = 0;
    if let (Some(connector), Some((file, text))) = (&connector, &examples) {
        match play(connector, file, text) {
            Ok(played) => {
                count = played.len();
                faults.extend(
                    played
                        .into_iter()
                        .flat_map(|example| not_as_recorded(file, example)),
                );
            }
            Err(found) => faults.extend(found),
        }
    }
    Checked {
        file,
        connector,
        examples: count,
        faults,
    }
}

/// What of a recorded call was not as recorded.
fn not_as_recorded(file: &str, example: Played) -> impl Iterator<Item = LoadFault> {
    let Played {
        action,
        line,
        differences,
        ..
    } = example;
    let fault = move |message| LoadFault {
        file: file.to_owned(),
        line,
        field: format!("example of {action}"),
        message,
    };
    differences.into_iter().map(fault)
}

/// The files of those that are named, or of all.
fn sources(named: &[String], settings: &Settings) -> Result<Vec<Source>> {
    let own = match &settings.connectors_dir {
        Some(folder) => files(folder)?,
        None => Vec::new(),
    };
    if named.is_empty() {
        let built_in = built_in().iter().map(|(id, text)| built_in_source(id, text));
        return built_in
            .map(Ok)
            .chain(own.iter().map(|path| file_source(path)))
            .collect();
    }
    named.iter().map(|name| source(name, &own)).collect()
}

/// An id, or a file: whatever ends in `.toml` or has a slash in it.
fn source(name: &str, own: &[PathBuf]) -> Result<Source> {
    if name.contains('/')
        || Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "toml")
    {
        return file_source(Path::new(name));
    }
    if let Some((id, text)) = built_in().iter().find(|(id, _)| *id == name) {
        return Ok(built_in_source(id, text));
    }
    let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    if let Some(path) = own.iter().find(|path| stem(path).as_deref() == Some(name)) {
        return file_source(path);
    }
    let own: Vec<_> = own.iter().filter_map(stem).collect();
    Err(unknown(
        name,
        built_in()
            .iter()
            .map(|(id, _)| *id)
            .chain(own.iter().map(String::as_str)),
    ))
}

fn built_in_source(id: &str, text: &str) -> Source {
    let examples = built_in_examples().iter().find(|(of, _)| *of == id);
    Source {
        file: format!("{id}.toml"),
        text: text.to_owned(),
        examples: examples.map(|(_, text)| (format!("examples/{id}.toml"), (*text).to_owned())),
    }
}

/// A file of the operator's, with `examples/` of the same name beside it where that is there.
fn file_source(path: &Path) -> Result<Source> {
    let beside = path
        .parent()
        .zip(path.file_name())
        .map(|(folder, name)| folder.join("examples").join(name));
    let examples = match beside.filter(|path| path.exists()) {
        Some(beside) => Some((beside.display().to_string(), read(&beside)?)),
        None => None,
    };
    Ok(Source {
        file: path.display().to_string(),
        text: read(path)?,
        examples,
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let broken = |error| Failure::because(format!("the folder {} cannot be read", folder.display()), &error);
    let mut files = Vec::new();
    for item in std::fs::read_dir(folder).map_err(broken)? {
        let path = item.map_err(broken)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::because(format!("{} cannot be read", path.display()), &error))
}

fn description(path: &Path) -> Result<Value> {
    serde_json::from_str(&read(path)?).map_err(|error| {
        Failure::because(
            format!("{} is not an API description in JSON", path.display()),
            &error,
        )
    })
}

fn words(checked: &[Checked], report: Option<&SpecReport>) -> Result<()> {
    for one in checked {
        match &one.connector {
            Some(connector) if one.faults.is_empty() => {
                let actions = connector.actions().count();
                print::line(&format!(
                    "{}: {actions} actions, {} examples, no faults",
                    one.file, one.examples
                ))?;
            }
            _ => {
                print::line(&format!("{}: {} faults", one.file, one.faults.len()))?;
                for fault in &one.faults {
                    print::line(&format!("  {fault}"))?;
                }
            }
        }
    }
    let Some(report) = report else { return Ok(()) };
    let allowed = report.differences.len() - report.open().count();
    let (compared, open) = (report.checked, report.open().count());
    print::line(&format!(
        "{compared} actions compared with the description: {open} differences, {allowed} accepted"
    ))?;
    for one in report.open() {
        print::line(&format!("  {}: {} [{}]", one.action, one.what, one.key))?;
    }
    for (reason, accepted) in by_reason(report) {
        print::line(&format!("  accepted ({}): {reason}", accepted.len()))?;
        print::line(&format!("    {}", accepted.join(", ")))?;
    }
    Ok(())
}

/// The accepted differences, those of one reason together, as `action key`.
fn by_reason(report: &SpecReport) -> BTreeMap<&str, Vec<String>> {
    let mut reasons = BTreeMap::<&str, Vec<String>>::new();
    for one in &report.differences {
        if let Some(reason) = &one.allowed {
            reasons
                .entry(reason)
                .or_default()
                .push(format!("{} {}", one.action, one.key));
        }
    }
    reasons
}

fn to_json(checked: &[Checked], report: Option<&SpecReport>) -> Value {
    let connectors: Vec<_> = checked
        .iter()
        .map(|one| {
            let faults: Vec<_> = one.faults.iter().map(fault).collect();
            json!({
                "file": one.file,
                "id": one.connector.as_ref().map(|connector| connector.id.as_str()),
                "actions": one.connector.as_ref().map_or(0, |connector| connector.actions().count()),
                "examples": one.examples,
                "faults": faults,
            })
        })
        .collect();
    let spec = report.map(|report| {
        let differences: Vec<_> = report
            .differences
            .iter()
            .map(|one| json!({ "action": one.action, "key": one.key, "what": one.what, "allowed": one.allowed }))
            .collect();
        json!({ "checked": report.checked, "differences": differences })
    });
    json!({ "ok": is_right(checked, report), "connectors": connectors, "spec": spec })
}

fn fault(fault: &LoadFault) -> Value {
    json!({ "file": fault.file, "line": fault.line, "field": fault.field, "message": fault.message })
}
