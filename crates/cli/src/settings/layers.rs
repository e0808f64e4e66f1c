//! What was given for each setting, by whom, before it is read.

use super::connectors::Field;
use super::fault::{Fault, Held};
use super::{entry, flag, variable};
use solder_model::ConnectorId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody gave one.
    Default,
    /// A line of the settings file.
    File {
        /// The file, as it was named.
        path: Arc<str>,
        /// The line, from 1.
        line: usize,
    },
    /// A variable.
    Environment,
    /// A flag.
    Flag,
}

impl Source {
    /// How the setting is spelt there.
    pub(super) fn spell(&self, name: &str) -> String {
        match self {
            Self::File { .. } => name.to_owned(),
            Self::Environment | Self::Default => variable(name),
            Self::Flag => format!("--{}", flag(name)),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { path, line } => write!(formatter, "{path}, line {line}"),
            Self::Environment => formatter.write_str("environment"),
            Self::Flag => formatter.write_str("flag"),
        }
    }
}

/// A text for a setting.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) source: Source,
}

/// Everything that was given, the lowest layer first, and what was wrong with it.
#[derive(Debug, Default)]
pub(super) struct Layers {
    given: BTreeMap<&'static str, Vec<Given>>,
    pub(super) connectors: BTreeMap<(ConnectorId, Field), Vec<Given>>,
    pub(super) faults: Vec<Fault>,
}

impl Layers {
    /// Lays a value over those before it.
    pub(super) fn give(&mut self, name: &'static str, text: String, source: Source) {
        self.given.entry(name).or_default().push(Given { text, source });
    }

    /// Reads a setting that has a default. Every layer is read, so that what is wrong below is told as well.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        default: &str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match self.last(name, parse) {
            Some(read) => read,
            None => parse(default).ok(),
        }
    }

    /// Reads a setting that may be absent. `None` is a fault, `Some(None)` is absence.
    #[expect(clippy::option_option, reason = "a fault and an absence are not the same")]
    pub(super) fn read_optional<T>(
        &mut self,
        name: &'static str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        match self.last(name, parse) {
            Some(read) => read.map(Some),
            None => Some(None),
        }
    }

    #[expect(clippy::option_option, reason = "a fault and an absence are not the same")]
    fn last<T>(&mut self, name: &'static str, parse: fn(&str) -> Result<T, String>) -> Option<Option<T>> {
        let mut last = None;
        for given in self.given.get(name)? {
            last = Some(match parse(&given.text) {
                Ok(value) => Some(value),
                Err(right) => {
                    self.faults.push(Fault {
                        name: given.source.spell(name),
                        source: given.source.clone(),
                        held: Held::of(&given.text, hides(name, &given.text)),
                        right,
                    });
                    None
                }
            });
        }
        last
    }

    pub(super) fn finish(self) -> (Origins, Vec<Fault>) {
        let given = self
            .given
            .into_iter()
            .filter_map(|(name, mut all)| Some((name, all.pop()?)));
        let connectors = self
            .connectors
            .into_iter()
            .filter_map(|(key, mut all)| Some((key, all.pop()?)));
        let origins = Origins {
            given: given.collect(),
            connectors: connectors.collect(),
        };
        (origins, self.faults)
    }
}

/// Where the values that hold came from.
#[derive(Default)]
pub(crate) struct Origins {
    given: BTreeMap<&'static str, Given>,
    pub(super) connectors: BTreeMap<(ConnectorId, Field), Given>,
}

impl std::fmt::Debug for Origins {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.given.keys()).finish()
    }
}

impl Origins {
    /// Where the value of a setting came from.
    pub(crate) fn source(&self, name: &str) -> Source {
        self.given
            .get(name)
            .map_or(Source::Default, |given| given.source.clone())
    }

    /// Whether somebody gave it.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// The text that holds, where it may be shown.
    pub(crate) fn shown(&self, name: &str) -> Option<&str> {
        let text = self.given.get(name)?.text.as_str();
        (!hides(name, text)).then_some(text)
    }

    pub(super) fn fault(&self, name: &'static str, right: impl Into<String>) -> Fault {
        let source = self.source(name);
        let held = |given: &Given| Held::of(&given.text, hides(name, &given.text));
        let held = self.given.get(name).map_or(Held::Nothing, held);
        Fault {
            name: source.spell(name),
            source,
            held,
            right: right.into(),
        }
    }
}

fn hides(name: &str, text: &str) -> bool {
    entry(name).is_none_or(|entry| entry.secrecy.hides(text))
}
