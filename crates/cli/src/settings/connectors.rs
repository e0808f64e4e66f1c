//! Settings of single connectors: `SOLDER_CONNECTOR_SLACK_BASE_URL`, `[connector.slack]` with `base_url`, or
//! `--connector slack.base_url=…`.

use super::fault::{Fault, Faults, Held, nearest};
use super::layers::{Given, Layers, Source};
use super::{Settings, parse};
use solder_engine::ConnectorSettings;
use solder_model::{ConnectorId, Secret};
use std::collections::BTreeMap;

/// One setting of a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    BaseUrl,
    AuthorizeUrl,
    TokenUrl,
    ClientId,
    ClientSecret,
}

impl Field {
    pub(super) const ALL: [Self; 5] = [
        Self::BaseUrl,
        Self::AuthorizeUrl,
        Self::TokenUrl,
        Self::ClientId,
        Self::ClientSecret,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::BaseUrl => "base_url",
            Self::AuthorizeUrl => "authorize_url",
            Self::TokenUrl => "token_url",
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
        }
    }

    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::BaseUrl => {
                "Where the platform is, in place of the connector's own base and hosts; any address."
            }
            Self::AuthorizeUrl => "Where a user consents, in place of the connector's own.",
            Self::TokenUrl => "Where tokens are given out, in place of the connector's own.",
            Self::ClientId => "The client id of your OAuth app at the platform.",
            Self::ClientSecret => "The client secret of your OAuth app at the platform; not taken as a flag.",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    pub(super) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    const fn is_secret(self) -> bool {
        matches!(self, Self::ClientSecret)
    }
}

/// How a connector's setting is spelt where it came from.
fn spell(source: &Source, id: &ConnectorId, field: Field) -> String {
    match source {
        Source::File { .. } => format!("connector.{id}.{}", field.name()),
        Source::Environment | Source::Default => {
            format!(
                "SOLDER_CONNECTOR_{}_{}",
                id.as_str().to_uppercase(),
                field.name().to_uppercase()
            )
        }
        Source::Flag => format!("--connector {id}.{}", field.name()),
    }
}

/// Reads all of them. Whether the connectors exist is known once the catalogue is: [`check_known`].
pub(super) fn assemble(layers: &mut Layers) -> BTreeMap<ConnectorId, ConnectorSettings> {
    let mut connectors = BTreeMap::<ConnectorId, ConnectorSettings>::new();
    let mut faults = Vec::new();
    for ((id, field), given) in &layers.connectors {
        let settings = connectors.entry(id.clone()).or_default();
        for given in given {
            if let Err(right) = set(settings, *field, given) {
                faults.push(Fault {
                    name: spell(&given.source, id, *field),
                    source: given.source.clone(),
                    held: Held::of(&given.text, field.is_secret()),
                    right,
                });
            }
        }
    }
    layers.faults.append(&mut faults);
    connectors
}

fn set(settings: &mut ConnectorSettings, field: Field, given: &Given) -> Result<(), String> {
    let text = given.text.as_str();
    match field {
        Field::BaseUrl => settings.base_url = Some(parse::base_url(text)?),
        Field::AuthorizeUrl => settings.authorize_url = Some(parse::url(text)?),
        Field::TokenUrl => settings.token_url = Some(parse::url(text)?),
        Field::ClientId => settings.client_id = Some(visible(text)?.to_owned()),
        Field::ClientSecret => settings.client_secret = Some(Secret::new(visible(text)?)),
    }
    Ok(())
}

fn visible(text: &str) -> Result<&str, String> {
    if text.is_empty() || text.contains(|character: char| character.is_control() || character.is_whitespace())
    {
        Err("Write it as the platform shows it, without white space.".to_owned())
    } else {
        Ok(text)
    }
}

/// Refuses settings of connectors that do not exist, and names near ones.
pub(crate) fn check_known(settings: &Settings, known: &[ConnectorId]) -> Result<(), Faults> {
    let unknown = settings
        .origins
        .connectors
        .iter()
        .filter(|((id, _), _)| !known.contains(id));
    let faults: Vec<_> = unknown
        .map(|((id, field), given)| {
            let near = nearest(id.as_str(), known.iter().map(ConnectorId::as_str));
            let near = near.map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
            Fault {
                name: spell(&given.source, id, *field),
                source: given.source.clone(),
                held: Held::of(&given.text, field.is_secret()),
                right: format!(
                    "There is no connector `{id}`.{near} `solder connectors list` shows them all."
                ),
            }
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Faults(faults))
    }
}
