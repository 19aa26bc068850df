//! How often somebody may be wrong when signing in.
//!
//! Invariant: an account is never locked for longer than [`LOCK_LONGEST`], and a browser that knows it is
//! counted apart, so that nobody can lock somebody else out.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use jiff::SignedDuration;

use crate::digest::Sha256Digest;
use crate::user::EmailAddress;

/// The account or address whose failures are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInSubject {
    /// Of an address of mail, whether there is such a user or not; its digest, as people type passwords
    /// into that field.
    Account(Sha256Digest),
    /// Of a machine, or of all that stand behind one address; of IPv6 the network, as whoever has one
    /// address of it has all.
    Address(String),
    /// Of a browser in which the account was signed in before; the digest of what it holds of that. It has a
    /// count of its own, so that a stranger who knows the address locks nobody out.
    KnownBrowser(Sha256Digest),
    /// Of a machine that sends files over SFTP. It has a count of its own, so that a job with a
    /// wrong password locks no person of the same network out.
    SftpAddress(String),
}

/// A person who has forgotten which of three passwords it was is through by then.
const FREE_FOR_ACCOUNT: u32 = 5;
/// A whole office may share an address on a Monday morning.
const FREE_FOR_ADDRESS: u32 = 30;
const LOCK_FIRST: SignedDuration = SignedDuration::from_secs(30);
/// Guessing at this rate takes 700 years for the thousand commonest words with two digits; a person waits
/// a coffee long.
pub const LOCK_LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// The bits of an IPv6 address that are its machine's own choice.
const IPV6_HOST_BITS: u32 = 64;
/// After so long without a failure all is forgotten.
pub const FAILURES_REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// The network that stands for whoever comes from an address: of IPv6 64 bits, as whoever has one address
/// of them has all.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() >> IPV6_HOST_BITS << IPV6_HOST_BITS;
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// An address as it is counted: of IPv6 its network.
fn network_text(text: &str) -> String {
    match text.parse().map(network) {
        Ok(IpAddr::V6(network)) => format!("{network}/{IPV6_HOST_BITS}"),
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_no_address) => text.to_owned(),
    }
}

impl SignInSubject {
    pub fn account(email: &EmailAddress, digest: impl Fn(&[u8]) -> Sha256Digest) -> Self {
        Self::Account(digest(email.as_str().as_bytes()))
    }

    /// The subject of whoever comes from an address; one that is no address of IP stands for itself.
    pub fn address(text: &str) -> Self {
        Self::Address(network_text(text))
    }

    /// The subject of whoever sends over SFTP from an address.
    pub fn sftp_address(text: &str) -> Self {
        Self::SftpAddress(network_text(text))
    }

    /// The time nobody may try after so many failures in a row; the wait doubles with each.
    pub fn lock_after(&self, failures: u32) -> Option<SignedDuration> {
        let free = match self {
            Self::Account(_) | Self::KnownBrowser(_) => FREE_FOR_ACCOUNT,
            Self::Address(_) | Self::SftpAddress(_) => FREE_FOR_ADDRESS,
        };
        let doublings = failures.checked_sub(free)?;
        let wait = LOCK_FIRST
            .checked_mul(1 << doublings.min(10))
            .expect("a short wait, doubled ten times, is a duration");
        Some(wait.min(LOCK_LONGEST))
    }
}

impl fmt::Display for SignInSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(digest) => write!(f, "account:{digest}"),
            Self::KnownBrowser(digest) => write!(f, "browser:{digest}"),
            Self::Address(address) => write!(f, "address:{address}"),
            Self::SftpAddress(address) => write!(f, "sftp:{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_is_one_subject() {
        for (address, subject) in [
            ("203.0.113.9", "address:203.0.113.9"),
            ("::ffff:203.0.113.9", "address:203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "address:2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "address:2001:db8:1:3::/64"),
            ("unknown", "address:unknown"),
        ] {
            assert_eq!(SignInSubject::address(address).to_string(), subject);
        }
    }

    #[test]
    fn the_wait_doubles_and_ends() {
        let account = SignInSubject::Account(Sha256Digest::from_bytes([0; 32]));
        let address = SignInSubject::Address("203.0.113.9".to_owned());
        let seconds = |subject: &SignInSubject, failures| {
            subject.lock_after(failures).map(|wait| wait.as_secs())
        };
        for (failures, wait) in [
            (0, None),
            (4, None),
            (5, Some(30)),
            (6, Some(60)),
            (10, Some(900)),
            (u32::MAX, Some(900)),
        ] {
            assert_eq!(seconds(&account, failures), wait, "{failures}");
        }
        assert_eq!((seconds(&address, 29), seconds(&address, 30)), (None, Some(30)));
    }
}
