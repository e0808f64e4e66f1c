//! `solder connectors check`: every fault of connector files at once, their recorded examples played, and on request
//! every difference from the vendors' API descriptions.

mod described;
mod live;
mod sources;
mod told;

use super::{prepare, unknown};
use crate::arguments::Check;
use crate::failure::{Failure, Result};
use described::Descriptions;
use solder_connector::{Connector, LoadFault, Played, SpecReport, parse, play};
use sources::{Source, sources};

/// What came out for one file.
struct Checked {
    file: String,
    connector: Option<Connector>,
    examples: usize,
    faults: Vec<LoadFault>,
    /// The comparison, where there was something to compare with.
    report: Option<SpecReport>,
}

impl Checked {
    fn actions(&self) -> usize {
        self.connector
            .as_ref()
            .map_or(0, |connector| connector.actions().count())
    }

    fn compared(&self) -> usize {
        self.report.as_ref().map_or(0, |report| report.checked)
    }

    fn open(&self) -> usize {
        self.report.as_ref().map_or(0, |report| report.open().count())
    }

    fn accepted(&self) -> usize {
        let all = self.report.as_ref().map_or(0, |report| report.differences.len());
        all - self.open()
    }

    fn is_right(&self) -> bool {
        self.faults.is_empty() && self.open() == 0
    }
}

/// Checks those that are named, or all.
pub(super) fn run(arguments: &Check) -> Result<()> {
    let settings = prepare(&arguments.catalog.flags)?;
    if !arguments.spec.is_empty() && arguments.connectors.len() != 1 {
        return Err(Failure::Settings(
            "--spec compares one connector: name it, as in `check slack --spec FILE`. --specs FOLDER compares them all."
                .to_owned(),
        ));
    }
    let descriptions = Descriptions::of(arguments)?;
    let mut checked = Vec::new();
    for source in sources(&arguments.connectors, &settings)? {
        let mut one = check(source);
        if let Some(connector) = &one.connector {
            one.report = descriptions.compare(connector)?;
        }
        checked.push(one);
    }
    let called = if arguments.live {
        live::run(arguments, &settings)?
    } else {
        Vec::new()
    };
    told::tell(&checked, &called, arguments.catalog.json)?;
    if checked.iter().all(Checked::is_right) && called.iter().all(|called| called.came.is_ok()) {
        Ok(())
    } else {
        Err(Failure::Told)
    }
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
        report: None,
    }
}

/// What of a recorded call was not as recorded.
fn not_as_recorded(file: &str, example: Played) -> impl Iterator<Item = LoadFault> {
    let Played {
        subject,
        line,
        differences,
        ..
    } = example;
    let fault = move |message| LoadFault {
        file: file.to_owned(),
        line,
        field: format!("example of {subject}"),
        message,
    };
    differences.into_iter().map(fault)
}
