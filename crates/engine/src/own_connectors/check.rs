//! What a file has to be before it is stored for an account: a connector, within the limits, that leads nowhere where an
//! account may not go.

use super::Checked;
use crate::Engine;
use crate::error::{Error, Result};
use crate::outbound::Reach;
use solder_connector::{Connector, Destination, LoadFault};
use solder_model::{ConnectorId, Fault};
use url::Url;

/// `/api/connectors/import` is no connector's.
const IMPORT: &str = "import";

impl Engine {
    /// Reads a file that shall be stored under this id. Every fault is listed.
    pub(super) async fn check_file(&self, id: &str, text: String) -> Result<Checked> {
        let limits = self.settings.own_connectors;
        let id = ConnectorId::new(id).map_err(|bad| Error::invalid("connectorId", bad.to_string()))?;
        if id.as_str() == IMPORT {
            let fault = "is a word of the API's paths: choose another id";
            return Err(Error::invalid("connectorId", fault));
        }
        if text.len() > limits.file_bytes {
            let fault = format!("must be at most {} bytes long", limits.file_bytes);
            return Err(Error::invalid("file", fault));
        }
        let parsed = parse_beside(id.as_str(), text.clone()).await;
        let connector = parsed.map_err(|faults| Error::Invalid(faults.iter().map(told).collect()))?;
        let mut faults = Vec::new();
        if connector.is_internal() {
            let text = "must be the URL of a platform: `internal:` is for Solder's own connector";
            faults.push(Fault::new("file.base", text));
        }
        let count = connector.actions().len();
        if count > limits.actions {
            let text = format!(
                "are {count}: a connector of an account may have {}",
                limits.actions
            );
            faults.push(Fault::new("file.action", text));
        }
        let destinations = connector.destinations();
        faults.extend(destinations.iter().filter_map(|one| self.destination_fault(one)));
        if faults.is_empty() {
            Ok(Checked { id, text, connector })
        } else {
            Err(Error::Invalid(faults))
        }
    }

    /// Whether a place leads where URLs of accounts may not lead. Names are resolved, and judged again, by each call.
    fn destination_fault(&self, place: &Destination) -> Option<Fault> {
        let text = place.text.strip_prefix("*.").unwrap_or(&place.text);
        let origin = if text.contains("://") {
            origin(text)
        } else {
            format!("https://{text}")
        };
        let is_plain = origin.starts_with("http://");
        let refused = if is_plain && self.settings.account_networks.is_empty() {
            true
        } else {
            // What a variable says is judged by each call.
            let url = Url::parse(&origin).ok().filter(|_| !origin.contains('{'));
            url.is_some_and(|url| self.outbound.judge(Reach::Account, &addressed(url)).is_err())
        };
        refused.then(|| {
            let text = format!(
                "`{}` is not a public address that is reached by HTTPS: connectors of accounts lead nowhere else, unless \
                 whoever runs Solder allows the network with SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS",
                place.text
            );
            Fault::new(format!("file.{}", place.field), text)
        })
    }
}

/// Parses beside the reactor: a hostile file may take long.
pub(super) async fn parse_beside(id: &str, text: String) -> std::result::Result<Connector, Vec<LoadFault>> {
    let file = format!("{id}.toml");
    let name = file.clone();
    let parsing = tokio::task::spawn_blocking(move || solder_connector::parse(&file, &text));
    parsing.await.unwrap_or_else(|_panic| {
        Err(vec![LoadFault {
            file: name,
            line: 1,
            field: String::new(),
            message: "cannot be read".to_owned(),
        }])
    })
}

/// A fault of the file as one of the request: where in the file, its line, and what is wrong.
fn told(fault: &LoadFault) -> Fault {
    let message = format!("{}, line {}: {}", fault.file, fault.line, fault.message);
    Fault::new(&*fault.field, message).under("file")
}

/// A URL without its path.
fn origin(text: &str) -> String {
    let host = text.find("://").map_or(0, |at| at.saturating_add(3));
    let end = text.get(host..).and_then(|rest| rest.find('/'));
    let end = end.map_or(text.len(), |end| end.saturating_add(host));
    text.get(..end).unwrap_or(text).to_owned()
}

/// `localhost` and what lies below it are addresses of this machine by definition (RFC 6761, 6.3).
fn addressed(mut url: Url) -> Url {
    let is_local = url.host_str().is_some_and(|host| {
        let host = host.strip_suffix('.').unwrap_or(host);
        host == "localhost" || host.ends_with(".localhost")
    });
    if is_local {
        // An address is a host that any such URL may have.
        url.set_host(Some("127.0.0.1")).unwrap_or_default();
    }
    url
}
