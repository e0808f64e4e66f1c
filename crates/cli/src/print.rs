//! Standard output: what a command was asked for, for people or as JSON.

use crate::failure::{Failure, Result};
use serde_json::Value;
use std::io::Write;

/// Prints a text and a line break.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::NobodyReads,
        _ => Failure::because("standard output cannot be written", &error),
    })
}

/// Prints JSON: on one line, as machines and `jq` want it.
pub(crate) fn json(value: &Value) -> Result<()> {
    line(&value.to_string())
}

/// An object with one more field.
pub(crate) fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.insert(name.to_owned(), value.into());
    }
    object
}

/// Lines of cells as columns; the first line is the heads. Every text is made safe for a terminal.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| visible(cell)).collect())
        .collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let heads = heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>();
    let lines: Vec<String> = std::iter::once(&heads)
        .chain(&rows)
        .map(|row| {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}

/// The text without control characters, which could move the terminal's cursor, cut to what a column can hold.
pub(crate) fn visible(text: &str) -> String {
    const MOST: usize = 60;
    let cut: String = text.chars().take(MOST).collect();
    let mut shown = without_controls(&cut);
    if text.chars().count() > MOST {
        shown.push('…');
    }
    shown
}

/// The whole text without control characters.
pub(crate) fn without_controls(text: &str) -> String {
    let safe = |character: char| {
        if character.is_control() {
            '\u{fffd}'
        } else {
            character
        }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_line_up_and_control_characters_do_not_reach_the_terminal() {
        let rows = [
            vec!["a\u{1b}[2J".to_owned(), "1".to_owned()],
            vec!["long one".to_owned(), String::new()],
        ];
        assert_eq!(
            table(&["NAME", "N"], &rows),
            "NAME      N\na\u{fffd}[2J     1\nlong one"
        );
    }
}
