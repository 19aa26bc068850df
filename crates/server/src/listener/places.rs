//! How many connections are open, in all and from one address.
//!
//! Invariant: a place is given back when it is dropped, and an address that has none left is not remembered.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::sign_in::network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places there are; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    of_one_max: usize,
}

/// A place for one connection.
#[derive(Debug)]
pub(super) struct Place {
    _of_all: OwnedSemaphorePermit,
    places: Places,
    network: IpAddr,
}

impl Places {
    pub(super) fn new(all: usize, of_one_max: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), taken: Arc::default(), of_one_max }
    }

    /// A place for whoever comes from an address; none when all are taken, or as many as one may have.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let of_all = Arc::clone(&self.all).try_acquire_owned().ok()?;
        let network = network(address);
        let mut taken = self.taken();
        let own = taken.entry(network).or_default();
        if *own >= self.of_one_max {
            return None;
        }
        *own += 1;
        drop(taken);
        Some(Place { _of_all: of_all, places: self.clone(), network })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
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
        let places = Places::new(4, 2);
        let take = |address: &str| places.take(address.parse().unwrap());
        let (first, _second) = (take("203.0.113.9").unwrap(), take("203.0.113.9").unwrap());
        assert!(take("203.0.113.9").is_none(), "as many as one may have");
        assert!(take("::ffff:203.0.113.9").is_none(), "which is the same address");
        let _other = take("2001:db8::1").unwrap();
        drop(first);
        let _again = take("203.0.113.9").unwrap();
        let neighbour = take("2001:db8::2").unwrap();
        assert!(take("198.51.100.7").is_none(), "all are taken");
        drop(neighbour);
        assert!(take("2001:db8::3").is_some() && take("198.51.100.7").is_some());
        assert_eq!(places.taken().len(), 2, "who has none is not remembered");
    }
}
