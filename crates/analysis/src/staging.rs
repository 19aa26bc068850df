//! Rows of a file on their way into parts: one thread reads the file and writes some, another
//! writes the rest.
//!
//! Not for: what becomes of earlier rows (`replace`, `snapshot`). Invariant: a few batches are in memory,
//! whatever the file holds, and 16 bytes for each row's identity.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow_schema::{DataType, SchemaRef};
use domain::problem::{Problem, ProblemCount};
use domain::{FileType, UploadId};
use extract::{Options, Place, ReadError, Reading, Sink, SinkError};

use crate::error::Error;
use crate::identity::{Identifier, Identity};
use crate::limits::{BATCHES_AHEAD, OWN_BATCH_EVERY};
use crate::part::{Part, PartWriter};
use crate::row_traits::RowTraits;

/// The rows of a file, before anybody can see them.
pub(crate) struct StagedRows {
    pub(crate) parts: Vec<Part>,
    /// Of every row: who it is; empty where nothing can be replaced.
    pub(crate) identities: Vec<Identity>,
    /// Of every row of a snapshot: which supplier or employee it speaks of; empty for transactions.
    pub(crate) references: Vec<Identity>,
    /// Of every row that may replace one: what tells its invoice from others.
    pub(crate) traits: RowTraits,
}

/// Where the rows come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) upload: UploadId,
    pub(crate) version: i64,
}

/// Since when a variation is known: the version for one that is new.
pub(crate) type Since<'a> = &'a (dyn Fn(Identity) -> Option<i64> + Sync);

enum Piece {
    Batch(RecordBatch),
    Restart,
}

/// The parts and identities of the rows that one of the two threads writes.
pub(crate) struct StagingWriter<'a> {
    pub(crate) writer: PartWriter,
    columns: &'a Columns,
    since: Since<'a>,
    identities: Vec<Identity>,
    references: Vec<Identity>,
    /// None where nothing can be replaced.
    traits: Option<RowTraits>,
}

impl<'a> StagingWriter<'a> {
    /// `traits` when rows of the ledger may be replaced by what tells one invoice from another.
    pub(crate) fn new(
        writer: PartWriter,
        columns: &'a Columns,
        since: Since<'a>,
        traits: Option<RowTraits>,
    ) -> Self {
        let (identities, references) = (Vec::new(), Vec::new());
        Self { writer, columns, since, identities, references, traits }
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let first = self.identities.len();
        // The first rows of transactions take the place of none: nobody asks who they are.
        if self.columns.is_identified || self.traits.is_some() {
            self.columns.identity.of_rows(batch, &mut self.identities);
        }
        if self.columns.is_snapshot {
            self.columns.reference.of_rows(batch, &mut self.references);
        }
        if let Some(traits) = &mut self.traits {
            traits.add(batch, &self.identities[first..])?;
        }
        let complete = self.columns.complete(batch, &self.identities[first..], self.since)?;
        self.writer.write(&complete)
    }

    fn restart(&mut self) {
        self.writer.restart();
        self.identities.clear();
        self.references.clear();
        if let Some(traits) = &mut self.traits {
            traits.clear();
        }
    }

    fn finish(self) -> Result<StagedRows, Error> {
        let Self { writer, identities, references, traits, .. } = self;
        let traits = traits.unwrap_or_default();
        Ok(StagedRows { parts: writer.finish()?, identities, references, traits })
    }
}

/// The notes of a reading about its file.
#[derive(Debug, Default)]
pub(crate) struct FileNotes {
    /// The first of each kind.
    pub(crate) problems: Vec<Problem>,
    pub(crate) counts: Vec<ProblemCount>,
}

/// Reads the file to its end. What was said of it is in `told` even when it is refused.
pub(crate) fn stage(
    file: File,
    options: &Options<'_>,
    [own, other]: [StagingWriter<'_>; 2],
    told: &mut FileNotes,
) -> Result<Result<(Reading, StagedRows), extract::Refusal>, Error> {
    let (send, receive) = sync_channel(BATCHES_AHEAD);
    thread::scope(|scope| {
        let staging = scope.spawn(move || write_parts(&receive, other));
        let mut pipe = Pipe { send, own, batches: 0, told };
        let read = extract::read(file, options, &mut pipe);
        let Pipe { send, own, .. } = pipe;
        drop(send);
        let staged = evidence::parallel::join(staging);
        match read {
            Ok(reading) => Ok(Ok((reading, staged?.with(own.finish()?)))),
            Err(ReadError::Refused(refusal)) => Ok(Err(refusal)),
            // When the other thread hung up, its own error says why.
            Err(ReadError::Sink(error)) => Err(staged.err().unwrap_or_else(|| error.into())),
            Err(other) => Err(other.into()),
        }
    })
}

impl StagedRows {
    fn with(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self.identities.extend(other.identities);
        self.references.extend(other.references);
        self.traits.append(other.traits);
        self
    }
}

/// Passes batches on and writes some itself: reading takes less time than writing.
struct Pipe<'p, 's> {
    send: SyncSender<Piece>,
    own: StagingWriter<'s>,
    batches: usize,
    told: &'p mut FileNotes,
}

impl Pipe<'_, '_> {
    fn pass(&self, piece: Piece) -> Result<(), SinkError> {
        self.send.send(piece).map_err(|_hung_up| SinkError("the writer of parts stopped".into()))
    }
}

impl Sink for Pipe<'_, '_> {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self.batches += 1;
        // By number and not by who has time: a repetition writes the same parts.
        if self.batches.is_multiple_of(OWN_BATCH_EVERY) {
            return self.own.take(&batch).map_err(|error| SinkError(error.into()));
        }
        self.pass(Piece::Batch(batch))
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        self.told.problems.push(problem);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.told.problems.clear();
        self.batches = 0;
        self.own.restart();
        self.pass(Piece::Restart)
    }

    fn counts(&mut self, counts: &[ProblemCount]) {
        counts.clone_into(&mut self.told.counts);
    }
}

fn write_parts(
    receive: &Receiver<Piece>,
    mut staging: StagingWriter<'_>,
) -> Result<StagedRows, Error> {
    for piece in receive {
        match piece {
            Piece::Restart => staging.restart(),
            Piece::Batch(batch) => staging.take(&batch)?,
        }
    }
    staging.finish()
}

/// Adds to what was read where it came from.
pub(crate) struct Columns {
    schema: SchemaRef,
    identity: Identifier,
    reference: Identifier,
    is_snapshot: bool,
    /// Set where every row is asked who it is, whatever the ledger holds.
    is_identified: bool,
    version: i64,
    /// Repeated for a whole batch and cut to size.
    uploads: StringArray,
    versions: Int64Array,
}

impl Columns {
    pub(crate) fn new(
        file_type: FileType,
        schema: SchemaRef,
        origin: Origin,
    ) -> Result<Self, Error> {
        let rows = extract::limits::BATCH_ROWS_MAX + 1;
        let upload = origin.upload.to_string();
        Ok(Self {
            identity: Identifier::new(&schema, file_type.spec().variation)?,
            reference: Identifier::new(&schema, &[file_type.spec().key])?,
            is_snapshot: file_type.is_snapshot(),
            is_identified: file_type != FileType::Transactions && !file_type.is_batch(),
            version: origin.version,
            uploads: StringArray::from_iter_values(std::iter::repeat_n(upload, rows)),
            versions: Int64Array::from(vec![origin.version; rows]),
            schema,
        })
    }

    fn complete(
        &self,
        batch: &RecordBatch,
        identities: &[Identity],
        since: Since<'_>,
    ) -> Result<RecordBatch, Error> {
        let rows = batch.num_rows();
        let mut arrays: Vec<ArrayRef> = batch.columns().to_vec();
        arrays.push(Arc::new(self.uploads.slice(0, rows)));
        arrays.push(Arc::new(self.versions.slice(0, rows)));
        if self.is_snapshot {
            let first = identities.iter().map(|known| since(*known).unwrap_or(self.version));
            arrays.push(Arc::new(BooleanArray::from(vec![true; rows])));
            arrays.push(Arc::new(Int64Array::from_iter_values(first)));
            arrays.push(new_null_array(&DataType::Int64, rows));
        }
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(Error::encoding)
    }
}
