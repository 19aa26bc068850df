//! A host as a `Host` header and an URL name it.
//!
//! Invariant: a name of letters, digits, `-`, `.` and `_`, or an IPv6 address in brackets, perhaps with a
//! port: safe in a shell, a page, a cookie and a log, whatever a client sent.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// The longest name of the domain name system; addresses are shorter.
const NAME_BYTES_MAX: usize = 253;

/// `bursar.example.org:8443`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// In lower case, an IPv6 address with its brackets.
    name: String,
    port: Option<u16>,
}

/// Why a text names no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    #[error("is empty")]
    Empty,
    #[error("holds a user before an @")]
    User,
    #[error("holds a path")]
    Path,
    #[error("names several hosts")]
    List,
    #[error("has no port of 1 to 65535 behind its colon")]
    Port,
    #[error("is no name of letters, digits, dots and hyphens, and no address")]
    Name,
}

impl Host {
    /// The name or the address without its port, in lower case.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The host without a port that its scheme has anyway.
    #[must_use]
    pub fn without_port(mut self, usual: u16) -> Self {
        self.port = self.port.filter(|port| *port != usual);
        self
    }
}

impl FromStr for Host {
    type Err = InvalidHost;
    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let holds = |signs: &[char]| text.contains(signs);
        if text.is_empty() {
            return Err(InvalidHost::Empty);
        }
        if holds(&['@']) {
            return Err(InvalidHost::User);
        }
        if holds(&['/', '?', '#', '\\']) {
            return Err(InvalidHost::Path);
        }
        if holds(&[',', ' ', '\t']) {
            return Err(InvalidHost::List);
        }
        let (name, port) = match text.rfind(']') {
            Some(end) => text.split_at(end + 1),
            None => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        if !is_name(name) {
            return Err(InvalidHost::Name);
        }
        let port = match port.strip_prefix(':') {
            // RFC 9110 lets the digits be missing.
            Some("") => None,
            Some(digits) => Some(parse_port(digits)?),
            None if port.is_empty() => None,
            None => return Err(InvalidHost::Name),
        };
        Ok(Self { name: name.to_ascii_lowercase(), port })
    }
}

/// Returns `true` for a host, without a port, that is this machine: a name or an address of the loopback,
/// or a socket's path.
pub fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || host.starts_with('/')
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

fn parse_port(digits: &str) -> Result<u16, InvalidHost> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.parse().ok().filter(|port| is_number && *port != 0);
    port.ok_or(InvalidHost::Port)
}

fn is_name(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (1..=NAME_BYTES_MAX).contains(&text.len())
        && text.bytes().all(is_sign)
        && !text.starts_with(['.', '-'])
        && !text.contains("..")
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hosts_and_what_is_none() {
        for (text, host) in [
            ("localhost:8443", Ok(("localhost", Some(8443)))),
            ("Bursar.Example.ORG", Ok(("bursar.example.org", None))),
            ("my_host", Ok(("my_host", None))),
            ("203.0.113.9:1", Ok(("203.0.113.9", Some(1)))),
            ("[2001:DB8::1]:8443", Ok(("[2001:db8::1]", Some(8443)))),
            ("[::1]", Ok(("[::1]", None))),
            ("", Err(InvalidHost::Empty)),
            ("ann@h", Err(InvalidHost::User)),
            ("ann:pw@h:1", Err(InvalidHost::User)),
            ("h/path", Err(InvalidHost::Path)),
            ("https://h", Err(InvalidHost::Path)),
            ("h?x", Err(InvalidHost::Path)),
            ("a, b", Err(InvalidHost::List)),
            ("a,b", Err(InvalidHost::List)),
            ("a b", Err(InvalidHost::List)),
            ("h:", Ok(("h", None))),
            ("h:0", Err(InvalidHost::Port)),
            ("h:+1", Err(InvalidHost::Port)),
            ("h:65536", Err(InvalidHost::Port)),
            ("h:1:2", Err(InvalidHost::Port)),
            ("2001:db8::1", Err(InvalidHost::Port)),
            (":1", Err(InvalidHost::Name)),
            ("[::1", Err(InvalidHost::Name)),
            ("[::1]x", Err(InvalidHost::Name)),
            ("[h]", Err(InvalidHost::Name)),
            ("a;b", Err(InvalidHost::Name)),
            ("$(id)", Err(InvalidHost::Name)),
            ("a..b", Err(InvalidHost::Name)),
            ("<b>", Err(InvalidHost::Name)),
        ] {
            let found = text.parse::<Host>();
            let parts = found.as_ref().map(|host| (host.name(), host.port()));
            assert_eq!(parts.map_err(|why| *why), host, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_a_host_is_written_as_it_is_read(text in r"[a-zA-Z0-9:.\[\]@/_-]{0,20}") {
            if let Ok(host) = text.parse::<Host>() {
                prop_assert_eq!(host.to_string().parse::<Host>(), Ok(host));
            }
        }
    }
}
