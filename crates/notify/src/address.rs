//! Which addresses of the network may be called. A webhook's address is somebody's text, and a server stands where others
//! cannot reach: without this it would carry requests to whatever is beside it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses, `10.1.2.0/24`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    first: IpAddr,
    bits: u8,
}

impl Range {
    /// Reads one; an address alone is a range of one. `None` for what is none, and for one that names bits beyond its
    /// length, as `10.1.2.3/24` does: what is meant there is not plain.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let all = if first.is_ipv4() { 32 } else { 128 };
        let range = Self { first, bits: bits.unwrap_or(all) };
        (range.bits <= all && range.masked(first) == Some(number(first))).then_some(range)
    }

    /// Whether an address is in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.masked(address) == Some(number(self.first))
    }

    fn masked(&self, address: IpAddr) -> Option<u128> {
        let all: u8 = match (self.first, address) {
            (IpAddr::V4(_), IpAddr::V4(_)) => 32,
            (IpAddr::V6(_), IpAddr::V6(_)) => 128,
            _ => return None,
        };
        let below = u32::from(all - self.bits);
        let value = number(address);
        Some(value.checked_shr(below).and_then(|kept| kept.checked_shl(below)).unwrap_or(0))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}/{}", self.first, self.bits)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// Which addresses may be called beside public ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Allowed(Vec<Range>);

impl Allowed {
    /// Those of some ranges.
    pub fn new(ranges: Vec<Range>) -> Self {
        Self(ranges)
    }

    /// Whether somebody allowed an address by name of its range. One that is written in another family's form is the same.
    pub fn names(&self, address: IpAddr) -> bool {
        let plain = address.to_canonical();
        self.0.iter().any(|range| range.holds(address) || range.holds(plain))
    }

    /// Whether an address may be called: it is public, or somebody allowed it.
    pub fn may_call(&self, address: IpAddr) -> bool {
        self.names(address) || is_public(address)
    }
}

/// Whether an address is anybody's on the internet, and not of this machine, this network or no machine at all.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match carried(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const NOT: [([u8; 4], u8); 15] = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4),
        ([240, 0, 0, 0], 4),
    ];
    let in_range =
        |(first, bits): &([u8; 4], u8)| Range { first: IpAddr::from(*first), bits: *bits }.holds(address.into());
    !NOT.iter().any(in_range)
}

/// Only what is given to the world at large, `2000::/3`, without the parts of it that are not.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let teredo_and_others = first == 0x2001 && second < 0x0200;
    let examples = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    global && !teredo_and_others && !examples
}

/// The address of the old kind that one of the new kind stands for.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap_or_else(|_| panic!("{text} is no address"))
    }

    #[test]
    fn public_addresses() {
        for text in ["93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "::ffff:8.8.8.8"] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn addresses_beside_the_server() {
        let bad = [
            "127.0.0.1",
            "127.255.0.9",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "fec0::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "4000::1",
        ];
        for text in bad {
            assert!(!is_public(ip(text)), "{text}");
            assert!(!Allowed::default().may_call(ip(text)), "{text}");
        }
    }

    #[test]
    fn ranges() {
        for text in ["10.1.2.0/24", "127.0.0.1", "fd00::/8", "0.0.0.0/0", "::1/128"] {
            assert!(Range::parse(text).is_some(), "{text}");
        }
        for text in ["10.1.2.3/24", "10.1.2.0/33", "10.1.2/24", "a", "", "/8", "10.0.0.0/", "::1/129", "10.0.0.0/-1"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
        let allowed = Allowed::new(["10.1.2.0/24", "fd00::/8"].map(|text| Range::parse(text).unwrap()).to_vec());
        for text in ["10.1.2.0", "10.1.2.255", "fdff::1", "::ffff:10.1.2.9", "8.8.8.8"] {
            assert!(allowed.may_call(ip(text)), "{text}");
        }
        for text in ["10.1.3.0", "10.1.1.255", "fe80::1", "127.0.0.1", "::1"] {
            assert!(!allowed.may_call(ip(text)), "{text}");
        }
        assert!(!allowed.names(ip("8.8.8.8")), "public, and named by nobody");
    }
}
