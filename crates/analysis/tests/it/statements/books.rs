//! The books of a sample's suppliers: what of the ledger is on their statements, and the gaps that are
//! planted.
//!
//! Not for: how a statement looks (`layouts`).
//!
//! Invariant: what a line is to come to follows from the rows of the ledger, never from what the matcher
//! says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use domain::statement::LineState;
use domain::{Amount, FileFormat};
use evidence::invoice_number::InvoiceNumber;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use sample::Plan;

pub(super) const UNTIL: Date = date(2026, 9, 30);
const SEED: u64 = 24;
const SUPPLIERS: usize = 20;
/// Days of a statement that lists what moved, and between two statements of a supplier.
const PERIOD_DAYS: i32 = 75;
/// One invoice in so many never came to us, or waits in the workflow.
const ABSENT_EVERY: usize = 11;
const WAITING_EVERY: usize = 3;

/// The kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Invoice,
    CreditNote,
    Payment,
}

/// The documents that a statement lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    OpenItems,
    Movements,
}

/// A line as the supplier's books have it, and what it is to come to.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) number: String,
    pub(super) day: Date,
    /// Negative for a credit note or a payment.
    pub(super) pence: i64,
    pub(super) kind: Kind,
    pub(super) state: LineState,
    /// The rows that are right: several where the ledger has one invoice twice.
    pub(super) rows: BTreeSet<String>,
}

/// A statement of a supplier.
pub(super) struct Statement {
    pub(super) supplier: String,
    pub(super) listing: Listing,
    pub(super) entries: Vec<Entry>,
    /// Rows of ours that it lacks on purpose.
    pub(super) left_out: Vec<String>,
}

/// A row of the ledger.
#[derive(Debug, Clone)]
struct Invoice {
    id: String,
    number: String,
    plain: String,
    pence: i64,
    day: Date,
    supplier: String,
    paid: Option<Date>,
    is_cancelled: bool,
    /// Keyed a second time: the supplier's books do not have it.
    is_copy: bool,
    /// Nothing else of its supplier has its number, and no case is planted on it.
    is_plain: bool,
}

/// A sample's ledger without some invoices, and with those that wait in the workflow.
pub(super) struct Books {
    pub(super) transactions: String,
    pub(super) unposted: String,
    pub(super) suppliers: Vec<String>,
    invoices: Vec<Invoice>,
    /// Not in the ledger; `true` for those in the workflow.
    absent: BTreeMap<String, bool>,
}

impl Books {
    pub(super) fn make(invoices: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let suppliers = usize::try_from(invoices / 150).unwrap();
        let plan = Plan { seed: SEED, invoices, suppliers, employees: 20, until: UNTIL };
        sample::write(folder.path(), &plan).unwrap();
        let text = std::fs::read_to_string(folder.path().join("transactions_20260930.csv"));
        let text = text.unwrap();
        let invoices = marked(rows(&text), folder.path());
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for invoice in &invoices {
            *counts.entry(&invoice.supplier).or_default() += 1;
        }
        let mut busiest: Vec<(usize, &str)> =
            counts.into_iter().map(|(supplier, count)| (count, supplier)).collect();
        busiest.sort_unstable();
        let suppliers = busiest.iter().rev().take(SUPPLIERS);
        let suppliers: Vec<String> =
            suppliers.map(|(_, supplier)| (*supplier).to_owned()).collect();
        let since = UNTIL - (2 * PERIOD_DAYS).days();
        let plain = invoices.iter().filter(|invoice| {
            invoice.is_plain && invoice.day > since && suppliers.contains(&invoice.supplier)
        });
        let absent: BTreeMap<String, bool> = plain
            .step_by(ABSENT_EVERY)
            .enumerate()
            .map(|(at, invoice)| (invoice.id.clone(), at % WAITING_EVERY == 0))
            .collect();
        let is_there =
            |line: &&str| line.split_once(',').is_none_or(|(id, _)| !absent.contains_key(id));
        let transactions: String =
            text.lines().filter(is_there).flat_map(|line| [line, "\n"]).collect();
        let unposted = unposted(&invoices, &absent);
        Self { transactions, unposted, suppliers, invoices, absent }
    }

    /// The statement of a supplier as of `UNTIL`, or of a period before.
    pub(super) fn statement(&self, supplier: usize, turn: usize, listing: Listing) -> Statement {
        let supplier = self.suppliers[supplier].clone();
        let last = UNTIL - (i32::try_from(turn).unwrap() * PERIOD_DAYS).days();
        let first = last - PERIOD_DAYS.days();
        let of_books = |invoice: &&Invoice| {
            let is_listed = match listing {
                Listing::OpenItems => invoice.paid.is_none_or(|paid| paid > last),
                Listing::Movements => invoice.day > first,
            };
            let is_theirs = !invoice.is_copy && !invoice.is_cancelled;
            invoice.supplier == supplier && invoice.day <= last && is_listed && is_theirs
        };
        let mut listed: Vec<&Invoice> = self.invoices.iter().filter(of_books).collect();
        listed.sort_by_key(|invoice| (invoice.day, &invoice.id));
        let end = listed.last().map_or(last, |invoice| invoice.day);
        if listing == Listing::OpenItems {
            listed.extend(self.paid_before(&supplier, (first, end)));
        }
        let of_supplier = self.invoices.iter().filter(|invoice| invoice.supplier == supplier);
        let mut planted = Planting {
            entries: Vec::new(),
            left_out: Vec::new(),
            plain: 0,
            known: of_supplier.map(|invoice| invoice.plain.clone()).collect(),
        };
        for invoice in &listed {
            planted.list(self.entry(invoice, listing, end), invoice, &self.absent);
        }
        planted.extras(listed.last().map_or("1", |invoice| invoice.number.as_str()), end);
        let Planting { mut entries, left_out, .. } = planted;
        entries.sort_by_key(|entry| entry.day);
        Statement { supplier, listing, entries, left_out }
    }

    /// Two that we have paid and the supplier has not noticed.
    fn paid_before(&self, supplier: &str, (first, end): (Date, Date)) -> Vec<&Invoice> {
        let is_paid = |invoice: &&Invoice| {
            invoice.supplier == supplier
                && invoice.is_plain
                && !self.absent.contains_key(&invoice.id)
                && invoice.day > first - PERIOD_DAYS.days()
                && invoice.paid.is_some_and(|paid| paid <= end)
        };
        self.invoices.iter().filter(is_paid).take(2).collect()
    }

    fn entry(&self, invoice: &Invoice, listing: Listing, end: Date) -> Entry {
        let state = match (self.absent.get(&invoice.id), invoice.paid) {
            (Some(true), _) => LineState::Unposted,
            (Some(false), _) if invoice.pence < 0 => LineState::CreditNotTaken,
            (Some(false), _) => LineState::MissingHere,
            (None, Some(paid)) if paid <= end && listing == Listing::OpenItems => {
                LineState::PaidHere
            }
            (None, _) => LineState::Agreed,
        };
        let is_right = |row: &&Invoice| {
            row.supplier == invoice.supplier
                && row.plain == invoice.plain
                && row.pence == invoice.pence
                && !row.is_cancelled
                && self.absent.get(&row.id) != Some(&false)
        };
        Entry {
            number: invoice.number.clone(),
            day: invoice.day,
            pence: invoice.pence,
            kind: if invoice.pence < 0 { Kind::CreditNote } else { Kind::Invoice },
            state,
            rows: self.invoices.iter().filter(is_right).map(|row| row.id.clone()).collect(),
        }
    }

    /// Rows that are open with us up to the last day of a statement, and on none of its lines.
    pub(super) fn missing_there(
        &self,
        statement: &Statement,
        taken: &BTreeSet<String>,
    ) -> BTreeSet<String> {
        let days = || statement.entries.iter().map(|entry| entry.day);
        let first = days().min().filter(|_| statement.listing == Listing::Movements);
        let last = days().max().unwrap();
        let is_missing = |invoice: &&Invoice| {
            invoice.supplier == statement.supplier
                && invoice.paid.is_none()
                && !invoice.is_cancelled
                && invoice.day <= last
                && first.is_none_or(|first| invoice.day >= first)
                && !self.absent.contains_key(&invoice.id)
                && !taken.contains(&invoice.id)
        };
        self.invoices.iter().filter(is_missing).map(|invoice| invoice.id.clone()).collect()
    }
}

/// A statement on its way, with what is planted on it.
struct Planting {
    entries: Vec<Entry>,
    left_out: Vec<String>,
    /// Plain rows so far.
    plain: usize,
    /// The numbers of all of the supplier's rows.
    known: BTreeSet<String>,
}

impl Planting {
    /// Adds an entry, now and then with another amount, twice, with a slip, or not at all.
    fn list(&mut self, mut entry: Entry, invoice: &Invoice, absent: &BTreeMap<String, bool>) {
        if !invoice.is_plain || absent.contains_key(&invoice.id) {
            self.entries.push(entry);
            return;
        }
        self.plain += 1;
        match self.plain {
            2 => {
                entry.pence += 1_000 * entry.pence.signum();
                entry.state = LineState::Different;
            }
            4 => {
                let again =
                    Entry { state: LineState::Duplicate, rows: BTreeSet::new(), ..entry.clone() };
                self.entries.push(entry);
                entry = again;
            }
            6 => {
                let slipped = slip(&entry.number);
                if !self.known.contains(&InvoiceNumber::new(&slipped).plain) {
                    entry.number = slipped;
                }
            }
            7 | 9 if invoice.paid.is_none() => {
                self.left_out.push(invoice.id.clone());
                return;
            }
            _ => {}
        }
        self.entries.push(entry);
    }

    /// A credit note that was never taken, an invoice of another place, and payments of ours.
    fn extras(&mut self, number: &str, end: Date) {
        let mut extra = |number: String, pence, kind, state| {
            self.entries.push(Entry {
                number,
                day: end,
                pence,
                kind,
                state,
                rows: BTreeSet::new(),
            });
        };
        extra(format!("CN{number}-77"), -4_413, Kind::CreditNote, LineState::CreditNotTaken);
        extra("88001177".to_owned(), 77_139, Kind::Invoice, LineState::MissingHere);
        extra("RCPT0881".to_owned(), -50_017, Kind::Payment, LineState::Payment);
        extra(String::new(), -1_250_019, Kind::Payment, LineState::Payment);
    }
}

/// Two digits that have changed places, where that is told from the next invoice.
fn slip(number: &str) -> String {
    let mut letters: Vec<char> = number.chars().collect();
    let is_digit = |c: char| c.is_ascii_digit() && c != '0';
    let swapped = (0..letters.len().saturating_sub(3)).rev().find(|at| {
        let (one, other) = (letters[*at], letters[at + 1]);
        let is_within = letters[at + 2..].iter().take(2).all(char::is_ascii_digit);
        is_digit(one) && is_digit(other) && one != other && is_within
    });
    if let Some(at) = swapped {
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

fn rows(text: &str) -> Vec<Invoice> {
    let table = extract::plain_table(Cursor::new(text), FileFormat::Csv, usize::MAX).unwrap();
    let place = |title: &str| {
        table[0].cells.iter().position(|cell| cell == title).unwrap_or_else(|| panic!("{title}"))
    };
    let places = [
        "Unique ID",
        "Invoice Number",
        "Invoice Amount",
        "Invoice Date",
        "Supplier Ref",
        "Paid Date",
        "Payment Cleared Date",
        "Invoice / Payment Status",
    ]
    .map(place);
    let invoice = |record: &extract::TableRecord| {
        let [id, number, amount, day, supplier, paid, cleared, status] =
            places.map(|place| record.cells[place].as_str());
        let amount: Amount = amount.parse().unwrap();
        Invoice {
            id: id.to_owned(),
            number: number.to_owned(),
            plain: InvoiceNumber::new(number).plain,
            pence: amount.ten_thousandths() / 100,
            day: day.parse().unwrap(),
            supplier: supplier.to_owned(),
            paid: [paid, cleared].into_iter().find_map(|day| day.parse().ok()),
            is_cancelled: status == "Cancelled",
            is_copy: false,
            is_plain: false,
        }
    };
    table[1..].iter().map(invoice).collect()
}

/// Marks copies, of which every case names the original first, and rows that nothing is planted on.
fn marked(mut invoices: Vec<Invoice>, folder: &Path) -> Vec<Invoice> {
    let truth = std::fs::read_to_string(folder.join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    let (mut copies, mut named) = (BTreeSet::new(), BTreeSet::new());
    for case in truth["cases"].as_array().unwrap() {
        let says = case["sentence"].as_str().unwrap();
        let rows = case["rows"].as_array().unwrap().iter();
        let rows = rows.filter(|row| row["file"] == "transactions");
        for (place, row) in rows.enumerate() {
            let id = row["id"].as_str().unwrap().to_owned();
            if place > 0 && says.contains("was keyed again as") {
                copies.insert(id.clone());
            }
            named.insert(id);
        }
    }
    let mut numbers: BTreeMap<(String, String), usize> = BTreeMap::new();
    for invoice in &invoices {
        *numbers.entry((invoice.supplier.clone(), invoice.plain.clone())).or_default() += 1;
    }
    for invoice in &mut invoices {
        let key = (invoice.supplier.clone(), invoice.plain.clone());
        invoice.is_copy = copies.contains(&invoice.id);
        invoice.is_plain =
            !named.contains(&invoice.id) && !invoice.is_cancelled && numbers[&key] == 1;
    }
    invoices
}

/// Invoices that wait in the workflow.
fn unposted(invoices: &[Invoice], absent: &BTreeMap<String, bool>) -> String {
    let mut text = "Unique ID,Invoice Number,Invoice Date,Captured Date,Supplier Ref,Supplier Name,Invoice Amount,\
                    Status\n"
        .to_owned();
    let waiting = invoices.iter().filter(|invoice| absent.get(&invoice.id) == Some(&true));
    for Invoice { id, number, day, supplier, pence, .. } in waiting {
        let amount = Amount::from_ten_thousandths(pence * 100);
        writeln!(
            text,
            "{id},{number},{day},{day},{supplier},Supplier {supplier},{amount},Waiting for approval"
        )
        .expect("a String takes everything");
    }
    text
}
