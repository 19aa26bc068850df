//! What was put into the sample on purpose: cases to be found, and innocent ones that look alike.
//!
//! Not for: what happens by itself in the ledger (credits, reversals): nothing is claimed of it.
//!
//! Invariant: a case names rows that exist in the files, by the ids the files use.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use serde::Serialize;

pub(super) type CaseId = usize;

/// The file whose rows an id is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RowFile {
    /// By Unique ID.
    Transactions,
    /// By Supplier Ref.
    Suppliers,
    /// By Employee ID.
    Employees,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) file: RowFile,
    pub(super) id: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Case {
    pub(super) kind: &'static str,
    /// One that is right as it is, and must not be reported.
    pub(super) innocent: bool,
    pub(super) rows: Vec<Row>,
    pub(super) sentence: String,
}

#[derive(Debug, Default)]
pub(super) struct Truth {
    cases: Vec<Case>,
}

impl Truth {
    pub(super) fn plant(&mut self, kind: &'static str, sentence: impl Into<String>) -> CaseId {
        self.add(Case { kind, innocent: false, rows: Vec::new(), sentence: sentence.into() })
    }

    pub(super) fn innocent(&mut self, kind: &'static str, sentence: impl Into<String>) -> CaseId {
        self.add(Case { kind, innocent: true, rows: Vec::new(), sentence: sentence.into() })
    }

    fn add(&mut self, case: Case) -> CaseId {
        self.cases.push(case);
        self.cases.len() - 1
    }

    pub(super) fn row(&mut self, case: CaseId, file: RowFile, id: &str) {
        self.cases[case].rows.push(Row { file, id: id.to_owned() });
    }

    /// The number of planted cases, and of innocent ones.
    pub(super) fn counts(&self) -> (usize, usize) {
        let innocent = self.cases.iter().filter(|case| case.innocent).count();
        (self.cases.len() - innocent, innocent)
    }

    pub(super) fn write(&self, path: &Path, arguments: &impl Serialize) -> io::Result<()> {
        #[derive(Serialize)]
        struct Document<'a, A> {
            arguments: &'a A,
            cases: &'a [Case],
        }
        let mut file = BufWriter::new(File::create(path)?);
        serde_json::to_writer_pretty(&mut file, &Document { arguments, cases: &self.cases })?;
        file.write_all(b"\n")?;
        file.flush()
    }
}
