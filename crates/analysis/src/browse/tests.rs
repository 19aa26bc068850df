//! A list index answers as the engine does, whatever is asked.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringArray, new_null_array,
};
use domain::FileType;
use domain::finding::CheckedUnit;
use domain::ledger_view::{RowsFilter, RowsOrder, RowsRequest};
use domain::page::PageSize;
use jiff::civil::date;

use super::list_index::{ListIndex, ListIndexBuilder};
use super::{listed, page, part};
use crate::engine::{Engine, EngineLimits, Joins, Tables};
use crate::schema::table_schema;

const TRANSACTIONS: FileType = FileType::Transactions;
const ROWS: u32 = 900;

/// Alike and absent often enough that the order of what is alike matters.
fn column(name: &str) -> Option<ArrayRef> {
    let rows = || 0..ROWS;
    let texts = |of: &dyn Fn(u32) -> Option<String>| -> ArrayRef {
        Arc::new(rows().map(of).collect::<StringArray>())
    };
    let days = |of: &dyn Fn(u32) -> Option<i32>| -> ArrayRef {
        Arc::new(rows().map(of).collect::<Date32Array>())
    };
    let day = |number: u32| i32::try_from(number % 97).unwrap() + 20_400;
    Some(match name {
        "unique_id" => texts(&|row| Some(format!("{:04}", row * 7 % ROWS))),
        "invoice_number" => texts(&|row| {
            (row % 11 != 0)
                .then(|| format!("{}-{}", ["INV", "inv", "Éa"][row as usize % 3], row % 50))
        }),
        "supplier_ref" => texts(&|row| (row % 13 != 0).then(|| format!("S{}", row % 17))),
        "supplier_name" => texts(&|row| Some(format!("Söhne {} Ltd", row % 17))),
        "po_number" => texts(&|row| (row % 9 == 0).then(|| format!("PO{row}"))),
        "user_id" => texts(&|row| Some(format!("Keyer {}", row % 7))),
        "description" => texts(&|row| (row % 2 == 0).then(String::new)),
        "base_amount_currency" => texts(&|row| (row % 5 != 0).then(|| "GBP".to_owned())),
        "invoice_date" => days(&|row| (row % 19 != 0).then(|| day(row))),
        "paid_date" => days(&|row| (row % 3 != 0).then(|| day(row * 5))),
        "base_amount" => {
            let amounts =
                rows().map(|row| (row % 23 != 0).then(|| i128::from(row % 40) * 12_345 - 9_000));
            let amounts: Decimal128Array = amounts.collect();
            Arc::new(amounts.with_precision_and_scale(18, 4).unwrap())
        }
        _ => return None,
    })
}

fn batch() -> RecordBatch {
    let schema = table_schema(TRANSACTIONS);
    let columns = schema.fields().iter().map(|field| {
        let nothing = || new_null_array(field.data_type(), ROWS as usize);
        column(field.name()).unwrap_or_else(nothing)
    });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
}

fn filters() -> Vec<RowsFilter> {
    let text = |text: &str| RowsFilter { text: Some(text.to_owned()), ..RowsFilter::default() };
    let dated = RowsFilter {
        from: Some(date(2025, 11, 20)),
        to: Some(date(2026, 1, 2)),
        ..RowsFilter::default()
    };
    vec![
        RowsFilter::default(),
        text(" éA-4 "),
        text("inv-1"),
        text("SÖHNE 1"),
        text("nowhere"),
        text("£1.1345"),
        text("8,7410"),
        text("9"),
        text("PO7"),
        text("keyer 3"),
        RowsFilter { supplier: Some("S3".to_owned()), ..RowsFilter::default() },
        RowsFilter { supplier: Some("S3".to_owned()), ..dated.clone() },
        RowsFilter { text: Some("ltd".to_owned()), to: None, ..dated.clone() },
        dated,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_index_answers_as_the_engine_does() {
    let engine = Engine::new(EngineLimits::default()).unwrap();
    let session = engine.session(Joins::Hash, 1);
    let rows = batch();
    Tables::from_batches(vec![(TRANSACTIONS, vec![rows.clone()])]).register(&session).unwrap();
    let mut builder = ListIndexBuilder::default();
    let names = listed(TRANSACTIONS);
    let places: Vec<usize> =
        names.iter().map(|name| rows.schema().index_of(name).unwrap()).collect();
    assert!(builder.add(&rows.project(&places).unwrap()));
    // As it is after a start.
    let index = read_back(&written(&builder.finish())).unwrap();

    let of = CheckedUnit { customer: "acme".parse().unwrap(), unit: "uk".parse().unwrap() };
    for filter in filters() {
        for name in TRANSACTIONS.spec().orders() {
            for (is_descending, skip) in [(false, 0), (true, 0), (true, 37), (false, 890)] {
                let request = RowsRequest {
                    of: of.clone(),
                    file_type: TRANSACTIONS,
                    filter: filter.clone(),
                    order: RowsOrder::by(TRANSACTIONS, name, is_descending).unwrap(),
                    skip,
                    size: PageSize::try_from(25).unwrap(),
                };
                let expected = page(&session, &request, u64::from(ROWS)).await.unwrap();
                let found = index.page(
                    &request.filter,
                    &request.order,
                    TRANSACTIONS.spec().searched.columns,
                    part(&request),
                );
                assert_eq!(found, Some(expected), "{request:?}");
            }
        }
    }
}

fn written(index: &ListIndex) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write("7 abc", &mut bytes).unwrap();
    bytes
}

fn read_back(bytes: &[u8]) -> Option<ListIndex> {
    ListIndex::read("7 abc", &mut &*bytes).unwrap_or_else(|_damaged| None)
}

#[test]
fn an_index_of_something_else_or_damaged_is_none_or_answers() {
    let names = listed(TRANSACTIONS);
    let rows = batch();
    let places: Vec<usize> =
        names.iter().map(|name| rows.schema().index_of(name).unwrap()).collect();
    let mut builder = ListIndexBuilder::default();
    assert!(builder.add(&rows.project(&places).unwrap()));
    let bytes = written(&builder.finish());
    assert!(ListIndex::read("8 abc", &mut &bytes[..]).unwrap().is_none());
    let order = RowsOrder::usual(TRANSACTIONS);
    // A prime, so that every place within a number has its turn.
    for at in (0..bytes.len()).step_by(101) {
        assert!(read_back(&bytes[..at]).is_none(), "cut after {at} bytes");
        for bit in [1, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= bit;
            let Some(index) = read_back(&damaged) else { continue };
            for filter in [&filters()[1], &filters()[10]] {
                // Whatever it answers, it does not panic.
                let _answer = index.page(filter, &order, &["supplier_name"], [0, 25]);
            }
            index.supplier_sums("S3");
            index.supplier_totals(&["S3".to_owned()]);
        }
    }
}
