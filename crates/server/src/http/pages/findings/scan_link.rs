//! The link from a row to the paper that was scanned.
//!
//! Invariant: what an extract says may be anything, so a link shows the host it leads to, carries no
//! password, and leads to no address of this machine or of a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::Host;

/// An address that a browser only opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanLink {
    pub(crate) href: String,
    pub(crate) host: String,
    /// Where it is shown by this server; empty where it is not.
    pub(crate) shown: String,
}

impl ScanLink {
    /// Reads what an extract says; none where it is no such address.
    pub(crate) fn parse(said: &str) -> Option<Self> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| said.strip_prefix(scheme))?;
        // Browsers take \ for /.
        let authority = rest.split(['/', '\\', '?', '#']).next()?;
        let host: Host = authority.parse().ok()?;
        is_for_others(host.name()).then(|| Self {
            href: said.to_owned(),
            host: host.name().to_owned(),
            shown: String::new(),
        })
    }

    /// Returns `true` when what it leads to is called a PDF, which a browser does not draw in a page.
    pub(crate) fn is_pdf(&self) -> bool {
        let path = self.href.split(['?', '#']).next().unwrap_or_default();
        path.len() >= 4 && path.is_char_boundary(path.len() - 4) && {
            path[path.len() - 4..].eq_ignore_ascii_case(".pdf")
        }
    }
}

/// Returns `true` for a host that others have as well: a name, or an address of the public network.
fn is_for_others(name: &str) -> bool {
    if let Some(address) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        let address = address.parse::<Ipv6Addr>().map(|address| address.to_canonical());
        return address.is_ok_and(is_public);
    }
    let name = name.trim_end_matches('.');
    // Browsers read whatever ends in a number as an address, also `0x7f.1` and `2130706433`.
    let is_address = name.rsplit('.').next().is_some_and(|last| {
        last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x")
    });
    if is_address {
        return name.parse::<Ipv4Addr>().is_ok_and(|address| is_public(address.into()));
    }
    name != "localhost" && !name.ends_with(".localhost")
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_multicast()
                // This host, and addresses that providers share among their customers (RFC 6598).
                || address.octets()[0] == 0
                || (address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64))
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_host_that_it_shows() {
        for (said, host) in [
            ("https://scans.example.org/1.pdf", Some("scans.example.org")),
            ("https://Scans.Example.org:8443?id=1", Some("scans.example.org")),
            ("http://scans/1.pdf", Some("scans")),
            ("https://203.0.113.9/1.pdf", Some("203.0.113.9")),
            ("https://[2001:db8::1]/1.pdf", Some("[2001:db8::1]")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            (r"\\scans\1.pdf", None),
            ("", None),
            ("https://", None),
            ("https:///evil.example", None),
            ("https://user:pw@evil.example/", None),
            ("https://scans.example.org@evil.example/", None),
            (r"https://evil.example\@scans.example.org/", Some("evil.example")),
            ("https://scans\t.example.org/", None),
            ("http://localhost/", None),
            ("http://a.localhost/", None),
            ("http://127.0.0.1/", None),
            ("http://127.0.0.1./", None),
            ("http://2130706433/", None),
            ("http://0x7f.1/", None),
            ("http://127.1/", None),
            ("http://0177.0.0.1/", None),
            ("http://169.254.169.254/latest/meta-data", None),
            ("http://10.0.0.1/", None),
            ("http://192.168.0.1/", None),
            ("http://172.16.0.1/", None),
            ("http://100.64.0.1/", None),
            ("http://0.0.0.0/", None),
            ("http://[::1]/", None),
            ("http://[fd00::1]/", None),
            ("http://[fe80::1]/", None),
            ("http://[::ffff:169.254.169.254]/", None),
        ] {
            let link = ScanLink::parse(said);
            assert_eq!(link.as_ref().map(|link| link.host.as_str()), host, "{said}");
            assert!(link.is_none_or(|link| link.href == said));
        }
    }
}
