//! Checks of a customer's own: the example, and statements that would do harm if they could.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use analysis::limits::OWN_CHECK_FINDINGS_MAX;
use analysis::{Browser, Checker, Engine, EngineLimits};
use domain::finding::{CheckEnd, CheckRequest, OwnCheckTrial, RunOutcome};
use domain::{FileType, LeftOutStatuses, OwnCheck, OwnCheckDescription};
use serde::Deserialize;
use tokio::time::Instant;

use crate::site::{Site, check_request, unit};

#[derive(Deserialize)]
struct Case {
    transactions: String,
    suppliers: Vec<String>,
    findings: Vec<ExpectedFinding>,
}

#[derive(Deserialize)]
struct ExpectedFinding {
    kind: String,
    rows: Vec<String>,
}

/// Short, as what never ends is to be waited for.
const TIME: Duration = Duration::from_secs(2);

const DESCRIPTION: &str = "title = \"Attack\"\nclaim = \"it is so\"\ninnocent_if = \"it is not\"";

const TRANSACTIONS: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
     Supplier Name,Supplier Ref\n\
     T1,A1,100.00,100.00,2024-03-01,2024-03-02,Alder Works Ltd,S1\n\
     T2,A2,200.00,200.00,2024-03-03,2024-03-04,Alder Works Ltd,S1\n";

const SUPPLIERS: &str = "Supplier Ref,Supplier Name,Sort Code,Account Number,IBAN,E-mail\n\
     S1,Alder Works Ltd,00-00-01,31926819,GB33BUKB20201555555555,pay@alder.example\n\
     S2,Birch Ltd,00-00-01,31926819,,pay@birch.example\n";

fn engine() -> Arc<Engine> {
    let limits = EngineLimits { own_check_time: TIME, ..EngineLimits::default() };
    Arc::new(Engine::new(limits).unwrap())
}

fn check(description: &str, sql: &str) -> OwnCheck {
    let description: OwnCheckDescription = toml::from_str(description).unwrap();
    OwnCheck::new("attack".parse().unwrap(), description, sql).unwrap()
}

async fn run(site: &Site, engine: &Arc<Engine>, own_checks: Vec<OwnCheck>) -> RunOutcome {
    let settings = domain::CheckSettings {
        off: analysis::Check::all().iter().map(|check| check.name.to_owned()).collect(),
        ..domain::CheckSettings::default()
    };
    let request = CheckRequest { settings, own_checks, ..check_request(unit()) };
    let checks = Checker::new(site.ledgers.clone(), Arc::clone(engine));
    checks.check(&request, |_, _| {}).await.unwrap()
}

async fn trial(site: &Site, engine: &Arc<Engine>, sql: &str) -> OwnCheckTrial {
    let browser = Browser::new(site.ledgers.clone(), Arc::clone(engine));
    let left_out = LeftOutStatuses::default();
    browser.try_own_check(&unit(), &left_out, &check(DESCRIPTION, sql)).await.unwrap()
}

async fn small_site() -> Site {
    let site = Site::new();
    site.read(FileType::Transactions, 1, TRANSACTIONS).await;
    site.read(FileType::Suppliers, 2, SUPPLIERS).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_finds_what_its_case_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/own-check/paid_by_cheque");
    let text = |file: &str| fs::read_to_string(Path::new(folder).join(file)).unwrap();
    let description: OwnCheckDescription = toml::from_str(&text("check.toml")).unwrap();
    let name = "paid_by_cheque".parse().unwrap();
    let check = OwnCheck::new(name, description, &text("check.sql")).unwrap();
    let case: Case = toml::from_str(&text("cases/cheques.toml")).unwrap();
    let (site, engine) = (Site::new(), engine());
    site.read(FileType::Transactions, 1, &case.transactions).await;
    site.read(FileType::Suppliers, 2, &case.suppliers[0]).await;
    let outcome = run(&site, &engine, vec![check]).await;
    assert_eq!(outcome.checks.len(), 1, "its own checks follow those of the program");
    assert_eq!(outcome.checks[0].end, CheckEnd::Ran, "{:?}", outcome.checks[0]);
    let [found] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
    let mut rows: Vec<&str> = found.rows.iter().map(|row| row.id.as_str()).collect();
    rows.sort_unstable();
    assert_eq!((&found.kind, rows), (&case.findings[0].kind, vec!["P1", "P2", "S1"]));
    assert_eq!(case.findings[0].rows, ["P1", "P2", "S1"]);
    assert!(found.title.contains("GBP 1,600.00 by cheque"), "{}", found.title);
    assert_eq!(found.rows[0].fields["supplier_name"], "Alder Works Ltd");
}

/// What is refused before it runs is in the tests of `own_statement`; these begin to run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_take_the_machine_ends() {
    let (site, engine) = (small_site().await, engine());
    let ids = "make_array(unique_id) AS transactions";
    let grown = |levels: usize| {
        let parts: Vec<String> = (1..levels)
            .map(|at| format!("p{at} AS (SELECT concat(x, x, x, x, x, x, x, x) AS x, u FROM p{} GROUP BY x, u)", at - 1))
            .collect();
        format!(
            "WITH p0 AS (SELECT supplier_name AS x, unique_id AS u FROM transactions), {} \
             SELECT x AS title, make_array(u) AS transactions FROM p{}",
            parts.join(", "),
            parts.len()
        )
    };
    let crossed =
        (0..60).map(|at| format!("transactions t{at}")).collect::<Vec<_>>().join(" CROSS JOIN ");
    for (sql, says) in [
        (format!("SELECT title, {ids} FROM transactions"), "cannot be planned"),
        (format!("SELECT 'a' AS title, {ids}, iban FROM transactions, suppliers"), "none of a finding's"),
        ("SELECT 'a' AS title FROM transactions".to_owned(), "names its rows"),
        (format!("SELECT unique_id AS kind, {ids} FROM transactions"), "has a title"),
        ("SELECT 'a' AS title, unique_id AS transactions FROM transactions".to_owned(), "a list"),
        (format!("SELECT make_array('a') AS title, {ids} FROM transactions"), "a single value"),
        (
            "SELECT 'a' AS title, make_array(make_array(unique_id)) AS transactions FROM transactions"
                .to_owned(),
            "single values",
        ),
        (format!("SELECT '' AS title, {ids} FROM transactions"), "lacks its title"),
        (format!("SELECT 'a' AS title, {ids}, make_array('x') AS fields FROM transactions"), "one length"),
        ("SELECT 'a' AS title, make_array('T1') AS transactions FROM transactions".to_owned(), "the same rows"),
        (format!("SELECT concat('a', 1 / 0) AS title, {ids} FROM transactions"), "cannot be computed"),
        (
            format!("SELECT concat('a', CAST(supplier_name AS BIGINT)) AS title, {ids} FROM transactions"),
            "cannot be computed",
        ),
        (grown(7), "longer than 4096 bytes"),
        (
            format!("SELECT max(concat(t0.unique_id, t59.unique_id)) AS title, make_array('T1') AS transactions FROM {crossed}"),
            "took longer",
        ),
        (
            format!(
                "WITH wide AS (SELECT t0.unique_id AS u FROM {crossed}) \
                 SELECT 'a' AS title, array_agg(u) AS transactions FROM wide"
            ),
            "",
        ),
    ] {
        let began = Instant::now();
        let trial = trial(&site, &engine, &sql).await;
        let why = trial.refused.unwrap_or_else(|| panic!("it ran: {sql}"));
        assert!(why.contains(says), "{sql}: {why}");
        assert!(!why.contains("Alder"), "a refusal says no value: {why}");
        assert!(began.elapsed() < TIME * 20, "{sql}");
    }
    let many = (0..11).map(|at| format!("transactions t{at}")).collect::<Vec<_>>().join(", ");
    let rows = format!(
        "SELECT concat('a', t0.unique_id) AS title, make_array(t0.unique_id) AS transactions FROM {many}"
    );
    let why = trial(&site, &engine, &rows).await.refused.unwrap();
    assert!(why.contains(&OWN_CHECK_FINDINGS_MAX.to_string()), "{why}");
    // And nobody else noticed.
    let good =
        trial(&site, &engine, &format!("SELECT unique_id AS title, {ids} FROM transactions")).await;
    assert_eq!((good.refused, good.found), (None, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_personal_is_compared_and_never_shown() {
    let (site, engine) = (small_site().await, engine());
    let sql = "SELECT concat('paid to ', min(account_number), ' of ', min(iban), ' and ', max(email)) AS title, \
        array_sort(array_agg(supplier_ref)) AS suppliers, make_array('x') AS fields, \
        make_array(concat('account ', min(account_number))) AS words, make_array(1.0) AS bits \
        FROM suppliers GROUP BY account_number HAVING count(*) = 2";
    let trial = trial(&site, &engine, sql).await;
    assert_eq!(trial.refused, None);
    let [found] = &trial.findings[..] else { panic!("two suppliers share an account") };
    assert_eq!(found.title, "paid to … of … and …");
    // Its rows show what those of every finding show, which each role sees masked.
    let words: Vec<&str> = found.evidence.iter().map(|reason| reason.words.as_str()).collect();
    assert!(words.contains(&"account …"), "{words:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_fails_is_a_line_of_the_run_and_nothing_else() {
    let (site, engine) = (small_site().await, engine());
    let sql = "SELECT unique_id AS title, make_array(unique_id) AS transactions FROM transactions";
    let needs = format!("{DESCRIPTION}\nneeds = [\"transactions.po_number\"]");
    let checks = vec![
        check(DESCRIPTION, "SELECT nothing FROM transactions"),
        check(DESCRIPTION, sql),
        check(&needs, sql),
    ];
    let outcome = run(&site, &engine, checks).await;
    let ends: Vec<String> = outcome
        .checks
        .iter()
        .map(|report| match &report.end {
            CheckEnd::Ran => "ran".to_owned(),
            CheckEnd::NotRun { why } => why.clone(),
        })
        .collect();
    assert!(ends[0].contains("cannot be planned"), "{ends:?}");
    assert_eq!(ends[1..], ["ran", "no po number in transactions"]);
    assert_eq!(outcome.findings.len(), 2);
    assert!(outcome.findings.iter().all(|finding| finding.check == "own_attack"));
}
