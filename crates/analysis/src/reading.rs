//! Reading an upload into its ledger: all is prepared out of sight, then one commit shows it.
//!
//! Not for: jobs and the states of uploads. Invariant: [`PreparedChange`] is the only thing that changes
//! a ledger's rows, but for marks (`posting`), and a commit of it tells which upload it was, so that after
//! a crash nobody commits it twice.

use std::fs::File;
use std::mem::take;
use std::sync::Arc;

use domain::hold::Replacement;
use domain::problem::{Level, Problem, ProblemCount, Reason};
use domain::{
    DateOrder, DecimalStyle, FileFormat, FileType, HoldReason, LedgerChange, LedgerName,
    ReadingReport, ReadingRules, RowCounts, UploadId,
};
use extract::{
    AmountFormat, ColumnFormat, DecidedBy, Field, IdentifierColumns, Options, Reading, shown,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::Error;
use crate::identity::{Identity, IdentitySet};
use crate::ledger::{Cause, Commit, Ledger};
use crate::limits::INACTIVE_PER_MILLE_MAX;
use crate::other_invoices::hold_reason;
use crate::other_payments::OtherPayment;
use crate::part::PartWriter;
use crate::replace::{RewrittenParts, RowsToReplace, take_out};
use crate::row_traits::RowTraits;
use crate::schema::table_schema;
use crate::snapshot::{EarlierSnapshot, end_absent};
use crate::staging::{Columns, FileNotes, Origin, StagedRows, StagingWriter, stage};

/// The upload to be read, and how.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    pub ledger: LedgerName,
    pub upload: UploadId,
    pub format: FileFormat,
    pub rules: ReadingRules,
    /// A person has looked: the file is not held, whatever it would do.
    pub is_released: bool,
    /// It is in the ledger as it was read before, and all of that goes.
    pub is_read_again: bool,
}

/// The outcome of reading a file.
pub type ReadingOutcome = domain::ReadingOutcome<PreparedChange>;

/// A change that is written and not yet visible.
#[derive(Debug)]
pub struct PreparedChange {
    ledger: Box<Ledger>,
    upload: UploadId,
    rows: RowCounts,
    staged: Vec<crate::part::Part>,
    rewritten: RewrittenParts,
}

impl PreparedChange {
    /// Shows the rows. [`Error::Overtaken`] when the ledger changed since they were prepared.
    pub async fn commit(self, now: Timestamp) -> Result<LedgerChange, Error> {
        let mut added = self.staged;
        added.extend(self.rewritten.added);
        let commit = Commit {
            added,
            removed: self.rewritten.removed,
            cause: Cause::Upload { id: self.upload, rows: self.rows },
            now,
        };
        let version = self.ledger.commit(commit).await?;
        Ok(LedgerChange { version, rows: self.rows })
    }
}

/// Reads the file into parts that nobody sees yet. Blocking: for a thread of its own.
pub(crate) fn prepare(
    ledger: Ledger,
    file: File,
    request: &ReadRequest,
) -> Result<ReadingOutcome, Error> {
    let file_type = ledger.file_type();
    let version = i64::try_from(ledger.version() + 1).map_err(Error::storage)?;
    // Names say by which version and upload: a repetition writes the same ones.
    let stem = format!("v{version}-{}", request.upload);
    let before = if file_type.is_snapshot() {
        EarlierSnapshot::read(&ledger)?
    } else {
        EarlierSnapshot::default()
    };
    let schema = table_schema(file_type);
    let columns =
        Columns::new(file_type, Arc::clone(&schema), Origin { upload: request.upload, version })?;
    let since = |variation: Identity| before.since.get(&variation).copied();
    // Workflows number by themselves: no company's and no year's documents share an id there.
    let can_reuse_ids = file_type == FileType::Transactions && !ledger.parts()?.is_empty();
    let writer = |name: &str| {
        let (store, stem) = (ledger.part_store().clone(), format!("{stem}-{name}"));
        let writer = PartWriter::new(store, Arc::clone(&schema), stem, file_type.spec().key);
        StagingWriter::new(writer, &columns, &since, can_reuse_ids.then(RowTraits::default))
    };
    let mut told = FileNotes::default();
    let options = options(file_type, request);
    let staged = stage(file, &options, [writer("also"), writer("new")], &mut told)?;
    let FileNotes { problems, counts } = told;
    let (reading, mut staged) = match staged {
        Ok(read) => read,
        Err(refusal) => {
            let report = ReadingReport { problems, counts, ..ReadingReport::default() };
            let (reason, remedy) = (refusal.to_string(), refusal.remedy());
            return Ok(ReadingOutcome::Refused { report, reason, remedy });
        }
    };
    let mut report = ReadingReport {
        problems,
        counts,
        date_order: settled(&reading, date_order_by_values),
        decimal_style: settled(&reading, decimal_style_by_values),
    };
    let mut rows = RowCounts {
        rows_read: reading.rows_read,
        rows_set_aside: reading.rows_set_aside,
        non_rows: reading.non_rows.all(),
        ..RowCounts::default()
    };
    let merge = Merge { ledger: &ledger, request, version, stem: &stem };
    let merged = if file_type.is_snapshot() {
        merge.snapshot(&mut staged, &before, &mut rows)?
    } else if file_type.is_batch() {
        merge.batch(&mut rows)?
    } else {
        merge.changes(&mut staged, &reading.identifier, &mut rows, &mut report)?
    };
    let rewritten = match merged {
        MergeOutcome::Ready(rewritten) => rewritten,
        MergeOutcome::Held(reason) => return Ok(ReadingOutcome::Held { report, rows, reason }),
    };
    let (ledger, upload) = (Box::new(ledger), request.upload);
    let change = PreparedChange { ledger, upload, rows, staged: staged.parts, rewritten };
    Ok(ReadingOutcome::Ready(report, change))
}

/// A file that is staged, and the rows of the ledger it changes.
struct Merge<'a> {
    ledger: &'a Ledger,
    request: &'a ReadRequest,
    version: i64,
    stem: &'a str,
}

enum MergeOutcome {
    Ready(RewrittenParts),
    Held(HoldReason),
}

impl Merge<'_> {
    fn kept(&self) -> String {
        format!("{}-kept", self.stem)
    }

    fn snapshot(
        &self,
        staged: &mut StagedRows,
        before: &EarlierSnapshot,
        rows: &mut RowCounts,
    ) -> Result<MergeOutcome, Error> {
        let references = IdentitySet::new(take(&mut staged.references));
        rows.made_inactive = before.active.count_missing_in(&references);
        let active_before = before.active.len() as u64;
        if is_unusual(rows.made_inactive, active_before) && !self.request.is_released {
            return Ok(MergeOutcome::Held(HoldReason::ManyInactive { active_before }));
        }
        let identities = IdentitySet::new(take(&mut staged.identities));
        let rewritten = end_absent(self.ledger, &identities, self.version, &self.kept())?;
        rows.rows_replaced = rewritten.rows_replaced;
        Ok(MergeOutcome::Ready(rewritten))
    }

    /// Adds the rows; of a file that is read again those of before go.
    fn batch(&self, rows: &mut RowCounts) -> Result<MergeOutcome, Error> {
        let replaced = RowsToReplace {
            file_type: self.ledger.file_type(),
            identities: &IdentitySet::default(),
            new: None,
            upload: self.request.is_read_again.then_some(self.request.upload),
        };
        if replaced.upload.is_none() {
            return Ok(MergeOutcome::Ready(RewrittenParts::default()));
        }
        let rewritten = take_out(self.ledger, &replaced, &self.kept())?;
        rows.rows_replaced = rewritten.rows_replaced;
        Ok(MergeOutcome::Ready(rewritten))
    }

    fn changes(
        &self,
        staged: &mut StagedRows,
        columns: &IdentifierColumns,
        rows: &mut RowCounts,
        report: &mut ReadingReport,
    ) -> Result<MergeOutcome, Error> {
        let identities = IdentitySet::new(take(&mut staged.identities));
        let new = take(&mut staged.traits).sorted();
        let file_type = self.ledger.file_type();
        let replaced = RowsToReplace {
            file_type,
            identities: &identities,
            new: (file_type == FileType::Transactions).then_some(&new),
            upload: self.request.is_read_again.then_some(self.request.upload),
        };
        let mut rewritten = take_out(self.ledger, &replaced, &self.kept())?;
        rows.rows_replaced = rewritten.rows_replaced;
        let payments = take(&mut rewritten.replacements.other_payments);
        if payments.rows > 0 {
            let count = payments.rows;
            let payments = payments.payments(self.ledger.part_store(), &staged.parts)?;
            note_other_payments(report, columns, count, &payments);
        }
        let kept = take(&mut rewritten.replacements.kept_invoices);
        if kept.rows > 0 {
            let count = kept.rows;
            let both = kept.replacements(self.ledger.part_store(), &staged.parts)?;
            note_other_invoices(report, columns, (Reason::OtherInvoiceKept, count), &both);
        }
        let others = take(&mut rewritten.replacements.other_invoices);
        if others.rows == 0 {
            return Ok(MergeOutcome::Ready(rewritten));
        }
        let (count, is_held) =
            (others.rows, others.are_unusual(rewritten.rows_replaced) && !self.request.is_released);
        let replacements = others.replacements(self.ledger.part_store(), &staged.parts)?;
        let said = (Reason::OtherInvoiceReplaced, count);
        note_other_invoices(report, columns, said, &replacements);
        Ok(if is_held {
            MergeOutcome::Held(hold_reason(count, columns, replacements))
        } else {
            MergeOutcome::Ready(rewritten)
        })
    }
}

/// More than a fifth of those there are.
const fn is_unusual(made_inactive: u64, active_before: u64) -> bool {
    made_inactive * 1_000 > active_before * INACTIVE_PER_MILLE_MAX
}

fn options(file_type: FileType, request: &ReadRequest) -> Options<'_> {
    // The day of the upload, so that a file is read the same whenever that is done.
    let received = request.upload.made_at().to_zoned_datetime(TimeZone::UTC).date();
    Options::by_rules(file_type, request.format, &request.rules).on(received)
}

/// Says of each row with the Unique ID of another invoice what became of that, and how many there are.
fn note_other_invoices(
    report: &mut ReadingReport,
    columns: &IdentifierColumns,
    (reason, count): (Reason, u64),
    replacements: &[Replacement],
) {
    let level = Level::Note;
    let column = Some(columns.title());
    let field = Field::named(FileType::Transactions, FileType::Transactions.spec().key);
    // A row may be the later of several.
    for same in replacements.chunk_by(|one, other| one.after.line == other.after.line) {
        report.problems.push(Problem {
            line: Some(same[0].after.line),
            column: column.clone(),
            value: Some(shown(&same[0].unique_id, field)),
            reason,
            level,
        });
    }
    report.counts.push(ProblemCount { column, reason, level, count });
}

/// Says of each row that pays an earlier one on another day, and how many there are.
fn note_other_payments(
    report: &mut ReadingReport,
    columns: &IdentifierColumns,
    count: u64,
    payments: &[OtherPayment],
) {
    let (reason, level) = (Reason::OtherPaymentReplaced, Level::Note);
    let column = Some(columns.title());
    let field = Field::named(FileType::Transactions, FileType::Transactions.spec().key);
    report.problems.extend(payments.iter().map(|payment| Problem {
        line: Some(payment.line),
        column: column.clone(),
        value: Some(format!(
            "{}: paid {}, before {}",
            shown(&payment.unique_id, field),
            payment.after,
            payment.before
        )),
        reason,
        level,
    }));
    report.counts.push(ProblemCount { column, reason, level, count });
}

/// The style that the file's own values settle; none when its columns differ.
fn settled<T: PartialEq>(
    reading: &Reading,
    by_values: impl Fn(ColumnFormat) -> Option<T>,
) -> Option<T> {
    let mut settled = reading.columns.iter().filter_map(|column| by_values(column.format));
    let first = settled.next()?;
    settled.all(|other| other == first).then_some(first)
}

const fn date_order_by_values(format: ColumnFormat) -> Option<DateOrder> {
    match format {
        ColumnFormat::Date { order, by: DecidedBy::Values, .. } => Some(order),
        _ => None,
    }
}

const fn decimal_style_by_values(format: ColumnFormat) -> Option<DecimalStyle> {
    match format {
        ColumnFormat::Amount(AmountFormat { style, by: DecidedBy::Values, .. }) => Some(style),
        _ => None,
    }
}
