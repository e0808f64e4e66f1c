//! What the operator set, as the engine needs it: already read and checked.

use crate::shape::Shaping;
use ipnet::IpNet;
use solder_model::{Limit, Secret};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Settings of the engine. The binary reads them from file, environment and flags.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base of every URL that is shown, without a slash at its end. Never taken from a request.
    pub public_url: String,
    /// Calls for each key or token; absent is `off`.
    pub rate_limit: Option<Limit>,
    /// Failed authentications for each client address; absent is `off`.
    pub failure_limit: Option<Limit>,
    /// Networks that the operator's own URLs may reach beside public addresses.
    pub operator_networks: Vec<IpNet>,
    /// Networks that URLs of accounts may reach beside public addresses.
    pub account_networks: Vec<IpNet>,
    /// A folder of the operator's own connector files.
    pub connectors_dir: Option<PathBuf>,
    /// How often that folder is looked at. What changed in it is taken by the look after the one that found it.
    pub connectors_interval: Duration,
    /// What each account may have of connectors of its own.
    pub own_connectors: OwnConnectorSettings,
    /// Settings of single connectors, by id.
    pub connectors: HashMap<String, ConnectorSettings>,
    /// An identity provider for the first account.
    pub oidc: Option<OidcSettings>,
    /// How long a call to a platform may take where neither the call nor the connector says.
    pub call_timeout: Duration,
    /// How often the change feed is looked at: what another process changed holds here after that.
    pub feed_interval: Duration,
    /// How long uses of API keys are gathered before they are written down.
    pub last_use_interval: Duration,
    /// From where on answers are cut for models.
    pub shaping: Shaping,
    /// The largest answer that is taken from a platform, in bytes.
    pub max_answer_bytes: usize,
    /// The largest file that is handed on from a platform, in bytes.
    pub max_file_bytes: u64,
}

/// How many connectors of its own an account may have, and how large.
#[derive(Debug, Clone, Copy)]
pub struct OwnConnectorSettings {
    /// How many.
    pub count: usize,
    /// How large a file of one may be, in bytes.
    pub file_bytes: usize,
    /// How many actions one may have.
    pub actions: usize,
}

impl Default for OwnConnectorSettings {
    fn default() -> Self {
        Self {
            count: 100,
            file_bytes: 1024 * 1024,
            actions: 500,
        }
    }
}

/// `SOLDER_CONNECTOR_<ID>_…`.
#[derive(Debug, Clone, Default)]
pub struct ConnectorSettings {
    /// Stands for the file's `base` and `hosts`; may be any address.
    pub base_url: Option<Url>,
    /// Stands for the file's authorization endpoint.
    pub authorize_url: Option<Url>,
    /// Stands for the file's token endpoint.
    pub token_url: Option<Url>,
    /// The OAuth app's client id.
    pub client_id: Option<String>,
    /// The OAuth app's client secret.
    pub client_secret: Option<Secret>,
}

impl Settings {
    /// The public URL in two: the origin, and the path behind it, which is mostly empty.
    pub fn origin_and_path(&self) -> (&str, &str) {
        let host = self
            .public_url
            .find("://")
            .map_or(0, |place| place.saturating_add(3));
        let rest = self.public_url.get(host..).unwrap_or_default();
        let end = rest
            .find('/')
            .map_or(self.public_url.len(), |place| host.saturating_add(place));
        self.public_url
            .split_at_checked(end)
            .unwrap_or((&self.public_url, ""))
    }
}

/// `SOLDER_OIDC_…`.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The issuer, exactly as its tokens name it.
    pub issuer: String,
    /// The client that Solder is there.
    pub client_id: String,
    /// That client's secret; absent for a public client.
    pub client_secret: Option<Secret>,
    /// The claim whose value is the user's id.
    pub user_claim: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:3000".to_owned(),
            rate_limit: Some(Limit {
                count: 100,
                window: Duration::from_mins(1),
            }),
            failure_limit: Some(Limit {
                count: 30,
                window: Duration::from_mins(1),
            }),
            operator_networks: Vec::new(),
            account_networks: Vec::new(),
            connectors_dir: None,
            connectors_interval: Duration::from_secs(1),
            own_connectors: OwnConnectorSettings::default(),
            connectors: HashMap::new(),
            oidc: None,
            call_timeout: Duration::from_secs(30),
            feed_interval: Duration::from_millis(500),
            last_use_interval: Duration::from_secs(5),
            shaping: Shaping::default(),
            max_answer_bytes: 10 * 1024 * 1024,
            max_file_bytes: 1024 * 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn the_public_url_has_an_origin_and_a_path() {
        for (url, parts) in [
            ("https://a.example", ("https://a.example", "")),
            ("http://127.0.0.1:3000", ("http://127.0.0.1:3000", "")),
            ("https://a.example/solder/x", ("https://a.example", "/solder/x")),
        ] {
            let settings = Settings {
                public_url: url.to_owned(),
                ..Settings::default()
            };
            assert_eq!(settings.origin_and_path(), parts);
        }
    }
}
