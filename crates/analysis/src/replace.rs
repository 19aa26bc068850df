//! Transactions and unposted invoices: a row takes the place of the earlier rows with its Unique ID, but for
//! those that `odd_replacements` keeps; absence means nothing.
//!
//! Parts that hold such rows are written again without them, the others stay as they are. Not Delta Lake's
//! MERGE: its join holds both sides and spikes in memory (delta-rs issues 2573, 2802, 4422), while this holds
//! two parts and 32 bytes for each new row.
//!
//! Rows of one file that share a Unique ID are all kept: they are the lines of one invoice, and which of them
//! would be the later state nobody could tell. Of a file that is read once more all earlier rows go.

use arrow_array::cast::AsArray as _;
use arrow_array::{BooleanArray, RecordBatch, StringArray};
use arrow_select::filter::filter_record_batch;
use domain::{FileType, UploadId};

use crate::error::Error;
use crate::identity::{Identifier, Identity, IdentitySet};
use crate::ledger::Ledger;
use crate::odd_replacements::OddReplacements;
use crate::part::{Part, PartStore, PartWriter};
use crate::row_traits::RowTraits;
use crate::schema::{UPLOAD_COLUMN, table_schema};

/// The changes to the parts there were.
#[derive(Debug, Default)]
pub(crate) struct RewrittenParts {
    pub(crate) added: Vec<Part>,
    pub(crate) removed: Vec<Part>,
    /// Rows that are no more, or are another.
    pub(crate) rows_replaced: u64,
    /// Of transactions.
    pub(crate) replacements: OddReplacements,
}

/// The rows that go as a file is read.
pub(crate) struct RowsToReplace<'a> {
    pub(crate) file_type: FileType,
    pub(crate) identities: &'a IdentitySet,
    /// The rows that take their places; none where nobody asks whether they are later states.
    pub(crate) new: Option<&'a RowTraits>,
    /// The upload whose rows go whatever they are, as it is read again: their Unique IDs may have been
    /// others.
    pub(crate) upload: Option<UploadId>,
}

/// Takes rows out of the ledger.
pub(crate) fn take_out(
    ledger: &Ledger,
    replaced: &RowsToReplace<'_>,
    stem: &str,
) -> Result<RewrittenParts, Error> {
    let parts = ledger.parts()?;
    let store = ledger.part_store();
    let rewritten = side_by_side(&parts, |number, part| {
        take_out_of(store, part, replaced, format!("{stem}-{number:05}"))
    })?;
    Ok(gathered(rewritten))
}

fn take_out_of(
    store: &PartStore,
    part: &Part,
    replaced: &RowsToReplace<'_>,
    stem: String,
) -> Result<Option<RewrittenParts>, Error> {
    let open = store.open(part)?;
    let key = replaced.file_type.spec().key;
    let columns: &[&str] = if replaced.upload.is_some() { &[key, UPLOAD_COLUMN] } else { &[key] };
    let upload = replaced.upload.map(|upload| upload.to_string());
    // Rows of other uploads that stay, and those of this one.
    let (mut keep, mut own): (Vec<bool>, Vec<bool>) = (Vec::new(), Vec::new());
    let mut found = Vec::new();
    for batch in open.rows(Some(columns))? {
        let batch = batch?;
        found.clear();
        Identifier::new(&batch.schema(), &[key])?.of_rows(&batch, &mut found);
        match &upload {
            Some(upload) => own.extend(rows_of(&batch, upload)?),
            None => own.resize(own.len() + batch.num_rows(), false),
        }
        let own = &own[keep.len()..];
        let stays =
            |(identity, own): (&Identity, &bool)| !own && !replaced.identities.contains(*identity);
        keep.extend(found.iter().zip(own).map(stays));
    }
    let mut rows_replaced = keep.iter().filter(|keep| !**keep).count() as u64;
    if rows_replaced == 0 {
        return Ok(None);
    }
    let schema = table_schema(replaced.file_type);
    let mut writer = PartWriter::new(store.clone(), schema, stem, key);
    let mut first = 0;
    let mut replacements = OddReplacements::default();
    for batch in open.rows(None)? {
        let batch = batch?;
        let rows = batch.num_rows();
        let keep = &mut keep[first..first + rows];
        if let Some(new) = replaced.new {
            // What the same file was read as before is no other invoice.
            let judged = keep.iter().zip(&own[first..]).map(|(keep, own)| !keep && !own);
            let judged: Vec<bool> = judged.collect();
            for stays in replacements.judge(&batch, &judged, new)? {
                keep[stays] = true;
                rows_replaced -= 1;
            }
        }
        writer.write(&filtered(&batch, keep)?)?;
        first += rows;
    }
    let (added, removed) = (writer.finish()?, vec![part.clone()]);
    Ok(Some(RewrittenParts { added, removed, rows_replaced, replacements }))
}

/// Tells of each row whether it came with the upload.
fn rows_of(batch: &RecordBatch, upload: &str) -> Result<Vec<bool>, Error> {
    let uploads = batch.column(batch.schema().index_of(UPLOAD_COLUMN)?);
    let uploads: &StringArray = uploads.as_string();
    Ok(uploads.iter().map(|of| of == Some(upload)).collect())
}

pub(crate) fn filtered(batch: &RecordBatch, keep: &[bool]) -> Result<RecordBatch, Error> {
    if keep.iter().all(|keep| *keep) {
        return Ok(batch.clone());
    }
    Ok(filter_record_batch(batch, &BooleanArray::from(keep.to_vec()))?)
}

pub(crate) fn gathered(pieces: Vec<Option<RewrittenParts>>) -> RewrittenParts {
    let mut all = RewrittenParts::default();
    for piece in pieces.into_iter().flatten() {
        all.added.extend(piece.added);
        all.removed.extend(piece.removed);
        all.rows_replaced += piece.rows_replaced;
        all.replacements.append(piece.replacements);
    }
    all
}

/// Works on a few parts at once; the results in the order of the parts.
pub(crate) fn side_by_side<T: Send>(
    parts: &[Part],
    work: impl Fn(usize, &Part) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = parts.get(number) else { return Ok(done) };
            match work(number, part) {
                Ok(result) => done.push((number, result)),
                Err(error) => {
                    next.store(parts.len(), Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
    };
    let threads = crate::limits::PARTS_AT_ONCE.min(parts.len());
    let results: Vec<Result<Vec<(usize, T)>, Error>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        started.into_iter().map(evidence::parallel::join).collect()
    });
    let mut all = Vec::with_capacity(parts.len());
    for done in results {
        all.extend(done?);
    }
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
