//! Posting: unposted invoices that have become transactions. Each is marked with the transaction's Unique ID
//! and is open no more.
//!
//! An invoice was posted as a transaction that bears its Unique ID, or as one of the same supplier,
//! number and amount that was keyed on the day on which it was captured or later. Lines of one invoice are
//! added up, whether they bear one Unique ID or, of one day, one each: the mark is the first of these. A
//! transaction was one invoice: where two are alike, the one captured first became it and the other is still
//! open, as a duplicate of it.
//!
//! Not for: invoices whose status says that they are posted (`domain::InvoiceWorkflow`).
//!
//! Invariant: a mark is made once and never moved, and a file that sends the row again is marked alike.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use domain::columns::unposted_invoices::POSTED_AS;
use domain::{FileType, InvoiceWorkflow, UploadId};
use evidence::invoice_number::InvoiceNumber;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::Error;
use crate::ledger::{Cause, Commit, Ledger};
use crate::part::{Part, PartStore, PartWriter};
use crate::replace::{RewrittenParts, gathered, side_by_side};
use crate::schema::{UPLOAD_COLUMN, table_schema};
use crate::supplier_lookup::reference_key;

const UNPOSTED: FileType = FileType::UnpostedInvoices;

const UNPOSTED_COLUMNS: [&str; 9] = [
    "unique_id",
    "invoice_number",
    "invoice_amount",
    "status",
    "received_date",
    "entered_date",
    "supplier_ref",
    POSTED_AS,
    UPLOAD_COLUMN,
];
const TRANSACTION_COLUMNS: [&str; 7] = [
    "unique_id",
    "invoice_number",
    "invoice_amount",
    "invoice_date",
    "entered_date",
    "supplier_ref",
    UPLOAD_COLUMN,
];

/// Supplier and number, as two extracts may write them.
type InvoiceKey = (u64, String);

/// An invoice that waits.
#[derive(Debug)]
struct OpenInvoice {
    id: String,
    amount: i128,
    /// Days since 1970.
    captured: i32,
    upload: String,
}

/// The days of a document: of its date, and on which it was keyed.
type Days = (Option<i32>, Option<i32>);

/// A transaction that an open invoice may have become; its lines are added up.
#[derive(Debug)]
struct Candidate {
    /// Of several the smallest, as of the lines of an invoice.
    id: String,
    amount: i128,
    days: Days,
    upload: String,
}

/// The open invoices of a unit by supplier and number, and what was posted before.
#[derive(Debug, Default)]
struct OpenInvoices {
    by_key: HashMap<InvoiceKey, Vec<OpenInvoice>>,
    ids: HashMap<String, u64>,
    /// Transactions that an invoice became already.
    taken: HashSet<String>,
    /// The documents that they stand in.
    taken_documents: HashSet<(InvoiceKey, Days)>,
}

/// The invoices that were posted since, each with the transaction that it became. Blocking.
pub(crate) fn find_posted(
    unposted: &Ledger,
    transactions: &Ledger,
) -> Result<HashMap<String, String>, Error> {
    let open = OpenInvoices::read(unposted)?;
    if open.ids.is_empty() {
        return Ok(HashMap::new());
    }
    open.posted(transactions)
}

/// Writes the marks into the parts that hold the rows. Blocking.
pub(crate) fn write_marks(
    unposted: &Ledger,
    marks: &HashMap<String, String>,
) -> Result<RewrittenParts, Error> {
    let stem = format!("v{}-posted", unposted.version() + 1);
    let store = unposted.part_store();
    let rewritten = side_by_side(&unposted.parts()?, |number, part| {
        mark_part(store, part, marks, format!("{stem}-{number:05}"))
    })?;
    Ok(gathered(rewritten))
}

/// Shows the marks.
pub(crate) async fn commit(
    unposted: &Ledger,
    rewritten: RewrittenParts,
    now: Timestamp,
) -> Result<u64, Error> {
    let RewrittenParts { added, removed, .. } = rewritten;
    unposted.commit(Commit { added, removed, cause: Cause::Posting, now }).await
}

impl OpenInvoices {
    fn read(unposted: &Ledger) -> Result<Self, Error> {
        let mut open = Self::default();
        for batch in unposted.rows(Some(UNPOSTED_COLUMNS.map(str::to_owned).into()))? {
            let batch = batch?;
            let text = Texts::new(&batch);
            let [received, entered] =
                ["received_date", "entered_date"].map(|name| day(&batch, name));
            let (received, entered) = (received?, entered?);
            let amounts = amounts(&batch)?;
            for row in 0..batch.num_rows() {
                let of = |name| text.of(name, row);
                if let Some(posted_as) = of(POSTED_AS) {
                    open.taken.insert(posted_as.to_owned());
                }
                if InvoiceWorkflow::new(of("status"), of(POSTED_AS)) != InvoiceWorkflow::Open {
                    continue;
                }
                let (Some(id), Some(upload)) = (of("unique_id"), of(UPLOAD_COLUMN)) else {
                    continue;
                };
                let supplier = supplier_key(of("supplier_ref"));
                open.ids.insert(id.to_owned(), supplier);
                let Some(key) = key(supplier, of("invoice_number")) else { continue };
                let captured = entered(row).or_else(|| received(row));
                let invoice = OpenInvoice {
                    id: id.to_owned(),
                    amount: amounts(row),
                    captured: captured.map_or_else(|| day_of_upload(upload), Ok)?,
                    upload: upload.to_owned(),
                };
                open.by_key.entry(key).or_default().push(invoice);
            }
        }
        for alike in open.by_key.values_mut() {
            alike.sort_by(|x, y| (x.captured, &x.id).cmp(&(y.captured, &y.id)));
        }
        Ok(open)
    }

    /// Returns of each open invoice that was posted the transaction that it became.
    fn posted(mut self, transactions: &Ledger) -> Result<HashMap<String, String>, Error> {
        let mut posted = HashMap::new();
        let mut candidates: BTreeMap<(InvoiceKey, String), Candidate> = BTreeMap::new();
        for batch in transactions.rows(Some(TRANSACTION_COLUMNS.map(str::to_owned).into()))? {
            let batch = batch?;
            let text = Texts::new(&batch);
            let [invoiced, entered] =
                ["invoice_date", "entered_date"].map(|name| day(&batch, name));
            let (invoiced, entered) = (invoiced?, entered?);
            let amounts = amounts(&batch)?;
            for row in 0..batch.num_rows() {
                let of = |name| text.of(name, row);
                let Some(id) = of("unique_id") else { continue };
                let supplier = supplier_key(of("supplier_ref"));
                let is_itself = self.ids.get(id) == Some(&supplier);
                if is_itself {
                    posted.insert(id.to_owned(), id.to_owned());
                }
                let Some(key) = key(supplier, of("invoice_number")) else { continue };
                if !self.by_key.contains_key(&key) {
                    continue;
                }
                let days = (invoiced(row), entered(row));
                if is_itself || self.taken.contains(id) {
                    self.taken_documents.insert((key.clone(), days));
                }
                if self.taken.contains(id) {
                    continue;
                }
                let upload = of(UPLOAD_COLUMN).unwrap_or("").to_owned();
                let first = Candidate { id: id.to_owned(), amount: 0, days, upload };
                candidates.entry((key, id.to_owned())).or_insert(first).amount += amounts(row);
            }
        }
        let candidates = candidates.into_iter().map(|((key, _), candidate)| (key, candidate));
        let others = self.take(candidates.collect(), &mut posted);
        let documents = self.documents(others);
        self.take(documents, &mut posted);
        Ok(posted)
    }

    /// Notes of each transaction which open invoice it was, and returns those that were none.
    fn take(
        &mut self,
        mut candidates: Vec<(InvoiceKey, Candidate)>,
        posted: &mut HashMap<String, String>,
    ) -> Vec<(InvoiceKey, Candidate)> {
        candidates.sort_by(|(_, x), (_, y)| {
            (x.keyed(), &x.upload, &x.id).cmp(&(y.keyed(), &y.upload, &y.id))
        });
        candidates.retain(|(key, candidate)| {
            let alike = self.by_key.get_mut(key).expect("a candidate has an open invoice's key");
            let first = alike.iter().position(|invoice| {
                candidate.is_later_state_of(invoice) && !posted.contains_key(&invoice.id)
            });
            if let Some(at) = first {
                posted.insert(alike.remove(at).id, candidate.id.clone());
                self.taken_documents.insert((key.clone(), candidate.days));
            }
            first.is_none()
        });
        candidates
    }

    /// Transactions of one supplier, number and days added up, as a run adds lines up. Where one of them
    /// was an invoice by itself, the others are too.
    fn documents(&self, lines: Vec<(InvoiceKey, Candidate)>) -> Vec<(InvoiceKey, Candidate)> {
        let mut documents: BTreeMap<(InvoiceKey, Days), Candidate> = BTreeMap::new();
        for (key, line) in lines {
            match documents.entry((key, line.days)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(line);
                }
                Entry::Occupied(mut known) => {
                    let document = known.get_mut();
                    document.amount += line.amount;
                    document.id = line.id.min(std::mem::take(&mut document.id));
                    document.upload = line.upload.min(std::mem::take(&mut document.upload));
                }
            }
        }
        documents.retain(|document, _| !self.taken_documents.contains(document));
        documents.into_iter().map(|((key, _), candidate)| (key, candidate)).collect()
    }
}

impl Candidate {
    /// The day on which it was keyed; none where the ledger has no other day than the invoice's own.
    fn keyed(&self) -> Option<i32> {
        let (invoiced, entered) = self.days;
        entered.filter(|day| Some(*day) != invoiced)
    }

    fn is_later_state_of(&self, invoice: &OpenInvoice) -> bool {
        let is_after = match self.keyed() {
            Some(day) => day >= invoice.captured,
            // Ids of uploads sort by when they came.
            None => self.upload > invoice.upload,
        };
        is_after && self.amount == invoice.amount
    }
}

fn supplier_key(reference: Option<&str>) -> u64 {
    evidence::text_key(&reference_key(reference.unwrap_or("")))
}

/// The key of an invoice; none where the number tells nothing: it is empty, or a spreadsheet has ruined it.
fn key(supplier: u64, number: Option<&str>) -> Option<InvoiceKey> {
    let number = InvoiceNumber::new(number?);
    number.is_usable().then_some((supplier, number.plain))
}

/// The text columns of a batch by their names.
struct Texts<'a>(HashMap<&'a str, &'a StringArray>);

impl<'a> Texts<'a> {
    fn new(batch: &'a RecordBatch) -> Self {
        let mut texts = HashMap::new();
        for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            if let Some(column) = column.as_string_opt::<i32>() {
                texts.insert(field.name().as_str(), column);
            }
        }
        Self(texts)
    }

    /// The value of a row; none where it is empty.
    fn of(&self, name: &str, row: usize) -> Option<&'a str> {
        let column = self.0.get(name)?;
        let value = column.is_valid(row).then(|| column.value(row))?;
        (!value.trim().is_empty()).then_some(value)
    }
}

fn day<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<impl Fn(usize) -> Option<i32> + 'a, Error> {
    let days = batch.column(batch.schema_ref().index_of(name)?).as_primitive::<Date32Type>();
    Ok(move |row| days.is_valid(row).then(|| days.value(row)))
}

fn amounts(batch: &RecordBatch) -> Result<impl Fn(usize) -> i128 + '_, Error> {
    let at = batch.schema_ref().index_of("invoice_amount")?;
    let amounts = batch.column(at).as_primitive::<Decimal128Type>();
    Ok(move |row| if amounts.is_valid(row) { amounts.value(row) } else { 0 })
}

/// The day on which an upload came, in days since 1970.
fn day_of_upload(upload: &str) -> Result<i32, Error> {
    let id: UploadId = upload.parse().map_err(Error::storage)?;
    let day = id.made_at().to_zoned_datetime(TimeZone::UTC).date();
    Ok((day - jiff::civil::date(1970, 1, 1)).get_days())
}

fn mark_part(
    store: &PartStore,
    part: &Part,
    marks: &HashMap<String, String>,
    stem: String,
) -> Result<Option<RewrittenParts>, Error> {
    let open = store.open(part)?;
    let mut rows_replaced = 0;
    for batch in open.rows(Some(&[UNPOSTED.spec().key]))? {
        let batch = batch?;
        let ids = batch.column(0).as_string::<i32>();
        rows_replaced += ids.iter().flatten().filter(|id| marks.contains_key(*id)).count() as u64;
    }
    if rows_replaced == 0 {
        return Ok(None);
    }
    let schema = table_schema(UNPOSTED);
    let mut writer = PartWriter::new(store.clone(), schema, stem, UNPOSTED.spec().key);
    for batch in open.rows(None)? {
        writer.write(&marked(&batch?, marks)?)?;
    }
    let (added, removed) = (writer.finish()?, vec![part.clone()]);
    Ok(Some(RewrittenParts { added, removed, rows_replaced, ..RewrittenParts::default() }))
}

fn marked(batch: &RecordBatch, marks: &HashMap<String, String>) -> Result<RecordBatch, Error> {
    let schema = batch.schema();
    let (id, at) = (schema.index_of(UNPOSTED.spec().key)?, schema.index_of(POSTED_AS)?);
    let (ids, before) = (batch.column(id).as_string::<i32>(), batch.column(at).as_string::<i32>());
    let after: StringArray = ids
        .iter()
        .zip(before)
        .map(|(id, before)| before.or_else(|| marks.get(id?).map(String::as_str)))
        .collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    columns[at] = Arc::new(after);
    Ok(RecordBatch::try_new(schema, columns)?)
}
