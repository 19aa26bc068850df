//! The machine's clock and randomness, as the values everything below takes.

use jiff::Timestamp;
use server::{Clock, Randomness};
use store::Decider;

pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

pub(crate) fn clock() -> Clock {
    Clock::new(now)
}

pub(crate) fn randomness() -> Randomness {
    Randomness::new(|bytes| {
        aws_lc_rs::rand::fill(bytes)
            .expect("the system's generator answers once it is seeded at boot");
    })
}

/// Whoever gives a command decides as the operator: the machine knows no more of them.
pub(crate) fn operator() -> Decider<'static> {
    Decider { by: "operator", who: "operator", at: now() }
}
