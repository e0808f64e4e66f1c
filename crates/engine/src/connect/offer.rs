//! What a connect page offers: the connectors that the ticket is for, how each stands for its user, what it will be
//! allowed, and the ways to connect it.

use super::visit::TicketVisit;
use crate::Engine;
use crate::broker::is_for;
use crate::catalog::{Entry, Shelf};
use crate::credentials::CredentialView;
use crate::error::{Error, Result};
use solder_connector::{Action, Auth, Connector, Kind};
use solder_model::{Credential, Policy, Timestamp};
use std::sync::Arc;

/// A connector on a connect page.
#[derive(Debug)]
pub struct ConnectorOffer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// How it stands for the user.
    pub standing: Standing,
    /// What assistants will be allowed.
    pub allowed: Allowed,
    /// The ways to connect it, the best first; none where it cannot be connected as things stand.
    pub ways: Vec<WayOffered>,
}

/// How a connector stands for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is a credential that works, as far as is known. The names of the accounts, as the platform tells them, or
    /// as the credentials are called.
    Connected(Vec<String>),
    /// There are only such as do not work any more; why, where it is known.
    Broken(Option<String>),
    /// There is none.
    Absent,
}

/// What assistants will be allowed, grouped by what it does to the platform.
#[derive(Debug, Default)]
pub struct Allowed {
    /// What only looks.
    pub looks: Vec<AllowedGroup>,
    /// What makes or changes something.
    pub changes: Vec<AllowedGroup>,
    /// What deletes something, or cannot be undone.
    pub deletes: Vec<AllowedGroup>,
}

/// The allowed actions on one kind of thing.
#[derive(Debug, PartialEq, Eq)]
pub struct AllowedGroup {
    /// The thing, such as "Channels".
    pub things: String,
    /// What can be done with it: the actions' names.
    pub titles: Vec<String>,
}

/// A way to connect.
#[derive(Debug)]
pub struct WayOffered {
    /// The kind of authentication, as the connector's file names it.
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// Where to get what it asks for; may be empty.
    pub about: String,
    /// Whether the person consents at the platform.
    pub is_consent: bool,
    /// What the person has to give.
    pub fields: Vec<FieldOffer>,
}

/// One thing that a person gives.
#[derive(Debug)]
pub struct FieldOffer {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Whether connecting needs it.
    pub required: bool,
    /// Whether it is a secret: it is never shown.
    pub secret: bool,
    /// What it is where nothing is given.
    pub default: String,
    /// What there is to choose of, where it is one of few.
    pub choices: Vec<String>,
}

impl Engine {
    /// Every connector of the page, in the order in which they were named, else by id. What its restrictions put out
    /// of reach is not there.
    pub async fn connect_offers(&self, visit: &TicketVisit) -> Result<Vec<ConnectorOffer>> {
        let shelf = self.shelf(&visit.caller().account).await?;
        let mut offers = Vec::new();
        for entry in ticket_entries(&shelf, visit) {
            let connector = entry.connector()?;
            if connector.needs_credential() {
                offers.push(self.offer(visit, entry, &connector).await?);
            }
        }
        Ok(offers)
    }

    /// One of them.
    pub async fn connect_offer(&self, visit: &TicketVisit, id: &str) -> Result<ConnectorOffer> {
        let (entry, connector) = self.offered(visit, id).await?;
        self.offer(visit, &entry, &connector).await
    }

    /// The connector of that id, if the ticket is for it.
    pub(super) async fn offered(
        &self,
        visit: &TicketVisit,
        id: &str,
    ) -> Result<(Arc<Entry>, Arc<Connector>)> {
        let unknown = Error::NotFound("There is nothing to connect here under this name");
        let shelf = self.shelf(&visit.caller().account).await?;
        let entry = shelf.entry(id).filter(|entry| visit.offers(&entry.id));
        let Some(entry) = entry.cloned() else {
            return Err(unknown);
        };
        let connector = entry.connector()?;
        if connector.needs_credential() {
            Ok((entry, connector))
        } else {
            Err(unknown)
        }
    }

    async fn offer(
        &self,
        visit: &TicketVisit,
        entry: &Entry,
        connector: &Connector,
    ) -> Result<ConnectorOffer> {
        let all = match &visit.caller().user {
            Some(user) => self.warm.credentials(&self.storage, user).await?,
            None => Arc::default(),
        };
        let own = all
            .iter()
            .filter(|one| one.connector == entry.id && is_for(&one.connector_owner, entry));
        let mut ways = Vec::new();
        for auth in &connector.auth {
            if auth.oauth.is_none() || self.has_client(&visit.caller().account, entry, auth).await? {
                ways.push(way(auth));
            }
        }
        // Consent first: there is nothing to look for and nothing to paste.
        ways.sort_by_key(|way| !way.is_consent);
        Ok(ConnectorOffer {
            id: entry.id.as_str().to_owned(),
            name: connector.name.clone(),
            about: connector.about.clone(),
            standing: standing(own.map(AsRef::as_ref), self.clock.now()),
            allowed: Allowed::of(connector, visit.policy()),
            ways,
        })
    }
}

fn ticket_entries<'s>(shelf: &'s Shelf, visit: &TicketVisit) -> Vec<&'s Arc<Entry>> {
    let mut entries = match visit.named() {
        Some(named) => named.iter().filter_map(|id| shelf.entry(id.as_str())).collect(),
        None => shelf.entries(),
    };
    entries.retain(|entry| visit.offers(&entry.id));
    entries
}

fn standing<'c>(own: impl Iterator<Item = &'c Credential>, now: Timestamp) -> Standing {
    let (mut names, mut broken, mut reason) = (Vec::new(), false, None);
    for credential in own {
        let view = CredentialView::new(credential, now);
        if matches!(view.status, "active" | "expiring") {
            let name = view.identity.unwrap_or(view.name);
            if !names.contains(&name) {
                names.push(name);
            }
        } else {
            broken = true;
            reason = reason.or(view.status_reason);
        }
    }
    match (names.is_empty(), broken) {
        (false, _) => Standing::Connected(names),
        (true, true) => Standing::Broken(reason),
        (true, false) => Standing::Absent,
    }
}

impl Allowed {
    fn of(connector: &Connector, policy: &Policy) -> Self {
        let groups = |kind: Kind| {
            let allowed = |action: &Action| {
                action.kind == kind && policy.allows_action(connector.id.as_str(), &action.id)
            };
            let resources = connector.resources.iter().map(|resource| AllowedGroup {
                things: resource.name.clone(),
                titles: connector
                    .actions_of(&resource.id)
                    .filter(|action| allowed(action))
                    .map(|action| action.title.clone())
                    .collect(),
            });
            resources.filter(|group| !group.titles.is_empty()).collect()
        };
        Self {
            looks: groups(Kind::Read),
            changes: groups(Kind::Write),
            deletes: groups(Kind::Destructive),
        }
    }

    /// Whether nothing at all is.
    pub fn is_nothing(&self) -> bool {
        self.looks.is_empty() && self.changes.is_empty() && self.deletes.is_empty()
    }
}

fn way(auth: &Auth) -> WayOffered {
    let schema = auth.input_schema();
    let fields = auth.fields.iter().map(|field| {
        let rule = super::keys::rule_of(&schema, &field.name);
        let choices = rule.and_then(|rule| rule.get("enum")?.as_array());
        let default = rule.and_then(|rule| rule.get("default")?.as_str());
        FieldOffer {
            name: field.name.clone(),
            about: field.about.clone(),
            required: field.required,
            secret: field.secret,
            default: default.unwrap_or_default().to_owned(),
            choices: choices
                .into_iter()
                .flatten()
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect(),
        }
    });
    WayOffered {
        kind: auth.kind.clone(),
        name: auth.name.clone(),
        about: auth.about.clone(),
        is_consent: auth.oauth.is_some(),
        fields: fields.collect(),
    }
}
