//! How many uploads are received and how many exports are made at once, in all and for each customer, and
//! how often one access token sends.
//!
//! Invariant: a [`Permit`] stands for one of them under way and gives its places back when dropped.

mod appends;
mod upload_rate;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{CustomerName, TokenId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::limits::{EXPORTS_AT_ONCE, EXPORTS_PER_CUSTOMER_MAX, Limits};
pub(crate) use appends::Turn;

use appends::Appends;
use upload_rate::UploadRate;

type Counts = Arc<Mutex<HashMap<CustomerName, usize>>>;
type Keys = Arc<Mutex<std::collections::HashSet<(CustomerName, String)>>>;

/// Lets uploads and exports in while there is room.
#[derive(Debug)]
pub struct AdmissionLimit {
    uploads: Places,
    exports: Places,
    upload_rate: UploadRate,
    keys: Keys,
    /// Requests that append to files on their way.
    pub(crate) appends: Appends,
}

/// Places of one kind.
#[derive(Debug)]
struct Places {
    all: Arc<Semaphore>,
    per_customer_max: usize,
    per_customer: Counts,
}

/// Why nothing is let in now. Each ends by waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmissionRefusal {
    /// The server has as many under way as it may, or is stopping.
    Server,
    /// This customer has.
    Customer,
}

/// Leave to receive one upload, or to make one export.
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
            uploads: Places::new(limits.uploads_max, limits.uploads_per_customer_max),
            exports: Places::new(EXPORTS_AT_ONCE, EXPORTS_PER_CUSTOMER_MAX),
            upload_rate: UploadRate::new(limits.uploads_per_token_per_minute_max),
            keys: Keys::default(),
            appends: Appends::default(),
        }
    }

    pub fn acquire(&self, customer: &CustomerName) -> Result<Permit, AdmissionRefusal> {
        self.uploads.acquire(customer)
    }

    /// A place for a file of findings, from its first finding until all of it is sent.
    pub fn acquire_export(&self, customer: &CustomerName) -> Result<Permit, AdmissionRefusal> {
        self.exports.acquire(customer)
    }

    /// Counts an upload of a token, or says how long it is until the next one may be sent.
    pub fn count_upload(&self, token: TokenId, now: Instant) -> Result<(), Duration> {
        self.upload_rate.take(token, now)
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
        self.uploads.all.close();
    }

    pub fn is_closed(&self) -> bool {
        self.uploads.all.is_closed()
    }
}

impl Places {
    fn new(all: usize, per_customer_max: usize) -> Self {
        let all = Arc::new(Semaphore::new(all));
        Self { all, per_customer_max, per_customer: Counts::default() }
    }

    fn acquire(&self, customer: &CustomerName) -> Result<Permit, AdmissionRefusal> {
        let Ok(place) = Arc::clone(&self.all).try_acquire_owned() else {
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
        assert!(limit.uploads.per_customer.lock().unwrap().is_empty());
        let exports = [(); EXPORTS_PER_CUSTOMER_MAX].map(|()| limit.acquire_export(&acme).unwrap());
        assert_eq!(limit.acquire_export(&acme).unwrap_err(), AdmissionRefusal::Customer);
        let others = limit.acquire_export(&other).unwrap();
        drop((exports, others));
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
