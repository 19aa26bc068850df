//! How much of what `bursard sample` planted is found: its files read into ledgers, all checks run, every
//! finding held against `truth.json`.
//!
//! `cargo run --release -p analysis --example sample_truth -- FOLDER [ROWS]`, which
//! `cargo xtask evaluate` does. With a number of rows, so many of the newest are held back, read after a
//! first run and checked again.
//! A finding is true when a case of a kind that it is about names one of its rows.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use analysis::{Checker, Engine, EngineLimits, Ledgers, ReadRequest, ReadingOutcome, Retention};
use domain::finding::{CheckEnd, CheckRequest, CheckedUnit, Finding, RunOutcome};
use domain::{FileFormat, FileType, LedgerName, ReadingRules, UploadId};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use serde::Deserialize;

/// That of `bursard`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

#[derive(Deserialize)]
struct Truth {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    kind: String,
    innocent: bool,
    rows: Vec<Row>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    file: String,
    id: String,
}

/// Returns `true` when a case's row is a row of the finding.
fn names(case: &Case, finding: &Finding, file_type: FileType, file: &str) -> bool {
    let ids: BTreeSet<&str> = finding
        .rows
        .iter()
        .filter(|row| row.ledger == file_type)
        .map(|row| row.id.as_str())
        .collect();
    case.rows.iter().any(|row| row.file == file && ids.contains(row.id.as_str()))
}

/// Copies of invoices: two of the case's rows must be in the finding; others: the party it is about. An order
/// is billed above its value where an invoice on it was keyed twice.
fn is_about(case: &Case, finding: &Finding) -> bool {
    let is_copy = !CHECK_OF.iter().any(|(kind, _)| *kind == case.kind);
    if finding.check == "duplicate_invoices" || (is_copy && finding.check == "above_order") {
        let in_finding = |row: &&Row| {
            finding.rows.iter().any(|other| other.id == row.id && row.file == "transactions")
        };
        return case.rows.iter().filter(in_finding).count() >= 2;
    }
    names(case, finding, FileType::Suppliers, "suppliers")
}

/// The check that is to find a kind of case; those of no check are copies of invoices.
const CHECK_OF: [(&str, &str); 37] = [
    ("shared_bank_account", "shared_bank_account"),
    ("duplicate_supplier", "duplicate_suppliers"),
    ("look_alike_supplier", "look_alike_suppliers"),
    ("invalid_iban", "invalid_iban"),
    ("invalid_vat_number", "vat_number"),
    ("missing_vat_number", "vat_number"),
    ("po_box", "no_address"),
    ("no_address", "no_address"),
    ("foreign_bank_account", "foreign_bank_account"),
    ("bank_changed_then_paid", "bank_changed_then_paid"),
    ("dormant_then_paid", "dormant_then_paid"),
    ("created_and_paid", "created_and_paid"),
    ("one_time_used_often", "one_time_used_often"),
    ("employee_bank_account", "employee_is_supplier"),
    ("employee_name_and_address", "employee_is_supplier"),
    ("employee_telephone", "employee_is_supplier"),
    ("employee_email", "employee_is_supplier"),
    ("split_invoice", "split_invoice"),
    ("just_below_limit", "just_below_limit"),
    ("weekend_keying", "weekend_keying"),
    ("sequential_numbers", "sequential_numbers"),
    ("round_amounts", "round_amounts"),
    ("spike", "spike"),
    ("benford", "benford"),
    ("credit_not_taken", "credits_not_taken"),
    ("supplier_in_debit", "supplier_in_debit"),
    ("discount_lost", "payment_discounts"),
    ("discount_taken_late", "payment_discounts"),
    ("above_order", "above_order"),
    ("before_order", "before_order"),
    ("vat_without_number", "vat_without_number"),
    ("vat_rate", "vat_rate"),
    ("unusual_approver", "unusual_approver"),
    ("approved_by_keyer", "unusual_approver"),
    ("paid_early", "paid_early"),
    ("paid_late", "paid_late"),
    ("created_and_keyed_by_one", "created_and_keyed_by_one"),
];
/// A supplier that is in the file twice is paid into its one account twice, and one without a VAT number
/// charges VAT all the same.
const ALSO_TRUE: [(&str, &str); 4] = [
    ("created_and_keyed_by_one", "unusual_approver"),
    ("duplicate_supplier", "shared_bank_account"),
    ("missing_vat_number", "vat_without_number"),
    ("vat_without_number", "vat_number"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("name the folder that `bursard sample` wrote")?;
    let hold_back = words.next().map(|rows| rows.parse()).transpose()?;
    let folder = Path::new(&folder);
    let truth: Truth = serde_json::from_reader(File::open(folder.join("truth.json"))?)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let checked = runtime.block_on(check(folder, hold_back))?;
    report(&truth, &checked);
    Ok(())
}

async fn check(folder: &Path, hold_back: Option<usize>) -> Result<RunOutcome, Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let files = Arc::new(LocalFileSystem::new_with_prefix(place.path())?);
    let ledgers = Ledgers::new(files, Retention::default());
    let mut names: Vec<String> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| FileType::guess(name).is_some())
        .collect();
    names.sort();
    let of = CheckedUnit { customer: "acme".parse()?, unit: "acme".parse()? };
    let mut number = 0;
    let mut later = None;
    for name in &names {
        number += 1;
        let path = folder.join(name);
        let file_type = FileType::guess(name).ok_or("a file of no known type")?;
        if let (Some(held), FileType::Transactions) = (hold_back, file_type) {
            let (most, rest) = split(&path, held, place.path())?;
            read(&ledgers, &of, file_type, number, &most).await?;
            later = Some(rest);
        } else {
            read(&ledgers, &of, file_type, number, &path).await?;
        }
    }
    let engine = Arc::new(Engine::new(EngineLimits::default())?);
    let checks = Checker::new(ledgers.clone(), Arc::clone(&engine));
    let request = CheckRequest::new(of.clone(), NOW);
    let began = Instant::now();
    let checked = checks.check(&request, |_, _| {}).await?;
    println!("checked in {:.1} s", began.elapsed().as_secs_f64());
    let Some(later) = later else { return Ok(checked) };
    read(&ledgers, &of, FileType::Transactions, number + 1, &later).await?;
    let began = Instant::now();
    let again = checks.check(&request, |_, _| {}).await?;
    println!("checked again after the rows held back, in {:.1} s", began.elapsed().as_secs_f64());
    let whole = Checker::new(ledgers, engine).check(&request, |_, _| {}).await?;
    let is_same = again.findings == whole.findings && again.suppressed == whole.suppressed;
    println!("the same as a whole run over all: {is_same}");
    let both = again.findings.iter().chain(&again.suppressed);
    let differing =
        both.zip(whole.findings.iter().chain(&whole.suppressed)).filter(|(x, y)| x != y);
    for (one, other) in differing.take(3) {
        println!("differs:\n  {one:?}\n  {other:?}");
    }
    Ok(again)
}

async fn read(
    ledgers: &Ledgers,
    of: &CheckedUnit,
    file_type: FileType,
    number: u8,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let ledger = LedgerName { customer: of.customer.clone(), unit: of.unit.clone(), file_type };
    let request = ReadRequest {
        ledger,
        upload: UploadId::new(NOW, [number; 10]),
        format: FileFormat::Csv,
        rules: ReadingRules::default(),
        is_released: true,
        is_read_again: false,
    };
    match ledgers.prepare(request, File::open(path)?).await? {
        ReadingOutcome::Ready(_, pending) => {
            pending.commit(NOW).await?;
            Ok(())
        }
        other => Err(format!("{} was not read: {other:?}", path.display()).into()),
    }
}

/// All but the last rows of a file, and those rows, as two files. The sample has no line ends in cells.
fn split(path: &Path, held: usize, to: &Path) -> Result<(PathBuf, PathBuf), Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let cut = lines.len().saturating_sub(held).max(1);
    let write = |name: &str, rows: &[&str]| -> Result<PathBuf, Box<dyn Error>> {
        let path = to.join(name);
        std::fs::write(&path, format!("{}{}", lines[0], rows.concat()))?;
        Ok(path)
    };
    Ok((write("most.csv", &lines[1..cut])?, write("rest.csv", &lines[cut..])?))
}

fn report(truth: &Truth, checked: &RunOutcome) {
    for check in &checked.checks {
        let end = match &check.end {
            CheckEnd::Ran => format!("{} findings", check.findings),
            CheckEnd::NotRun { why } => format!("not run: {why}"),
        };
        println!("{:<28} {:>7} ms  {end}", check.check, check.milliseconds);
    }
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut planted, mut met) = ((0, 0), (0, 0));
    let mut flagged_innocents: Vec<&str> = Vec::new();
    for case in &truth.cases {
        let check = CHECK_OF.iter().find(|(kind, _)| *kind == case.kind).map(|(_, check)| *check);
        let wanted = check.unwrap_or("duplicate_invoices");
        let found = checked
            .findings
            .iter()
            .any(|finding| (finding.check == wanted || case.innocent) && is_about(case, finding));
        if case.innocent {
            if found {
                flagged_innocents.push(&case.kind);
            }
            continue;
        }
        let (of, all) = kinds.entry(&case.kind).or_default();
        *all += 1;
        *of += usize::from(found);
        let total = if check.is_some() { &mut planted } else { &mut met };
        total.0 += usize::from(found);
        total.1 += 1;
    }
    println!("\n{:<28} {:>6} {:>8}", "kind", "found", "planted");
    for (kind, (of, all)) in &kinds {
        println!("{kind:<28} {of:>6} {all:>8}");
    }
    println!("\nsupplier, employee and population cases found: {} of {}", planted.0, planted.1);
    println!("second keyings of invoices found: {} of {}", met.0, met.1);
    println!("innocents flagged: {flagged_innocents:?}");
    alarms(truth, checked);
}

fn alarms(truth: &Truth, checked: &RunOutcome) {
    let is_true = |finding: &Finding| {
        truth.cases.iter().filter(|case| !case.innocent).any(|case| {
            let check =
                CHECK_OF.iter().find(|(kind, _)| *kind == case.kind).map(|(_, check)| *check);
            let fits = check.unwrap_or("duplicate_invoices") == finding.check
                || (check.is_none() && finding.check == "above_order")
                || ALSO_TRUE.contains(&(case.kind.as_str(), finding.check.as_str()));
            fits && is_about(case, finding)
        })
    };
    let (mut of_parties, mut of_invoices) = ((0, 0), (0, 0));
    for finding in &checked.findings {
        let count =
            if finding.check == "duplicate_invoices" { &mut of_invoices } else { &mut of_parties };
        if is_true(finding) {
            count.0 += 1;
        } else {
            count.1 += 1;
            println!("  false: {:.2} {}", finding.probability.unwrap_or_default(), finding.title);
        }
    }
    println!(
        "\nsupplier, employee and population findings: {} true, {} false",
        of_parties.0, of_parties.1
    );
    println!("findings of invoices: {} true, {} false", of_invoices.0, of_invoices.1);
}
