//! The vendors' API descriptions that connectors are compared with.

use crate::arguments::Check;
use crate::failure::{Failure, Result};
use solder_connector::{ApiDescription, Connector, SpecReport, spec_check};
use std::path::{Path, PathBuf};

/// Where descriptions come from.
pub(super) enum Descriptions {
    /// Nothing is compared.
    None,
    /// One connector is compared with these.
    Named(Vec<ApiDescription>),
    /// Each connector is compared with what its `spec` names below this folder.
    Folder(PathBuf),
}

impl Descriptions {
    /// What the command line names, read where it names files.
    pub(super) fn of(arguments: &Check) -> Result<Self> {
        if let Some(folder) = &arguments.specs {
            return if folder.is_dir() {
                Ok(Self::Folder(folder.clone()))
            } else {
                Err(Failure::Settings(format!(
                    "--specs takes a folder of API descriptions, and {} is none.",
                    folder.display()
                )))
            };
        }
        if arguments.spec.is_empty() {
            return Ok(Self::None);
        }
        let mut read = Vec::new();
        for path in &arguments.spec {
            read.push(description(path)?);
        }
        Ok(Self::Named(read))
    }

    /// Compares a connector; nothing where there is no description of it.
    pub(super) fn compare(&self, connector: &Connector) -> Result<Option<SpecReport>> {
        match self {
            Self::None => Ok(None),
            Self::Named(descriptions) => Ok(Some(spec_check(connector, descriptions))),
            Self::Folder(_) if connector.spec.is_empty() => Ok(None),
            Self::Folder(folder) => {
                let descriptions: Vec<_> = connector
                    .spec
                    .iter()
                    .map(|spec| description(&folder.join(spec)))
                    .collect::<Result<_>>()?;
                Ok(Some(spec_check(connector, &descriptions)))
            }
        }
    }
}

fn description(path: &Path) -> Result<ApiDescription> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::because(format!("{} cannot be read", path.display()), &error))?;
    ApiDescription::read(&bytes).map_err(|what| {
        Failure::Failed(format!(
            "{} is not an API description that can be compared: it {what}.",
            path.display()
        ))
    })
}
