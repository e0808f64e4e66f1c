//! `solder settings`: what holds, and where it came from; or the reference page.

use crate::arguments;
use crate::failure::Result;
use crate::print;
use crate::settings::{Entry, Secrecy, Settings, TABLE, markdown, variable};
use serde_json::{Value, json};

/// Prints them.
pub(crate) fn run(arguments: &arguments::Settings) -> Result<()> {
    if arguments.markdown {
        return print::line(markdown().trim_end());
    }
    let settings = Settings::read(&arguments.flags)?;
    if arguments.json {
        let all: Vec<_> = TABLE.iter().map(|entry| to_json(&settings, entry)).collect();
        return print::json(&json!({ "settings": all }));
    }
    let rows: Vec<_> = TABLE
        .iter()
        .map(|entry| {
            let source = settings.origins.source(entry.name).to_string();
            vec![variable(entry.name), value(&settings, entry), source]
        })
        .collect();
    print::line(&print::table(&["SETTING", "VALUE", "FROM"], &rows))?;
    print::line("\n`solder settings --markdown` says what each one is.")
}

fn value(settings: &Settings, entry: &Entry) -> String {
    match settings.origins.shown(entry.name) {
        Some(text) => text.to_owned(),
        None if settings.origins.is_given(entry.name) => "(set, and not shown)".to_owned(),
        None if entry.default.is_empty() => "(none)".to_owned(),
        None => entry.default.to_owned(),
    }
}

fn to_json(settings: &Settings, entry: &Entry) -> Value {
    let about: Vec<_> = entry.about.iter().map(|line| line.trim()).collect();
    json!({
        "name": entry.name,
        "variable": variable(entry.name),
        "about": about.join(" "),
        "value": value(settings, entry),
        "secret": entry.secrecy == Secrecy::Secret,
        "from": settings.origins.source(entry.name).to_string(),
    })
}
