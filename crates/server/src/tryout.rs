//! Extracts read and checked in a store of their own, to see what is in them: `bursard try`, and the page
//! *Try a file*.
//!
//! Not for: how a report of it is worded (`http::pages::report`), or how ledgers are kept: the program wires
//! that in.
//!
//! Invariant: files take the way of every upload (received, read by a job, checked by a run), and nothing of
//! it stands in the store of a server.

mod error;
mod input;
mod outcome;
mod progress;
mod registry;
mod unit;
mod watched_checker;

pub use error::TryoutError;
pub use input::{
    GivenFile, InputFile, InputRefusal, Inputs, LeftOutFile, OpenLedgers, RulesByType,
    TryoutLedgers,
};
pub use outcome::{ReadFiles, ReportedFile, TryoutFindings};
pub use progress::{TryoutListener, TryoutProgress};
pub use registry::{
    BeginRefusal, NewTryout, ReportWriter, Tryout, TryoutFolder, TryoutOwner, TryoutReport,
    TryoutState, Tryouts,
};
pub(crate) use unit::shared_mapping;
pub use unit::{TryoutParts, TryoutUnit};
