//! Which hosts and which web origins are let in: what keeps a page in somebody's browser from reaching a Solder on
//! that person's machine or network by a name of its own (DNS rebinding).

use crate::Settings;
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri, Version};
use solder_model::{Code, Fault, Problem};
use std::net::IpAddr;

/// The rules of a listener.
#[derive(Debug)]
pub(crate) struct Gate {
    public_origin: Option<String>,
    public_authority: Option<String>,
    public_host: Option<String>,
    origins: Vec<String>,
    hosts: Vec<String>,
    is_loopback: bool,
}

/// What a request's `Origin` comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// None was sent: this is no browser's cross-origin request.
    Absent,
    /// It may read the answer.
    Allowed(HeaderValue),
    /// It may not.
    Refused,
}

impl Gate {
    pub(crate) fn new(settings: &Settings) -> Self {
        let public: Option<Uri> = settings.public_url.parse().ok();
        let authority = public.as_ref().and_then(Uri::authority);
        Self {
            public_origin: public.as_ref().and_then(origin_of),
            public_authority: authority.map(|authority| authority.as_str().to_owned()),
            public_host: authority.map(|authority| authority.host().to_ascii_lowercase()),
            origins: settings.allowed_origins.clone(),
            hosts: settings
                .allowed_hosts
                .iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
            is_loopback: settings.is_loopback,
        }
    }

    /// Judges the `Origin` header. `null`, repeated and unreadable ones are refused.
    pub(crate) fn origin(&self, headers: &HeaderMap) -> Origin {
        let mut sent = headers.get_all(ORIGIN).iter();
        match (sent.next(), sent.next()) {
            (None, _) => Origin::Absent,
            (Some(one), None) if one.to_str().is_ok_and(|text| self.allows_origin(text)) => {
                Origin::Allowed(one.clone())
            }
            _ => Origin::Refused,
        }
    }

    fn allows_origin(&self, text: &str) -> bool {
        if self.public_origin.as_deref() == Some(text) || self.origins.iter().any(|allowed| allowed == text) {
            return true;
        }
        self.is_loopback && text.parse::<Uri>().is_ok_and(|uri| is_own_page(&uri))
    }

    /// The refusal of an origin, with the value that was seen and the setting that lets it in.
    pub(crate) fn origin_refusal(headers: &HeaderMap) -> Problem {
        let seen = shown(headers.get_all(ORIGIN).iter());
        let message = format!(
            "Requests from pages of the origin {seen} are not let in: SOLDER_ALLOWED_ORIGINS names the origins that are"
        );
        Problem::new(Code::Forbidden, message)
            .with("origin", seen)
            .with("setting", "SOLDER_ALLOWED_ORIGINS")
    }

    /// Refuses what names no host, or more than one: RFC 9112, 3.2. Who stands between us and the client may have
    /// read another one.
    pub(crate) fn check_one_host(version: Version, headers: &HeaderMap) -> Result<(), Problem> {
        let sent = headers.get_all(HOST).iter().count();
        if sent > 1 || (sent == 0 && version == Version::HTTP_11) {
            let message = "must be sent once: it names the host that the request is addressed to";
            return Err(Problem::invalid(&[Fault::new("host", message)]));
        }
        Ok(())
    }

    /// Judges the host that the request is addressed to, where it is checked at all.
    pub(crate) fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        if !self.is_loopback && self.hosts.is_empty() {
            return Ok(());
        }
        let mut any = false;
        let mut allowed = true;
        // HTTP/2 and absolute targets carry it in the target; where the header is there too, both must hold.
        if let Some(authority) = uri.authority() {
            any = true;
            allowed = self.allows_host(authority);
        }
        for value in headers.get_all(HOST) {
            any = true;
            // Nearly all clients use the URL that they were given.
            if self.public_authority.as_deref().map(str::as_bytes) != Some(value.as_bytes()) {
                let parsed = Authority::try_from(value.as_bytes());
                allowed = allowed && parsed.is_ok_and(|authority| self.allows_host(&authority));
            }
        }
        if any && allowed {
            Ok(())
        } else {
            Err(host_refusal(uri, headers))
        }
    }

    fn allows_host(&self, authority: &Authority) -> bool {
        let host = authority.host();
        if authority.as_str().contains('@') {
            return false;
        }
        if self.is_loopback && is_loopback_host(host) {
            return true;
        }
        let is = |allowed: &str, text: &str| allowed.eq_ignore_ascii_case(text);
        self.public_host.as_deref().is_some_and(|public| is(public, host))
            || self
                .hosts
                .iter()
                .any(|allowed| is(allowed, host) || is(allowed, authority.as_str()))
    }
}

fn host_refusal(uri: &Uri, headers: &HeaderMap) -> Problem {
    let seen = match uri.authority() {
        Some(authority) if !headers.contains_key(HOST) => format!("`{}`", cut(authority.as_str())),
        _ => shown(headers.get_all(HOST).iter()),
    };
    let message =
        format!("Requests to the host {seen} are not let in: SOLDER_ALLOWED_HOSTS names the hosts that are");
    Problem::new(Code::Forbidden, message)
        .with("host", seen)
        .with("setting", "SOLDER_ALLOWED_HOSTS")
}

/// What was sent, for a message: cut to a length that can be shown.
fn shown<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> String {
    let texts: Vec<String> = values
        .take(3)
        .map(|value| format!("`{}`", cut(&String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    if texts.is_empty() {
        "(none sent)".to_owned()
    } else {
        texts.join(", ")
    }
}

fn cut(text: &str) -> &str {
    text.char_indices()
        .nth(200)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}

fn is_loopback_host(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether the origin is a page that this machine serves.
fn is_own_page(uri: &Uri) -> bool {
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    is_web && uri.path_and_query().is_none_or(|path| path == "/") && uri.host().is_some_and(is_loopback_host)
}

/// A URL's origin as browsers spell it: without the port that the scheme has anyway.
fn origin_of(uri: &Uri) -> Option<String> {
    let scheme = uri.scheme_str()?;
    let authority = uri.authority()?;
    let host = authority.host().to_ascii_lowercase();
    Some(match (authority.port_u16(), scheme) {
        (None, _) | (Some(80), "http") | (Some(443), "https") => format!("{scheme}://{host}"),
        (Some(port), _) => format!("{scheme}://{host}:{port}"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Gate, Origin};
    use crate::Settings;
    use http::{HeaderMap, HeaderName, HeaderValue, Uri};

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let one = |(name, value): &(&'static str, &str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines.iter().map(one) {
            headers.append(name, value);
        }
        headers
    }

    fn gate(is_loopback: bool, hosts: &[&str]) -> Gate {
        Gate::new(&Settings {
            public_url: "https://Solder.example.com:443/base".to_owned(),
            is_loopback,
            allowed_origins: vec![
                "https://app.example.com".to_owned(),
                "vscode-webview://x".to_owned(),
            ],
            allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            ..Settings::default()
        })
    }

    fn host(gate: &Gate, lines: &[(&'static str, &str)]) -> bool {
        gate.check_host(&Uri::from_static("/mcp"), &headers(lines))
            .is_ok()
    }

    #[test]
    fn only_named_origins_are_let_in() {
        let gate = gate(false, &[]);
        for good in [
            "https://solder.example.com",
            "https://app.example.com",
            "vscode-webview://x",
        ] {
            assert!(
                matches!(gate.origin(&headers(&[("origin", good)])), Origin::Allowed(_)),
                "{good}"
            );
        }
        for bad in [
            "null",
            "",
            "https://app.example.com.evil.com",
            "http://solder.example.com",
            "http://localhost:3000",
        ] {
            assert_eq!(
                gate.origin(&headers(&[("origin", bad)])),
                Origin::Refused,
                "{bad}"
            );
        }
        let twice = [
            ("origin", "https://app.example.com"),
            ("origin", "https://app.example.com"),
        ];
        assert_eq!(gate.origin(&headers(&twice)), Origin::Refused);
        assert_eq!(gate.origin(&headers(&[])), Origin::Absent);
    }

    #[test]
    fn pages_of_this_machine_are_let_in_on_a_loopback_listener() {
        let gate = gate(true, &[]);
        for good in [
            "http://localhost:6274",
            "http://127.0.0.1:3000",
            "https://[::1]:1",
        ] {
            assert!(
                matches!(gate.origin(&headers(&[("origin", good)])), Origin::Allowed(_)),
                "{good}"
            );
        }
        for bad in [
            "null",
            "http://localhost.evil.com",
            "http://evil.example.com",
            "ftp://localhost",
            "localhost",
        ] {
            assert_eq!(
                gate.origin(&headers(&[("origin", bad)])),
                Origin::Refused,
                "{bad}"
            );
        }
    }

    #[test]
    fn a_loopback_listener_takes_requests_to_loopback_names_alone() {
        let gate = gate(true, &[]);
        for good in [
            "localhost",
            "LOCALHOST:3000",
            "127.0.0.1:9",
            "[::1]:80",
            "solder.example.com",
        ] {
            assert!(host(&gate, &[("host", good)]), "{good}");
        }
        for bad in [
            "evil.example.com",
            "localhost.evil.com",
            "10.0.0.1",
            "",
            "a@localhost",
            "local host",
        ] {
            assert!(!host(&gate, &[("host", bad)]), "{bad}");
        }
        assert!(!host(&gate, &[]));
        assert!(!host(
            &gate,
            &[("host", "localhost"), ("host", "evil.example.com")]
        ));
        let target = Uri::from_static("http://evil.example.com/mcp");
        assert!(
            gate.check_host(&target, &headers(&[("host", "localhost")]))
                .is_err()
        );
    }

    #[test]
    fn other_listeners_check_hosts_where_they_are_told_to() {
        assert!(host(&gate(false, &[]), &[("host", "anything.example.com")]));
        let gate = gate(false, &["Inner.example.com", "10.0.0.5:3000"]);
        for good in ["inner.example.com:8080", "10.0.0.5:3000", "solder.example.com"] {
            assert!(host(&gate, &[("host", good)]), "{good}");
        }
        for bad in ["10.0.0.5", "10.0.0.5:3001", "localhost"] {
            assert!(!host(&gate, &[("host", bad)]), "{bad}");
        }
    }

    #[test]
    fn a_refusal_names_what_was_seen_and_the_setting() {
        let problem = Gate::origin_refusal(&headers(&[("origin", "http://evil.example.com")]));
        assert!(
            problem.message.contains("`http://evil.example.com`")
                && problem.message.contains("SOLDER_ALLOWED_ORIGINS")
        );
        let problem = gate(true, &[])
            .check_host(&Uri::from_static("/"), &headers(&[("host", "evil")]))
            .unwrap_err();
        assert!(problem.message.contains("`evil`") && problem.message.contains("SOLDER_ALLOWED_HOSTS"));
    }
}
