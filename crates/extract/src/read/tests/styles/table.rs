//! Rows of invoices as a system has them, before they are written.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::*;

/// An invoice, in values.
#[derive(Debug, Clone)]
pub(super) struct WrittenRow {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) supplier_ref: String,
    pub(super) supplier_name: String,
    /// In hundredths.
    pub(super) amount: i64,
    pub(super) currency: &'static str,
    pub(super) invoice_date: Date,
    pub(super) entered_date: Date,
    pub(super) paid_date: Option<Date>,
}

/// Names of suppliers with the letters of Western Europe, which all encodings of these tests have.
const NAMES: [&str; 12] = [
    "Müller & Söhne GmbH",
    "Smith, Jones & Co",
    "Café Élysée S.à r.l.",
    "Jürgen Weiß",
    "Señor Núñez S.A.",
    "O'Neill Ltd",
    "Acme \"The Best\" Inc",
    "Société Générale d'Électricité",
    "Blåbær Ås AS",
    "Håkan Öström",
    "Total Energies",
    "12 Apostles Wines",
];

pub(super) fn rows() -> impl Strategy<Value = Vec<WrittenRow>> {
    let kinds = (0..4_usize, 0..4_usize, 0..3_usize);
    (kinds, prop::collection::vec(row(), 1..14)).prop_map(|((ids, numbers, refs), rows)| {
        // A system writes its numbers in one way.
        rows.into_iter()
            .enumerate()
            .map(|(at, row)| WrittenRow {
                id: match ids {
                    0 => format!("{}", 100_001 + at),
                    1 => format!("{:010}", 5_100_000 + at),
                    2 => format!("DOC-{:04}", at + 1),
                    _ => format!("1000/2024/{:05}", at + 1),
                },
                number: match numbers {
                    0 => row.number,
                    1 => format!("INV-{}", row.number),
                    2 => format!("{:08}", row.number.len() * 1_234 + at),
                    _ => format!("2024/{}", row.number),
                },
                supplier_ref: match refs {
                    0 => row.supplier_ref,
                    1 => format!("S{}", row.supplier_ref),
                    _ => format!("{:0>10}", row.supplier_ref),
                },
                ..row
            })
            .collect()
    })
}

fn row() -> impl Strategy<Value = WrittenRow> {
    let dates = (days(), 0..40_i32, prop::option::of(0..60_i32));
    let texts = ("[1-9][0-9]{2,7}", "[1-9][0-9]{3,5}", prop::sample::select(NAMES.to_vec()));
    let currency = prop::sample::select(vec!["GBP", "EUR", "USD"]);
    (dates, texts, amounts(), currency).prop_map(|(dates, texts, amount, currency)| {
        let (invoice_date, entered, paid) = dates;
        let (number, supplier_ref, name) = texts;
        let behind = |days: i32| invoice_date.checked_add(days.days()).unwrap();
        WrittenRow {
            id: String::new(),
            number,
            supplier_ref,
            supplier_name: name.to_owned(),
            amount,
            currency,
            invoice_date,
            entered_date: behind(entered),
            paid_date: paid.map(behind),
        }
    })
}

/// Of the ten years before the day on which these files are read.
fn days() -> impl Strategy<Value = Date> {
    (0..3_600_i32).prop_map(|days| date(2016, 11, 1).checked_add(days.days()).unwrap())
}

/// Mostly positive, as invoices are.
fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 1..10_000_000_i64,
        2 => 1..1_000_i64,
        2 => (1..5_000_i64).prop_map(|whole| whole * 100),
        1 => (1..9_000_i64).prop_map(|thousands| thousands * 100_000),
        2 => -2_000_000..0_i64,
        1 => 1_000_000_000..99_000_000_000_i64,
    ]
}
