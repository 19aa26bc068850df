//! Duplicate invoices: rows into a table of invoices, searched, groups into findings.
//!
//! Not for: which invoices are compared, or how (`evidence::duplicates`).

mod advice;
mod batch;
mod credit_notes;
mod describe;
mod lines;
mod other_references;
mod payee_names;
mod payees;
mod screening;
mod sent_again;
mod withheld_names;

use std::collections::BTreeMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array as _, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;
use domain::finding::{
    FileWithOtherReferences, Finding, InvoicesRead, OverfullBlock, PositiveCreditNotes, Suppression,
};
use domain::{Amount, FileType, InvoiceLines, MinorDigits};
use evidence::duplicates::{Group, Judge, Overfull, Reason, Search, SumsLeftOut, groups};
use evidence::habits::Habits;
use evidence::invoices::{Invoice, Invoices, NO_DAY};
use evidence::netting::Netting;
use evidence::weigh::WeighedPair;
use evidence::{narrow, short_text_key};
use futures_util::StreamExt as _;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use self::credit_notes::CreditNoteRows;
use self::describe::{finding, why};
use self::lines::RollUp;
use self::payees::Payees;
pub(crate) use self::screening::{NewInvoice, ScreenedLedger};
pub(super) use self::withheld_names::is_withheld;
use super::{Outcome, Run};
use crate::checks::{Check, ConfiguredCheck};
use crate::engine::{Stop, query, query_all};
use crate::error::Error;
use crate::limits::{PAIRS_KEPT_MIN, PAIRS_KEPT_OF_INVOICE, SUPPRESSED_KEPT_MAX};

/// Overfull blocks named in a report; there are rarely more than a handful.
const OVERFULL_NAMED_MAX: usize = 100;

/// The invoices of a ledger and the words they are described by.
#[derive(Default)]
pub(super) struct InvoiceTable {
    pub(super) invoices: Invoices,
    payees: Payees,
    words: FxHashMap<String, u32>,
    base_currency: Option<String>,
    /// The ledger says of some invoice that it was paid, so that another was not.
    knows_payments: bool,
    uploads: Uploads,
    /// Ids of invoices that are in the workflow still.
    unposted: FxHashSet<String>,
    positive_credit_notes: PositiveCreditNotes,
    other_references: Vec<FileWithOtherReferences>,
}

/// The upload that each row came with.
#[derive(Default)]
struct Uploads {
    /// Of each row, by its place in `names`.
    of_rows: Vec<u32>,
    names: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

/// The figures of the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    suppliers: usize,
    pairs_weighed: u64,
    #[serde(flatten)]
    read: InvoicesRead,
}

pub(super) async fn find(
    run: &Run,
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    let setting = run.inputs.settings.invoice_lines;
    let mut table = InvoiceTable::read(&run.stop, session, check).await?;
    tokio::task::block_in_place(|| {
        table.find_other_references(run);
        let rolled = table.roll_up(setting, run.engine.threads());
        table.search(run, check, &rolled)
    })
}

/// The probability from which on a pair is shown, and how many invoices alike in one respect are compared.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a parameter that counts"
)]
fn thresholds(check: &ConfiguredCheck) -> (f64, usize) {
    (check.parameter("threshold"), check.parameter("pair_cap") as usize)
}

async fn base_currency(session: &SessionContext) -> Result<Option<String>, Error> {
    let sql = "SELECT base_amount_currency, count(*) AS n FROM transactions \
        WHERE base_amount_currency IS NOT NULL GROUP BY 1 ORDER BY n DESC LIMIT 1";
    let found = query_all(session, sql).await?;
    let first = found.iter().find(|batch| batch.num_rows() > 0);
    Ok(first.map(|batch| batch.column(0).as_string::<i32>().value(0).to_owned()))
}

impl InvoiceTable {
    /// The rows, each as an invoice.
    async fn read(
        stop: &Stop,
        session: &SessionContext,
        check: &ConfiguredCheck,
    ) -> Result<Self, Error> {
        let (mut table, mut credit_notes) = (Self::default(), CreditNoteRows::default());
        let mut stream = query(session, &check.main_sql()).await?;
        while let Some(batch) = stream.next().await {
            stop.check()?;
            table.add(&batch?, &mut credit_notes);
        }
        table.positive_credit_notes = credit_notes.read();
        table.base_currency = base_currency(session).await?;
        table.invoices.base_digits = MinorDigits::of(table.base_currency.as_deref());
        Ok(table)
    }

    fn find_other_references(&mut self, run: &Run) {
        let (payees, invoices, uploads) = (&self.payees, &self.invoices, &self.uploads);
        let file_names = &run.inputs.file_names;
        self.other_references = other_references::find(payees, invoices, uploads, file_names);
    }

    /// Makes invoices of the rows, in the order of their ids, and parties of who billed them. An invoice in
    /// the workflow is no line of one that was posted.
    fn roll_up(&mut self, setting: InvoiceLines, threads: usize) -> RollUp {
        self.uploads.rank();
        self.payees.split_collective(&mut self.invoices);
        let uploads = std::mem::take(&mut self.uploads.of_rows);
        let invoices = &self.invoices;
        let is_unposted = |at: usize| self.unposted.contains(invoices.id(at));
        let is_apart: Vec<bool> = if self.unposted.is_empty() {
            Vec::new()
        } else {
            (0..invoices.len()).map(is_unposted).collect()
        };
        let rolled = lines::roll_up(&mut self.invoices, (&uploads, &is_apart), setting, threads);
        self.invoices.sort_by_id_without(&rolled.left_out, threads);
        self.knows_payments = self.invoices.is_paid.contains(&true);
        self.payees.join_parties(&mut self.invoices);
        rolled
    }

    /// The ledger that an invoice is in.
    fn ledger_of(&self, at: usize) -> FileType {
        if self.unposted.contains(self.invoices.id(at)) {
            FileType::UnpostedInvoices
        } else {
            FileType::Transactions
        }
    }

    fn search(
        &mut self,
        run: &Run,
        check: &ConfiguredCheck,
        rolled: &RollUp,
    ) -> Result<Outcome, Error> {
        self.invoices.sort_by_party();
        let (invoices, threads) = (&self.invoices, run.engine.threads());
        let habits = &Habits::learn(invoices, threads);
        let netting = &Netting::find(invoices, habits);
        let (threshold, cap) = thresholds(check);
        let judge = Judge { invoices, habits, netting, threshold };
        let check = check.definition;
        let pairs_max = PAIRS_KEPT_MIN.max(invoices.len().saturating_mul(PAIRS_KEPT_OF_INVOICE));
        let found = Search { judge, cap, pairs_max, threads, stop: run.stop.flag() }.execute();
        run.stop.check()?;
        let named = found.overfull.iter().take(OVERFULL_NAMED_MAX);
        let mut outcome = Outcome {
            overfull: named.map(|block| self.overfull(block)).collect(),
            figures: serde_json::to_value(Figures {
                suppliers: self.payees.len(),
                pairs_weighed: found.pairs,
                read: self.invoices_read(run, rolled, found.sums_left_out),
            })
            .map_err(Error::storage)?,
            ..Outcome::default()
        };
        outcome.findings.extend(sent_again::findings(self, &run.inputs, check, &rolled.sent_again));
        for group in groups(invoices, found.shown, found.batches) {
            outcome.findings.push(if group.pairs.is_empty() {
                finding(self, habits, check, &group)
            } else {
                batch::finding(self, habits, check, &group)
            });
        }
        outcome.suppressed =
            suppressed(self, habits, netting, check, found.suppressed, &mut outcome.counts);
        Ok(outcome)
    }

    fn invoices_read(&self, run: &Run, rolled: &RollUp, sums: SumsLeftOut) -> InvoicesRead {
        let of_lines = || self.invoices.rows.iter().filter(|rows| **rows > 1);
        InvoicesRead {
            invoice_lines: run.inputs.settings.invoice_lines,
            invoices: self.invoices.len() as u64,
            invoices_of_lines: of_lines().count() as u64,
            lines: of_lines().map(|rows| u64::from(*rows)).sum(),
            repeated_invoices: rolled.repeated,
            rows_left_out: rolled.copies,
            files_sent_again: sent_again::named(self, &run.inputs, &rolled.sent_again),
            sums_of_runs_only: sums.only_runs,
            sums_not_searched: sums.not_searched,
            positive_credit_notes: self.positive_credit_notes.clone(),
            other_references: self.other_references.clone(),
            statuses: run.statuses.read.clone(),
        }
    }

    fn overfull(&self, block: &Overfull) -> OverfullBlock {
        let shared = block.blocking_key.words();
        OverfullBlock {
            block: shared.into(),
            shared: format!("{shared} of {}", self.invoices.id(block.first)),
            rows: block.invoices as u64,
        }
    }

    fn add(&mut self, batch: &RecordBatch, credit_notes: &mut CreditNoteRows) {
        let text = |at: usize| batch.column(at).as_string::<i32>();
        let amount = |at: usize| batch.column(at).as_primitive::<Decimal128Type>();
        let day = |at: usize, row: usize| {
            let column = batch.column(at).as_primitive::<Date32Type>();
            if column.is_valid(row) { column.value(row) } else { NO_DAY }
        };
        let mut normal = String::new();
        let nearest = |value: i128| Amount::nearest(value).ten_thousandths();
        for row in 0..batch.num_rows() {
            let (supplier, name) = self.payees.number(value(text(2), row), value(text(3), row));
            let (number, invoiced) = (value(text(1), row), day(7, row));
            let described = normalised(value(text(14), row), &mut normal);
            let invoice = Invoice {
                id: value(text(0), row),
                number,
                supplier,
                name,
                party: supplier,
                amount: nearest(amount(4).value(row)),
                stated: nearest(amount(5).value(row)),
                currency: self.word(value(text(6), row)),
                invoiced,
                entered: if day(8, row) == NO_DAY { invoiced } else { day(8, row) },
                paid: day(9, row),
                is_paid: batch.column(16).as_boolean().value(row),
                user: self.word(value(text(10), row)),
                group: self.word(value(text(11), row)),
                order: short_text_key(value(text(12), row)),
                means: self.word(value(text(13), row)),
                description: short_text_key(described),
            };
            self.invoices.push(&invoice);
            self.uploads.push(value(text(15), row));
            if batch.column(17).as_boolean().value(row) {
                let amounts = [invoice.amount, invoice.stated];
                credit_notes.count(supplier, (number, described), amounts);
            } else {
                self.unposted.insert(value(text(0), row).to_owned());
            }
        }
    }

    fn word(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(word) = self.words.get(text) {
            return *word;
        }
        let word = narrow(self.words.len() + 1);
        self.words.insert(text.to_owned(), word);
        word
    }

    /// The reference of an invoice's supplier and the name on it.
    fn supplier_of(&self, at: usize) -> (&str, &str) {
        self.payees.of(&self.invoices, at)
    }
}

impl Uploads {
    fn push(&mut self, name: &str) {
        // Rows of one upload mostly stand together.
        let last = self.of_rows.last().copied().filter(|last| self.names[*last as usize] == name);
        let number = if let Some(last) = last {
            last
        } else if let Some(number) = self.numbers.get(name) {
            *number
        } else {
            let next = narrow(self.names.len());
            self.numbers.insert(name.to_owned(), next);
            self.names.push(name.to_owned());
            next
        };
        self.of_rows.push(number);
    }

    /// Numbers uploads in the order in which they came, as their ids sort.
    fn rank(&mut self) {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_unstable_by(|x, y| self.names[*x].cmp(&self.names[*y]));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in (0_u32..).zip(&order) {
            ranks[*number] = rank;
        }
        for number in &mut self.of_rows {
            *number = ranks[*number as usize];
        }
        self.names.sort_unstable();
        self.numbers.clear();
    }
}

fn value(column: &StringArray, row: usize) -> &str {
    if column.is_valid(row) { column.value(row) } else { "" }
}

/// A text without what keying it again changes by itself: capitals and spaces.
fn normalised<'a>(text: &str, normal: &'a mut String) -> &'a str {
    normal.clear();
    if text.is_ascii() {
        for word in text.split_whitespace() {
            if !normal.is_empty() {
                normal.push(' ');
            }
            normal.push_str(word);
        }
        normal.make_ascii_lowercase();
        return normal;
    }
    for word in text.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.extend(word.chars().flat_map(char::to_lowercase));
    }
    normal
}

/// Counts all, and describes the most telling of each reason.
fn suppressed(
    table: &InvoiceTable,
    habits: &Habits,
    netting: &Netting,
    check: &Check,
    mut all: Vec<(WeighedPair, Reason)>,
    counts: &mut BTreeMap<String, u64>,
) -> Vec<Finding> {
    let bits = |weighed: &WeighedPair| (weighed.pooled_bits() * 1e6).round();
    all.sort_by(|(x, _), (y, _)| {
        bits(y).total_cmp(&bits(x)).then((x.pair.a, x.pair.b).cmp(&(y.pair.a, y.pair.b)))
    });
    let mut described = Vec::new();
    for (weighed, reason) in all {
        let count = counts.entry(reason.as_str().into()).or_default();
        *count += 1;
        if *count > SUPPRESSED_KEPT_MAX as u64 {
            continue;
        }
        let invoices = vec![weighed.pair.a, weighed.pair.b];
        let amounts =
            [table.invoices.amount[weighed.pair.a], table.invoices.amount[weighed.pair.b]];
        let words = why(table, habits, netting, &weighed, reason);
        let at_risk = amounts[0].min(amounts[1]).max(0);
        let group = Group { invoices, pairs: Vec::new(), at_risk, best: weighed };
        let mut found = finding(table, habits, check, &group);
        found.suppressed = Some(Suppression { reason: reason.as_str().into(), words });
        described.push(found);
    }
    described
}
