//! The rows of a version of a ledger, one batch after the other.
//!
//! Invariant: one part is in memory at a time.

use arrow_array::RecordBatch;

use crate::error::Error;
use crate::part::{Part, PartRows, PartStore};

/// Batches of rows, in the order of the parts.
#[derive(Debug)]
pub struct Rows {
    store: PartStore,
    parts: std::vec::IntoIter<Part>,
    columns: Option<Vec<String>>,
    current: Option<Reader>,
}

struct Reader(PartRows);

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

impl Rows {
    pub(crate) fn new(store: PartStore, parts: Vec<Part>, columns: Option<Vec<String>>) -> Self {
        Self { store, parts: parts.into_iter(), columns, current: None }
    }

    fn open(&self, part: &Part) -> Result<Reader, Error> {
        let names: Option<Vec<&str>> =
            self.columns.as_ref().map(|names| names.iter().map(String::as_str).collect());
        Ok(Reader(self.store.open(part)?.rows(names.as_deref())?))
    }
}

impl Iterator for Rows {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(Reader(reader)) = &mut self.current
                && let Some(batch) = reader.next()
            {
                return Some(batch);
            }
            let part = self.parts.next()?;
            match self.open(&part) {
                Ok(reader) => self.current = Some(reader),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
