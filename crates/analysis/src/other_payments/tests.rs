use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Decimal128Array};

use super::*;

/// Amount in cents, name, reference, days of payment since 1970 (0: not paid).
type Row = (i128, &'static str, &'static str, i32);

fn batch(rows: &[Row]) -> RecordBatch {
    let texts = |of: fn(&Row) -> &'static str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let amounts: Decimal128Array = rows.iter().map(|row| Some(row.0 * 100)).collect();
    let paid: Date32Array = rows.iter().map(|row| Some(row.3).filter(|days| *days != 0)).collect();
    RecordBatch::try_from_iter([
        ("unique_id", texts(|_| "1")),
        ("invoice_number", texts(|_| "INV-7")),
        ("invoice_amount", Arc::new(amounts.with_precision_and_scale(18, 4).unwrap()) as ArrayRef),
        ("paid_date", Arc::new(paid)),
        ("supplier_name", texts(|row| row.1)),
        ("supplier_ref", texts(|row| row.2)),
    ])
    .unwrap()
}

#[test]
fn the_same_money_paid_on_another_day_is_another_payment() {
    let before: Row = (100, "Acme Ltd", "S1", 20_000);
    for (after, is_other) in [
        (&[before][..], false),
        (&[(100, "Acme Ltd", "S1", 20_035)], true),
        (&[(100, "ACME LTD.", "S-9", 20_035)], true),
        // Not paid any more, another amount, another supplier, a credit.
        (&[(100, "Acme Ltd", "S1", 0)], false),
        (&[(200, "Acme Ltd", "S1", 20_035)], false),
        (&[(100, "Beta", "S2", 20_035)], false),
        (&[(-100, "Acme Ltd", "S1", 20_035)], false),
        // Lines of one invoice, one of which is the one that was there.
        (&[(100, "Acme Ltd", "S1", 20_035), before], false),
        // What is empty is nobody's.
        (&[(100, "", "", 20_035)], false),
    ] {
        let (before, after) = (batch(&[before]), batch(after));
        let mut identities = Vec::new();
        identifier(&after).unwrap().of_rows(&after, &mut identities);
        let mut new = RowTraits::default();
        new.add(&after, &identities).unwrap();
        let mut others = OtherPayments::default();
        others.add_batch(&before, &[true], &new.sorted()).unwrap();
        assert_eq!(others.rows, u64::from(is_other), "{after:?}");
    }
}
