//! The machine's clock and randomness, as the values everything below takes.

use std::io;

use jiff::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use server::{Clock, Randomness};
use store::Decider;

/// The name of who did what a command does, as the audit log names them.
pub(crate) const OPERATOR: &str = "operator";

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

/// Lets this process hold as many files and connections open as the machine allows it: most systems begin
/// with 1,024.
pub(crate) fn raise_open_files() -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?;
    Ok(())
}

/// The files and connections that a process may hold open once it has asked for all; none: no limit.
pub(crate) fn open_files_max() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// The operator, as whom whoever gives a command decides: the machine knows no more of them.
pub(crate) fn operator() -> Decider<'static> {
    Decider { by: OPERATOR, who: OPERATOR, at: now() }
}
