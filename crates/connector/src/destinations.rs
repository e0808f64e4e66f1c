//! Where a connector may send what is secret: what has to be the same for credentials to go on from one version of a
//! file to the next, and for one connection to stand in for another.

use crate::action::CallPath;
use crate::auth::Auth;
use crate::connector::{Base, Header};
use crate::request::Names;
use crate::template::Template;
use crate::{BuildInput, Connector, OAuth};
use serde_json::Map;
use solder_model::Secret;
use std::collections::{BTreeMap, BTreeSet};

/// One place of a file that says where secrets go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    /// Where in the file: `base`, `hosts`, `auth.oauth2.token`, …
    pub field: String,
    /// What stands there: a URL, which may hold names in braces, or a host.
    pub text: String,
}

impl Connector {
    /// Everything in the file that decides where credentials, codes, client secrets and tokens may be sent: each `base`, each of
    /// `hosts`, each URL of an OAuth table, and the calls that find out what a connection is for. Two files with the same
    /// set send them to the same places, whatever else differs; URLs of actions add nothing, since `hosts` covers them.
    pub fn destinations(&self) -> BTreeSet<Destination> {
        let mut all = BTreeSet::from([place("base", written(&self.base))]);
        all.extend(self.hosts.iter().map(|host| place("hosts", host.clone())));
        for auth in &self.auth {
            let own = auth.own.base.iter();
            all.extend(own.map(|base| place(&format!("auth.{}.base", auth.kind), written(base))));
            if let Some(oauth) = &auth.oauth {
                all.extend(of_oauth(auth, oauth));
            }
        }
        let discover = self.discover.iter();
        all.extend(discover.map(|one| place("auth.discover.call", one.url.to_string())));
        all
    }

    /// Whether calls of two connections of one kind go to the same place: every variable that stands in `base`, in `[headers]`,
    /// in an action's path or in a token URL says the same in both, given or by default. An account at a platform is known by
    /// its name only within such a place: one e-mail address may stand in two subdomains.
    pub fn leads_alike(
        &self,
        auth: &Auth,
        one: &BTreeMap<String, Secret>,
        other: &BTreeMap<String, Secret>,
    ) -> bool {
        let none = Map::new();
        let [one, other] = [one, other].map(|fields| BuildInput {
            base_override: None,
            arguments: &none,
            auth: Some((auth, fields)),
            vars: &none,
            idempotency_key: None,
        });
        let (one, other) = (Names::new(self, &one), Names::new(self, &other));
        self.leading(auth)
            .into_iter()
            .all(|name| one.var(name) == other.var(name))
    }

    /// The names that stand where it is decided to which place a call of this kind goes. Parameters are among them.
    fn leading<'a>(&'a self, auth: &'a Auth) -> BTreeSet<&'a str> {
        let mut names: BTreeSet<_> = self.base_of(Some(auth)).names().collect();
        names.extend(self.headers.iter().flat_map(Header::names));
        for action in &self.actions {
            let (origin, path) = match &action.call {
                CallPath::Below(path) => (None, path),
                CallPath::Own { origin, path } => (Some(origin), path),
            };
            names.extend(origin.into_iter().chain([path]).flat_map(Template::names));
        }
        let oauth = auth.oauth.iter();
        let urls = oauth.flat_map(|oauth| [Some(&oauth.token), oauth.refresh.as_ref()]);
        names.extend(urls.flatten().flat_map(Template::names));
        names
    }
}

fn written(base: &Base) -> String {
    match base {
        Base::Internal => "internal:".to_owned(),
        Base::Fixed(text) => text.clone(),
        Base::Made { whole, .. } => whole.to_string(),
    }
}

fn of_oauth(auth: &Auth, oauth: &OAuth) -> impl Iterator<Item = Destination> {
    let urls = [
        ("authorize", oauth.authorize.as_ref()),
        ("token", Some(&oauth.token)),
        ("refresh", oauth.refresh.as_ref()),
        ("device", oauth.device.as_ref()),
        ("revoke", oauth.revoke.as_ref().map(|revoke| &revoke.url)),
    ];
    urls.into_iter()
        .filter_map(move |(key, url)| Some(place(&format!("auth.{}.{key}", auth.kind), url?.to_string())))
}

fn place(field: &str, text: String) -> Destination {
    Destination {
        field: field.to_owned(),
        text,
    }
}
