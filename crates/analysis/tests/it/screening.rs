//! Invoices held against a ledger before they are in it, beside what a run finds once they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use analysis::{Checker, Engine, EngineLimits, Screener};
use domain::screening::{InvoiceScreening, OddityKind, ScreeningRequest};
use domain::{
    CheckSettings, FileType, ScreenedInvoice, Screening, ScreeningSettings, ScreeningWord,
};

use crate::site::{NOW, Site, check_request, unit};

const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Invoice Date,Entered Date,Supplier Name,Supplier Ref,User ID\n";

/// An invoice by its columns.
type Line = [String; 8];

/// Firms that number their invoices; some of these are keyed again with a slip.
fn lines() -> Vec<Line> {
    let mut state = 3_u64;
    let mut chance = move |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut lines: Vec<Line> = Vec::new();
    for at in 0..700_u64 {
        let firm = chance(24);
        let (month, day) = (at * 12 / 700 + 1, chance(27) + 1);
        let cents = if chance(6) == 0 { 125_000 + firm * 700 } else { chance(900_000) + 1_000 };
        let line = |id: String, number: String, firm: u64, keyed: u64| -> Line {
            [
                id,
                number,
                format!("{}.{:02}", cents / 100, cents % 100),
                format!("2025-{month:02}-{day:02}"),
                format!("2026-{month:02}-{keyed:02}"),
                format!("Firm {firm} Ltd"),
                format!("S{firm}"),
                format!("user{}", at % 3),
            ]
        };
        let number = format!("F{firm}-{}", 20_000 + at * 3 + chance(3));
        lines.push(line(format!("U{at:04}"), number.clone(), firm, chance(9) + 1));
        match chance(14) {
            0 => lines.push(line(format!("U{at:04}B"), number, firm, 19)),
            1 => lines.push(line(format!("U{at:04}B"), format!("{number}A"), firm, 19)),
            2 => lines.push(line(format!("U{at:04}B"), number.replace('0', "O"), firm, 19)),
            3 => lines.push(line(format!("U{at:04}B"), number, (firm + 7) % 24, 19)),
            _ => {}
        }
    }
    lines
}

fn csv(lines: &[Line]) -> String {
    lines.iter().fold(HEAD.to_owned(), |mut text, line| {
        writeln!(text, "{}", line.join(",")).unwrap();
        text
    })
}

fn invoice([id, number, amount, date, entered, name, reference, user]: &Line) -> ScreenedInvoice {
    ScreenedInvoice {
        unique_id: Some(id.clone()),
        invoice_number: number.clone(),
        invoice_amount: amount.parse().unwrap(),
        invoice_date: date.parse().unwrap(),
        entered_date: Some(entered.parse().unwrap()),
        supplier_name: Some(name.clone()),
        supplier_ref: Some(reference.clone()),
        user_id: Some(user.clone()),
        ..ScreenedInvoice::default()
    }
}

async fn screen(screener: &Screener, invoices: Vec<ScreenedInvoice>) -> Screening {
    let request = ScreeningRequest {
        of: unit(),
        now: NOW,
        invoices,
        settings: ScreeningSettings::default(),
        check_settings: CheckSettings::default(),
        verdicts: Vec::new(),
        verdict_tallies: Vec::new(),
    };
    screener.screen(request).await.unwrap()
}

fn engine() -> Arc<Engine> {
    Arc::new(Engine::new(EngineLimits::default()).unwrap())
}

/// Ids of two invoices, the probability that they are one, and the kind.
type FoundDuplicates = BTreeMap<Vec<String>, (f64, String)>;

/// What a run finds of duplicates, by the ids of their rows.
async fn run(site: &Site, engine: Arc<Engine>) -> FoundDuplicates {
    let request = check_request(unit());
    let settings = analysis::RunSettings {
        only: Some(vec!["duplicate_invoices".to_owned()]),
        ..analysis::RunSettings::default()
    };
    let checker = Checker::new(site.ledgers.clone(), engine);
    let found = checker.check_with(&request, settings, |_, _| {}).await.unwrap();
    let ids = |rows: &[domain::finding::FindingRow]| {
        let mut ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        ids.sort_unstable();
        ids
    };
    let found = found.findings.iter();
    found.map(|one| (ids(&one.rows), (one.probability.unwrap(), one.kind.clone()))).collect()
}

/// Each invoice is screened against the ledger without it; the run sees the whole.
#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_told_what_a_run_finds_once_it_is_in_the_ledger() {
    let (engine, all) = (engine(), lines());
    let whole = Site::new();
    whole.read(FileType::Transactions, 1, &csv(&all)).await;
    let expected = run(&whole, Arc::clone(&engine)).await;
    let (mut found, mut missed) = (0, Vec::new());
    let keyed_again = (0..all.len()).filter(|at| all[*at][0].ends_with('B')).take(16);
    for at in keyed_again.chain((5..all.len()).step_by(150)) {
        let site = Site::new();
        let mut others = all.clone();
        let line = others.remove(at);
        site.read(FileType::Transactions, 1, &csv(&others)).await;
        let screener = Screener::new(site.ledgers.clone(), Arc::clone(&engine));
        let answer = screen(&screener, vec![invoice(&line)]).await;
        let [answer] = answer.invoices.as_slice() else { panic!("{answer:?}") };
        let of_run = expected.iter().filter(|(ids, _)| ids.contains(&line[0]) && ids.len() == 2);
        for (ids, (probability, kind)) in of_run {
            let is_it = |one: &&domain::screening::LikelyDuplicate| {
                ids.iter().all(|id| one.rows.iter().any(|row| row.id == *id))
            };
            let Some(own) = answer.duplicates.iter().find(is_it) else {
                missed.push((line[0].clone(), *probability));
                continue;
            };
            found += 1;
            assert!((own.probability - probability).abs() < 0.005, "{ids:?}: {own:?}");
            assert_eq!((&own.kind, own.rows.len()), (kind, 2), "{ids:?}");
            assert!(own.rows.iter().all(|row| row.fields.contains_key("invoice_number")));
        }
        let is_in_run = expected.keys().any(|ids| ids.contains(&line[0]));
        assert_eq!(answer.duplicates.is_empty(), !is_in_run, "{line:?}: {answer:?}");
    }
    assert!(found >= 10 && missed.is_empty(), "{found}: {missed:?}");
}

const SUPPLIERS: &str = "Supplier Ref,Supplier Name,Sort Code,Account Number,Created Date,Modified Date\n\
    S1,Firm 1 Ltd,200000,55779911,2019-01-01,2019-01-01\n\
    S2,Firm 2 Ltd,200000,66889922,2019-01-01,2019-01-01\n\
    S3,Firm 3 Ltd,200000,77990033,2019-01-01,2019-01-01\n\
    NEW,Newcomer Ltd,200000,88001144,2026-09-10,2026-09-10\n\
    E1,Side Trade,200000,31415926,2019-01-01,2019-01-01\n";
const EMPLOYEES: &str = "Employee ID,First Name,Last Name,Sort Code,Account Number\n\
    P1,Ann,Ash,200000,31415926\nP2,Bob,Birch,200000,27182818\n";

/// The kinds of what is odd about one supplier's invoice into one account.
async fn oddities(screener: &Screener, supplier: &str, account: Option<&str>) -> Vec<OddityKind> {
    let invoice = ScreenedInvoice {
        invoice_number: "NEW-900".to_owned(),
        invoice_amount: "871.23".parse().unwrap(),
        invoice_date: "2026-09-15".parse().unwrap(),
        supplier_ref: Some(supplier.to_owned()),
        sort_code: account.map(|_| "20-00-00".to_owned()),
        account_number: account.map(str::to_owned),
        ..ScreenedInvoice::default()
    };
    let answer = screen(screener, vec![invoice]).await;
    let kinds = answer.invoices[0].oddities.iter().map(|one| one.kind);
    kinds.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_suppliers_and_accounts_are_named() {
    let site = Site::new();
    site.read(FileType::Transactions, 1, &csv(&lines())).await;
    site.read(FileType::Suppliers, 2, SUPPLIERS).await;
    site.read(FileType::Employees, 3, EMPLOYEES).await;
    let changed = SUPPLIERS
        .replace("66889922,2019-01-01,2019-01-01", "99112255,2019-01-01,2026-09-01")
        .replace("77990033", "55779911");
    site.read(FileType::Suppliers, 4, &changed).await;
    let screener = Screener::new(site.ledgers.clone(), engine());
    let accounts = [
        ("S4", None, vec![]),
        ("NOBODY", None, vec![OddityKind::UnknownSupplier]),
        ("NEW", None, vec![OddityKind::NewSupplier]),
        ("E1", None, vec![OddityKind::EmployeeAccount]),
        ("S2", None, vec![OddityKind::ChangedAccount]),
        ("S2", Some("99112255"), vec![OddityKind::ChangedAccount]),
        ("S2", Some("66889922"), vec![OddityKind::OtherAccount]),
        ("S1", None, vec![OddityKind::SharedAccount]),
        ("S2", Some("12003400"), vec![OddityKind::OtherAccount]),
        ("S2", Some("27182818"), vec![OddityKind::EmployeeAccount, OddityKind::OtherAccount]),
    ];
    for (supplier, account, expected) in accounts {
        let found = oddities(&screener, supplier, account).await;
        assert_eq!(found, expected, "{supplier} {account:?}");
    }
}

/// One supplier's invoice by its reference, name and account: the kinds of what is odd, and the last words.
async fn told(
    screener: &Screener,
    (reference, name, account): (&str, &str, Option<&str>),
) -> (Vec<OddityKind>, String) {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let invoice = ScreenedInvoice {
        invoice_number: "NEW-900".to_owned(),
        invoice_amount: "871.23".parse().unwrap(),
        invoice_date: "2026-09-15".parse().unwrap(),
        supplier_ref: given(reference),
        supplier_name: given(name),
        sort_code: account.map(|_| "20-00-00".to_owned()),
        account_number: account.map(str::to_owned),
        ..ScreenedInvoice::default()
    };
    let answer = screen(screener, vec![invoice]).await;
    let oddities = &answer.invoices[0].oddities;
    let words = oddities.last().map_or_else(String::new, |last| last.words.clone());
    (oddities.iter().map(|one| one.kind).collect(), words)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_is_known_by_its_name_and_by_its_reference_in_another_writing() {
    use OddityKind::{OtherAccount, UnknownSupplier};
    let site = Site::new();
    site.read(FileType::Transactions, 1, &csv(&lines())).await;
    let suppliers = format!(
        "{SUPPLIERS}T3,Firm 3 Limited,200000,41414141,2019-01-01,2019-01-01\n\
         Q5,Quince Ltd,200000,51515151,2019-01-01,2019-01-01\n"
    );
    site.read(FileType::Suppliers, 2, &suppliers).await;
    let screener = Screener::new(site.ledgers.clone(), engine());
    for (asked, kinds, words) in [
        (("s2", "", Some("66889922")), &[][..], ""),
        (("0S2", "", Some("12003400")), &[OtherAccount], "is none of the supplier's"),
        (("", "FIRM 2 LIMITED", Some("66889922")), &[], ""),
        (("", "Firm 2 Ltd", Some("12003400")), &[OtherAccount], "is none of the supplier's"),
        (("", "Quince", None), &[], ""),
        (("", "Quince", Some("12003400")), &[OtherAccount], "one ending in 5151"),
        // The ledger alone knows it.
        (("", "Firm 9", None), &[], ""),
        (("", "Nobody Ltd", None), &[UnknownSupplier], "neither a file of suppliers nor an"),
        (("X9", "Nobody Ltd", None), &[UnknownSupplier], "names the supplier"),
        (("X9", "Quince Ltd", None), &[UnknownSupplier], "X9; the name is that of Q5"),
        (("X9", "Quince Ltd", Some("51515151")), &[UnknownSupplier], "the name is that of Q5"),
        (("X9", "Quince", Some("12003400")), &[OtherAccount, UnknownSupplier], "that of Q5"),
        (("", "Firm 3", None), &[UnknownSupplier], "may be meant by Firm 3: S3, T3; give the"),
        // The account tells which.
        (("", "Firm 3", Some("41414141")), &[], ""),
        (("", "Firm 3", Some("12003400")), &[OtherAccount, UnknownSupplier], "several suppliers"),
    ] {
        let found = told(&screener, asked).await;
        assert_eq!(found.0, kinds, "{asked:?}: {}", found.1);
        assert!(found.1.contains(words), "{asked:?}: {}", found.1);
    }
}

/// Invoices of a supplier are met by whatever it is called.
#[tokio::test(flavor = "multi_thread")]
async fn invoices_are_compared_by_whatever_their_supplier_is_called() {
    let (site, all) = (Site::new(), lines());
    site.read(FileType::Transactions, 1, &csv(&all)).await;
    let screener = Screener::new(site.ledgers.clone(), engine());
    let duplicates = async |reference: Option<String>, name: Option<String>| {
        let own = invoice(&all[40]);
        let again = ScreenedInvoice {
            unique_id: None,
            supplier_ref: reference,
            supplier_name: name,
            ..own
        };
        let answer = screen(&screener, vec![again]).await;
        let [answer] = &answer.invoices[..] else { panic!("{answer:?}") };
        (answer.duplicates.clone(), answer.supplier_ref.clone())
    };
    let (name, reference) = (all[40][5].clone(), all[40][6].clone());
    let exact = duplicates(Some(reference.clone()), Some(name.clone())).await;
    assert!(!exact.0.is_empty() && exact.1 == reference, "{exact:?}");
    assert_eq!(duplicates(Some(reference.to_lowercase()), None).await, exact);
    assert_eq!(
        duplicates(None, Some(name.to_uppercase().replace("LTD", "Limited"))).await.1,
        exact.1
    );
    assert_eq!(duplicates(None, Some(name)).await, exact);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_is_held_against_itself_and_a_newer_version_is_seen() {
    let site = Site::new();
    let all = lines();
    site.read(FileType::Transactions, 1, &csv(&all[..400])).await;
    let screener = Screener::new(site.ledgers.clone(), engine());
    let new = |id: Option<&str>| ScreenedInvoice {
        unique_id: id.map(str::to_owned),
        ..invoice(&[
            String::new(),
            "X-77".to_owned(),
            "4210.11".to_owned(),
            "2026-01-05".to_owned(),
            "2026-01-07".to_owned(),
            "Firm 1 Ltd".to_owned(),
            "S1".to_owned(),
            "user1".to_owned(),
        ])
    };
    let word = |answer: &InvoiceScreening| answer.word;
    let answer = screen(&screener, vec![new(None), new(None)]).await;
    let words: Vec<ScreeningWord> = answer.invoices.iter().map(word).collect();
    assert_eq!(words, [ScreeningWord::Clear, ScreeningWord::Stop]);
    assert_eq!(answer.invoices[1].duplicates[0].rows[0].id, "line 1 of this request");
    assert_eq!(answer.counts()["stop"], 1);
    let posted = "P1,X-77,4210.11,2026-01-05,2026-01-07,Firm 1 Ltd,S1,user1\n";
    site.read(FileType::Transactions, 2, &format!("{HEAD}{posted}")).await;
    // On a machine that is busy the version before would answer until this one is made.
    screener.warm(&unit()).await.unwrap();
    let answer = screen(&screener, vec![new(None), new(Some("P1"))]).await;
    let words: Vec<ScreeningWord> = answer.invoices.iter().map(word).collect();
    // The second is the posted one itself: the first of the request is no invoice of the ledger.
    assert_eq!(words, [ScreeningWord::Stop, ScreeningWord::Clear], "{answer:?}");
}

/// An invoice of Firm 1 by its number, amount and day of entry.
fn asked((number, amount, entered): (&str, &str, &str)) -> ScreenedInvoice {
    let texts =
        ["", number, amount, "2026-01-05", entered, "Firm 1 Ltd", "S1", "user1"].map(str::to_owned);
    ScreenedInvoice { unique_id: None, ..invoice(&texts) }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_one_request_are_added_up_before_they_are_compared() {
    let (site, all) = (Site::new(), lines());
    let posted = "P1,X-77,4210.11,2026-01-05,2026-01-05,Firm 1 Ltd,S1,user1\n";
    site.read(FileType::Transactions, 1, &format!("{}{posted}", csv(&all))).await;
    let screener = Screener::new(site.ledgers.clone(), engine());
    let day = "2026-01-07";
    for (rows, expected) in [
        // Two lines come to what is posted.
        (&[("X-77", "4000.00", day), ("X-77", "210.11", day)][..], &[Some("P1"), Some("P1")][..]),
        // Two keyings of one day that differ by a slip are no lines, as in a run.
        (
            &[("Y-1", "771.00", day), ("Y-1", "717.00", day)],
            &[None, Some("line 1 of this request")],
        ),
        // Lines that come twice are two keyings.
        (
            &[
                ("Y-2", "50.11", day),
                ("Y-2", "771.00", day),
                ("Y-2", "50.11", day),
                ("Y-2", "771.00", day),
            ],
            &[None, None, Some("line 1 of this request"), Some("line 1 of this request")],
        ),
        // A number with a tail, and VAT on top.
        (
            &[("88231", "771.00", day), ("88231-A", "925.20", "2026-01-09")],
            &[None, Some("line 1 of this request")],
        ),
        (&[("Y-3", "50.11", day), ("Y-3", "771.00", "2026-01-08")], &[None, None]),
    ] {
        let answer = screen(&screener, rows.iter().copied().map(asked).collect()).await;
        let ids: Vec<Option<&str>> = (answer.invoices.iter())
            .map(|one| Some(one.duplicates.first()?.rows[0].id.as_str()))
            .collect();
        assert_eq!(ids, expected, "{rows:?}: {answer:?}");
        let numbers = answer.invoices.iter().map(|one| one.invoice_number.as_str());
        assert!(numbers.eq(rows.iter().map(|row| row.0)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_known_before_the_first_file() {
    let site = Site::new();
    let screener = Screener::new(site.ledgers.clone(), engine());
    let answer = screen(&screener, vec![invoice(&lines()[0])]).await;
    assert!(answer.versions.is_empty());
    assert_eq!(answer.invoices[0].oddities[0].kind, OddityKind::UnknownSupplier);
    assert!(answer.invoices[0].duplicates.is_empty());
}
