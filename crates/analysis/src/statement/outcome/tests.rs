//! Lines beside rows whose number, day or amount is another.

mod same_numbers;

use domain::statement::LineState::{Agreed, CreditNotTaken, MissingHere};

use super::*;
use crate::statement::matching::matched;

/// A number, a day that may be empty, and an amount.
type Document = (&'static str, &'static str, &'static str);

fn day(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn line(at: u64, (number, date, amount): Document) -> StatementLine {
    StatementLine {
        line: at,
        number: number.to_owned(),
        date: day(date),
        amount: amount.parse().unwrap(),
        currency: None,
        kind: String::new(),
    }
}

fn item(id: usize, (number, date, amount): Document) -> OpenItem {
    let amount: Amount = amount.parse().unwrap();
    OpenItem {
        ledger: FileType::Transactions,
        id: format!("T{id}"),
        written: number.to_owned(),
        number: InvoiceNumber::new(number),
        amount: i128::from(amount.ten_thousandths()),
        currency: Some("GBP".to_owned()),
        date: day(date),
        paid: None,
    }
}

fn items(rows: &[Document]) -> Vec<OpenItem> {
    (1..).zip(rows).map(|(id, row)| item(id, *row)).collect()
}

fn held(items: Vec<OpenItem>, lines: &[Document]) -> Reconciliation {
    let lines = (1..).zip(lines).map(|(at, document)| line(at, *document)).collect();
    reconciliation(&matched(lines, items), OpeningBalance::NotSaid)
}

/// Of each line its state and its row.
fn told(done: &Reconciliation) -> Vec<(LineState, Option<&str>)> {
    let rows = done.lines.iter().map(|line| line.row.as_ref().map(|row| row.id.as_str()));
    done.lines.iter().map(|line| line.state).zip(rows).collect()
}

/// A name, rows of the ledger, lines of the statement, and what the lines come to.
type Case = (
    &'static str,
    &'static [Document],
    &'static [Document],
    &'static [(LineState, Option<&'static str>)],
);

const CASES: [Case; 19] = [
    (
        "a number within that of a line, over another amount",
        &[("10983", "2026-05-04", "75.00")],
        &[("RE/10983/ES", "2026-05-04", "20.00")],
        &[(LineState::Different, Some("T1"))],
    ),
    (
        "a number within that of a line and of its credit",
        &[("10983", "2026-05-04", "75.00")],
        &[("RE/10983/ES", "2026-05-04", "20.00"), ("CN/10983/ES", "2026-05-09", "-5.00")],
        &[(LineState::Different, Some("T1")), (CreditNotTaken, None)],
    ),
    (
        "a number within those of several lines",
        &[("10482", "2026-05-04", "75.00")],
        &[("10482-1001", "2026-05-04", "20.00"), ("10482-1002", "2026-05-09", "30.00")],
        &[(MissingHere, None), (MissingHere, None)],
    ),
    (
        "a slip on the same day",
        &[("48790", "2026-05-29", "120.00")],
        &[("48970", "2026-05-29", "120.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a slip on the same day, of an amount that recurs",
        &[
            ("48790", "2026-05-29", "120.00"),
            ("47101", "2026-04-29", "120.00"),
            ("46033", "2026-03-29", "120.00"),
        ],
        &[("48970", "2026-05-29", "120.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a slip within a few days",
        &[("48790", "2026-05-26", "120.00")],
        &[("48970", "2026-05-29", "120.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a slip within a few days, of an amount that recurs",
        &[
            ("48790", "2026-05-26", "120.00"),
            ("47101", "2026-04-26", "120.00"),
            ("46033", "2026-03-26", "120.00"),
        ],
        &[("48970", "2026-05-29", "120.00")],
        &[(MissingHere, None)],
    ),
    (
        "a slip and another day",
        &[("48790", "2026-05-04", "120.00")],
        &[("48970", "2026-05-29", "120.00")],
        &[(MissingHere, None)],
    ),
    (
        "a credit note with a slip and another day",
        &[("48790", "2026-05-04", "-120.00")],
        &[("48970", "2026-05-29", "-120.00")],
        &[(CreditNotTaken, None)],
    ),
    (
        "the number and another day",
        &[("48790", "2026-05-04", "120.00")],
        &[("48790", "2026-05-29", "120.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "the number as others write it and another day",
        &[("inv 0048790", "2026-05-04", "120.00")],
        &[("INV-48790", "2026-05-29", "120.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a slip and another day, as all days of the statement are",
        &[
            ("48101", "2026-05-01", "10.00"),
            ("48212", "2026-05-02", "20.00"),
            ("48323", "2026-05-03", "30.00"),
            ("48790", "2026-05-04", "120.00"),
        ],
        &[
            ("48101", "2026-05-31", "10.00"),
            ("48212", "2026-06-01", "20.00"),
            ("48323", "2026-06-02", "30.00"),
            ("48970", "2026-06-03", "120.00"),
        ],
        &[(Agreed, Some("T1")), (Agreed, Some("T2")), (Agreed, Some("T3")), (Agreed, Some("T4"))],
    ),
    (
        "a prefix of one line and another day",
        &[("48790", "2026-05-04", "120.00")],
        &[("RE-48790", "2026-05-29", "120.00")],
        &[(MissingHere, None)],
    ),
    (
        "a prefix of all lines and other days",
        &[
            ("48101", "2026-05-01", "10.00"),
            ("48212", "2026-05-09", "20.00"),
            ("48323", "2026-05-13", "30.00"),
        ],
        &[
            ("RE-48101", "2026-05-12", "10.00"),
            ("RE-48212", "2026-06-03", "20.00"),
            ("RE-48323", "2026-06-02", "30.00"),
        ],
        &[(Agreed, Some("T1")), (Agreed, Some("T2")), (Agreed, Some("T3"))],
    ),
    (
        "two slips for one row",
        &[("48790", "2026-05-29", "120.00")],
        &[("48970", "2026-05-29", "120.00"), ("47890", "2026-05-29", "120.00")],
        &[(MissingHere, None), (MissingHere, None)],
    ),
    (
        "the number and a slip for one row",
        &[("48790", "2026-05-29", "120.00")],
        &[("48970", "2026-05-29", "120.00"), ("48790", "2026-05-29", "120.00")],
        &[(MissingHere, None), (Agreed, Some("T1"))],
    ),
    (
        "the number and a slip for a row that is there twice",
        &[("48790", "2026-05-29", "120.00"), ("48790", "2026-05-29", "120.00")],
        &[("48970", "2026-05-29", "120.00"), ("48790", "2026-05-29", "120.00")],
        &[(MissingHere, None), (Agreed, Some("T1"))],
    ),
    (
        "a slip and no day",
        &[("48790", "2026-05-29", "120.00")],
        &[("48970", "", "120.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a slip and no day, of an amount that recurs",
        &[
            ("48790", "2026-05-29", "120.00"),
            ("47101", "2026-04-29", "120.00"),
            ("46033", "2026-03-29", "120.00"),
        ],
        &[("48970", "", "120.00")],
        &[(MissingHere, None)],
    ),
];

fn assert_told(cases: impl IntoIterator<Item = Case>) {
    for (name, rows, lines, expected) in cases {
        let done = held(items(rows), lines);
        assert_eq!(told(&done), expected, "{name}");
        let asked: Vec<u64> = done.questions().iter().filter_map(|asked| asked.line).collect();
        let gaps = done.lines.iter().filter(|line| line.state != Agreed);
        let gaps: Vec<u64> = gaps.map(|line| line.line.line).collect();
        assert_eq!(asked, gaps, "{name}");
    }
}

#[test]
fn a_number_that_is_another_is_agreed_about_the_day_only() {
    assert_told(CASES);
}

#[test]
fn the_row_that_a_gap_may_be_is_named() {
    let rows = [("48790", "2026-05-04", "120.00")];
    let lines = [("48970", "2026-05-29", "120.00")];
    let done = held(items(&rows), &lines);
    assert_eq!(
        done.lines[0].words,
        "no invoice of this number is with us; the ledger has 48790 over the same amount, of 2026-05-04: ask \
         whether it is this one"
    );
    let missing: Vec<&str> = done.missing_there.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(missing, ["T1"], "and is asked for itself");

    let mut waiting = items(&rows);
    waiting[0].ledger = FileType::UnpostedInvoices;
    let done = held(waiting.clone(), &lines);
    assert_eq!(told(&done), [(MissingHere, None)]);
    assert!(done.lines[0].words.contains("; the workflow has 48790 over"), "{:?}", done.lines);
    let done = held(waiting, &[("48970", "2026-05-04", "120.00")]);
    assert_eq!(told(&done), [(LineState::Unposted, Some("T1"))]);

    let far = held(items(&rows), &[("48970", "2026-08-29", "120.00")]);
    assert_eq!(far.lines[0].words, "no invoice of this number is with us");
}

#[test]
fn a_sum_is_agreed_where_all_of_it_is_posted_and_open() {
    let two = [("4711", "2026-05-04", "100.00"), ("4711", "2026-05-04", "20.00")];
    // The line, and a later one that says up to when the statement goes.
    let lines = [("4711", "2026-05-04", "120.00"), ("", "2026-05-31", "-1.00")];
    let found = |rows: Vec<OpenItem>| held(rows, &lines).lines.swap_remove(0);
    for (first, second, expected, words) in [
        (None, None, Agreed, "2 rows come to the amount"),
        (
            Some("2026-05-20"),
            None,
            LineState::PaidHere,
            "1 of its 2 rows had been paid by 2026-05-20",
        ),
        (Some("2026-06-20"), None, Agreed, "2 rows come to the amount"),
        (Some("2026-05-20"), Some("2026-06-20"), LineState::PaidHere, "1 of its 2 rows"),
        (Some("2026-05-20"), Some("2026-05-21"), LineState::PaidHere, "was paid on 2026-05-21"),
        (Some("2026-06-20"), Some("2026-06-21"), Agreed, "on 2026-06-21, after the last line"),
    ] {
        let mut rows = items(&two);
        rows[0].paid = first.and_then(day);
        rows[1].paid = second.and_then(day);
        let found = found(rows);
        assert_eq!(found.state, expected, "{first:?} {second:?} {}", found.words);
        assert!(found.words.contains(words), "{first:?} {second:?} {}", found.words);
    }
    let mut waiting = items(&two);
    waiting[1].ledger = FileType::UnpostedInvoices;
    assert_eq!(found(waiting).state, LineState::Unposted);
}

#[test]
fn a_credit_takes_back_no_invoice_that_may_be_with_us() {
    let lines = || {
        vec![line(1, ("48970", "2026-05-29", "120.00")), line(2, ("CN-9", "2026-05-30", "-120.00"))]
    };
    for (rows, expected) in [
        (vec![], 0),
        (items(&[("48790", "2026-05-04", "120.00")]), 1),
        (items(&[("99012", "2026-05-04", "120.00")]), 0),
    ] {
        let credits = credits_not_taken(&matched(lines(), rows.clone()));
        assert_eq!(credits.len(), expected, "{rows:?}");
    }
}

#[test]
fn a_credit_that_likely_is_ours_is_asked_for_and_not_found() {
    let slip = ("48970", "2026-05-29", "-120.00");
    let cases: [(&str, &[Document], &[Document], usize); 7] = [
        ("a slip", &[("48790", "2026-05-04", "-120.00")], &[slip], 0),
        ("a slip long before", &[("48790", "2026-02-04", "-120.00")], &[slip], 1),
        (
            "two slips of one row",
            &[("48790", "2026-05-04", "-120.00")],
            &[slip, ("47890", "2026-05-29", "-120.00")],
            1,
        ),
        (
            "a slip in an amount that recurs",
            &[
                ("48790", "2026-05-04", "-120.00"),
                ("47101", "2026-04-04", "-120.00"),
                ("46033", "2026-03-04", "-120.00"),
            ],
            &[slip],
            1,
        ),
        (
            "a short number of another year",
            &[("117", "2025-05-04", "-120.00")],
            &[("117", "2026-05-04", "-120.00")],
            1,
        ),
        (
            "a word for a number",
            &[("Bonus", "2026-05-04", "-120.00")],
            &[("Bonus", "2026-05-29", "-120.00")],
            1,
        ),
        ("nothing like it", &[("99012", "2026-05-04", "-120.00")], &[slip], 1),
    ];
    for (name, rows, lines, expected) in cases {
        let done = held(items(rows), lines);
        assert_eq!(done.of(CreditNotTaken).count(), lines.len(), "{name}");
        let lines = (1..).zip(lines).map(|(at, document)| line(at, *document)).collect();
        let found = credits_not_taken(&matched(lines, items(rows)));
        assert_eq!(found.len(), expected, "{name}");
    }
}
