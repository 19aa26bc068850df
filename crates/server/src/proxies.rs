//! Whom a proxy in front of the server forwards: the address that counts for limits, locks and the audit log.
//!
//! Not for: the names by which the server is reached (`site`).
//!
//! Invariant: an address is taken from a header only where the connection comes from a proxy that the
//! operator trusts, and only as far to the left as trusted proxies have written it; what a client writes
//! itself is never read.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::{self, HeaderMap, HeaderName};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are trusted to say whom they forward; by default none.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    trusted: Vec<Network>,
    client_address_in: ClientAddressIn,
}

/// Where a trusted proxy says whom it forwards. One place only: what it does not write itself, it passes on
/// from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAddressIn {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
    /// Before TLS, in version 1 or 2 of HAProxy's protocol; every connection of a trusted proxy begins with
    /// it.
    ProxyProtocol,
}

/// Addresses that an operator names: `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no address and no network such as 10.0.0.0/8 or 2001:db8::/32")]
pub struct InvalidNetwork(String);

impl FromStr for Network {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address.to_canonical()),
            Err(_no_address) => {
                text.parse().map_err(|_no_network| InvalidNetwork(text.to_owned()))?
            }
        };
        Ok(Self(network.trunc()))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Network {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl Proxies {
    pub fn new(trusted: Vec<Network>, client_address_in: ClientAddressIn) -> Self {
        Self { trusted, client_address_in }
    }

    pub fn trusted(&self) -> &[Network] {
        &self.trusted
    }

    pub const fn client_address_in(&self) -> ClientAddressIn {
        self.client_address_in
    }

    /// Returns `true` when an address is that of a trusted proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|Network(network)| network.contains(&address))
    }

    /// Returns `true` when a connection from an address begins with a header of the PROXY protocol.
    pub(crate) fn begins_with_header(&self, peer: IpAddr) -> bool {
        self.client_address_in == ClientAddressIn::ProxyProtocol && self.trusts(peer)
    }

    /// The address of whoever a request comes from, where its connection comes from `peer`: the nearest that
    /// is no trusted proxy.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        for forwarded in self.forwarded(headers) {
            if !self.trusts(nearest) {
                break;
            }
            // Whoever hides whom it forwards, or writes what is no address, stands for all behind it.
            let Some(address) = forwarded else { break };
            nearest = address.to_canonical();
        }
        nearest
    }

    /// The addresses that proxies have written, the nearest first; none in the place of what is no address.
    fn forwarded<'h>(
        &self,
        headers: &'h HeaderMap,
    ) -> Box<dyn Iterator<Item = Option<IpAddr>> + 'h> {
        match self.client_address_in {
            ClientAddressIn::XForwardedFor => Box::new(
                values(headers, X_FORWARDED_FOR)
                    .flat_map(|value| value.rsplit(','))
                    .map(|entry| parse_address(entry.trim())),
            ),
            ClientAddressIn::Forwarded => {
                Box::new(values(headers, header::FORWARDED).flat_map(elements).map(forwarded_for))
            }
            ClientAddressIn::ProxyProtocol => Box::new(std::iter::empty()),
        }
    }
}

/// The values of a header, the last first; bytes that are no text are none, which ends the walk.
fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let fields: Vec<_> = headers.get_all(name).iter().collect();
    fields.into_iter().rev().map(|value| value.to_str().unwrap_or_else(|_no_text| ""))
}

/// `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::1` or `[2001:db8::1]:4711`
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_with_port| text.parse::<SocketAddr>().map(|it| it.ip()));
    address.ok()
}

/// The elements of a `Forwarded` header, the last first. They are told apart from the right, so that a quote
/// that a client has left open takes nothing of what stands behind it.
fn elements(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let whole = rest?;
        let mut is_quoted = false;
        let comma = whole.bytes().rposition(|byte| {
            is_quoted ^= byte == b'"';
            byte == b',' && !is_quoted
        });
        let (before, element) = match comma {
            Some(at) => (Some(&whole[..at]), &whole[at + 1..]),
            None => (None, whole),
        };
        rest = before;
        Some(element.trim())
    })
}

/// The address of the parameter `for` of one element.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut parameters = element.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    let value = value.trim();
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    parse_address(bare.unwrap_or(value))
}

#[cfg(test)]
mod tests;
