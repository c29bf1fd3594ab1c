//! IP and MAC addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use sandgate_guest::Attempt;

use crate::form::{Peek, Reader};

/// An IPv4 address of use outside of its own machine.
pub(crate) fn ipv4(reader: Reader<'_>, start: usize) -> Attempt {
    dotted(reader, start, |address| {
        let octets = address.octets();
        // `1.2.3.4` is more often a section or a version.
        octets[0] != 0
            && octets.iter().any(|&octet| octet > 9)
            && !address.is_loopback()
            && !address.is_broadcast()
            && !address.is_multicast()
            && octets[0] < 240
            && octets != [255, 255, 255, 0]
    })
}

/// Any dotted quad, for text that says it is an address.
pub(crate) fn any_ipv4(reader: Reader<'_>, start: usize) -> Attempt {
    dotted(reader, start, |_| true)
}

fn dotted(reader: Reader<'_>, start: usize, accept: fn(Ipv4Addr) -> bool) -> Attempt {
    let end = reader.run(start, 16, |byte| byte.is_ascii_digit() || byte == b'.');
    if reader.undecided(end) {
        return Attempt::Open;
    }
    let text = reader.text(start, end);
    let end = end - usize::from(text.ends_with(b"."));
    let text = std::str::from_utf8(reader.text(start, end)).ok();
    match text.and_then(|text| text.parse().ok()) {
        Some(address) if accept(address) => Attempt::Match(end),
        _ => Attempt::Miss,
    }
}

/// An IPv6 address (RFC 4291, 2.2), not shorter than three groups.
pub(crate) fn ipv6(reader: Reader<'_>, start: usize) -> Attempt {
    let end = reader.run(start, 47, |b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    if reader.undecided(end) {
        return Attempt::Open;
    }
    let text = reader.text(start, end);
    let end = end - text.iter().rev().take_while(|b| **b == b'.' || **b == b':').count().min(1);
    let text = reader.text(start, end);
    let digits = text.iter().filter(|b| b.is_ascii_hexdigit()).count();
    let colons = text.iter().filter(|&&b| b == b':').count();
    let parsed = std::str::from_utf8(text).ok().and_then(|text| text.parse::<Ipv6Addr>().ok());
    let prior = reader.prior(start).is_some_and(|b| b.is_ascii_alphanumeric());
    match parsed {
        Some(address) if colons >= 2 && digits >= 5 && !prior && !address.is_loopback() => {
            Attempt::Match(end)
        }
        _ => Attempt::Miss,
    }
}

/// A MAC address: six pairs of hexadecimal digits (IEEE 802, EUI-48).
pub(crate) fn mac(reader: Reader<'_>, start: usize) -> Attempt {
    if reader.prior(start).is_some_and(|b| b.is_ascii_alphanumeric()) {
        return Attempt::Miss;
    }
    let (mut separator, mut distinct) = (None, false);
    for at in start..start + 17 {
        let byte = match reader.peek(at) {
            Peek::Unknown => return Attempt::Open,
            Peek::End => return Attempt::Miss,
            Peek::Byte(byte) => byte,
        };
        let fits = if (at - start) % 3 == 2 {
            matches!(byte, b':' | b'-') && *separator.get_or_insert(byte) == byte
        } else {
            distinct |= byte != reader.bytes[start];
            byte.is_ascii_hexdigit()
        };
        if !fits {
            return Attempt::Miss;
        }
    }
    let next = match reader.peek(start + 17) {
        Peek::Unknown => return Attempt::Open,
        Peek::End => None,
        Peek::Byte(next) => Some(next),
    };
    if distinct && next != separator { Attempt::Match(start + 17) } else { Attempt::Miss }
}
