//! The client's address. Forwarding headers are believed only as far as trusted proxies wrote them: from the right,
//! up to the first hop that is none of ours.

use http::HeaderMap;
use http::header::FORWARDED;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request came from. Where both forwarding headers are there and disagree, one of them may be
/// the client's own invention, and the proxy's address is taken.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let plain = hops(headers, X_FORWARDED_FOR).map(|hops| walk(peer, hops.rev().map(plain_hop), trusted));
    let standard =
        hops(headers, FORWARDED.as_str()).map(|hops| walk(peer, hops.rev().map(standard_hop), trusted));
    match (plain, standard) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(found), _) | (None, Some(found)) => found,
        (None, None) => peer,
    }
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The hops of a header, all its lines in order; absent where there is none.
fn hops<'a>(headers: &'a HeaderMap, name: &str) -> Option<impl DoubleEndedIterator<Item = &'a str>> {
    let lines = headers.get_all(name).iter();
    // A hop that is no text is one that nobody can read.
    let hops = |line: &'a http::HeaderValue| {
        let hops = line.as_bytes().split(|byte| *byte == b',');
        hops.map(|hop| std::str::from_utf8(hop).unwrap_or("?"))
    };
    headers.contains_key(name).then(|| lines.flat_map(hops))
}

/// Follows the hops from the nearest outwards; stops at the first that is not ours or cannot be read.
fn walk(peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>, trusted: &[IpNet]) -> IpAddr {
    let mut nearest = peer;
    for hop in hops {
        let Some(address) = hop else { return nearest };
        nearest = address;
        if !is_trusted(address, trusted) {
            return nearest;
        }
    }
    nearest
}

/// An element of `X-Forwarded-For`: an address, with or without a port.
fn plain_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let address: Result<IpAddr, _> = bare.parse();
    let address = address.or_else(|_bare| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// An element of `Forwarded` (RFC 7239): `for=192.0.2.60;proto=http`, `for="[2001:db8::1]:4711"`. No value of it
/// that is an address holds a comma or a semicolon, so quotes need no more than being taken off.
fn standard_hop(text: &str) -> Option<IpAddr> {
    let (_, value) = text.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some((name, value))
    })?;
    plain_hop(value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::client_address;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use std::net::IpAddr;

    fn seen(peer: &str, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_address(peer.parse::<IpAddr>().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_forwards_nothing() {
        assert_eq!(
            seen("203.0.113.9", &[("x-forwarded-for", "1.2.3.4")]),
            "203.0.113.9"
        );
        assert_eq!(seen("::ffff:203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn the_right_most_hop_that_is_not_ours_is_the_client() {
        let lines = [
            ("x-forwarded-for", "6.6.6.6, 198.51.100.7"),
            ("x-forwarded-for", "10.1.1.1"),
        ];
        assert_eq!(seen("10.0.0.1", &lines), "198.51.100.7");
        assert_eq!(
            seen("10.0.0.1", &[("x-forwarded-for", "10.2.2.2,10.3.3.3")]),
            "10.2.2.2"
        );
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            seen("::ffff:10.0.0.1", &[("x-forwarded-for", "198.51.100.7:4711")]),
            "198.51.100.7"
        );
    }

    #[test]
    fn the_standard_header_is_read_the_same_way() {
        let lines = [(
            "forwarded",
            "for=6.6.6.6, For=\"[2001:db8::17]:4711\";proto=https, by=x;for=10.1.1.1",
        )];
        assert_eq!(seen("fd00::1", &lines), "2001:db8::17");
    }

    #[test]
    fn what_cannot_be_read_ends_the_way_at_the_last_proxy() {
        for hop in ["unknown", "_hidden", "", "1.2.3", "é"] {
            let lines = [("x-forwarded-for", format!("198.51.100.7, {hop}, 10.1.1.1"))];
            let lines: Vec<(&str, &str)> = lines
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            assert_eq!(seen("10.0.0.1", &[lines[0]]), "10.1.1.1", "{hop}");
        }
    }

    #[test]
    fn two_headers_that_disagree_are_not_believed() {
        let lines = [("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=6.6.6.6")];
        assert_eq!(seen("10.0.0.1", &lines), "10.0.0.1");
        let lines = [
            ("x-forwarded-for", "198.51.100.7"),
            ("forwarded", "for=198.51.100.7"),
        ];
        assert_eq!(seen("10.0.0.1", &lines), "198.51.100.7");
    }
}
