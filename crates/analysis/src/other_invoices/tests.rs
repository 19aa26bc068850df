use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Decimal128Array, Int64Array};

use super::*;

/// Unique ID, number, amount in cents, name, reference.
type Row = (&'static str, &'static str, i128, &'static str, &'static str);

fn batch(rows: &[Row]) -> RecordBatch {
    let texts = |of: fn(&Row) -> &'static str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let amounts: Decimal128Array = rows.iter().map(|row| Some(row.2 * 100)).collect();
    let count = i64::try_from(rows.len()).unwrap();
    RecordBatch::try_from_iter([
        ("unique_id", texts(|row| row.0)),
        ("invoice_number", texts(|row| row.1)),
        ("invoice_amount", Arc::new(amounts.with_precision_and_scale(18, 4).unwrap()) as ArrayRef),
        ("invoice_date", Arc::new(Date32Array::from(vec![20_000; rows.len()]))),
        ("paid_date", Arc::new(Date32Array::from(vec![20_010; rows.len()]))),
        ("supplier_name", texts(|row| row.3)),
        ("supplier_ref", texts(|row| row.4)),
        (LINE_COLUMN, Arc::new(Int64Array::from_iter_values(2..2 + count))),
    ])
    .unwrap()
}

fn others(before: &[Row], after: &[Row]) -> OtherInvoices {
    let (before, after) = (batch(before), batch(after));
    let mut identities = Vec::new();
    identifier(&after).unwrap().of_rows(&after, &mut identities);
    let mut new = RowTraits::default();
    new.add(&after, &identities).unwrap();
    let mut others = OtherInvoices::default();
    let is_replaced = vec![true; before.num_rows()];
    others.add_batch(&before, &is_replaced, &new.sorted()).unwrap();
    others
}

#[test]
fn only_what_differs_in_all_three_is_another_invoice() {
    let before: Row = ("1", "INV-7", 100, "Acme Ltd", "S1");
    for (after, is_other) in [
        (before, false),
        (("1", "INV-8", 200, "Beta", "S2"), true),
        (("1", "INV-7", 200, "Beta", "S2"), false),
        (("1", "INV-8", 100, "Beta", "S2"), false),
        (("1", "INV-8", 200, "Beta", "S1"), false),
        // Renumbered, renamed, and both written another way.
        (("1", "INV-8", 200, "ACME LTD.", "S2"), false),
        (("1", "inv 7", 200, "Beta", "S2"), false),
        (("1", "INV-8", 200, "Beta", "X1"), true),
        (("1", "INV-8", 200, "Beta", "s-1"), false),
        // The credit of it.
        (("1", "INV-8", -100, "Beta", "S2"), false),
    ] {
        assert_eq!(others(&[before], &[after]).rows, u64::from(is_other), "{after:?}");
    }
}

#[test]
fn of_lines_with_one_id_one_that_agrees_is_enough() {
    let before = [("1", "A", 100, "Acme", "S1"), ("1", "A", 50, "Acme", "S1")];
    let after = [("1", "B", 1, "Beta", "S2"), ("1", "A", 2, "Gamma", "S3")];
    assert_eq!(others(&before, &after).rows, 0);
    assert_eq!(others(&before, &after[..1]).rows, 2);
}

#[test]
fn few_and_small_shares_are_usual() {
    for (rows, replaced, is_unusual) in
        [(9, 9, false), (10, 10, true), (10, 199, true), (10, 200, false), (1_000, 30_000, false)]
    {
        let others = OtherInvoices { rows, ..OtherInvoices::default() };
        assert_eq!(others.are_unusual(replaced), is_unusual, "{rows} of {replaced}");
    }
}

#[test]
fn money_has_two_decimals_or_what_it_needs() {
    for (decimal, text) in [
        ("1234.5000", "1234.50"),
        ("-0.0100", "-0.01"),
        ("3.0000", "3.00"),
        ("1.2345", "1.2345"),
        ("7", "7"),
    ] {
        assert_eq!(money(decimal), text);
    }
}
