//! Statements of suppliers in the layouts that their programs write, held against the ledger: every
//! line finds its row or says that there is none, and every gap that was planted is listed.

mod papers;

use std::fmt::Write as _;
use std::sync::Arc;

use analysis::{Browser, Engine, EngineLimits, StatementFormat};
use domain::FileType;
use domain::finding::CheckedUnit;
use domain::statement::{LineState, Reconciliation};
use jiff::civil::{Date, date};

use self::papers::{LAYOUTS, file, page_of_amounts, pdf};
use crate::site::Site;

const SUPPLIERS: usize = 20;
/// Invoices of a supplier, and those of them that a statement has.
const INVOICES: usize = 24;

fn unit() -> CheckedUnit {
    CheckedUnit { customer: "acme".parse().unwrap(), unit: "uk".parse().unwrap() }
}

/// A line as the supplier's books have it.
#[derive(Debug, Clone)]
struct Entry {
    number: String,
    day: Date,
    /// Negative for a credit note or a payment.
    pence: i64,
    kind: &'static str,
    state: LineState,
    /// The Unique ID of its row.
    row: Option<String>,
}

fn number(supplier: usize, n: usize) -> String {
    match supplier % 4 {
        0 => format!("INV-{}", 10_200 + supplier * 100 + n * 3),
        1 => format!("2026/{:05}", 400 + supplier * 37 + n),
        2 => format!("{}", 300_450 + supplier * 1_000 + n * 7),
        _ => format!("AB{}/{n:03}", 70 + supplier),
    }
}

fn pence(supplier: usize, n: usize) -> i64 {
    let number = i64::try_from(supplier * 7_919 + n * 3_571).unwrap();
    1_250 + number % 987_000
}

fn day(n: usize) -> Date {
    date(2026, 1 + i8::try_from(n / 4).unwrap(), 1 + i8::try_from((n * 5) % 28).unwrap())
}

fn reference(supplier: usize) -> String {
    format!("S{supplier:03}")
}

/// The rows of the ledger: all invoices are open but the first two, and the last is a credit note.
fn ledger() -> String {
    let mut text = "Unique ID,Invoice Number,Invoice Date,Entered Date,Supplier Ref,Supplier Name,Base Amount,\
                    Invoice Amount,Paid Date\n"
        .to_owned();
    for supplier in 0..SUPPLIERS {
        for n in 0..INVOICES {
            let (of, number, day) = (reference(supplier), number(supplier, n), day(n));
            let sign = if n == INVOICES - 1 { "-" } else { "" };
            let pence = pence(supplier, n);
            let amount = format!("{sign}{}.{:02}", pence / 100, pence % 100);
            let paid = if n < 2 { "2026-06-30" } else { "" };
            writeln!(
                text,
                "{of}-{n},{number},{day},{day},{of},Supplier {of},{amount},{amount},{paid}"
            )
            .unwrap();
        }
    }
    text
}

/// Places of the ledger's rows that the statement treats in some way of its own.
const PAID: usize = 1;
const OTHER_AMOUNT: usize = 5;
const WRITTEN_OTHERWISE: usize = 8;
const TWICE: usize = 11;
const LEFT_OUT: [usize; 3] = [0, 14, 17];
const CREDIT: usize = INVOICES - 1;

/// The statement of a supplier, with its gaps.
fn entries(supplier: usize, turn: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    for n in (0..INVOICES).filter(|n| !LEFT_OUT.contains(n)) {
        let is_credit = n == CREDIT;
        let own = number(supplier, n);
        let (number, pence, state) = match n {
            PAID => (own, pence(supplier, n), LineState::PaidHere),
            OTHER_AMOUNT => (own, pence(supplier, n) + 1_000, LineState::Different),
            // With a prefix, or without the signs between.
            WRITTEN_OTHERWISE if turn == 0 => {
                (format!("SI{own}"), pence(supplier, n), LineState::Agreed)
            }
            WRITTEN_OTHERWISE => {
                let plain = own.chars().filter(|c| c.is_alphanumeric()).collect();
                (plain, pence(supplier, n), LineState::Agreed)
            }
            CREDIT => (own, -pence(supplier, n), LineState::Agreed),
            _ => (own, pence(supplier, n), LineState::Agreed),
        };
        let kind = if is_credit { "Credit note" } else { "Invoice" };
        let row = Some(format!("{}-{n}", reference(supplier)));
        let entry = Entry { number, day: day(n), pence, kind, state, row };
        if n == TWICE {
            entries.push(entry.clone());
            entries.push(Entry { state: LineState::Duplicate, row: None, ..entry });
        } else {
            entries.push(entry);
        }
    }
    let extra = |number: String, pence, kind, state| Entry {
        number,
        day: date(2026, 6, 20),
        pence,
        kind,
        state,
        row: None,
    };
    entries.push(extra(number(supplier, 60), 77_135, "Invoice", LineState::MissingHere));
    entries.push(extra(number(supplier, 75), -4_410, "Credit note", LineState::CreditNotTaken));
    entries.push(extra("RCPT881".to_owned(), -50_000, "Payment", LineState::Payment));
    entries
}

async fn reconcile(
    browser: &Browser,
    supplier: usize,
    name: &str,
    bytes: Vec<u8>,
) -> Reconciliation {
    let format = StatementFormat::of_name(name).unwrap();
    let records = format.table(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
    let done = browser.reconcile(&unit(), &reference(supplier), records).await.unwrap();
    done.unwrap_or_else(|why| panic!("{name}: {why}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_statements_in_eight_layouts_find_their_rows() {
    let site = Site::new();
    site.read(FileType::Transactions, 1, &ledger()).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let browser = Browser::new(site.ledgers.clone(), engine);
    let (mut lines, mut right, mut wrong_rows) = (0, 0, 0);
    for statement in 0..2 * SUPPLIERS {
        let (supplier, turn) = (statement % SUPPLIERS, statement / SUPPLIERS);
        let entries = entries(supplier, turn);
        let (name, bytes) = file(statement % LAYOUTS, &entries);
        let done = reconcile(&browser, supplier, name, bytes).await;
        assert_eq!(done.lines.len(), entries.len(), "{name} of {supplier}");
        for (line, entry) in done.lines.iter().zip(&entries) {
            lines += 1;
            let row = line.row.as_ref().map(|row| row.id.clone());
            let is_right = row == entry.row && line.state == entry.state;
            right += usize::from(is_right);
            wrong_rows += usize::from(row.is_some() && row != entry.row);
            if !is_right {
                eprintln!("{name} of {supplier}: {entry:?} became {line:?}");
            }
            if entry.row.is_none() {
                assert_eq!(line.state, entry.state, "{name} of {supplier}: a gap: {line:?}");
            }
        }
        let missing: Vec<&str> = done.missing_there.iter().map(|row| row.id.as_str()).collect();
        let planted: Vec<String> =
            LEFT_OUT[1..].iter().map(|n| format!("{}-{n}", reference(supplier))).collect();
        assert_eq!(missing, planted, "{name} of {supplier}: the first is paid");
    }
    assert_eq!(wrong_rows, 0);
    assert!(right * 100 >= lines * 98, "{right} of {lines} lines");
    eprintln!("{right} of {lines} lines of {} statements", 2 * SUPPLIERS);
}

#[test]
fn a_scan_and_a_damaged_pdf_are_refused_with_a_sentence() {
    let scan = pdf(&[Vec::new()]);
    let why = StatementFormat::Pdf.table(&scan).unwrap_err().to_string();
    assert!(why.starts_with("the PDF has no text that can be read: it is a scan"), "{why}");
    let whole = pdf(&page_of_amounts(&entries(0, 0)));
    for cut in [0, 5, 40, whole.len() / 2, whole.len() - 40] {
        if let Err(why) = StatementFormat::Pdf.table(&whole[..cut]) {
            assert!(why.to_string().contains("CSV"), "{why}");
        }
    }
    let mut at = 7;
    while at < whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        if let Err(why) = StatementFormat::Pdf.table(&damaged) {
            assert!(!why.to_string().is_empty());
        }
        at += 97;
    }
}
