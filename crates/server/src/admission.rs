//! How many uploads are received at once, in all and for each customer.
//!
//! Invariant: a [`Permit`] stands for one upload under way and gives its places back when dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::CustomerName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;

type Counts = Arc<Mutex<HashMap<CustomerName, usize>>>;
type Keys = Arc<Mutex<std::collections::HashSet<(CustomerName, String)>>>;

/// Lets uploads in while there is room.
#[derive(Debug)]
pub struct AdmissionLimit {
    places: Arc<Semaphore>,
    per_customer_max: usize,
    per_customer: Counts,
    keys: Keys,
}

/// Why no upload is let in now. Each ends by waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmissionRefusal {
    /// The server receives as many uploads as it may, or is stopping.
    Server,
    /// This customer does.
    Customer,
}

/// Leave to receive one upload.
#[derive(Debug)]
pub struct Permit {
    customer: CustomerName,
    per_customer: Counts,
    _place: OwnedSemaphorePermit,
}

/// An idempotency key that is in use by a request under way.
#[derive(Debug)]
pub struct KeyInUse {
    entry: (CustomerName, String),
    keys: Keys,
}

impl AdmissionLimit {
    pub fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.uploads_max)),
            per_customer_max: limits.uploads_per_customer_max,
            per_customer: Counts::default(),
            keys: Keys::default(),
        }
    }

    pub fn acquire(&self, customer: &CustomerName) -> Result<Permit, AdmissionRefusal> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(AdmissionRefusal::Server);
        };
        let mut counts = self.per_customer.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(customer.clone()).or_default();
        if *count >= self.per_customer_max {
            return Err(AdmissionRefusal::Customer);
        }
        *count += 1;
        let per_customer = Arc::clone(&self.per_customer);
        Ok(Permit { customer: customer.clone(), per_customer, _place: place })
    }

    /// Reserves an idempotency key while its request is under way; `None` when another request has it.
    pub fn reserve_key(&self, customer: &CustomerName, key: &str) -> Option<KeyInUse> {
        let entry = (customer.clone(), key.to_owned());
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = keys.insert(entry.clone());
        is_new.then(|| KeyInUse { entry, keys: Arc::clone(&self.keys) })
    }

    /// Lets nobody in any more: the server is stopping.
    pub fn close(&self) {
        self.places.close();
    }

    pub fn is_closed(&self) -> bool {
        self.places.is_closed()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.per_customer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.customer) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.customer);
            }
        }
    }
}

impl Drop for KeyInUse {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let limits = Limits { uploads_max: 3, uploads_per_customer_max: 2, ..Limits::default() };
        let limit = AdmissionLimit::new(&limits);
        let acme: CustomerName = "acme".parse().unwrap();
        let other: CustomerName = "other".parse().unwrap();
        let first = limit.acquire(&acme).unwrap();
        let second = limit.acquire(&acme).unwrap();
        assert_eq!(limit.acquire(&acme).unwrap_err(), AdmissionRefusal::Customer);
        let third = limit.acquire(&other).unwrap();
        assert_eq!(limit.acquire(&other).unwrap_err(), AdmissionRefusal::Server);
        drop((first, third));
        let again = limit.acquire(&acme).unwrap();
        drop((second, again));
        assert!(limit.per_customer.lock().unwrap().is_empty());
        limit.close();
        assert_eq!(limit.acquire(&acme).unwrap_err(), AdmissionRefusal::Server);
    }

    #[test]
    fn a_key_is_in_use_once_at_a_time() {
        let limit = AdmissionLimit::new(&Limits::default());
        let acme: CustomerName = "acme".parse().unwrap();
        let other: CustomerName = "other".parse().unwrap();
        let held = limit.reserve_key(&acme, "k").unwrap();
        assert!(limit.reserve_key(&acme, "k").is_none());
        assert!(limit.reserve_key(&other, "k").is_some());
        drop(held);
        assert!(limit.reserve_key(&acme, "k").is_some());
    }
}
