//! How the text of a setting is read. Strict: what could be meant in two ways is refused. The error is a sentence that
//! says what would be right.

use crate::master_key::CommandLine;
use ipnet::IpNet;
use solder_model::{Limit, Secret, parse_duration};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogLevel(pub(crate) tracing::level_filters::LevelFilter);

/// How it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_not_it| {
        "Write an IP address and a port, such as `127.0.0.1:3000`, `0.0.0.0:3000` or `[::1]:3000`; a host name is not \
         taken."
            .to_owned()
    })
}

/// An `http` or `https` URL with a host, and with neither user name nor password nor fragment.
pub(super) fn url(text: &str) -> Result<Url, String> {
    let right =
        || "Write a whole URL with `http://` or `https://`, without user name, password and `#`.".to_owned();
    let url = Url::parse(text).map_err(|_not_it| right())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain && text.trim() == text {
        Ok(url)
    } else {
        Err(right())
    }
}

/// An issuer, as it was written: it is compared letter by letter.
pub(super) fn issuer(text: &str) -> Result<String, String> {
    match base_url(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => {
            Err("Write the issuer as the provider spells it, such as `https://login.example.com`.".to_owned())
        }
    }
}

/// A text without control characters and without white space at its ends.
pub(super) fn plain(text: &str) -> Result<String, String> {
    if text.is_empty() || text.trim() != text || text.contains(char::is_control) {
        return Err("Write it on one line, without white space at its ends.".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn base_url(text: &str) -> Result<Url, String> {
    let url = url(text)?;
    if url.query().is_some() {
        return Err("Write a base URL without `?`, such as `https://slack.com/api`.".to_owned());
    }
    Ok(url)
}

pub(super) fn public_url(text: &str) -> Result<Url, String> {
    let right = "Write the URL that clients reach this Solder by, such as `https://solder.example.com`, without user name, \
                 password, `?` and `#`.";
    base_url(text).map_err(|_not_it| right.to_owned())
}

pub(super) fn database_url(text: &str) -> Result<Secret, String> {
    let right = "Write `sqlite:///absolute/path/to/solder.db` or `postgres://user:password@host/name`.";
    let url = Url::parse(text).map_err(|_not_it| right.to_owned())?;
    let fits = match url.scheme() {
        "sqlite" => text.starts_with("sqlite:///") && url.path().len() > 1,
        "postgres" | "postgresql" => url.has_host(),
        _ => false,
    };
    if fits {
        Ok(Secret::new(text))
    } else {
        Err(right.to_owned())
    }
}

pub(super) fn master_key(text: &str) -> Result<Secret, String> {
    match solder_vault::KeyRing::parse(text) {
        Ok(_) => Ok(Secret::new(text)),
        Err(_) => Err(
            "Write 32 bytes as 64 hex characters or in base64; `openssl rand -base64 32` makes such a key. Of several, with \
             commas between and 16 at most, the first seals."
                .to_owned(),
        ),
    }
}

/// A program and its arguments.
pub(super) fn command(text: &str) -> Result<CommandLine, String> {
    CommandLine::parse(text).ok_or_else(|| {
        "Write a program and its arguments with spaces between, as one text; what has spaces in it goes in quotation marks."
            .to_owned()
    })
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    if text.trim().is_empty() {
        Err("Write a path.".to_owned())
    } else {
        Ok(PathBuf::from(text))
    }
}

/// A folder that is there.
pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    let path = path(text)?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err("There is no such folder: name one that is there.".to_owned())
    }
}

pub(super) fn limit(text: &str) -> Result<Option<Limit>, String> {
    if text == "off" {
        return Ok(None);
    }
    let right = "Write a count, `/` and a time, such as `100/60s`, or `off`.";
    text.parse().map(Some).map_err(|_not_it| right.to_owned())
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let right = "Write a whole number and `ms`, `s`, `m`, `h` or `d`, such as `30s`.";
    parse_duration(text).map_err(|_not_it| right.to_owned())
}

pub(super) fn call_timeout(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    if (Duration::from_secs(1)..=Duration::from_mins(5)).contains(&time) {
        Ok(time)
    } else {
        Err("Write a time from `1s` to `300s`.".to_owned())
    }
}

/// A whole number in a range, both ends taken.
pub(super) fn whole(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("Write a whole number from {least} to {most}."))
}

pub(super) fn log_level(text: &str) -> Result<LogLevel, String> {
    let known = ["off", "error", "warn", "info", "debug", "trace"].contains(&text);
    let level = text.parse().ok().filter(|_| known).map(LogLevel);
    level.ok_or_else(|| "Write `off`, `error`, `warn`, `info`, `debug` or `trace`.".to_owned())
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("Write `text` or `json`.".to_owned()),
    }
}

/// The entries between the commas of a list; none in an empty text.
fn list<T>(text: &str, one: fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(|entry| one(entry.trim())).collect()
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    list(text, network)
}

/// A network such as `10.0.0.0/8`; an address alone is a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address));
    }
    let network: IpNet = text.parse().map_err(|_not_it| {
        format!(
            "`{}` is not a network: write such as `10.0.0.0/8` or `fd00::/8`, with commas between.",
            cut(text)
        )
    })?;
    if network.trunc() == network {
        Ok(network)
    } else {
        Err(format!(
            "`{network}` has an address that is not the network's first: write `{}`.",
            network.trunc()
        ))
    }
}

pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
    list(text, origin)
}

/// An origin as browsers send it: scheme, `://`, host, and the port where it is not the scheme's own.
fn origin(text: &str) -> Result<String, String> {
    let bad = || {
        format!(
            "`{}` is not an origin: write such as `https://app.example.com` or `http://localhost:5173`, without a path, \
             with commas between; there is no `*` and no `null`.",
            cut(text)
        )
    };
    let url = Url::parse(text).map_err(|_not_it| bad())?;
    if !url.username().is_empty() || url.password().is_some() || text.contains('*') {
        return Err(bad());
    }
    let origin = match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!(
            "{scheme}://{}",
            url.host_str().filter(|host| !host.is_empty()).ok_or_else(bad)?
        ),
    };
    if origin == text {
        Ok(origin)
    } else {
        Err(format!(
            "`{}` is not how a browser spells it: write `{origin}`.",
            cut(text)
        ))
    }
}

pub(super) fn hosts(text: &str) -> Result<Vec<String>, String> {
    list(text, host)
}

/// A host with or without a port: what a `Host` header holds.
fn host(text: &str) -> Result<String, String> {
    let bad = || {
        format!(
            "`{}` is not a host: write such as `solder.example.com` or `10.0.0.5:3000`, without `http://` and path, with \
             commas between; there is no `*`.",
            cut(text)
        )
    };
    let lower = text.to_ascii_lowercase();
    if lower.contains(['/', '?', '#', '@', '*', '\\', ' ']) || lower.ends_with(':') {
        return Err(bad());
    }
    // The scheme is one whose default port nobody would write, so that the port is kept as it stands.
    let url = Url::parse(&format!("ws://{lower}/")).map_err(|_not_it| bad())?;
    let name = url.host_str().ok_or_else(bad)?;
    let port = lower.strip_prefix(name).ok_or_else(bad)?;
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok(lower),
        Some(number) if number.parse::<u16>().is_ok_and(|port| port > 0) => Ok(lower),
        _ => Err(bad()),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::{call_timeout, database_url, hosts, limit, listen, networks, origins, public_url};

    #[test]
    fn an_address_has_a_port_and_no_name() {
        assert!(listen("127.0.0.1:0").is_ok() && listen("[::1]:3000").is_ok());
        for bad in [
            "",
            "localhost:3000",
            "127.0.0.1",
            ":3000",
            "127.0.0.1:70000",
            " 127.0.0.1:1",
        ] {
            assert!(listen(bad).unwrap_err().contains("`127.0.0.1:3000`"), "{bad}");
        }
    }

    #[test]
    fn a_network_is_written_by_its_first_address() {
        assert_eq!(networks("10.0.0.0/8, fd00::/8,127.0.0.1").unwrap().len(), 3);
        assert!(networks(" ").unwrap().is_empty());
        assert!(networks("10.0.0.1/8").unwrap_err().contains("write `10.0.0.0/8`"));
        for bad in ["10.0.0.0/33", "10.0.0.0/8,", "all", "10.0.0.0/8;10.1.0.0/16"] {
            assert!(networks(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_spelt_as_browsers_do() {
        let good = "https://app.example.com,http://localhost:5173,vscode-webview://abc";
        assert_eq!(origins(good).unwrap().len(), 3);
        assert!(
            origins("https://App.example.com/")
                .unwrap_err()
                .contains("write `https://app.example.com`")
        );
        assert!(
            origins("https://a.example:443")
                .unwrap_err()
                .contains("write `https://a.example`")
        );
        for bad in [
            "*",
            "null",
            "app.example.com",
            "https://",
            "https://*.example.com",
            "https://a.example/x",
        ] {
            assert!(origins(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_has_neither_scheme_nor_path() {
        assert_eq!(
            hosts("Solder.example.com,10.0.0.5:80,[::1]:3000").unwrap()[0],
            "solder.example.com"
        );
        for bad in [
            "http://a.example",
            "a.example/x",
            "*",
            "a.example:",
            "a.example:0",
            "a.example:x",
            "a,,b",
            "a b",
        ] {
            assert!(hosts(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_public_url_is_a_base() {
        assert!(public_url("https://example.com/solder").is_ok());
        for bad in [
            "example.com",
            "ftp://example.com",
            "https://u:p@example.com",
            "https://e.com?a=1",
            "https://e.com#a",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_database_is_named_by_its_whole_path_or_host() {
        assert!(database_url("sqlite:///var/lib/solder.db").is_ok());
        assert!(database_url("postgres://u:p@h/n").is_ok());
        for bad in [
            "sqlite://solder.db",
            "sqlite::memory:",
            "sqlite:///",
            "mysql://h/n",
            "postgres:///n",
            "/solder.db",
        ] {
            assert!(database_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_and_times_keep_to_their_range() {
        assert!(limit("off").unwrap().is_none());
        assert_eq!(limit("5/1m").unwrap().unwrap().to_string(), "5/60s");
        assert!(limit("Off").is_err() && limit("0/60s").is_err());
        assert!(
            call_timeout("300s").is_ok() && call_timeout("999ms").is_err() && call_timeout("6m").is_err()
        );
    }
}
