//! One breach of a house rule: where, what, and how to mend it.
//!
//! Not for: finding any. Invariant: whoever reads one knows what to do next.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub(super) path: String,
    /// Counted from one; 0 speaks of the whole file.
    pub(super) line: usize,
    pub(super) what: String,
    mend: String,
}

impl Fault {
    pub(super) fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, mend } = self;
        write!(f, "{path}:{line}: {what}\n  {mend}")
    }
}
