//! How much of what `bursard sample` planted is found: its files read into ledgers, all checks run, every
//! finding held against `truth.json`.
//!
//! `cargo run --release -p analysis --example sample_truth -- FOLDER`, which `cargo xtask evaluate` does.
//! A finding is true when a case of a kind that it is about names one of its rows.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use analysis::{CheckLedgers, Engine, EngineLimits, Ledgers, Prepared, ReadRequest, Retention};
use domain::finding::{CheckEnd, CheckRequest, Checked, CheckedUnit, Finding};
use domain::{FileFormat, FileType, LedgerName, ReadingRules, UploadId};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use serde::Deserialize;

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

/// Whether a case's row is a row of the finding.
fn names(case: &Case, finding: &Finding, file_type: FileType, file: &str) -> bool {
    let ids: BTreeSet<&str> = finding
        .rows
        .iter()
        .filter(|row| row.ledger == file_type)
        .map(|row| row.id.as_str())
        .collect();
    case.rows.iter().any(|row| row.file == file && ids.contains(row.id.as_str()))
}

/// Copies of invoices: two of the case's rows must be in the finding; others: the party it is about.
fn is_about(case: &Case, finding: &Finding) -> bool {
    if finding.check == "duplicate_invoices" {
        let in_finding = |row: &&Row| {
            finding.rows.iter().any(|other| other.id == row.id && row.file == "transactions")
        };
        return case.rows.iter().filter(in_finding).count() >= 2;
    }
    names(case, finding, FileType::Suppliers, "suppliers")
}

/// Which check is to find a kind of case; those of no check are copies of invoices.
const CHECK_OF: [(&str, &str); 24] = [
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
];
/// A supplier that is in the file twice is paid into its one account twice.
const ALSO_TRUE: [(&str, &str); 1] = [("duplicate_supplier", "shared_bank_account")];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name the folder that `bursard sample` wrote")?;
    let folder = Path::new(&folder);
    let truth: Truth = serde_json::from_reader(File::open(folder.join("truth.json"))?)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let checked = runtime.block_on(check(folder))?;
    report(&truth, &checked);
    Ok(())
}

async fn check(folder: &Path) -> Result<Checked, Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let files = Arc::new(LocalFileSystem::new_with_prefix(place.path())?);
    let ledgers = Ledgers::new(files, Retention::default());
    let mut names: Vec<String> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| FileType::guess(name).is_some())
        .collect();
    names.sort();
    let of = CheckedUnit { customer: "acme".parse()?, unit: "acme".parse()? };
    for (number, name) in (1_u8..).zip(&names) {
        let file_type = FileType::guess(name).ok_or("a file of no known type")?;
        let ledger = LedgerName { customer: of.customer.clone(), unit: of.unit.clone(), file_type };
        let request = ReadRequest {
            ledger,
            upload: UploadId::new(NOW, [number; 10]),
            format: FileFormat::Csv,
            rules: ReadingRules::default(),
            is_released: true,
        };
        match ledgers.prepare(request, File::open(folder.join(name))?).await? {
            Prepared::Ready(_, pending) => {
                pending.commit(NOW).await?;
            }
            other => return Err(format!("{name} was not read: {other:?}").into()),
        }
    }
    let engine = Arc::new(Engine::new(EngineLimits::default())?);
    let checks = CheckLedgers { ledgers, engine };
    let request = CheckRequest {
        of,
        now: NOW,
        verdicts: Vec::new(),
        settings: domain::CheckSettings::default(),
    };
    Ok(checks.check(&request, |_, _| {}).await?)
}

fn report(truth: &Truth, checked: &Checked) {
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

fn alarms(truth: &Truth, checked: &Checked) {
    let is_true = |finding: &Finding| {
        truth.cases.iter().filter(|case| !case.innocent).any(|case| {
            let check =
                CHECK_OF.iter().find(|(kind, _)| *kind == case.kind).map(|(_, check)| *check);
            let fits = check.unwrap_or("duplicate_invoices") == finding.check
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
            println!("  false: {:.2} {}", finding.probability, finding.title);
        }
    }
    println!(
        "\nsupplier, employee and population findings: {} true, {} false",
        of_parties.0, of_parties.1
    );
    println!("findings of invoices: {} true, {} false", of_invoices.0, of_invoices.1);
}
