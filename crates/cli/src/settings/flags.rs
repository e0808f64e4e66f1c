//! Settings as flags, made from the table, so that a new setting has its flag by itself.

use super::connectors::Field;
use super::fault::{Fault, Held};
use super::layers::{Given, Layers, Source};
use super::{Secrecy, TABLE, flag, uses};
use clap::{Arg, ArgAction, ArgMatches, Command};
use solder_model::ConnectorId;
use std::path::PathBuf;

const HEADING: &str = "Settings (each is a SOLDER_ variable and a key of solder.toml too)";

/// The flags of the settings that a command uses: the bits of [`uses`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags<const USES: u8>(GivenFlags);

/// What the flags hold.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenFlags {
    pub(super) config: Option<(PathBuf, Source)>,
    given: Vec<(&'static str, String)>,
    connectors: Vec<String>,
}

impl<const USES: u8> Flags<USES> {
    pub(super) fn given(&self) -> &GivenFlags {
        &self.0
    }
}

impl GivenFlags {
    #[cfg(test)]
    pub(super) fn of(given: &[(&'static str, &str)], connectors: &[&str]) -> Self {
        Self {
            config: None,
            given: given
                .iter()
                .map(|(name, text)| (*name, (*text).to_owned()))
                .collect(),
            connectors: connectors.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    pub(super) fn read(&self, layers: &mut Layers) {
        for (name, text) in &self.given {
            layers.give(name, text.clone(), Source::Flag);
        }
        for text in &self.connectors {
            match connector(text) {
                Ok((id, field, value)) => {
                    let given = Given {
                        text: value.to_owned(),
                        source: Source::Flag,
                    };
                    layers.connectors.entry((id, field)).or_default().push(given);
                }
                Err(right) => layers.faults.push(Fault {
                    name: "--connector".to_owned(),
                    source: Source::Flag,
                    held: Held::of(text, text.contains("secret")),
                    right,
                }),
            }
        }
    }
}

fn connector(text: &str) -> Result<(ConnectorId, Field, &str), String> {
    let right = || "Write such as `slack.base_url=http://127.0.0.1:4702/api`.".to_owned();
    let (name, value) = text.split_once('=').ok_or_else(right)?;
    let (id, field) = name.split_once('.').ok_or_else(right)?;
    let id = ConnectorId::new(id).map_err(|bad| format!("Name a connector: {bad}."))?;
    match Field::from_name(field) {
        Some(Field::ClientSecret) => Err(
            "A secret is not taken as a flag, which others could see: use the environment or the file."
                .to_owned(),
        ),
        Some(field) => Ok((id, field, value)),
        None => Err(format!("A connector has {}.", Field::names())),
    }
}

impl<const USES: u8> clap::Args for Flags<USES> {
    fn augment_args(mut command: Command) -> Command {
        let config = Arg::new("config").long("config").value_name("FILE");
        let config = config.help("The settings file [default: ./solder.toml, where it is there]");
        command = command.arg(
            config
                .help_heading(HEADING)
                .value_parser(clap::value_parser!(PathBuf)),
        );
        for entry in TABLE
            .iter()
            .filter(|entry| entry.uses & USES != 0 && entry.secrecy != Secrecy::Secret)
        {
            let about = entry
                .about
                .iter()
                .map(|line| line.trim())
                .collect::<Vec<_>>()
                .join(" ");
            let default = match entry.default {
                "" => "none",
                other => other.trim_matches(['(', ')']),
            };
            let help = format!("{} [default: {default}]", about.trim_end_matches('.'));
            let argument = Arg::new(entry.name)
                .long(flag(entry.name))
                .value_name(entry.takes)
                .help(help);
            command = command.arg(argument.help_heading(HEADING).allow_hyphen_values(true));
        }
        if USES & uses::SERVE != 0 {
            let connector = Arg::new("connector")
                .long("connector")
                .value_name("ID.NAME=VALUE");
            let help = "A connector's base_url, authorize_url, token_url or client_id; may be repeated";
            command = command.arg(
                connector
                    .help(help)
                    .help_heading(HEADING)
                    .action(ArgAction::Append),
            );
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const USES: u8> clap::FromArgMatches for Flags<USES> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let given = &mut self.0;
        given.config = matches
            .get_one::<PathBuf>("config")
            .map(|path| (path.clone(), Source::Flag));
        for entry in TABLE
            .iter()
            .filter(|entry| entry.uses & USES != 0 && entry.secrecy != Secrecy::Secret)
        {
            if let Some(text) = matches.get_one::<String>(entry.name) {
                given.given.push((entry.name, text.clone()));
            }
        }
        if USES & uses::SERVE != 0 {
            given.connectors.extend(
                matches
                    .get_many::<String>("connector")
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
        }
        Ok(())
    }
}
