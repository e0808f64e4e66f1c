//! A connector as it was read from its file, compiled: what calls need stands ready, nothing is read again.

use crate::action::Action;
use crate::auth::Auth;
use crate::errors::Errors;
use crate::limits::Limits;
use crate::template::Template;
use http::{HeaderName, HeaderValue};
use solder_model::{ConnectorId, Limit};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A platform as its connector file describes it.
#[derive(Debug)]
pub struct Connector {
    /// Its id, the name of its file.
    pub id: ConnectorId,
    /// Its name as people write it.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What kinds of platform it is, lower case; one at least.
    pub categories: Vec<String>,
    /// The things that its actions work on, in the order of the file.
    pub resources: Vec<Resource>,
    /// The ways to connect, the default first. Empty where no credential is needed.
    pub auth: Vec<Auth>,
    /// Calls after an OAuth consent that find out variables, in order.
    pub discover: Vec<crate::Discover>,
    /// The action that is run after connecting, where the way to connect has none of its own.
    pub(crate) check: Option<String>,
    /// A JSON Pointer into its value: the name of the account.
    pub(crate) identity: Option<String>,
    /// Where the vendor describes its API.
    pub docs: Option<String>,
    /// The vendor's descriptions, relative to the folder of descriptions.
    pub spec: Vec<String>,
    /// Accepted differences from the description for every action: key and reason.
    pub allow: Vec<(String, String)>,
    /// Other words that people search by.
    pub synonyms: Vec<String>,
    /// What a connection must know besides secrets.
    pub vars: Vec<Variable>,
    /// How long a call may take, 1 s to 300 s.
    pub timeout: Option<Duration>,
    /// Our own brake, for each connection.
    pub rate: Option<Limit>,
    /// The only hosts that ever get the credential: names, `*.` and a name, or a variable in braces, whose host is the one that
    /// was given with a key.
    pub hosts: Vec<String>,
    pub(crate) base: Base,
    pub(crate) headers: Vec<Header>,
    pub(crate) errors: Errors,
    pub(crate) limits: Limits,
    pub(crate) actions: Vec<Arc<Action>>,
    pub(crate) off: Vec<Arc<Action>>,
    pub(crate) by_id: HashMap<String, usize>,
}

/// A thing that actions work on, such as channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id within the connector.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is; may be empty.
    pub about: String,
}

impl Resource {
    /// A resource by its id and its line: a name, and behind a bar what it is.
    pub(crate) fn of_line(id: &str, line: &str) -> Self {
        let (name, about) = line.split_once('|').unwrap_or((line, ""));
        Self {
            id: id.to_owned(),
            name: name.trim().to_owned(),
            about: about.trim().to_owned(),
        }
    }
}

/// What a connection must know besides secrets, such as a subdomain.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// The schema that a value follows.
    pub schema: serde_json::Value,
    /// What it is where nothing is given.
    pub default: Option<String>,
    pub(crate) check: crate::schema::Check,
}

/// Where calls go.
#[derive(Debug)]
pub(crate) enum Base {
    /// Into this process: there is no host.
    Internal,
    /// To a URL that never changes, without `/` at its end.
    Fixed(String),
    /// To a URL that the connection decides. `kept` is what stays of it under an override.
    Made { whole: Template, kept: Template },
}

/// A header that is sent with every call.
#[derive(Debug, Clone)]
pub(crate) enum Header {
    Fixed(HeaderName, HeaderValue),
    Made(HeaderName, Template),
}

impl Base {
    /// The names of its template.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Self::Made { whole, .. } => Some(whole),
            Self::Internal | Self::Fixed(_) => None,
        };
        template.into_iter().flat_map(Template::names)
    }
}

impl Header {
    /// The names of its template.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Self::Made(_, template) => Some(template),
            Self::Fixed(..) => None,
        };
        template.into_iter().flat_map(Template::names)
    }

    pub(crate) fn name(&self) -> &HeaderName {
        match self {
            Self::Fixed(name, _) | Self::Made(name, _) => name,
        }
    }
}

impl Connector {
    /// The action of this id; ids are case-sensitive.
    pub fn action(&self, id: &str) -> Option<&Arc<Action>> {
        self.actions.get(*self.by_id.get(id)?)
    }

    /// Every action that is offered, in the order of the file: those that are off are not among them.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = &Arc<Action>> {
        self.actions.iter()
    }

    /// The actions that the file keeps back (`off = true`), in its order. Nothing lists, finds or runs them.
    pub fn off(&self) -> impl ExactSizeIterator<Item = &Arc<Action>> {
        self.off.iter()
    }

    /// The actions of one resource, in the order of the file.
    pub fn actions_of<'c>(&'c self, resource: &'c str) -> impl Iterator<Item = &'c Arc<Action>> {
        self.actions
            .iter()
            .filter(move |action| action.resource == resource)
    }

    /// Whether calls stay inside the process: the base is `internal:`.
    pub fn is_internal(&self) -> bool {
        matches!(self.base, Base::Internal)
    }

    /// The way to connect of this kind.
    pub fn auth(&self, kind: &str) -> Option<&Auth> {
        self.auth.iter().find(|auth| auth.kind == kind)
    }

    /// The action that is run after connecting in this way, to see whether it works.
    pub fn check_of(&self, auth: &Auth) -> Option<&Arc<Action>> {
        self.action(auth.own.check.as_ref().or(self.check.as_ref())?)
    }

    /// A JSON Pointer into the value of [`Self::check_of`]: the name of the account.
    pub fn identity_of<'a>(&'a self, auth: &'a Auth) -> Option<&'a str> {
        auth.own.identity.as_deref().or(self.identity.as_deref())
    }

    /// Where calls go that are made with this way to connect, or without any.
    pub(crate) fn base_of<'a>(&'a self, auth: Option<&'a Auth>) -> &'a Base {
        auth.and_then(|auth| auth.own.base.as_ref()).unwrap_or(&self.base)
    }

    /// The ways to connect by secrets that a person gives, the default first; OAuth tables are not among them.
    pub fn key_based(&self) -> impl Iterator<Item = &Auth> {
        self.auth.iter().filter(|auth| auth.oauth.is_none())
    }

    /// Whether a host is one that the file states, so that any credential may go there. Names are compared without regard to case; a dot at the end counts not.
    pub fn hosts_allow(&self, host: &str) -> bool {
        hosts_allow(&self.hosts, host)
    }

    /// The variables whose hosts are given with a key: they may get that key, and nothing else.
    pub(crate) fn given_hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts
            .iter()
            .filter_map(|entry| entry.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Where the platform tells how much of a quota is used: a header's name and a pattern with two numbers in it.
    pub fn usage(&self) -> Option<(&str, &str)> {
        self.limits
            .usage
            .as_ref()
            .map(|(header, pattern)| (header.as_str(), pattern.as_str()))
    }

    /// Whether calls need a credential at all.
    pub fn needs_credential(&self) -> bool {
        !self.auth.is_empty()
    }
}

/// Whether `host` is one of `hosts`, or lies below one that begins with `*.`.
pub(crate) fn hosts_allow(hosts: &[String], host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    hosts.iter().any(|entry| match entry.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .and_then(|left| left.strip_suffix('.'))
            .is_some_and(|label| !label.is_empty()),
        // A variable in braces is no name of a host.
        None => *entry == host && !entry.starts_with('{'),
    })
}

#[cfg(test)]
mod tests {
    use super::hosts_allow;

    #[test]
    fn a_host_is_allowed_by_name_or_below_a_star() {
        let hosts = ["slack.com".to_owned(), "*.force.com".to_owned()];
        for good in [
            "slack.com",
            "SLACK.com",
            "slack.com.",
            "a.force.com",
            "a.b.force.com",
        ] {
            assert!(hosts_allow(&hosts, good), "{good}");
        }
        for bad in [
            "",
            "evil-slack.com",
            "a.slack.com",
            "force.com",
            ".force.com",
            "evilforce.com",
            "slack.com.evil.org",
        ] {
            assert!(!hosts_allow(&hosts, bad), "{bad}");
        }
    }
}
