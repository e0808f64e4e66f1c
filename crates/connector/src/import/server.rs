//! Where calls go: the description's server as `base`, `hosts` and `[vars]`.

use super::Options;
use super::draft::Var;
use super::names::own;
use super::report::{Report, WarningKind};
use super::text::{sentence, shortened};
use serde_json::Value;
use std::net::{IpAddr, Ipv6Addr};
use url::Url;

/// What the servers of a description come to.
#[derive(Debug, Default)]
pub(super) struct Servers {
    pub(super) base: String,
    /// Empty where the host of the base says all.
    pub(super) hosts: Vec<String>,
    pub(super) vars: Vec<Var>,
}

/// Reads the servers; an error is a sentence.
pub(super) fn read(root: &Value, options: &Options, report: &mut Report) -> Result<Servers, String> {
    if let Some(base) = &options.base {
        let base = checked(base, report).ok_or_else(|| {
            format!(
                "cannot have the base `{}`: write a URL such as https://api.example.com/v1",
                shortened(base, 100)
            )
        })?;
        return Ok(Servers {
            base,
            ..Servers::default()
        });
    }
    let candidates = candidates(root);
    let mut servers: Vec<Servers> = candidates
        .iter()
        .filter_map(|(url, variables)| one(url, variables, options))
        .collect();
    // One with TLS before one without.
    let secure = servers
        .iter()
        .position(|server| !server.base.starts_with("http://"))
        .unwrap_or(0);
    if servers.is_empty() {
        let told = candidates.first().map_or_else(
            || "says no server".to_owned(),
            |(url, _)| {
                format!(
                    "says the server `{}`, which is no whole URL",
                    shortened(&super::text::plain(url), 100)
                )
            },
        );
        return Err(format!(
            "{told}: say with --base where the API is, such as https://api.example.com/v1"
        ));
    }
    let mut server = servers.swap_remove(secure);
    server.base = secured(&server.base, report);
    Ok(server)
}

/// Every server that is stated, with its variables.
fn candidates(root: &Value) -> Vec<(String, Value)> {
    if root.get("swagger").is_some() {
        let text = |key: &str| root.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let schemes: Vec<&str> = root
            .get("schemes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let scheme = if schemes.is_empty() || schemes.contains(&"https") {
            "https"
        } else {
            "http"
        };
        let path = text("basePath").trim_matches('/');
        let host = text("host").trim_end_matches('/');
        let host = host.split_once("://").map_or(host, |(_, host)| host);
        let url = if host.is_empty() {
            format!("/{path}")
        } else {
            format!("{scheme}://{host}/{path}")
        };
        return vec![(url, Value::Null)];
    }
    let servers = root
        .get("servers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    servers
        .filter_map(|server| {
            let url = server.get("url")?.as_str()?.trim().to_owned();
            Some((url, server.get("variables").cloned().unwrap_or_default()))
        })
        .take(20)
        .collect()
}

/// One server; nothing where no whole URL comes of it.
fn one(url: &str, variables: &Value, options: &Options) -> Option<Servers> {
    let url = url
        .split(['?', '#'])
        .next()
        .unwrap_or(url)
        .trim_end_matches('/')
        .to_owned();
    let url = match url.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => url,
    };
    let mut made = Servers::default();
    let mut base = String::new();
    let mut rest = url.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        base.push_str(before);
        let in_host = base
            .split_once("://")
            .is_some_and(|(_, host)| !host.contains('/'));
        let first = base.is_empty();
        base.push_str(&variable(
            name,
            variables.get(name),
            (in_host, first, behind),
            &mut made,
        )?);
        rest = behind;
    }
    base.push_str(rest);
    let base = absolute(&base, options)?;
    let base = base.trim_end_matches('/').to_owned();
    made.base = if made.vars.is_empty() {
        normal(&base)?
    } else {
        base
    };
    if made.base.contains(['@', ' ', '\\'])
        || made.base.contains(char::is_control)
        || !made.base.contains("://")
    {
        return None;
    }
    if !made.vars.is_empty() && made.hosts.is_empty() {
        made.hosts.push(
            Url::parse(made.base.split('{').next()?)
                .ok()?
                .host_str()?
                .to_owned(),
        );
    }
    Some(made)
}

/// What stands for a variable of a server's URL: its only sensible value, or a name that a connection fills in.
fn variable(
    name: &str,
    variable: Option<&Value>,
    (in_host, first, behind): (bool, bool, &str),
    made: &mut Servers,
) -> Option<String> {
    let text = |key: &str| {
        variable
            .and_then(|variable| variable.get(key))
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let default = text("default").unwrap_or_default();
    let values: Vec<&str> = variable
        .and_then(|variable| variable.get("enum")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if first && behind.starts_with("://") {
        let secure = values.contains(&"https") || default != "http";
        return Some(if secure { "https" } else { "http" }.to_owned());
    }
    if first {
        // The whole server is a variable: its value is taken, since a connector states its hosts.
        return default.contains("://").then_some(default);
    }
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let about = text("description")
        .map(|about| sentence(&about, 120))
        .filter(|about| !about.is_empty());
    if in_host {
        return host_variable(name, (&default, &values, about), behind, made);
    }
    // In the path: what is no plain word is taken as it is.
    if !plain(&default) || values.len() == 1 || variable.is_none() {
        let value = default.trim_matches('/').to_owned();
        return (!value.contains(['{', '}', '?', '#'])).then_some(value);
    }
    let kind = kind_of(&values, &default);
    let about = about.unwrap_or_else(|| format!("The `{name}` of the API's address"));
    Some(declare(name, format!("{kind} = {default} | {about}"), made))
}

fn kind_of(values: &[&str], default: &str) -> String {
    let fits = |value: &&str| {
        !value.is_empty()
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    };
    let mut distinct: Vec<&str> = Vec::new();
    for value in values {
        if !distinct.contains(value) {
            distinct.push(value);
        }
    }
    if distinct.len() > 1 && distinct.iter().all(fits) && (default.is_empty() || distinct.contains(&default))
    {
        distinct.join("/")
    } else {
        "string".to_owned()
    }
}

fn host_variable(
    name: &str,
    (default, values, about): (&str, &[&str], Option<String>),
    behind: &str,
    made: &mut Servers,
) -> Option<String> {
    if name == "port"
        || behind.is_empty() && default.bytes().all(|byte| byte.is_ascii_digit()) && !default.is_empty()
    {
        return Some(default.to_owned());
    }
    let host_bytes = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
    };
    let suffix = behind.split(['/', ':']).next().unwrap_or(behind);
    let fixed = suffix
        .strip_prefix('.')
        .filter(|domain| domain.contains('.') && host_bytes(domain));
    let lowered = default.to_ascii_lowercase();
    match fixed {
        Some(domain) => {
            let host = format!("*.{domain}");
            if !made.hosts.contains(&host) {
                made.hosts.push(host);
            }
        }
        // Nothing says which hosts there may be but the values themselves.
        None => return host_bytes(&lowered).then_some(lowered),
    }
    let given = host_bytes(&lowered) && (values.is_empty() || values.contains(&default));
    let kind = kind_of(values, if given { default } else { "" });
    let about = about.unwrap_or_else(|| format!("The `{name}` of the API's address, before `{suffix}`"));
    // A placeholder is asked for: nobody's host is called so.
    let placeholder = values.is_empty()
        && [
            "your",
            "example",
            "subdomain",
            "domain",
            "company",
            "tenant",
            "instance",
            "customer",
            "org",
            "store",
            "shop",
        ]
        .iter()
        .any(|word| lowered.contains(word));
    let line = if given && !placeholder {
        format!("{kind} = {default} | {about}")
    } else {
        format!("{kind} | {about}")
    };
    Some(declare(name, line, made))
}

fn declare(name: &str, line: String, made: &mut Servers) -> String {
    let name = own(name, "address");
    let name = if ["token", "access_token", "client_id", "client_secret"].contains(&name.as_str()) {
        format!("server_{name}")
    } else {
        name
    };
    if !made.vars.iter().any(|var| var.name == name) {
        made.vars.push(Var {
            name: name.clone(),
            line,
        });
    }
    format!("{{{name}}}")
}

/// A URL with scheme and host; a path is taken below where the description is from.
fn absolute(url: &str, options: &Options) -> Option<String> {
    if url.contains("://") {
        return Some(url.to_owned());
    }
    if let Some(from) = &options.from {
        let joined = Url::parse(from)
            .ok()?
            .join(if url.is_empty() { "/" } else { url })
            .ok()?;
        return Some(joined.as_str().to_owned());
    }
    // `api.example.com/v1`, written without its scheme.
    let host = url.split('/').next().unwrap_or_default();
    (host.contains('.')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':')))
    .then(|| format!("https://{url}"))
}

/// A fixed URL as the format has it; nothing where it is none.
fn normal(base: &str) -> Option<String> {
    let url = Url::parse(base).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let path = url
        .path()
        .trim_end_matches('/')
        .replace("%7B", "")
        .replace("%7D", "");
    Some(format!("{}://{host}{port}{path}", url.scheme()))
}

fn checked(base: &str, report: &mut Report) -> Option<String> {
    let base = base.trim();
    if base.contains(['{', '}', '?', '#']) {
        return None;
    }
    Some(secured(&normal(base)?, report))
}

/// Says what is to be said of an address, and takes TLS where a public one is without: calls to it would be refused.
pub(super) fn secured(base: &str, report: &mut Report) -> String {
    let host = Url::parse(&base.replace(['{', '}'], "x"))
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    if is_private(&host) {
        report.warn(
            WarningKind::PrivateServer,
            format!(
                "the server `{base}` is on a private network: calls need it in SOLDER_ALLOW_PRIVATE_NETWORKS"
            ),
        );
        return base.to_owned();
    }
    match base.strip_prefix("http://") {
        Some(rest) => {
            report.warn(WarningKind::PlainHttp, format!("the server `{base}` is without TLS: the draft has https, since nothing else is sent to public addresses"));
            format!("https://{rest}")
        }
        None => base.to_owned(),
    }
}

/// Whether a host is this machine or on a network of one's own, as far as its name tells.
pub(super) fn is_private(host: &str) -> bool {
    let bare = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .trim_end_matches('.')
        .to_ascii_lowercase();
    if let Ok(address) = bare.parse::<IpAddr>() {
        return match address {
            IpAddr::V4(four) => {
                four.is_private()
                    || four.is_loopback()
                    || four.is_link_local()
                    || four.is_unspecified()
                    || four.octets().first() == Some(&0)
                    || matches!(four.octets(), [100, 64..=127, ..])
            }
            IpAddr::V6(six) => inner(six).map_or_else(
                || {
                    six.is_loopback()
                        || six.is_unspecified()
                        || six.is_unique_local()
                        || six.is_unicast_link_local()
                },
                |four| is_private(&four),
            ),
        };
    }
    !bare.contains('.')
        || [
            ".local",
            ".localhost",
            ".internal",
            ".lan",
            ".home",
            ".corp",
            ".intranet",
            ".localdomain",
        ]
        .iter()
        .any(|end| bare.ends_with(end))
}

fn inner(six: Ipv6Addr) -> Option<String> {
    six.to_ipv4_mapped().map(|four| four.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Options, Report, is_private, read};
    use serde_json::{Value, json};

    fn base(servers: &Value) -> Result<(String, Vec<String>, Vec<String>), String> {
        let read = read(
            &json!({"openapi": "3.0.0", "servers": servers}),
            &Options::default(),
            &mut Report::default(),
        )?;
        Ok((
            read.base,
            read.hosts,
            read.vars
                .into_iter()
                .map(|var| format!("{}: {}", var.name, var.line))
                .collect(),
        ))
    }

    #[test]
    fn variables_of_a_host_are_asked_for_within_hosts() {
        let zone = json!([{"url": "https://{site}.api.example.com/v{version}/", "variables": {"site": {"default": "us", "enum": ["us", "eu"]}, "version": {"default": "2", "description": "Which one"}}}]);
        let (url, hosts, vars) = base(&zone).unwrap();
        assert_eq!(url, "https://{site}.api.example.com/v{version}");
        assert_eq!(hosts, ["*.api.example.com"]);
        assert_eq!(
            vars,
            [
                "site: us/eu = us | The `site` of the API's address, before `.api.example.com`",
                "version: string = 2 | Which one"
            ]
        );
        let own = json!([{"url": "{scheme}://{domain}.example.com", "variables": {"domain": {"default": "your-company"}}}]);
        assert_eq!(
            base(&own).unwrap().2,
            ["domain: string | The `domain` of the API's address, before `.example.com`"]
        );
    }

    #[test]
    fn a_server_that_is_no_whole_url_is_told_with_what_would_be_right() {
        for servers in [
            json!([]),
            json!([{"url": "/v1"}]),
            json!([{"url": "ftp://example.com"}]),
            json!([{"url": "https://a:b@example.com"}]),
        ] {
            assert!(base(&servers).unwrap_err().contains("--base"));
        }
    }

    #[test]
    fn private_hosts_are_known_by_their_names() {
        for host in [
            "localhost",
            "127.0.0.1",
            "10.0.0.8",
            "[::1]",
            "192.168.1.1",
            "169.254.169.254",
            "printer",
            "a.internal",
            "::ffff:10.0.0.1",
            "100.64.0.1",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in ["example.com", "8.8.8.8", "[2606:4700::1111]"] {
            assert!(!is_private(host), "{host}");
        }
    }
}
