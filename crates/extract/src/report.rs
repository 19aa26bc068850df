//! What a reading says on its way: batches and problems to whoever takes them, counts for the end.
//!
//! Not for: deciding what is a problem. Invariant: every problem is counted; few of each kind are
//! given out unless all are asked for, so that one that repeats a million times costs no more than a count.

use std::collections::BTreeMap;
use std::ops::Range;

use arrow_array::RecordBatch;
use domain::problem::{Level, Problem, ProblemCount, Reason};

use crate::error::{ReadError, SinkError};
use crate::limits::{NOTES_PER_REASON_MAX, PROBLEMS_MAX, PROBLEMS_PER_REASON_MAX};
use crate::options::ProblemSelection;
use crate::record::Record;

/// Takes what a reading gives.
pub trait Sink {
    /// Up to `limits::BATCH_ROWS_MAX` rows with the columns of [`crate::schema`].
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError>;

    /// One problem. `place` shows the record as it stands in the file, personal data and all: for the
    /// sender's own eyes, not for keeping.
    fn problem(&mut self, problem: Problem, place: Option<Place<'_>>) -> Result<(), SinkError>;

    /// Forgets every batch and problem so far: what the whole file tells of its formats is not what
    /// its beginning told, and it is read once more. Happens at most once.
    fn restart(&mut self) -> Result<(), SinkError>;

    /// The numbers of all problems, given out or not, when nothing more comes; also where the file is refused
    /// then.
    fn counts(&mut self, _counts: &[ProblemCount]) {}
}

/// Takes what a reading gives and keeps nothing.
#[derive(Debug)]
pub struct NullSink;

impl Sink for NullSink {
    fn batch(&mut self, _batch: RecordBatch) -> Result<(), SinkError> {
        Ok(())
    }

    fn problem(&mut self, _problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Where in the file a problem stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// The record as it stands; it may span lines. Empty for a workbook.
    pub record: &'a str,
    /// Where the cell lies in it.
    pub cell: Option<Range<usize>>,
}

pub(crate) struct Report<'s> {
    sink: &'s mut dyn Sink,
    /// By reason, level and the column's position.
    counts: BTreeMap<(Reason, Level, Option<usize>), u64>,
    given: u64,
    selection: ProblemSelection,
}

impl<'s> Report<'s> {
    pub(crate) fn new(sink: &'s mut dyn Sink, selection: ProblemSelection) -> Self {
        Self { sink, counts: BTreeMap::new(), given: 0, selection }
    }

    pub(crate) fn restart(&mut self) -> Result<(), ReadError> {
        self.counts.clear();
        self.given = 0;
        Ok(self.sink.restart()?)
    }

    pub(crate) fn batch(&mut self, batch: RecordBatch) -> Result<(), ReadError> {
        Ok(self.sink.batch(batch)?)
    }

    /// Counts a problem of the file and gives it out.
    pub(crate) fn file_problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.count(None, problem.reason, problem.level);
        Ok(self.sink.problem(problem, None)?)
    }

    /// Counts a problem of a record, or of a cell of it, and gives out the first few. `describe` gives the
    /// column and the value, and is asked only when the problem is given out.
    pub(crate) fn record_problem(
        &mut self,
        record: &Record,
        position: Option<usize>,
        (reason, level): (Reason, Level),
        describe: impl FnOnce() -> (Option<String>, Option<String>),
    ) -> Result<(), ReadError> {
        let so_far = self.count(position, reason, level);
        if !self.is_given_out((reason, level), so_far) {
            return Ok(());
        }
        self.given += 1;
        let (column, value) = describe();
        let cell = position.and_then(|position| record.range_in_raw(position));
        let place = Place { record: record.raw(), cell };
        let problem = Problem { line: Some(record.line), column, value, reason, level };
        Ok(self.sink.problem(problem, Some(place))?)
    }

    /// Says how many there were, and says it on; the most frequent first.
    pub(crate) fn finish(&mut self, header: impl Fn(usize) -> String) -> Vec<ProblemCount> {
        let mut counts: Vec<_> = self
            .counts
            .iter()
            .map(|((reason, level, position), count)| ProblemCount {
                column: position.map(&header),
                reason: *reason,
                level: *level,
                count: *count,
            })
            .collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.count));
        self.sink.counts(&counts);
        counts
    }

    fn is_given_out(&self, (reason, level): (Reason, Level), so_far: u64) -> bool {
        let most = match (self.selection, level) {
            (ProblemSelection::All, _) => return true,
            // Chosen before, see `identifiers`.
            (ProblemSelection::First, Level::Note) if reason == Reason::SharedIdentifier => {
                u64::MAX
            }
            (ProblemSelection::First, Level::Note) => NOTES_PER_REASON_MAX,
            (ProblemSelection::First, Level::SetAside) => PROBLEMS_PER_REASON_MAX,
        };
        so_far <= most && self.given < PROBLEMS_MAX
    }

    /// Counts so many more that are not given out.
    pub(crate) fn count_more(
        &mut self,
        position: Option<usize>,
        (reason, level): (Reason, Level),
        more: u64,
    ) {
        *self.counts.entry((reason, level, position)).or_default() += more;
    }

    fn count(&mut self, position: Option<usize>, reason: Reason, level: Level) -> u64 {
        let count = self.counts.entry((reason, level, position)).or_default();
        *count += 1;
        *count
    }
}
