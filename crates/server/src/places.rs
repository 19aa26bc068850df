//! How many connections are open, in all and from one address; behind a proxy, how many requests of one
//! address are under way.
//!
//! Invariant: a place is given back when it is dropped, and an address that has none left is not remembered.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::sign_in::network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::proxies::Proxies;

/// The places there are; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionPlaces {
    all: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    of_one_max: usize,
}

/// A place for one connection.
#[derive(Debug)]
pub(crate) struct ConnectionPlace {
    _of_all: OwnedSemaphorePermit,
}

/// A place among those of one address.
#[derive(Debug)]
pub(crate) struct OwnPlace {
    places: ConnectionPlaces,
    network: IpAddr,
}

impl ConnectionPlaces {
    pub(crate) fn new(all: usize, of_one_max: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), taken: Arc::default(), of_one_max }
    }

    /// A place for a connection; none when all are taken.
    pub(crate) fn take(&self) -> Option<ConnectionPlace> {
        Arc::clone(&self.all)
            .try_acquire_owned()
            .ok()
            .map(|permit| ConnectionPlace { _of_all: permit })
    }

    /// The places of a connection; none when it is one too many. A trusted proxy has as many as it
    /// needs: those whom it forwards are counted.
    pub(crate) fn take_for(
        &self,
        proxies: &Proxies,
        peer: IpAddr,
    ) -> Option<(ConnectionPlace, Option<OwnPlace>)> {
        let place = self.take()?;
        if proxies.trusts(peer) {
            return Some((place, None));
        }
        Some((place, Some(self.take_own(peer)?)))
    }

    /// A place for whoever comes from an address; none when as many are taken as one may have.
    pub(crate) fn take_own(&self, address: IpAddr) -> Option<OwnPlace> {
        let network = network(address);
        let mut taken = self.taken();
        let own = taken.entry(network).or_default();
        if *own >= self.of_one_max {
            return None;
        }
        *own += 1;
        drop(taken);
        Some(OwnPlace { places: self.clone(), network })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OwnPlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(own) = taken.get_mut(&self.network) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_takes_all_places() {
        let places = ConnectionPlaces::new(4, 2);
        let own = |address: &str| places.take_own(address.parse().unwrap());
        let (first, _second) = (own("203.0.113.9").unwrap(), own("203.0.113.9").unwrap());
        assert!(own("203.0.113.9").is_none(), "as many as one may have");
        assert!(own("::ffff:203.0.113.9").is_none(), "which is the same address");
        let _other = own("2001:db8::1").unwrap();
        drop(first);
        let _again = own("203.0.113.9").unwrap();
        let neighbour = own("2001:db8::2").unwrap();
        assert!(own("2001:db8::3").is_none(), "which is the same network");
        drop(neighbour);
        assert_eq!(places.taken().len(), 2);
    }

    #[test]
    fn all_places_are_bounded() {
        let places = ConnectionPlaces::new(2, 2);
        let (first, _second) = (places.take().unwrap(), places.take().unwrap());
        assert!(places.take().is_none());
        drop(first);
        assert!(places.take().is_some());
        drop(places.take_own("203.0.113.9".parse().unwrap()));
        assert_eq!(places.taken().len(), 0, "who has none is not remembered");
    }
}
