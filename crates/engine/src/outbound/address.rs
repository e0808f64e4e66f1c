//! Which addresses are public, and which a URL's author may reach besides.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// A URL leads where its author may not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one that may be reached")]
pub(super) struct AddressRefused;

/// The addresses that one client connects to.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// Global unicast addresses, and these networks.
    PublicAnd(Arc<[IpNet]>),
    /// These networks alone.
    Only(Arc<[IpNet]>),
    /// Any.
    Any,
}

impl Scope {
    /// Whether a connection to `address` may be made.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let within = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
        match self {
            Self::PublicAnd(networks) => is_public(address) || within(networks),
            Self::Only(networks) => within(networks),
            Self::Any => true,
        }
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// What is not global unicast of IPv4, by the IANA special-purpose registry, and the one public address that
/// answers as a cloud's metadata service.
const NOT_PUBLIC_V4: [Ipv4Net; 20] = [
    v4(0, 0, 0, 0, 8),          // this network
    v4(10, 0, 0, 0, 8),         // private
    v4(100, 64, 0, 0, 10),      // shared by carriers; Alibaba's metadata
    v4(127, 0, 0, 0, 8),        // loopback
    v4(168, 63, 129, 16, 32),   // Azure's platform address
    v4(169, 254, 0, 0, 16),     // link-local; the clouds' metadata
    v4(172, 16, 0, 0, 12),      // private
    v4(192, 0, 0, 0, 24),       // protocol assignments; Oracle's metadata
    v4(192, 0, 2, 0, 24),       // documentation
    v4(192, 31, 196, 0, 24),    // AS112
    v4(192, 52, 193, 0, 24),    // AMT
    v4(192, 88, 99, 0, 24),     // 6to4 relays
    v4(192, 168, 0, 0, 16),     // private
    v4(192, 175, 48, 0, 24),    // AS112
    v4(198, 18, 0, 0, 15),      // benchmarks
    v4(198, 51, 100, 0, 24),    // documentation
    v4(203, 0, 113, 0, 24),     // documentation
    v4(224, 0, 0, 0, 4),        // multicast
    v4(240, 0, 0, 0, 4),        // reserved
    v4(255, 255, 255, 255, 32), // broadcast
];

/// All of IPv6 that was given out as global unicast; what lies outside (loopback, unique local, link-local,
/// multicast, IPv4-compatible, local NAT64, segment routing, …) is not public.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);
/// What is not public within it. Teredo and 6to4 carry an IPv4 address to a relay; both are dead, and no platform
/// lives behind them, so that they are refused whole.
const NOT_PUBLIC_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 0, 23),           // protocol assignments, Teredo among them
    v6(0x2001, 0x0db8, 0, 32),      // documentation
    v6(0x2002, 0, 0, 16),           // 6to4
    v6(0x2620, 0x004f, 0x8000, 48), // AS112
    v6(0x3fff, 0, 0, 20),           // documentation
];
/// On networks without IPv4 a translator answers here for the whole of it, public and not.
const NAT64: Ipv6Net = v6(0x0064, 0xff9b, 0, 96);

/// Whether an address is global unicast: reachable by everyone, and nobody's own network.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|network| network.contains(&address))
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::{Scope, is_public};
    use std::net::IpAddr;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn public_addresses_are_public() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.0",
            "168.63.129.15",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(is_public(address(public)), "{public}");
        }
    }

    #[test]
    fn nothing_private_is_public_however_it_is_written() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::1.1.1.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address(private)), "{private}");
        }
    }

    #[test]
    fn an_allowed_network_is_allowed_in_each_spelling_and_no_other_is() {
        let networks = || ["10.1.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()].into();
        let wide = Scope::PublicAnd(networks());
        let narrow = Scope::Only(networks());
        for inside in ["10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5"] {
            assert!(
                wide.allows(address(inside)) && narrow.allows(address(inside)),
                "{inside}"
            );
        }
        for outside in ["10.2.0.1", "127.0.0.1", "fd00:2::5", "64:ff9b::10.1.2.3"] {
            assert!(
                !wide.allows(address(outside)) && !narrow.allows(address(outside)),
                "{outside}"
            );
        }
        assert!(wide.allows(address("1.1.1.1")) && !narrow.allows(address("1.1.1.1")));
        assert!(Scope::Any.allows(address("169.254.169.254")));
    }
}
