//! What findings say of suppliers, amounts and credits, over small ledgers made for it and over those of the
//! shared cases, where they are.

use std::fmt::Write as _;
use std::path::Path;

use domain::InvoiceLines;
use domain::finding::{Finding, InvoicesRead, RunOutcome};

use crate::site::check_files;

const HEAD: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Base Amount Currency,Invoice Date,\
                    Entered Date,Paid Date,Supplier Name,Supplier Ref\n";

/// Invoices of 30 firms that number them and seldom bill one amount twice, and these rows.
fn with(rows: &str) -> String {
    let mut text = HEAD.to_owned();
    for at in 0..600_u64 {
        let (firm, mixed) = (at % 30, at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40);
        let number = 7_000 + firm * 150 + at / 30 * 3 + mixed % 3;
        let (month, day) = (at / 30 % 6 + 1, mixed % 28 + 1);
        let date = format!("2026-{month:02}-{day:02}");
        let amount = format!("{}.{:02}", 200 + mixed % 9_000, mixed / 7 % 100);
        let name = format!("Firm {firm} Works Ltd,F{firm}");
        writeln!(text, "H{at},{number},{amount},{amount},GBP,{date},{date},{date},{name}").unwrap();
    }
    text + rows
}

async fn check(check: &str, text: String) -> RunOutcome {
    check_files(check, &[text], InvoiceLines::Automatic).await
}

/// The finding that has these rows.
fn of<'f>(findings: &'f [Finding], ids: &[&str]) -> Option<&'f Finding> {
    let has = |finding: &Finding, id: &str| finding.rows.iter().any(|row| row.id == id);
    findings.iter().find(|finding| ids.iter().all(|id| has(finding, id)))
}

fn words(finding: &Finding) -> String {
    let words = finding.evidence.iter().map(|evidence| evidence.words.as_str());
    words.collect::<Vec<_>>().join("\n")
}

/// The text of a shared case; none where they are not.
#[expect(clippy::print_stderr, reason = "a test that is not tried says so")]
fn shared_case(name: &str) -> Option<String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases/truth"));
    let text = std::fs::read_to_string(folder.join(name));
    if text.is_err() {
        eprintln!("there is no {}: not tried", folder.join(name).display());
    }
    text.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn suppliers_are_taken_for_one_only_where_their_names_are() {
    let made = with(
        "A1,170575615,102648.06,102648.06,GBP,2026-03-04,2026-03-04,2026-03-20,Pipe Works,5710\n\
         A2,170575615,102648.06,102648.06,GBP,2026-03-04,2026-03-05,2026-03-20,Pipe Works,5710\n\
         B1,170575615,102648.06,102648.06,GBP,2026-03-01,2026-03-02,2026-03-18,Quill Cement,2023\n\
         C1,88123,5310.17,5310.17,GBP,2026-03-04,2026-03-04,2026-03-20,Alder Works Ltd,S1\n\
         C2,88123,5310.17,5310.17,GBP,2026-03-04,2026-03-19,2026-03-20,ALDER WORKS LIMITED,S9\n",
    );
    let checked = check("duplicate_invoices", made).await;
    let three = of(&checked.findings, &["A1", "A2", "B1"]).expect("three rows are one finding");
    assert!(!words(three).contains("taken for one supplier"), "{}", words(three));
    assert!(words(three).contains("2023 and 5710 are different suppliers"), "{}", words(three));
    let named = "3 invoices of Quill Cement (2023) and Pipe Works (5710) for GBP 102,648.06";
    assert!(three.title.starts_with(named), "{}", three.title);
    let one = of(&checked.findings, &["C1", "C2"]).expect("one supplier under two references");
    assert!(words(one).contains("S1 and S9 are taken for one supplier"), "{}", words(one));

    if let Some(text) = shared_case("one-name-untrue.csv") {
        let checked = check("duplicate_invoices", text).await;
        let found = of(&checked.findings, &["A1", "A2", "B1"]).expect("the rows of the case");
        assert!(!words(found).contains("taken for one supplier"), "{}", words(found));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_two_invoices_bear_is_named_once() {
    let checked = check(
        "duplicate_invoices",
        with(
            "A1,GR-21076,4310.55,4310.55,GBP,2026-03-04,2026-03-04,2026-03-20,Alder Works Ltd,S1\n\
             A2,GR-21076,4310.55,4310.55,GBP,2026-03-04,2026-03-09,,Alder Works Ltd,S1\n",
        ),
    )
    .await;
    let found = of(&checked.findings, &["A1", "A2"]).expect("one invoice keyed twice");
    assert!(found.title.ends_with(": GR-21076"), "{}", found.title);
    assert!(!found.next_step.contains("GR-21076"), "neither is told apart: {}", found.next_step);
}

#[tokio::test(flavor = "multi_thread")]
async fn payees_that_are_nobody_are_no_supplier() {
    let mut rows = String::new();
    for at in 0..12 {
        let day = at % 28 + 1;
        writeln!(
            rows,
            "R{at},REDACTED,{0}.00,{0}.00,GBP,2026-04-{day:02},2026-04-{day:02},2026-04-28,REDACTED,REDACTED",
            100 + at * 37
        )
        .unwrap();
    }
    rows.push_str(
        "X1,REDACTED,8120.50,8120.50,GBP,2026-04-09,2026-04-09,2026-04-28,REDACTED,REDACTED\n\
         X2,REDACTED,8120.50,8120.50,GBP,2026-04-09,2026-04-09,2026-04-28,REDACTED,REDACTED\n\
         Y1,88123,5310.17,5310.17,GBP,2026-03-04,2026-03-04,2026-03-20,REDACTED,REDACTED\n\
         Y2,88123,5310.17,5310.17,GBP,2026-03-04,2026-03-19,2026-03-20,REDACTED,REDACTED\n",
    );
    let checked = check("duplicate_invoices", with(&rows)).await;
    assert!(of(&checked.findings, &["X1", "X2"]).is_none(), "{:?}", checked.findings);
    let found = of(&checked.findings, &["Y1", "Y2"]).expect("a number of its own tells");
    assert!(!found.title.contains("two suppliers"), "{}", found.title);
    assert!(!words(found).contains("with another supplier"), "{}", words(found));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suppressed_pair_says_which_was_taken_back_by_which() {
    let rows = "A,17755,4310.55,4310.55,GBP,2026-03-02,2026-03-03,2026-03-03,Firm 7 Works Ltd,F7\n\
                C,CN17755,-4310.55,-4310.55,GBP,2026-03-12,2026-03-12,2026-03-12,Firm 7 Works Ltd,F7\n\
                B,17755-A,4310.55,4310.55,GBP,2026-03-14,2026-03-14,2026-03-14,Firm 7 Works Ltd,F7\n";
    let checked = check("duplicate_invoices", with(rows)).await;
    let found = of(&checked.suppressed, &["A", "B"]).expect("it is explained");
    let suppression = found.suppressed.as_ref().expect("a suppressed one says why");
    assert_eq!(suppression.words, "17755 (A) was taken back by CN17755 (C)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_keyed_as_an_invoice_is_of_one_amount() {
    let rows = "A,17755,4310.55,4310.55,GBP,2026-03-02,2026-03-03,2026-03-03,Firm 7 Works Ltd,F7\n\
                C,CN9812,-4310.55,-4310.55,GBP,2026-03-12,2026-03-12,2026-03-12,Firm 7 Works Ltd,F7\n\
                K,CN9812,4310.55,4310.55,GBP,2026-03-12,2026-03-14,2026-03-14,Firm 7 Works Ltd,F7\n";
    let checked = check("duplicate_invoices", with(rows)).await;
    let found = of(&checked.findings, &["C", "K"]).expect("it is found");
    assert!(
        found.title.contains("for GBP 4,310.55 looks like the credit note of that number"),
        "{}",
        found.title
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_notes_are_said_to_have_no_sign_where_no_amount_is_negative() {
    let positive = "C1,CN17755,4310.55,4310.55,GBP,2026-03-02,2026-03-03,2026-03-03,Firm 7 Works Ltd,F7\n\
                    C2,CN17801,210.10,210.10,GBP,2026-03-12,2026-03-12,2026-03-12,Firm 7 Works Ltd,F7\n\
                    C3,9812/CR,95.40,95.40,GBP,2026-03-12,2026-03-14,2026-03-14,Firm 8 Works Ltd,F8\n";
    let negative =
        "C4,CN9901,-12.00,-12.00,GBP,2026-03-12,2026-03-14,2026-03-14,Firm 8 Works Ltd,F8\n";
    for (rows, said) in [(positive.to_owned(), 3), ([positive, negative].concat(), 0)] {
        let checked = check("duplicate_invoices", with(&rows)).await;
        let read = InvoicesRead::from_reports(&checked.checks).expect("the check ran");
        assert_eq!(read.positive_credit_notes.by_number, said);
        let notices = read.notices().join("\n");
        let is_said = notices.contains("3 rows say that they are credit notes (by their numbers");
        assert_eq!(is_said, said > 0, "{notices}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_of_the_same_lines_are_told_so() {
    let rows = "A1,9812,43680.25,43680.25,GBP,2026-03-02,2026-03-02,2026-03-02,Firm 7 Works Ltd,F7\n\
                A2,9812,2280.72,2280.72,GBP,2026-03-02,2026-03-02,2026-03-02,Firm 7 Works Ltd,F7\n\
                B1,9812/A,2280.72,2280.72,GBP,2026-03-12,2026-03-12,2026-03-12,Firm 7 Works Ltd,F7\n\
                B2,9812/A,43680.25,43680.25,GBP,2026-03-12,2026-03-12,2026-03-12,Firm 7 Works Ltd,F7\n";
    let checked = check("duplicate_invoices", with(rows)).await;
    let found = of(&checked.findings, &["A1", "B1"]).expect("it is found");
    let said = "both are made of the same 2 amounts: 43,680.25 + 2,280.72";
    assert!(words(found).contains(said), "{}", words(found));
    assert_eq!(found.explain().besides, [said.replace("both", "Both") + "."]);
}

/// Eleven invoices of two rows each, or twenty-two, with one row far above the others.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_lines_of_invoices_are_called_rows() {
    for (is_in_lines, title, half) in [
        (true, "A row of invoice 910 of", "11 of its 22 rows, lines of invoices counted one by"),
        (false, "Invoice 920 of", "11 of its 22 invoices are GBP "),
    ] {
        let mut text = HEAD.to_owned();
        for (at, line) in (0..11_u32).flat_map(|at| [(at, 0), (at, 1)]) {
            let number = if is_in_lines { 900 + at } else { 900 + at * 2 + line };
            let amount = if (at, line) == (10, 0) { 4_500 } else { 50 + line * 50 + at };
            let date = format!("2026-01-{:02}", at + 1);
            let row = format!("{number},{amount}.50,{amount}.50,GBP,{date},{date},,Alder Ltd,S1");
            writeln!(text, "L{at}-{line},{row}").unwrap();
        }
        let checked = check("spike", text).await;
        let [found] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
        assert!(found.title.starts_with(title), "{}", found.title);
        assert!(words(found).contains(half), "{}", words(found));
    }
}

/// Six amounts just below the limit, and so many just above it.
#[tokio::test(flavor = "multi_thread")]
async fn amounts_just_above_a_limit_speak_against_it() {
    for (above, said, weight) in [
        (0, "none lies as near above it", 1.0),
        (1, "1 lies as near above it", 0.0),
        (6, "6 lie as near above it", -1.0),
    ] {
        let mut text = HEAD.to_owned();
        let below = (0..6).map(|at| 4_900 + at);
        for (at, amount) in (0..).zip(below.chain((0..above).map(|at| 5_010 + at))) {
            let row = format!("{amount}.50,{amount}.50,GBP,2026-01-05,2026-01-05,,Alder Ltd,S1");
            writeln!(text, "U{at},AW{at},{row}").unwrap();
        }
        let checked = check("just_below_limit", text).await;
        let [found] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
        let of_above = found.evidence.iter().find(|reason| reason.words == said);
        let of_above = of_above.unwrap_or_else(|| panic!("{}", words(found)));
        assert!((of_above.bits - weight).abs() < f64::EPSILON, "{above}: {}", of_above.bits);
    }
}

/// Six days, a silence, the day it came back, and another after a gap.
#[tokio::test(flavor = "multi_thread")]
async fn days_after_a_silence_are_days_on_which_it_billed() {
    let mut text = HEAD.to_owned();
    let days = (1..=6).map(|month| format!("2021-{month:02}-05"));
    let days = days.chain(["2023-08-02", "2023-12-02"].map(str::to_owned));
    for (at, date) in (0..).zip(days) {
        writeln!(text, "U{at},AW{at},100.00,100.00,GBP,{date},{date},,Alder Ltd,S1").unwrap();
    }
    let checked = check("dormant_then_paid", text).await;
    let [found] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
    let said = "the invoice before is of 2021-06-05; the next longest gap of this supplier is 122 days; \
                it has billed on 8 days, 6 of them before the silence";
    assert_eq!(words(found), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_is_not_to_be_held_back() {
    for (of_others, of_largest, step) in [
        ("2026-03-01", "2026-03-01", "Compare the invoice with its order: it is paid, so "),
        ("2026-03-01", "", "It has no day of payment yet: hold it back until "),
        ("", "", "Compare the invoice with its order, and hold it back if it is not paid yet."),
    ] {
        let mut text = HEAD.to_owned();
        for at in 1..=12 {
            let (amount, paid) = if at == 12 { (4_500, of_largest) } else { (50 + at, of_others) };
            let date = format!("2026-01-{at:02}");
            let row =
                format!("90{at},{amount}.50,{amount}.50,GBP,{date},{date},{paid},Alder Ltd,S1");
            writeln!(text, "L{at},{row}").unwrap();
        }
        let checked = check("spike", text).await;
        let [found] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
        assert!(found.next_step.starts_with(step), "{}", found.next_step);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_the_shared_cases_are_read_by_supplier_and_shown_as_their_sum() {
    if let Some(text) = shared_case("same-day-double-among-lines.csv") {
        let checked = check("duplicate_invoices", text).await;
        assert!(of(&checked.findings, &["Z00001", "Z09001"]).is_some());
    }
    if let Some(text) = shared_case("rolled-up-rows.csv") {
        let checked = check("duplicate_invoices", text).await;
        let found = of(&checked.findings, &["M1.1", "M2.1"]).expect("the whole beside its lines");
        let row = found.rows.iter().find(|row| row.id == "M1.1").expect("its row");
        let shown = ["base_amount", "lines"].map(|field| row.fields[field].as_str());
        assert_eq!(shown, ["60954.00", "2"], "{}", found.title);
    }
}

/// Six suppliers that bill every month, of which eighteen were not sent; and one that was silent for longer.
#[tokio::test(flavor = "multi_thread")]
async fn days_without_data_are_no_silence_and_are_named() {
    let mut text = HEAD.to_owned();
    let months = (1..=12).map(|month| (2021, month));
    let months = months.chain((7..=12).map(|month| (2023, month)));
    for (year, month) in months.chain((1..=12).map(|month| (2024, month))) {
        for firm in 1..=6 {
            let date = format!("{year}-{month:02}-{:02}", 2 + firm * 4);
            let id = format!("{date}-{firm}");
            let name = format!("Firm {firm} Ltd,F{firm}");
            writeln!(text, "{id},{id},{firm}10.50,{firm}10.50,GBP,{date},{date},,{name}").unwrap();
        }
    }
    for date in ["2021-01-15", "2021-02-15", "2021-03-15", "2024-10-15"] {
        writeln!(text, "{date},{date},90.50,90.50,GBP,{date},{date},,Elm Ltd,E1").unwrap();
    }
    let checked = check("dormant_then_paid", text).await;
    let [found] = checked.findings.as_slice() else { panic!("{:?}", checked.findings) };
    assert!(found.title.contains("on 2024-10-15 after 1310 days"), "{}", found.title);
    let words = words(found);
    assert!(
        words.contains("; the ledger has few invoices or none from 2021-12-30 to 2023-07-05: "),
        "{words}"
    );

    if let Some(text) = shared_case("gap-in-the-extract.csv") {
        let checked = check("dormant_then_paid", text).await;
        assert_eq!(checked.findings.len(), 0, "{:?}", checked.findings);
    }
}
