//! The HTTP clients: one pool of connections for each set of addresses, so that no connection that one author's URL
//! may have is used for another's.

use super::address::{AddressRefused, Scope};
use super::resolver::FilteringResolver;
use super::{OutboundError, OutboundSettings, Reach};
use ipnet::IpNet;
use std::error::Error;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::{Host, Url};

/// Sent where the request names no agent; some platforms refuse a request without one.
const AGENT: &str = concat!("solder/", env!("CARGO_PKG_VERSION"));
/// Connections that are kept for one host while nothing uses them.
const IDLE_CONNECTIONS: usize = 128;

/// The clients of every reach, each made when it is first used.
pub(super) struct Clients {
    connect_timeout: Duration,
    public: Slot,
    operator: Slot,
    operator_plain: Slot,
    account: Slot,
    account_plain: Slot,
    any: Slot,
    any_plain: Slot,
}

struct Slot {
    scope: Scope,
    /// Without TLS no root certificates are loaded, and no HTTPS is spoken.
    tls: bool,
    client: OnceLock<reqwest::Client>,
}

impl Slot {
    fn new(scope: Scope, tls: bool) -> Self {
        Self {
            scope,
            tls,
            client: OnceLock::new(),
        }
    }
}

impl Clients {
    pub(super) fn new(settings: OutboundSettings) -> Self {
        let operator: Arc<[IpNet]> = settings.operator_networks.into();
        let account: Arc<[IpNet]> = settings.account_networks.into();
        Self {
            connect_timeout: settings.connect_timeout,
            public: Slot::new(Scope::PublicAnd([].into()), true),
            operator: Slot::new(Scope::PublicAnd(Arc::clone(&operator)), true),
            operator_plain: Slot::new(Scope::Only(operator), false),
            account: Slot::new(Scope::PublicAnd(Arc::clone(&account)), true),
            account_plain: Slot::new(Scope::Only(account), false),
            any: Slot::new(Scope::Any, true),
            any_plain: Slot::new(Scope::Any, false),
        }
    }

    /// The client that may connect to `url`. A host that is an address is checked here, since no resolver is asked for
    /// it; the `url` crate has brought every spelling of one to the same form.
    pub(super) fn find(&self, reach: Reach, url: &Url) -> Result<&reqwest::Client, OutboundError> {
        let slot = match (reach, url.scheme()) {
            (Reach::Public, "https") => &self.public,
            (Reach::Operator, "https") => &self.operator,
            (Reach::Operator, "http") => &self.operator_plain,
            (Reach::Account, "https") => &self.account,
            (Reach::Account, "http") => &self.account_plain,
            (Reach::Override, "https") => &self.any,
            (Reach::Override, "http") => &self.any_plain,
            (Reach::Public, "http") => return Err(OutboundError::Refused(PLAIN)),
            _ => return Err(OutboundError::BadRequest("only HTTP and HTTPS are spoken")),
        };
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(OutboundError::BadRequest("the URL names no host")),
        };
        match literal {
            Some(address) if !slot.scope.allows(address) => Err(refused(slot.tls)),
            _ => self.client(slot),
        }
    }

    fn client<'a>(&self, slot: &'a Slot) -> Result<&'a reqwest::Client, OutboundError> {
        if let Some(client) = slot.client.get() {
            return Ok(client);
        }
        let made = build(slot, self.connect_timeout)?;
        Ok(slot.client.get_or_init(|| made))
    }
}

const PLAIN: &str =
    "the platform's URL is plain HTTP, which is allowed within the networks that the operator named only";
const PRIVATE: &str =
    "the platform's URL leads to an address that is not public and that the operator did not allow";

fn refused(tls: bool) -> OutboundError {
    OutboundError::Refused(if tls { PRIVATE } else { PLAIN })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the guarded client: every address that it connects to is checked"
)]
fn build(slot: &Slot, connect_timeout: Duration) -> Result<reqwest::Client, OutboundError> {
    let builder = reqwest::Client::builder()
        .user_agent(AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .tcp_nodelay(true)
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .dns_resolver(Arc::new(FilteringResolver::new(slot.scope.clone())));
    let builder = if slot.tls {
        builder.https_only(true)
    } else {
        builder.tls_certs_only([]).http1_only()
    };
    builder
        .build()
        .map_err(|error| OutboundError::Unusable(error.without_url().into()))
}

/// What reqwest's error means for the caller.
pub(super) fn explain(error: reqwest::Error, plain: bool) -> OutboundError {
    let error = error.without_url();
    if find::<AddressRefused>(&error).is_some() {
        refused(!plain)
    } else if error.is_connect() {
        OutboundError::Unreachable(error.into())
    } else if error.is_timeout() {
        OutboundError::Timeout
    } else if error.is_decode() && find::<std::io::Error>(&error).is_some_and(is_not_gzip) {
        OutboundError::BadAnswer("its compression is broken")
    } else {
        OutboundError::Broken(error.into())
    }
}

/// A stream that ends too early is no such fault: the connection broke.
fn is_not_gzip(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput)
}

/// The first error of this type in the chain.
fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
