use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, StringArray};
use extract::LINE_COLUMN;

use super::*;

/// Unique ID, number, amount in cents, name, reference, day of payment since 1970 (0: not paid).
type Row = (&'static str, &'static str, i128, &'static str, &'static str, i32);

const PAID: i32 = 20_000;

fn batch(rows: &[Row]) -> RecordBatch {
    let texts = |of: fn(&Row) -> &'static str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let amounts: Decimal128Array = rows.iter().map(|row| Some(row.2 * 100)).collect();
    let paid: Date32Array = rows.iter().map(|row| Some(row.5).filter(|days| *days != 0)).collect();
    let count = i64::try_from(rows.len()).unwrap();
    RecordBatch::try_from_iter([
        ("unique_id", texts(|row| row.0)),
        ("invoice_number", texts(|row| row.1)),
        ("invoice_amount", Arc::new(amounts.with_precision_and_scale(18, 4).unwrap()) as ArrayRef),
        ("invoice_date", Arc::new(Date32Array::from(vec![PAID - 10; rows.len()]))),
        ("paid_date", Arc::new(paid)),
        ("supplier_name", texts(|row| row.3)),
        ("supplier_ref", texts(|row| row.4)),
        (LINE_COLUMN, Arc::new(Int64Array::from_iter_values(2..2 + count))),
    ])
    .unwrap()
}

/// The numbers of other invoices that go, of those that stay, and of other payments.
fn judged(before: &[Row], after: &[Row]) -> (u64, u64, u64) {
    let (before, after) = (batch(before), batch(after));
    let mut identities = Vec::new();
    identifier(&after).unwrap().of_rows(&after, &mut identities);
    let mut new = RowTraits::default();
    new.add(&after, &identities).unwrap();
    let mut replacements = OddReplacements::default();
    let all = vec![true; before.num_rows()];
    let kept = replacements.judge(&before, &all, &new.sorted()).unwrap();
    assert_eq!(kept.len() as u64, replacements.kept_invoices.rows);
    (
        replacements.other_invoices.rows,
        replacements.kept_invoices.rows,
        replacements.other_payments.rows,
    )
}

#[test]
fn only_what_differs_in_all_three_is_another_invoice() {
    let before: Row = ("1", "INV-7", 100, "Acme Ltd", "S1", PAID);
    for (after, is_other) in [
        (before, false),
        (("1", "INV-8", 200, "Beta", "S2", PAID), true),
        (("1", "INV-7", 200, "Beta", "S2", PAID), false),
        (("1", "INV-8", 100, "Beta", "S2", PAID), false),
        (("1", "INV-8", 200, "Beta", "S1", PAID), false),
        // Renumbered, renamed, and both written another way.
        (("1", "INV-8", 200, "ACME LTD.", "S2", PAID), false),
        (("1", "inv 7", 200, "Beta", "S2", PAID), false),
        (("1", "INV-8", 200, "Beta", "X1", PAID), true),
        (("1", "INV-8", 200, "Beta", "s-1", PAID), false),
        // The credit of it.
        (("1", "INV-8", -100, "Beta", "S2", PAID), false),
        // Paid on another day as well: it is another invoice all the same.
        (("1", "INV-8", 200, "Beta", "S2", PAID + 35), true),
    ] {
        assert_eq!(judged(&[before], &[after]), (u64::from(is_other), 0, 0), "{after:?}");
    }
}

/// What has no number but its Unique ID bears the same number by that alone.
#[test]
fn a_number_that_is_the_unique_id_tells_no_invoice() {
    let before: Row = ("17", "17", 100, "Acme Ltd", "S1", PAID);
    for (after, is_other) in [
        (before, false),
        (("17", "17", 200, "Beta", "S2", PAID), true),
        (("17", "17", 100, "Beta", "S2", PAID), false),
        (("17", "17", 200, "ACME LTD.", "S2", PAID), false),
        (("17", "17", 200, "Beta", "S1", PAID), false),
    ] {
        assert_eq!(judged(&[before], &[after]), (0, u64::from(is_other), 0), "{after:?}");
    }
}

#[test]
fn of_lines_with_one_id_one_that_agrees_is_enough() {
    let before = [("1", "A", 100, "Acme", "S1", PAID), ("1", "A", 50, "Acme", "S1", PAID)];
    let after = [("1", "B", 1, "Beta", "S2", PAID), ("1", "A", 2, "Gamma", "S3", PAID)];
    assert_eq!(judged(&before, &after), (0, 0, 0));
    assert_eq!(judged(&before, &after[..1]), (2, 0, 0));
}

#[test]
fn the_same_money_paid_on_another_day_is_another_payment() {
    let row =
        |amount, name, reference, paid| -> Row { ("1", "INV-7", amount, name, reference, paid) };
    let before = row(100, "Acme Ltd", "S1", PAID);
    for (after, is_other) in [
        (&[before][..], false),
        (&[row(100, "Acme Ltd", "S1", PAID + 35)], true),
        (&[row(100, "ACME LTD.", "S-9", PAID + 35)], true),
        // Not paid any more, another amount, another supplier, a credit.
        (&[row(100, "Acme Ltd", "S1", 0)], false),
        (&[row(200, "Acme Ltd", "S1", PAID + 35)], false),
        (&[row(100, "Beta", "S2", PAID + 35)], false),
        (&[row(-100, "Acme Ltd", "S1", PAID + 35)], false),
        // Lines of one invoice, one of which is the one that was there.
        (&[row(100, "Acme Ltd", "S1", PAID + 35), before], false),
        // What is empty is nobody's.
        (&[row(100, "", "", PAID + 35)], false),
    ] {
        assert_eq!(judged(&[before], after), (0, 0, u64::from(is_other)), "{after:?}");
    }
}
