//! Statements of a sample's suppliers in the layouts that their programs write, held against its ledger:
//! every line finds its row or says that there is none, and every gap that was planted is listed.
//!
//! Invariant: no line gets the row of another invoice.

mod books;
mod layouts;
mod papers;
mod printed;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analysis::{Browser, Engine, EngineLimits, StatementFormat, StatementRecords};
use domain::FileType;
use domain::statement::{LineState, Reconciliation};

use self::books::{Books, Entry, Statement, UNTIL};
use self::layouts::{LAYOUTS, Layout};
use crate::site::{Site, unit};

const STATEMENTS: usize = 40;
/// Invoices of the sample, where nobody asks for more.
const INVOICES: u64 = 9_000;
const INVOICES_VARIABLE: &str = "BURSAR_STATEMENT_INVOICES";

async fn reconcile(browser: &Browser, supplier: &str, file: (&str, &[u8])) -> Reconciliation {
    let (name, bytes) = file;
    let format = StatementFormat::of_name(name).unwrap();
    let records = format.table(bytes, None).unwrap_or_else(|why| panic!("{name}: {why}"));
    let statement = StatementRecords { records, columns: None, today: UNTIL };
    let done = browser.reconcile(&unit(), supplier, statement).await.unwrap();
    done.unwrap_or_else(|why| panic!("{name} of {supplier}: {why}"))
}

/// The lines of statements, and those that came to what they are to come to.
#[derive(Debug, Default)]
struct Tally {
    lines: usize,
    right: usize,
    /// Lines that got the row of another invoice.
    wrong: usize,
    /// Gaps that were planted and not listed.
    unlisted: usize,
    by_state: BTreeMap<&'static str, usize>,
    /// A sentence for each line that came to something else.
    misses: Vec<String>,
}

impl Tally {
    fn count(&mut self, layout: &Layout, statement: &Statement, done: &Reconciliation) {
        let name = layout.file_name;
        assert_eq!(done.lines.len(), statement.entries.len(), "{name} of {}", statement.supplier);
        for (line, entry) in done.lines.iter().zip(&statement.entries) {
            let row = line.row.as_ref().map(|row| row.id.as_str());
            let is_row_right = match row {
                None => entry.rows.is_empty(),
                Some(row) => entry.rows.contains(row),
            };
            let is_right = is_row_right && line.state == entry.state;
            self.lines += 1;
            self.right += usize::from(is_right);
            self.wrong += usize::from(row.is_some() && !is_row_right);
            *self.by_state.entry(entry.state.as_str()).or_default() += 1;
            if is_gap(entry) && line.state != entry.state {
                self.unlisted += 1;
            }
            if !is_right {
                let supplier = &statement.supplier;
                self.misses.push(format!("{name} of {supplier}: {entry:?} became {line:?}"));
            }
        }
    }
}

/// Returns `true` for a line that somebody planted, so that it is to be listed as what it is.
fn is_gap(entry: &Entry) -> bool {
    !matches!(entry.state, LineState::Agreed | LineState::Payment)
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_statements_in_eight_layouts_find_their_rows() {
    let invoices = std::env::var(INVOICES_VARIABLE).map_or(INVOICES, |size| size.parse().unwrap());
    let books = Books::make(invoices);
    let site = Site::new();
    site.read(FileType::Transactions, 1, &books.transactions).await;
    site.read(FileType::UnpostedInvoices, 2, &books.unposted).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let browser = Browser::new(site.ledgers.clone(), engine);
    let mut tally = Tally::default();
    let (mut left_out, mut suppliers) = (0, BTreeSet::new());
    for at in 0..STATEMENTS {
        let (supplier, turn) = (at % books.suppliers.len(), at / books.suppliers.len());
        let layout = &LAYOUTS[(at + 3 * turn) % LAYOUTS.len()];
        let statement = books.statement(supplier, turn, layout.listing);
        let bytes = layout.file(&statement.entries);
        let done = reconcile(&browser, &statement.supplier, (layout.file_name, &bytes)).await;
        tally.count(layout, &statement, &done);
        let taken = done.lines.iter().filter_map(|line| line.row.as_ref());
        let taken: BTreeSet<String> = taken.map(|row| row.id.clone()).collect();
        let missing: BTreeSet<String> =
            done.missing_there.iter().map(|row| row.id.clone()).collect();
        assert_eq!(missing, books.missing_there(&statement, &taken), "{}", layout.file_name);
        for id in &statement.left_out {
            assert!(missing.contains(id), "{id} is not on {}", layout.file_name);
        }
        left_out += statement.left_out.len();
        suppliers.insert(statement.supplier);
    }
    let Tally { lines, right, wrong, unlisted, by_state, misses } = tally;
    eprintln!(
        "{right} of {lines} lines of {STATEMENTS} statements of {} suppliers, {wrong} wrong rows, {unlisted} gaps \
         not listed, {left_out} rows left out and listed; {by_state:?}\n{}",
        suppliers.len(),
        misses.join("\n")
    );
    assert_eq!(suppliers.len(), 20);
    assert_eq!((wrong, unlisted), (0, 0));
    assert!(right * 100 >= lines * 98, "{right} of {lines} lines");
    assert!(
        left_out > 0 && LineState::ALL.iter().all(|state| by_state.contains_key(state.as_str()))
    );
}

#[test]
fn a_scan_and_a_damaged_pdf_are_refused_with_a_sentence() {
    let scan = printed::helvetica(&[Vec::new()]);
    let why = StatementFormat::Pdf.table(&scan, None).unwrap_err().to_string();
    assert!(why.starts_with("the PDF has no text that can be read: it is a scan"), "{why}");
    let entry = Entry {
        number: "INV-1".to_owned(),
        day: UNTIL,
        pence: 125_000,
        kind: books::Kind::Invoice,
        state: LineState::Agreed,
        rows: BTreeSet::new(),
    };
    for layout in LAYOUTS.iter().filter(|layout| layout.file_name.ends_with("pdf")) {
        let whole = layout.file(std::slice::from_ref(&entry));
        for cut in [0, 5, 40, whole.len() / 2, whole.len() - 40] {
            if let Err(why) = StatementFormat::Pdf.table(&whole[..cut], None) {
                assert!(why.to_string().contains("CSV"), "{why}");
            }
        }
        let step = whole.len() / 60;
        for at in (7..whole.len()).step_by(step) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x5a;
            if let Err(why) = StatementFormat::Pdf.table(&damaged, None) {
                assert!(!why.to_string().is_empty());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_matched_within_their_currency() {
    let site = Site::new();
    let ledger = "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Amount,\
        Invoice Amount Currency,Base Amount,Base Amount Currency,Invoice Date\n\
        T1,S1,Alder Works,INV-1,100.00,EUR,86.00,GBP,2026-03-01\n\
        T2,S1,Alder Works,INV-1,100.00,USD,79.00,GBP,2026-03-01\n\
        T3,S1,Alder Works,INV-3,50.00,USD,40.00,GBP,2026-03-03\n";
    site.read(FileType::Transactions, 1, ledger).await;
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let browser = Browser::new(site.ledgers.clone(), engine);
    let told = |done: &Reconciliation| -> Vec<(Option<String>, Option<String>)> {
        let row =
            |line: &domain::statement::ReconciledLine| line.row.as_ref().map(|row| row.id.clone());
        done.lines.iter().map(|line| (row(line), line.line.currency.clone())).collect()
    };
    let of =
        |row: Option<&str>, currency: &str| (row.map(str::to_owned), Some(currency.to_owned()));
    let both = "Date,Invoice No,Amount,Currency\n2026-03-01,INV-1,100.00,USD\n\
        2026-03-01,INV-1,100.00,EUR\n2026-03-03,INV-3,50.00,EUR\n";
    let done = reconcile(&browser, "S1", ("both.csv", both.as_bytes())).await;
    let expected = [of(Some("T2"), "USD"), of(Some("T1"), "EUR"), of(None, "EUR")];
    assert_eq!(told(&done), expected);
    let missing: Vec<_> =
        done.missing_there.iter().map(|row| (row.id.as_str(), row.currency.as_deref())).collect();
    assert_eq!(missing, [("T3", Some("USD"))]);
    assert_eq!(done.questions()[0].currency.as_deref(), Some("EUR"));

    let none = "Date,Invoice No,Amount\n2026-03-03,INV-3,50.00\n2026-03-03,INV-9,5.00\n";
    let done = reconcile(&browser, "S1", ("none.csv", none.as_bytes())).await;
    assert_eq!(told(&done), [of(Some("T3"), "USD"), of(None, "USD")], "as it usually bills");

    // The ledger has no amount of the supplier in it: the header names another than is kept.
    let other = "Date,Invoice No,Amount (SEK)\n2026-03-03,INV-3,50.00\n";
    let done = reconcile(&browser, "S1", ("other.csv", other.as_bytes())).await;
    assert_eq!(told(&done), [of(Some("T3"), "SEK")]);
}
