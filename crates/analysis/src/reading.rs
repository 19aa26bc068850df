//! Reading an upload into its ledger: all is prepared out of sight, then one commit shows it.
//!
//! Not for: jobs and the states of uploads. Invariant: [`Pending`] is the only thing that changes a ledger's
//! rows, and a commit of it tells which upload it was, so that after a crash nobody commits it twice.

use std::fs::File;
use std::sync::Arc;

use domain::problem::{Problem, ProblemCount};
use domain::{
    DateOrder, FileFormat, FileType, Findings, LedgerChange, LedgerName, ReadingRules, RowCounts,
    UploadId,
};
use extract::{ColumnFormat, DecidedBy, Options, Reading};
use jiff::Timestamp;

use crate::error::Error;
use crate::identity::{Identity, IdentitySet};
use crate::ledger::{Cause, Commit, Ledger};
use crate::limits::INACTIVE_PER_MILLE_MAX;
use crate::part::PartWriter;
use crate::replace::{Rewritten, take_out};
use crate::schema::{reference_field, table_schema};
use crate::snapshot::{Before, before, end_absent};
use crate::staging::{Columns, Origin, Share, Staged, stage};

/// What is to be read.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    pub ledger: LedgerName,
    pub upload: UploadId,
    pub format: FileFormat,
    pub rules: ReadingRules,
    /// A person has looked: a snapshot is not held, whomever it makes inactive.
    pub is_released: bool,
}

/// What reading came to.
#[derive(Debug)]
pub enum Prepared {
    Ready(Findings, Pending),
    /// Too many would become inactive; nothing was kept.
    Held {
        findings: Findings,
        rows: RowCounts,
        active_before: u64,
    },
    /// The file cannot be used; the reason is for its sender.
    Refused {
        findings: Findings,
        reason: String,
    },
}

/// A change that is written and not yet visible.
#[derive(Debug)]
pub struct Pending {
    ledger: Ledger,
    upload: UploadId,
    rows: RowCounts,
    staged: Vec<crate::part::Part>,
    rewritten: Rewritten,
}

impl Pending {
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
) -> Result<Prepared, Error> {
    let file_type = ledger.file_type();
    let version = i64::try_from(ledger.version() + 1).map_err(Error::storage)?;
    // Names say by which version and upload: a repetition writes the same ones.
    let stem = format!("v{version}-{}", request.upload);
    let before = if file_type.is_snapshot() { before(&ledger)? } else { Before::default() };
    let schema = table_schema(file_type);
    let columns =
        Columns::new(file_type, Arc::clone(&schema), Origin { upload: request.upload, version })?;
    let since = |variation: Identity| before.since.get(&variation).copied();
    let share = |name: &str| {
        let (store, stem) = (ledger.part_store().clone(), format!("{stem}-{name}"));
        let writer = PartWriter::new(store, Arc::clone(&schema), stem, reference_field(file_type));
        Share::new(writer, &columns, &since)
    };
    let mut problems = Vec::new();
    let options = options(file_type, request);
    let (reading, staged) =
        match stage(file, &options, [share("also"), share("new")], &mut problems)? {
            Ok(read) => read,
            Err(refusal) => {
                let counts = counted(&problems);
                let findings = Findings { problems, counts, date_order: None };
                return Ok(Prepared::Refused { findings, reason: refusal.to_string() });
            }
        };
    let findings =
        Findings { problems, counts: reading.problems.clone(), date_order: told_order(&reading) };
    let mut rows = RowCounts {
        rows_read: reading.rows_read,
        rows_set_aside: reading.rows_set_aside,
        non_rows: reading.non_rows.all(),
        ..RowCounts::default()
    };
    let Staged { parts, identities, references } = staged;
    let identities = IdentitySet::new(identities);
    let rewritten = if file_type.is_snapshot() {
        let references = IdentitySet::new(references);
        rows.made_inactive = before.active.count_missing_in(&references);
        let active_before = before.active.len() as u64;
        if is_unusual(rows.made_inactive, active_before) && !request.is_released {
            return Ok(Prepared::Held { findings, rows, active_before });
        }
        end_absent(&ledger, &identities, version, &format!("{stem}-kept"))?
    } else {
        take_out(&ledger, &identities, &format!("{stem}-kept"))?
    };
    rows.rows_replaced = rewritten.rows_replaced;
    let pending = Pending { ledger, upload: request.upload, rows, staged: parts, rewritten };
    Ok(Prepared::Ready(findings, pending))
}

/// More than a fifth of those there are.
const fn is_unusual(made_inactive: u64, active_before: u64) -> bool {
    made_inactive * 1_000 > active_before * INACTIVE_PER_MILLE_MAX
}

fn options(file_type: FileType, request: &ReadRequest) -> Options<'_> {
    let usual = Options::new(file_type, request.format);
    let rules = &request.rules;
    Options {
        mapping: rules.mapping.as_ref(),
        date_order: rules.date_order.unwrap_or(usual.date_order),
        failed_per_mille_max: rules.failed_per_mille_max.unwrap_or(usual.failed_per_mille_max),
        ..usual
    }
}

/// The order that the file's own dates settle; none when its columns differ.
fn told_order(reading: &Reading) -> Option<DateOrder> {
    let mut told = reading.columns.iter().filter_map(|column| match column.format {
        ColumnFormat::Date { order, by: DecidedBy::Values } => Some(order),
        _ => None,
    });
    let first = told.next()?;
    told.all(|order| order == first).then_some(first)
}

/// What was given out of a file that was not read to its end.
fn counted(problems: &[Problem]) -> Vec<ProblemCount> {
    let mut counts: Vec<ProblemCount> = Vec::new();
    for Problem { column, reason, level, .. } in problems {
        let known = counts
            .iter_mut()
            .find(|count| (count.reason, count.level, &count.column) == (*reason, *level, column));
        match known {
            Some(count) => count.count += 1,
            None => counts.push(ProblemCount {
                column: column.clone(),
                reason: *reason,
                level: *level,
                count: 1,
            }),
        }
    }
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}
