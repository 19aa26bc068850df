//! Whom a connection and its requests come from, and the places they take.
//!
//! Invariant: whoever asks is counted once: by a connection of their own, or by each request that a proxy
//! forwards for them.

use std::net::IpAddr;

use tokio::io::AsyncRead;
use tokio::time::timeout;

use crate::http::{PeerAddress, TooManyRequests};
use crate::limits::PROXY_HEADER_TIME_MAX;
use crate::measures::connection_refused;
use crate::places::{ConnectionPlaces, OwnPlace};
use crate::proxies::Proxies;
use crate::proxy_protocol;

/// Finds out who asks; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    proxies: Proxies,
    places: ConnectionPlaces,
}

impl Clients {
    pub(crate) fn new(proxies: Proxies, places: ConnectionPlaces) -> Self {
        Self { proxies, places }
    }

    /// The address that a connection comes from, once a proxy has said whom it forwards, with
    /// their place; none when the connection is to be closed.
    pub(crate) async fn of_connection(
        &self,
        stream: &mut (impl AsyncRead + Unpin),
        peer: IpAddr,
    ) -> Option<(IpAddr, Option<OwnPlace>)> {
        if !self.proxies.begins_with_header(peer) {
            return Some((peer, None));
        }
        match timeout(PROXY_HEADER_TIME_MAX, proxy_protocol::read_header(stream)).await {
            Ok(Ok(None)) => Some((peer, None)),
            Ok(Ok(Some(client))) => {
                let place = self.places.take_own(client);
                if place.is_none() {
                    connection_refused("too_many");
                }
                Some((client, Some(place?)))
            }
            Ok(Err(error)) => {
                connection_refused("proxy_header");
                tracing::warn!(%peer, %error, "a connection of a trusted proxy was closed");
                None
            }
            Err(_elapsed) => {
                connection_refused("proxy_header_too_slow");
                None
            }
        }
    }

    /// Notes in a request whom it comes from, and takes a place for them where a proxy has forwarded it.
    pub(super) fn of_request<B>(
        &self,
        request: &mut http::Request<B>,
        peer: IpAddr,
    ) -> Option<OwnPlace> {
        let client = self.proxies.client(peer, request.headers());
        request.extensions_mut().insert(PeerAddress(client));
        // Whoever has a connection of their own has a place with it.
        if client == peer.to_canonical() {
            return None;
        }
        let place = self.places.take_own(client);
        if place.is_none() {
            request.extensions_mut().insert(TooManyRequests);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxies::ClientAddressIn;

    fn clients(client_address_in: ClientAddressIn) -> Clients {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        Clients::new(Proxies::new(trusted, client_address_in), ConnectionPlaces::new(8, 2))
    }

    fn asked(clients: &Clients, peer: &str, said: &str) -> (String, Option<OwnPlace>, bool) {
        let mut request =
            http::Request::builder().header("X-Forwarded-For", said).body(()).unwrap();
        let place = clients.of_request(&mut request, peer.parse().unwrap());
        let address = request.extensions().get::<PeerAddress>().unwrap().0.to_string();
        (address, place, request.extensions().get::<TooManyRequests>().is_some())
    }

    #[test]
    fn requests_of_one_client_behind_a_proxy_are_bounded() {
        let clients = clients(ClientAddressIn::XForwardedFor);
        let ask = |peer: &str, said: &str| asked(&clients, peer, said);
        let first = ask("10.0.0.1", "203.0.113.9");
        let second = ask("10.0.0.2", "203.0.113.9");
        assert!(first.1.is_some() && second.1.is_some(), "by whichever proxy");
        let third = ask("10.0.0.1", "203.0.113.9");
        assert_eq!((third.0.as_str(), third.2), ("203.0.113.9", true));
        assert!(!ask("10.0.0.1", "198.51.100.7").2, "others are not held up");
        drop(first);
        assert!(!ask("10.0.0.1", "203.0.113.9").2, "a place is free again");
        // Who has a connection of their own has a place with it, whatever they write.
        let (address, place, is_too_many) = ask("203.0.113.9", "10.0.0.1");
        assert_eq!((address.as_str(), place.is_none(), is_too_many), ("203.0.113.9", true, false));
    }

    #[tokio::test]
    async fn a_connection_that_a_proxy_forwards_is_its_clients() {
        let clients = clients(ClientAddressIn::ProxyProtocol);
        let line = "PROXY TCP4 203.0.113.9 10.0.0.1 4711 8443\r\n";
        let begin = async |peer: &str, said: &str| {
            clients.of_connection(&mut said.as_bytes(), peer.parse().unwrap()).await
        };
        let (address, place) = begin("10.0.0.1", line).await.unwrap();
        assert_eq!((address.to_string().as_str(), place.is_some()), ("203.0.113.9", true));
        let second = begin("10.0.0.1", line).await.unwrap();
        assert!(begin("10.0.0.1", line).await.is_none(), "one too many");
        drop((place, second));
        assert!(begin("10.0.0.1", line).await.is_some());
        assert!(begin("10.0.0.1", "\x16\x03\x01 a hello of TLS").await.is_none());
        let (address, place) = begin("198.51.100.7", "\x16\x03\x01").await.unwrap();
        assert_eq!((address.to_string().as_str(), place.is_none()), ("198.51.100.7", true));
    }
}
