//! How far a tryout is, and who is told.

use std::fmt::Debug;

/// The progress of a tryout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TryoutProgress<'a> {
    /// One file of several is read; the first has number 1.
    Reading { number: usize, of: usize, name: &'a str },
    /// `done` from 0 to 1, `what` in words: `comparing invoices`.
    Checking { done: f64, what: &'a str },
}

/// A listener that is told how far a tryout is, as often as there is something to tell.
pub trait TryoutListener: Debug + Send + Sync {
    fn at(&self, progress: TryoutProgress<'_>);
}
