//! What the operator set for the HTTP surface, already read and checked.

use ipnet::IpNet;
use std::time::Duration;

/// Settings of the HTTP surface. The binary reads them from file, environment and flags.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base of every URL that is shown, without a slash at its end. Its origin and its host are always allowed.
    pub public_url: String,
    /// Whether the listener is reached from this machine alone. Then `Host` is checked, and pages that this machine
    /// serves are allowed as origins.
    pub is_loopback: bool,
    /// Web origins that may call from a browser, as browsers spell them, beside the public URL's own.
    pub allowed_origins: Vec<String>,
    /// Hosts that requests may be addressed to; one without a port stands for every port. Where there are any,
    /// `Host` is checked on every listener.
    pub allowed_hosts: Vec<String>,
    /// Proxies whose forwarding headers tell the client's address.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest body that is read, in bytes.
    pub max_body_bytes: usize,
    /// How long a connection may take for the head of a request, and how long it may be idle.
    pub header_timeout: Duration,
    /// How long a whole body may take to arrive.
    pub body_timeout: Duration,
    /// How long a stop waits for the requests under way.
    pub shutdown_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:3000".to_owned(),
            is_loopback: true,
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            max_body_bytes: 10 * 1024 * 1024,
            header_timeout: Duration::from_mins(1),
            body_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(30),
        }
    }
}
