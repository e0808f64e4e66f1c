//! What a check has found, in words and as JSON.

use super::Checked;
use super::live::Called;
use crate::failure::Result;
use crate::print;
use serde_json::{Value, json};
use solder_connector::{LoadFault, SpecReport};
use std::collections::BTreeMap;

/// Prints what was found.
pub(super) fn tell(checked: &[Checked], called: &[Called], as_json: bool) -> Result<()> {
    if as_json {
        return print::json(&print::with(to_json(checked, called), "live", live(called)));
    }
    for one in checked {
        words(one)?;
    }
    if checked.len() > 1 {
        print::line(&counts(checked).sentence())?;
    }
    for Called { action, came } in called {
        match came {
            Ok(bytes) => print::line(&format!("  {action}: answered, {bytes} bytes"))?,
            Err(what) => print::line(&format!("  {action}: {what}"))?,
        }
    }
    Ok(())
}

/// What a check of several connectors comes to.
struct Counts {
    connectors: usize,
    actions: usize,
    compared: usize,
    open: usize,
    accepted: usize,
    recorded: usize,
}

fn counts(checked: &[Checked]) -> Counts {
    let sum = |of: fn(&Checked) -> usize| checked.iter().map(of).sum::<usize>();
    Counts {
        connectors: checked.len(),
        actions: sum(Checked::actions),
        compared: sum(Checked::compared),
        open: sum(Checked::open),
        accepted: sum(Checked::accepted),
        recorded: sum(|one| one.actions() - one.compared()),
    }
}

impl Counts {
    fn sentence(&self) -> String {
        let Self {
            connectors,
            actions,
            compared,
            open,
            accepted,
            recorded,
        } = self;
        format!(
            "{connectors} connectors, {actions} actions: {compared} compared with descriptions ({open} differences, {accepted} accepted), \
             {recorded} with recorded examples alone"
        )
    }
}

fn words(one: &Checked) -> Result<()> {
    if one.connector.is_some() && one.faults.is_empty() {
        print::line(&format!(
            "{}: {} actions, {} examples, no faults",
            one.file,
            one.actions(),
            one.examples
        ))?;
    } else {
        print::line(&format!("{}: {} faults", one.file, one.faults.len()))?;
        for fault in &one.faults {
            print::line(&format!("  {fault}"))?;
        }
    }
    one.report.as_ref().map_or(Ok(()), |report| compared(one, report))
}

fn compared(one: &Checked, report: &SpecReport) -> Result<()> {
    print::line(&format!(
        "  {} actions compared with the description: {} differences, {} accepted",
        report.checked,
        one.open(),
        one.accepted()
    ))?;
    for difference in report.open() {
        print::line(&format!(
            "  {}: {} [{}]",
            difference.action, difference.what, difference.key
        ))?;
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

fn to_json(checked: &[Checked], called: &[Called]) -> Value {
    let connectors: Vec<_> = checked
        .iter()
        .map(|one| {
            let faults: Vec<_> = one.faults.iter().map(fault).collect();
            json!({
                "file": one.file,
                "id": one.connector.as_ref().map(|connector| connector.id.as_str()),
                "actions": one.actions(),
                "examples": one.examples,
                "faults": faults,
                "spec": one.report.as_ref().map(report),
            })
        })
        .collect();
    let Counts {
        connectors: files,
        actions,
        compared,
        open,
        accepted,
        recorded,
    } = counts(checked);
    json!({
        "ok": checked.iter().all(Checked::is_right) && called.iter().all(|called| called.came.is_ok()),
        "connectors": connectors,
        "counts": {
            "connectors": files, "actions": actions, "checked": compared, "differences": open, "allowed": accepted,
            "recordedOnly": recorded,
        },
    })
}

/// The calls of `--live`; none where it was not asked for.
fn live(called: &[Called]) -> Value {
    let one = |Called { action, came }: &Called| match came {
        Ok(bytes) => json!({ "action": action, "bytes": bytes }),
        Err(what) => json!({ "action": action, "error": what }),
    };
    called.iter().map(one).collect()
}

fn report(report: &SpecReport) -> Value {
    let differences: Vec<_> = report
        .differences
        .iter()
        .map(|one| json!({ "action": one.action, "key": one.key, "what": one.what, "allowed": one.allowed }))
        .collect();
    json!({ "checked": report.checked, "differences": differences })
}

fn fault(fault: &LoadFault) -> Value {
    json!({ "file": fault.file, "line": fault.line, "field": fault.field, "message": fault.message })
}
