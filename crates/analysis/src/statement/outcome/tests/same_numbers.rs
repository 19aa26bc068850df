//! Lines beside rows of the same number, on whatever days and in whatever currencies.

use super::*;

const SAME_NUMBERS: [Case; 12] = [
    (
        "a short number of another year",
        &[("117", "2023-05-04", "500.00")],
        &[("117", "2024-05-04", "500.00")],
        &[(MissingHere, None)],
    ),
    (
        "a short number with zeros in front, of another year",
        &[("INV-00117", "2023-05-04", "500.00")],
        &[("INV-00117", "2024-05-04", "500.00")],
        &[(MissingHere, None)],
    ),
    (
        "a credit note of a short number of another year",
        &[("117", "2023-05-04", "-500.00")],
        &[("117", "2024-05-04", "-500.00")],
        &[(CreditNotTaken, None)],
    ),
    (
        "a short number of two years",
        &[("117", "2023-05-04", "500.00"), ("117", "2024-05-04", "500.00")],
        &[("117", "2023-05-04", "500.00"), ("117", "2024-05-04", "500.00")],
        &[(Agreed, Some("T1")), (Agreed, Some("T2"))],
    ),
    (
        "a short number of two years, one of which is with us",
        &[("117", "2024-05-04", "500.00")],
        &[("117", "2023-05-04", "500.00"), ("117", "2024-05-04", "500.00")],
        &[(MissingHere, None), (Agreed, Some("T1"))],
    ),
    (
        "a short number that stands there twice",
        &[("117", "2024-05-04", "500.00")],
        &[("117", "2024-05-04", "500.00"), ("117", "2024-06-04", "500.00")],
        &[(Agreed, Some("T1")), (LineState::Duplicate, None)],
    ),
    (
        "a short number and no day",
        &[("117", "2023-05-04", "500.00")],
        &[("117", "", "500.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a long number of another year",
        &[("48790", "2025-05-04", "500.00")],
        &[("48790", "2026-05-29", "500.00")],
        &[(Agreed, Some("T1"))],
    ),
    (
        "a word for a number, month by month",
        &[("Rent", "2026-02-01", "500.00"), ("Rent", "2026-03-01", "500.00")],
        &[
            ("Rent", "2026-01-01", "500.00"),
            ("Rent", "2026-02-01", "500.00"),
            ("Rent", "2026-03-02", "500.00"),
        ],
        &[(MissingHere, None), (Agreed, Some("T1")), (Agreed, Some("T2"))],
    ),
    (
        "the same digits in other pieces",
        &[("2026/11/1", "2026-11-30", "80.00")],
        &[("2026/1/11", "2026-01-31", "80.00")],
        &[(MissingHere, None)],
    ),
    (
        "a short number of another year, where most lack the year that is with us",
        &[
            ("2026/101", "2026-05-01", "10.00"),
            ("2026/102", "2026-05-09", "20.00"),
            ("2026/103", "2026-05-13", "30.00"),
            ("2026/117", "2026-06-10", "500.00"),
        ],
        &[
            ("101", "2026-05-01", "10.00"),
            ("102", "2026-05-09", "20.00"),
            ("103", "2026-05-13", "30.00"),
            ("117", "2025-06-10", "500.00"),
        ],
        &[(Agreed, Some("T1")), (Agreed, Some("T2")), (Agreed, Some("T3")), (MissingHere, None)],
    ),
    (
        "months and days that were read in each other's place",
        &[
            ("48101", "2026-04-03", "10.00"),
            ("48212", "2026-05-04", "20.00"),
            ("48323", "2026-06-07", "30.00"),
            ("48790", "2026-06-08", "120.00"),
        ],
        &[
            ("48101", "2026-03-04", "10.00"),
            ("48212", "2026-04-05", "20.00"),
            ("48323", "2026-07-06", "30.00"),
            ("48970", "2026-08-06", "120.00"),
        ],
        &[(Agreed, Some("T1")), (Agreed, Some("T2")), (Agreed, Some("T3")), (Agreed, Some("T4"))],
    ),
];

#[test]
fn a_number_that_is_the_same_is_agreed_within_its_reach_only() {
    assert_told(SAME_NUMBERS);
}

#[test]
fn the_row_of_its_number_and_another_time_is_named() {
    for (row, line, has) in [
        (
            ("117", "2023-05-04", "500.00"),
            ("117", "2024-05-04", "500.00"),
            "117 over the same amount, of 2023-05-04",
        ),
        (
            ("48790", "2025-05-04", "80.00"),
            ("48790", "2026-05-04", "500.00"),
            "48790 over 80.00, of 2025-05-04",
        ),
    ] {
        let done = held(items(&[row]), &[line]);
        assert_eq!(told(&done), [(MissingHere, None)], "{line:?}");
        assert_eq!(
            done.lines[0].words,
            format!(
                "no invoice of this number and time is with us; the ledger has {has}: ask whether it is this one"
            )
        );
    }
}

/// The amounts of rows with their currencies, the amount of a line, and its state.
type CurrencyCase = (&'static [(&'static str, &'static str)], &'static str, LineState);

#[test]
fn amounts_of_several_currencies_are_not_added_up() {
    let cases: [CurrencyCase; 4] = [
        (&[("100.00", "EUR"), ("100.00", "USD")], "200.00", LineState::Different),
        (&[("60.00", "EUR"), ("40.00", "EUR"), ("70.00", "USD")], "100.00", Agreed),
        (&[("60.00", "EUR"), ("40.00", "EUR"), ("70.00", "USD")], "170.00", LineState::Different),
        (&[("60.00", "EUR"), ("40.00", "")], "100.00", Agreed),
    ];
    for (rows, amount, expected) in cases {
        let of = |(at, (amount, currency)): (usize, &(&'static str, &'static str))| OpenItem {
            currency: (!currency.is_empty()).then(|| (*currency).to_owned()),
            ..item(at, ("4711", "2026-05-04", *amount))
        };
        let items = (1..).zip(rows).map(of).collect();
        let done = held(items, &[("4711", "2026-05-04", amount)]);
        assert_eq!(done.lines[0].state, expected, "{rows:?} {amount}");
    }
}
