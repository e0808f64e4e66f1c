//! Redirect URIs: which can be registered, which one is meant, and how an answer is put into one.

use url::{Host, Url};

/// The longest redirect URI, in bytes.
const MOST: usize = 2_000;

/// Schemes that lead nowhere an answer should go: they run script, show content or read files in a browser.
const NEVER: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "javascript",
    "mailto",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// What keeps a redirect URI from being registered. HTTPS is fine, plain HTTP on this machine's own loopback alone,
/// and schemes of native apps (RFC 8252, 7).
pub(super) fn fault(text: &str) -> Option<&'static str> {
    if text.len() > MOST || !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains('\\') {
        return Some("must be a URL of at most 2000 visible ASCII characters");
    }
    let Ok(url) = Url::parse(text) else {
        return Some("must be an absolute URL");
    };
    if text.contains('#') {
        return Some("must have no fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("must hold no user name");
    }
    match url.scheme() {
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("must be HTTPS, unless it leads to 127.0.0.1, [::1] or localhost"),
        scheme if NEVER.contains(&scheme) => Some("has a scheme that no answer is sent to"),
        _ => None,
    }
}

/// Whether the URI that was asked for is the registered one: the same text, but for the port of a loopback URI, which
/// native apps pick when they start (RFC 8252, 7.3).
pub(super) fn matches(registered: &str, asked: &str) -> bool {
    if registered == asked {
        return true;
    }
    let (Ok(one), Ok(other)) = (Url::parse(registered), Url::parse(asked)) else {
        return false;
    };
    fault(asked).is_none()
        && one.scheme() == "http"
        && other.scheme() == "http"
        && is_loopback(&one)
        && one.host() == other.host()
        && one.path() == other.path()
        && one.query() == other.query()
}

/// Whether the URI leads to the machine of the person who asks.
pub(super) fn is_own_machine(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_loopback(&url))
}

/// Where the URI leads, as a person reads it: the host, or the scheme of a native app.
pub(super) fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => text.to_owned(),
        },
        Ok(url) => format!("the app for {}: links", url.scheme()),
        Err(_) => text.to_owned(),
    }
}

/// The redirect URI with an answer's parameters added to its query (RFC 6749, 4.1.2); what it holds stays as it is.
pub(super) fn with(uri: &str, parameters: &[(&str, &str)]) -> String {
    let encoded = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{joint}{encoded}")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{fault, matches, shown, with};

    #[test]
    fn answers_go_to_https_to_this_machine_and_to_native_apps() {
        for good in [
            "https://client.example/cb?x=1",
            "http://127.0.0.1:4711/cb",
            "http://[::1]/cb",
            "http://localhost/cb",
            "cursor://anysphere.cursor-retrieval/oauth",
            "com.example.app:/cb",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "/cb",
            "http://client.example/cb",
            "http://127.0.0.1.client.example/",
            "https://a@client.example/",
            "https://client.example/#x",
            "https://client.example/#",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://client.example\\@evil.example/",
            "https://client.example/ x",
            &format!("https://client.example/{}", "a".repeat(2_000)),
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_uri_may_differ() {
        for (registered, asked) in [
            ("https://a.example/cb", "https://a.example/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:61234/cb"),
            ("http://localhost:3000/cb", "http://localhost:4000/cb"),
            ("http://[::1]:1/cb?x=1", "http://[::1]:2/cb?x=1"),
        ] {
            assert!(matches(registered, asked), "{registered} {asked}");
        }
        for (registered, asked) in [
            ("https://a.example/cb", "https://a.example/cb/"),
            ("https://a.example/cb", "https://a.example:444/cb"),
            ("https://a.example/cb", "https://a.example/cb?x=1"),
            ("https://a.example/cb", "https://A.example/cb"),
            ("http://127.0.0.1/cb", "http://localhost/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.2/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/other"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb?x"),
            ("http://127.0.0.1/cb", "http://a@127.0.0.1:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb#x"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb"),
            ("http://127.0.0.1/cb", "https://127.0.0.1/cb"),
            ("cursor://x/cb", "cursor://x:1/cb"),
        ] {
            assert!(!matches(registered, asked), "{registered} {asked}");
        }
    }

    #[test]
    fn an_answer_is_added_to_what_the_uri_holds() {
        let answer = [("code", "a b"), ("iss", "https://x/oauth")];
        let encoded = "code=a+b&iss=https%3A%2F%2Fx%2Foauth";
        for (uri, joint) in [
            ("https://a.example/cb", "?"),
            ("https://a.example/cb?x=1", "&"),
            ("https://a.example/cb?", ""),
            ("cursor://x/cb", "?"),
        ] {
            assert_eq!(with(uri, &answer), format!("{uri}{joint}{encoded}"));
        }
    }

    #[test]
    fn a_person_reads_the_host_or_the_app() {
        assert_eq!(shown("https://a.example/cb"), "a.example");
        assert_eq!(shown("http://127.0.0.1:4711/cb"), "127.0.0.1:4711");
        assert_eq!(shown("cursor://x/cb"), "the app for cursor: links");
    }
}
