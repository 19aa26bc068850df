//! Every case of every check's folder: a small ledger, and exactly what is to be found in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use analysis::{Check, Checker, Engine, EngineLimits, Registers, RunSettings};
use domain::finding::{CheckEnd, CheckRequest, Evidence, Finding, FindingRow, RunOutcome};
use domain::statement::StatementCredit;
use domain::{FileType, InvoiceLines, LeftOutStatuses, Limit, WorkCalendar};
use serde::Deserialize;

use crate::site::{Site, check_request, unit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(rename = "about")]
    _about: String,
    transactions: Option<String>,
    /// Snapshots, in the order in which they came.
    #[serde(default)]
    suppliers: Vec<String>,
    employees: Option<String>,
    unposted_invoices: Option<String>,
    /// Of suppliers' statements, as nothing in the ledgers belongs to them.
    #[serde(default)]
    statement_credits: Vec<StatementCredit>,
    /// A file of the operator.
    register: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, f64>,
    /// One a line, by `check.parameter`.
    #[serde(default)]
    more_limits: BTreeMap<String, String>,
    /// In one line.
    calendar: Option<String>,
    #[serde(default)]
    invoice_lines: InvoiceLines,
    #[serde(default)]
    left_out_statuses: LeftOutStatuses,
    /// Why the check cannot run.
    not_run: Option<String>,
    #[serde(default)]
    findings: Vec<ExpectedFinding>,
    #[serde(default)]
    suppressed: Vec<ExpectedSuppression>,
}

#[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ExpectedFinding {
    kind: String,
    rows: Vec<String>,
    /// The amount that it says was billed; none where that is not looked at.
    billed: Option<String>,
}

#[derive(Deserialize, Debug)]
struct ExpectedSuppression {
    reason: String,
    rows: Vec<String>,
}

fn folders() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    if !folder.exists() {
        return Vec::new();
    }
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

async fn run(check: &str, case: &Case, engine: &Arc<Engine>) -> RunOutcome {
    let site = Site::new();
    let mut number = 0;
    let named = [
        (FileType::Transactions, case.transactions.iter().collect::<Vec<_>>()),
        (FileType::Suppliers, case.suppliers.iter().collect()),
        (FileType::Employees, case.employees.iter().collect()),
        (FileType::UnpostedInvoices, case.unposted_invoices.iter().collect()),
    ];
    for (file_type, texts) in named {
        for text in texts {
            number += 1;
            site.read(file_type, number, text).await;
        }
    }
    let of = unit();
    let register = case.register.as_ref().map(|text| {
        let path = site.folder.path().join("register.csv");
        std::fs::write(&path, text.trim_start()).unwrap();
        path
    });
    let registers = Registers { sanctions: register.clone(), companies: register };
    let checks = Checker::new(site.ledgers.clone(), Arc::clone(engine)).with_registers(registers);
    let settings = RunSettings {
        only: Some(vec![check.to_owned()]),
        parameters: case.parameters.clone(),
        more_limits: case
            .more_limits
            .iter()
            .map(|(key, limits)| (key.clone(), Limit::listed(limits).unwrap()))
            .collect(),
        calendar: case
            .calendar
            .as_ref()
            .map_or_else(WorkCalendar::default, |text| text.parse().unwrap()),
        invoice_lines: case.invoice_lines,
        left_out_statuses: case.left_out_statuses.clone(),
        ..RunSettings::default()
    };
    let request =
        CheckRequest { statement_credits: case.statement_credits.clone(), ..check_request(of) };
    checks.check_with(&request, settings, |_, _| {}).await.unwrap()
}

fn rows(finding: &Finding) -> Vec<String> {
    let mut rows: Vec<String> = finding.rows.iter().map(|row| row.id.clone()).collect();
    rows.sort();
    rows
}

/// A finding as far as the case looks at it.
fn found_as(case: &Case, finding: &Finding) -> ExpectedFinding {
    let looks_at_money = case.findings.iter().any(|one| one.billed.is_some());
    let billed = finding.billed.as_ref().filter(|_| looks_at_money);
    ExpectedFinding {
        kind: finding.kind.clone(),
        rows: rows(finding),
        billed: billed.map(|money| money.amount.to_string()),
    }
}

/// What is not as the case says.
fn judge(name: &str, case: &Case, checked: &RunOutcome) -> Vec<String> {
    let mut faults = Vec::new();
    let end = &checked.checks[0].end;
    let expected_end = match &case.not_run {
        Some(why) => CheckEnd::NotRun { why: why.clone() },
        None => CheckEnd::Ran,
    };
    if *end != expected_end {
        faults.push(format!("{name}: {end:?}"));
    }
    let mut found: Vec<ExpectedFinding> =
        checked.findings.iter().map(|finding| found_as(case, finding)).collect();
    found.sort();
    let sorted = |rows: &[String]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows
    };
    let expected = case.findings.iter();
    let mut expected: Vec<ExpectedFinding> = expected
        .map(|one| ExpectedFinding {
            kind: one.kind.clone(),
            rows: sorted(&one.rows),
            billed: one.billed.clone(),
        })
        .collect();
    expected.sort();
    if found != expected {
        faults.push(format!("{name}: {found:?} instead of {expected:?}"));
    }
    for one in &case.suppressed {
        let is_there = checked.suppressed.iter().any(|finding| {
            rows(finding) == sorted(&one.rows)
                && finding.suppressed.as_ref().is_some_and(|why| why.reason == one.reason)
        });
        if !is_there {
            faults.push(format!("{name}: {one:?} is not suppressed"));
        }
    }
    faults.extend(checked.findings.iter().flat_map(|finding| explains_itself(name, finding)));
    faults
}

/// Weights too small to be shown may be missing from the sum.
fn adds_up(finding: &Finding) -> bool {
    let bits: f64 = finding.evidence.iter().map(|one| one.bits).sum();
    let Some(probability) = finding.probability else { return true };
    let shown = (probability / (1.0 - probability)).log2();
    (bits - shown).abs() < 0.3 || bits.abs() > 12.0 && shown.abs() > 12.0
}

/// Every sentence has a value wherever one should be.
fn has_no_blanks(finding: &Finding) -> bool {
    let words = finding.evidence.iter().map(|one| one.words.as_str());
    words.chain([finding.title.as_str()]).all(|words| {
        words.trim() == words && !["  ", " ,", " ;", "()"].iter().any(|blank| words.contains(blank))
    })
}

/// The row that it takes for misposted is one of the supplier that its sentence says has no claim.
fn misposts_as_it_says(finding: &Finding) -> bool {
    let words = finding.evidence.iter().map(|one| one.words.as_str());
    let wrong = words.clone().find_map(|words| {
        let rest = words.strip_prefix("the number does not fit into the numbering of ")?;
        Some(rest.split_once(": it is probably an invoice of ")?.0)
    });
    let right = words
        .clone()
        .find_map(|words| Some(words.split_once(" bears numbers that begin like it, such as ")?.0));
    let id = finding.misposted_row.as_deref();
    let row = finding.rows.iter().find(|row| Some(row.id.as_str()) == id);
    let supplier = row.and_then(|row| row.fields.get("supplier_name")).map(String::as_str);
    match (wrong, right) {
        (Some(wrong), _) => supplier == Some(wrong),
        (None, Some(right)) => supplier.is_some_and(|supplier| supplier != right),
        (None, None) => id.is_none(),
    }
}

/// What a person lacks who has nothing but the finding's JSON.
fn explains_itself(name: &str, finding: &Finding) -> Vec<String> {
    let written = serde_json::to_string(finding).unwrap();
    let known = |row: &FindingRow| !row.fields.is_empty() || row.ledger == FileType::Suppliers;
    [
        (finding.title.len() > 20, "a title"),
        (!finding.evidence.is_empty(), "evidence"),
        (!finding.innocent_if.is_empty(), "when it is innocent"),
        (finding.probability.is_none_or(|share| share > 0.0 && share < 1.0), "a probability"),
        (!finding.reckoning.is_empty(), "how probable it is, or why nobody knows"),
        (!finding.claim.is_empty() && !finding.at_risk_is.is_empty(), "what its figures are of"),
        (
            finding.probability.is_some()
                == finding.evidence.iter().any(|one| one.field == Evidence::PRIOR),
            "how common such a thing is",
        ),
        (adds_up(finding), "evidence that adds up to its probability"),
        (finding.rows.iter().all(known), "the fields of its rows"),
        (
            misposts_as_it_says(finding),
            "a misposted row where its numbering tells one, or has one else",
        ),
        (has_no_blanks(finding), "a value where a sentence has a blank"),
        (!written.contains("48271009"), "masked accounts"),
    ]
    .into_iter()
    .filter(|(holds, _)| !holds)
    .map(|(_, what)| format!("{name}: {} lacks {what}", finding.title))
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_finds_what_it_says_and_no_more() {
    let engine = Arc::new(Engine::new(EngineLimits::default()).unwrap());
    let (mut cases, mut faults) = (0, Vec::new());
    for folder in files(&folders()).into_iter().filter(|path| path.is_dir()) {
        let check = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let of_check = files(&folder.join("cases"));
        assert!(!of_check.is_empty(), "{check} has no cases");
        for file in of_check {
            let name = format!("{check}/{}", file.file_stem().unwrap().display());
            let case: Case = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let checked = run(&check, &case, &engine).await;
            faults.extend(judge(&name, &case, &checked));
            cases += 1;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cases > Check::all().len());
}
