//! What a flow keeps between its steps, sealed.

use crate::Engine;
use crate::credentials::OpenedFields;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use solder_connector::{Found, Tokens};
use solder_model::{Flow, Sealed, Secret, Timestamp};
use solder_vault::Context;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What a flow keeps: from the beginning what the exchange needs, after it the opened connection.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The PKCE verifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) verifier: Option<String>,
    /// The app that the consent was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client_id: Option<String>,
    /// What was asked for.
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    /// What the person gave; later the tokens too, and what was found out.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Of the tokens, once there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) issued: Option<Issued>,
    /// How many of the connector's discoveries are done.
    #[serde(default)]
    pub(super) discovered: usize,
    /// What the person is asked to choose of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choosable>,
    /// The connected account, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<String>,
}

/// When tokens were got, and when they end.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Issued {
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scopes: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct Choosable {
    label: String,
    fields: BTreeMap<String, String>,
}

impl Issued {
    pub(super) fn new(tokens: &Tokens, now: Timestamp) -> Self {
        Self {
            at: now.0,
            expires_at: tokens.expires_at.map(|moment| moment.0),
            refresh_expires_at: tokens.refresh_expires_at.map(|moment| moment.0),
            scopes: tokens.scopes.clone(),
        }
    }

    pub(super) fn at(&self) -> Timestamp {
        Timestamp(self.at)
    }

    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at.map(Timestamp)
    }

    pub(super) fn refresh_expires_at(&self) -> Option<Timestamp> {
        self.refresh_expires_at.map(Timestamp)
    }
}

impl Kept {
    /// The fields, as requests take them.
    pub(super) fn fields(&self) -> OpenedFields {
        let fields = self.fields.iter();
        fields
            .map(|(name, text)| (name.clone(), Secret::new(text.clone())))
            .collect()
    }

    /// Lays fields over those that are there.
    pub(super) fn lay(&mut self, fields: &OpenedFields) {
        for (name, value) in fields {
            self.fields.insert(name.clone(), value.expose().to_owned());
        }
    }

    /// Keeps what the person has to choose of, and gives their labels.
    pub(super) fn offer(&mut self, found: &[Found]) {
        let each = found.iter().map(|one| Choosable {
            label: one.label.clone(),
            fields: one
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), value.expose().to_owned()))
                .collect(),
        });
        self.choices = each.collect();
    }

    /// What there is to choose of.
    pub(super) fn labels(&self) -> Vec<String> {
        self.choices.iter().map(|one| one.label.clone()).collect()
    }

    /// Takes the choice of that place. False where there is none.
    pub(super) fn choose(&mut self, place: usize) -> bool {
        if place >= self.choices.len() {
            return false;
        }
        let chosen = self.choices.swap_remove(place);
        self.choices.clear();
        self.fields.extend(chosen.fields);
        self.discovered += 1;
        true
    }
}

impl Engine {
    /// Seals what a flow keeps.
    pub(super) fn seal_kept(&self, flow: &Flow, kept: &Kept) -> Result<Sealed> {
        let plain = serde_json::to_vec(kept).map(Zeroizing::new);
        let plain = plain.map_err(|_bad| Error::Internal("a flow is no JSON"))?;
        Ok(self.vault.seal(&*self.entropy, &plain, &context(flow)))
    }

    /// Opens what a flow keeps.
    pub(super) fn open_kept(&self, flow: &Flow) -> Result<Kept> {
        let opened = self.vault.open(&flow.sealed, &context(flow))?;
        serde_json::from_slice(&opened)
            .map_err(|_bad| Error::Internal("a flow keeps nothing that can be read"))
    }
}

fn context(flow: &Flow) -> Context {
    Context::new(
        "oauth flow",
        &[
            flow.account.as_str(),
            &flow.connector_owner,
            flow.connector.as_str(),
            &flow.kind,
            flow.id.as_str(),
        ],
    )
}
