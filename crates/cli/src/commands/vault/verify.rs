//! `solder vault verify`.

use super::{Opened, records};
use crate::failure::{Failure, Result};
use crate::print;
use serde_json::{Value, json};
use solder_engine::VaultReport;

impl Opened {
    pub(super) async fn verify(&self, json: bool) -> Result<()> {
        let report = self.installation.verify_vault().await?;
        let id = self.installation.ring().current().id();
        if json {
            print::json(&to_json(&report, &id))?;
        } else {
            print::line(&in_words(&report, &id))?;
        }
        if report.unopened == 0 {
            Ok(())
        } else {
            Err(Failure::Told)
        }
    }
}

fn to_json(report: &VaultReport, id: &str) -> Value {
    let columns: Vec<Value> = report
        .columns
        .iter()
        .map(|(column, keys)| json!({ "column": column, "keys": keys }))
        .collect();
    let faults: Vec<Value> = report
        .faults
        .iter()
        .map(|fault| json!({ "column": fault.column, "row": fault.row, "why": fault.why }))
        .collect();
    json!({ "keyId": id, "columns": columns, "keys": report.keys(), "unopened": report.unopened, "faults": faults })
}

fn in_words(report: &VaultReport, id: &str) -> String {
    let mut rows = Vec::new();
    for (column, keys) in &report.columns {
        if keys.is_empty() {
            rows.push(vec![column.clone(), String::new(), "0".to_owned()]);
        }
        for (key, count) in keys {
            rows.push(vec![column.clone(), key.clone(), count.to_string()]);
        }
    }
    let table = print::table(&["SEALED IN", "BY KEY", "RECORDS"], &rows);
    let whole: u64 = report.keys().values().sum();
    if report.unopened == 0 {
        let whole = records(whole);
        return format!("{table}\n\nEverything opens: {whole}. The key {id} seals.");
    }
    let rows: Vec<Vec<String>> = report
        .faults
        .iter()
        .map(|fault| vec![fault.column.clone(), fault.row.clone(), fault.why.clone()])
        .collect();
    let unopened = records(report.unopened);
    format!("{table}\n\n{unopened} of {whole} do not open:\n{}", faults(&rows))
}

/// One line a fault. The reason is shown whole.
fn faults(rows: &[Vec<String>]) -> String {
    let lines = rows
        .iter()
        .map(|row| format!("  {}", print::without_controls(&row.join("  "))));
    lines.collect::<Vec<_>>().join("\n")
}
