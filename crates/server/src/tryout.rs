//! Extracts read and checked in a store of their own, to see what is in them: `bursard try`, and the page
//! *Try a file*.
//!
//! Not for: how a report of it is worded (`http::pages::report`), or how ledgers are kept: the program wires
//! that in.
//!
//! Invariant: files take the way of every upload (received, read by a job, checked by a run), and nothing of
//! it stands in the store of a server.

mod input;
mod registry;
mod unit;
mod watched_checker;

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use domain::finding::{CheckReport, StoredFinding};
use domain::{Preview, Problem, ProblemCount, Upload};
use store::Store;

use crate::keys;
use crate::ledgers::{LedgerBrowser, LedgerChecker, LedgerReader, LedgersError};

pub use input::{GivenFile, Input, InputRefusal, Inputs, RulesByType};
pub use registry::{
    BeginRefusal, NewTryout, ReportWriter, Tryout, TryoutFolder, TryoutOwner, TryoutReport,
    TryoutState, Tryouts,
};
pub use unit::{TryoutParts, TryoutUnit};

/// The ledgers of stores that are made for a tryout, and what files hold; the program wires it in.
pub trait TryoutLedgers: Debug + Send + Sync {
    /// Looks at a file: what it holds, and how it is read for a first look. `label` is what no other file
    /// of the tryout is called. Blocking.
    fn examine(
        &self,
        file: GivenFile,
        label: String,
        rules: &RulesByType,
    ) -> Result<Input, InputRefusal>;

    /// The ledgers of a store. What exceeds the memory of the checks goes to `spill`.
    fn open(&self, store: &Store, spill: PathBuf) -> Result<OpenLedgers, LedgersError>;
}

/// The ledgers of one store.
#[derive(Debug, Clone)]
pub struct OpenLedgers {
    pub reader: Arc<dyn LedgerReader>,
    pub checker: Arc<dyn LedgerChecker>,
    pub browser: Arc<dyn LedgerBrowser>,
}

/// How far a tryout is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TryoutProgress<'a> {
    /// One file of several is read; the first has number 1.
    Reading { number: usize, of: usize, name: &'a str },
    /// `done` from 0 to 1, `what` in words: `comparing invoices`.
    Checking { done: f64, what: &'a str },
}

/// Who is told how far a tryout is, as often as there is something to tell.
pub trait TryoutListener: Debug + Send + Sync {
    fn at(&self, progress: TryoutProgress<'_>);
}

/// The files of a tryout, read.
#[derive(Debug, Default)]
pub struct ReadFiles {
    /// Those that were received, in their order.
    pub inputs: Vec<Input>,
    /// The same, with what came of them.
    pub files: Vec<ReportedFile>,
    pub left_out: Vec<LeftOutFile>,
}

/// The findings of a tryout, with what each check did.
#[derive(Debug, Default)]
pub struct TryoutFindings {
    /// Empty where no file was read, so that nothing could be checked.
    pub reports: Vec<CheckReport>,
    /// The gravest first.
    pub findings: Vec<StoredFinding>,
    /// How many there are beyond those.
    pub more: u64,
    /// How many looked like findings and are explained.
    pub suppressed: u64,
}

/// A file that was given, and what came of it.
#[derive(Debug)]
pub struct ReportedFile {
    /// The file's name as it was given.
    pub name: String,
    pub upload: Upload,
    /// How its type is known, such as `by its columns`.
    pub type_told: String,
    /// The columns it has, by the rules it was read by.
    pub preview: Preview,
    /// Names of fields that were taken from others for this tryout alone.
    pub assumed: Vec<String>,
    pub counts: Vec<ProblemCount>,
    /// The first of its problems, in the order of the file.
    pub problems: Vec<Problem>,
}

/// A file that was not even received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutFile {
    pub name: String,
    /// A sentence without a full stop.
    pub why: String,
}

/// Why a tryout did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TryoutError {
    #[error("cannot read {name}")]
    File {
        name: String,
        #[source]
        source: io::Error,
    },
    #[error("the files hold more than {max} rows, the most that are tried")]
    TooManyRows { max: u64 },
    #[error("{name} was not read to its end: {why}")]
    NotRead { name: String, why: String },
    #[error("the checks did not come to their end: {why}")]
    NotChecked { why: String },
    #[error("the report could not be made")]
    Report(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Keys(#[from] keys::Error),
    #[error(transparent)]
    Ledgers(#[from] LedgersError),
}
