//! The names that an authority of ours may speak for.
//!
//! Invariant: an authority speaks for the names it was made for and for no other of any kind: where it was
//! made for no address, no address is its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};
use x509_parser::extensions::{GeneralName, GeneralSubtree as Subtree};
use x509_parser::pem::Pem;

/// The limits of an authority for these names.
pub(super) fn constraints(names: &[String]) -> NameConstraints {
    let subtree = |name: &String| match name.parse::<IpAddr>() {
        Ok(address) => {
            let bits = if address.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, bits))
        }
        Err(_no_address) => GeneralSubtree::DnsName(host(name).to_owned()),
    };
    let permitted_subtrees: Vec<_> = names.iter().map(subtree).collect();
    // A kind of which none is permitted would not be limited at all.
    let has = |is: fn(&GeneralSubtree) -> bool| permitted_subtrees.iter().any(is);
    let mut excluded_subtrees = Vec::new();
    if !has(|subtree| matches!(subtree, GeneralSubtree::IpAddress(_))) {
        let all = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        let every = all.map(|address| CidrSubnet::from_addr_prefix(address, 0));
        excluded_subtrees.extend(every.map(GeneralSubtree::IpAddress));
    }
    if !has(|subtree| matches!(subtree, GeneralSubtree::DnsName(_))) {
        excluded_subtrees.push(GeneralSubtree::DnsName(String::new()));
    }
    NameConstraints { permitted_subtrees, excluded_subtrees }
}

/// The names among these that the authority may not speak for; none where its certificate is none.
pub(super) fn outside(authority: &str, names: &[String]) -> Option<Vec<String>> {
    let pem = Pem::iter_from_buffer(authority.as_bytes()).next()?.ok()?;
    let certificate = pem.parse_x509().ok()?;
    let Some(constraints) = certificate.name_constraints().ok()? else { return Some(Vec::new()) };
    let permitted = constraints.value.permitted_subtrees.as_deref().unwrap_or_default();
    let is_outside = |name: &&String| !permitted.iter().any(|subtree| permits(subtree, name));
    Some(names.iter().filter(is_outside).cloned().collect())
}

/// Returns `true` when a certificate is for just these names.
pub(super) fn are_of(certificate: &str, names: &[String]) -> bool {
    let Some(Ok(pem)) = Pem::iter_from_buffer(certificate.as_bytes()).next() else { return false };
    let Ok(certificate) = pem.parse_x509() else { return false };
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else { return false };
    let mut own: Vec<String> = alternatives.value.general_names.iter().filter_map(text).collect();
    let mut wanted: Vec<String> = names.iter().map(|name| canonical(name)).collect();
    own.sort_unstable();
    wanted.sort_unstable();
    wanted.dedup();
    own.dedup();
    own == wanted
}

fn text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(canonical(name)),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    }
}

/// A name in the one form in which it is compared.
fn canonical(name: &str) -> String {
    match name.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_no_address) => name.to_ascii_lowercase(),
    }
}

fn permits(subtree: &Subtree<'_>, name: &str) -> bool {
    match (&subtree.base, name.parse::<IpAddr>()) {
        (GeneralName::IPAddress(bytes), Ok(address)) => {
            // An address, and a mask that is all ones in what we make.
            let (base, _mask) = bytes.split_at(bytes.len() / 2);
            self::address(base) == Some(address)
        }
        (GeneralName::DNSName(base), Err(_no_address)) => {
            let (base, name) = (base.to_ascii_lowercase(), host(name).to_ascii_lowercase());
            name == base || name.strip_suffix(&base).is_some_and(|rest| rest.ends_with('.'))
        }
        _ => false,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_not_four| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// A wildcard stands for names below the rest of it.
fn host(name: &str) -> &str {
    name.strip_prefix("*.").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, IsCa, KeyPair};

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn authority(of: &[&str]) -> String {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
        params.name_constraints = Some(constraints(&names(of)));
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    fn an_authority_speaks_for_its_own_names() {
        let made = ["localhost", "127.0.0.1", "::1", "bursar.example.org", "*.lan"];
        for (name, is_own) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("0:0:0:0:0:0:0:1", true),
            ("Bursar.Example.org", true),
            ("a.lan", true),
            ("example.org", false),
            ("evilbursar.example.org", false),
            ("127.0.0.2", false),
            ("::2", false),
        ] {
            let outside = outside(&authority(&made), &names(&[name])).unwrap();
            assert_eq!(outside.is_empty(), is_own, "{name}");
        }
        assert_eq!(outside("no certificate", &[]), None);
    }

    #[test]
    fn a_certificate_is_known_by_its_names() {
        let key = KeyPair::generate().unwrap();
        let own = names(&["localhost", "::1"]);
        let certificate = CertificateParams::new(own).unwrap().self_signed(&key).unwrap().pem();
        for (other, is_same) in [
            (&["localhost", "::1"][..], true),
            (&["0:0:0:0:0:0:0:1", "LOCALHOST"], true),
            (&["localhost"], false),
            (&["localhost", "::1", "x"], false),
        ] {
            assert_eq!(are_of(&certificate, &names(other)), is_same, "{other:?}");
        }
    }
}
