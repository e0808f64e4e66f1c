//! The reference page of the settings, made from the table: `docs/reference/settings.md`.

use super::connectors::Field;
use super::{Entry, Secrecy, TABLE, flag, variable};

const HEAD: &str = "# Settings

This page is made from the program's own table: `solder settings --markdown` prints it.

Each setting has one name in three spellings. A value in the file is overruled by the environment, and that by a flag:

| where | spelling | example |
|---|---|---|
| `solder.toml` in the working directory, or the file named by `--config` or `SOLDER_CONFIG` | `rate_limit` | `rate_limit = \"100/60s\"` |
| environment | `SOLDER_RATE_LIMIT` | `SOLDER_RATE_LIMIT=100/60s` |
| flag | `--rate-limit` | `--rate-limit 100/60s` |

Lists are written with commas between (in the file also as a list of texts). Times are a whole number and `ms`, `s`, `m`,
`h` or `d`. A variable that starts with `SOLDER_` and is not a setting, a key of the file that is not one, and any value
that does not read stop the start; all of them are told at once, with what would be right. Secrets are never shown, and
are not taken as flags, which other users of the machine could see.

`solder settings` shows what holds, and where each value came from.

";

const CONNECTORS: &str = "## Settings of a connector

`SOLDER_CONNECTOR_<ID>_<NAME>` with both in capitals, a table in the file, or `--connector id.name=value`:

```toml
[connector.slack]
base_url = \"http://127.0.0.1:4702/api\"
```

| name | variable of `slack` | what it is |
|---|---|---|
";

/// The page.
pub(crate) fn markdown() -> String {
    let mut page = HEAD.to_owned();
    page.extend(TABLE.iter().map(section));
    page.push_str(CONNECTORS);
    page.extend(Field::ALL.map(|field| {
        let variable = variable(&format!("connector_slack_{}", field.name()));
        format!("| `{}` | `{variable}` | {} |\n", field.name(), field.about())
    }));
    page
}

fn section(entry: &Entry) -> String {
    let (name, variable) = (entry.name, variable(entry.name));
    let flag = if entry.secrecy == Secrecy::Secret {
        "none, since other users of the machine could see it".to_owned()
    } else {
        format!("`--{}`", flag(name))
    };
    let about = entry
        .about
        .iter()
        .map(|line| line.trim())
        .collect::<Vec<_>>()
        .join("\n");
    let default = plain_or_code(if entry.default.is_empty() {
        "(none)"
    } else {
        entry.default
    });
    let example = plain_or_code(entry.example);
    format!(
        "## {name}\n\n{about}\n\n- environment: `{variable}`\n- flag: {flag}\n- default: {default}\n- example: {example}\n\n"
    )
}

/// Words stand in brackets in the table; all else is a value.
fn plain_or_code(text: &str) -> String {
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(words) => words.to_owned(),
        None => format!("`{text}`"),
    }
}
