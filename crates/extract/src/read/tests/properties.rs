//! What holds of any cells: nothing that was written is lost on the way, and a null stands only where
//! there was nothing or something is said.

use super::*;

const HEADER: [&str; 6] =
    ["Unique ID", "Amount", "Paid Date", "Supplier Name", "Currency", "Cost Centre"];

/// Any cell, with more of those that mean something.
fn cells() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~äß€\u{a0}]{0,14}",
        "[-(£]{0,1}[0-9]{1,4}[.,][0-9]{1,4}[-) ]{0,1}",
        "[0-3][0-9][/.-][01][0-9][/.-](20|0)[0-9]{1,3}( 0:00)?",
        prop::sample::select(vec![
            "",
            " ",
            "N/A",
            "null",
            "-",
            "0",
            "00/00/0000",
            "0000-00-00 00:00:00",
            "2.5E+13",
            "43831.5",
            "02-Mar-12",
            "GBP",
            "Total",
        ])
        .prop_map(str::to_owned),
    ]
}

fn records() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cells(), HEADER.len()), 1..12)
}

/// A file of these records, in which record `n` stands on line `n + 2`.
fn written(records: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).unwrap();
    for record in records {
        writer.write_record(record).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_null_stands_only_where_nothing_stood(records in records()) {
        let (kept, reading) = read_csv(&written(&records));
        let given = reading.rows_read + reading.rows_set_aside + reading.non_rows.all();
        prop_assert_eq!(given, records.len() as u64 + 1);
        let lines = kept.column("_line");
        let said_of = |line: &str, header: &str| {
            kept.problems.iter().any(|problem| {
                problem.line.is_some_and(|l| l.to_string() == line)
                    && problem.column.as_deref() == Some(header)
                    && problem.level == Level::Note
            })
        };
        let columns = [
            ("unique_id", 0),
            ("invoice_amount", 1),
            ("paid_date", 2),
            ("supplier_name", 3),
            ("invoice_amount_currency", 4),
        ];
        for (column, position) in columns {
            for (value, line) in kept.column_or_none(column).iter().zip(&lines) {
                let record = &records[line.parse::<usize>().unwrap() - 2];
                let cell = record[position].trim();
                let is_text = matches!(position, 0 | 3 | 4);
                let is_right = match value {
                    Some(value) if is_text => value == cell || said_of(line, HEADER[position]),
                    Some(_) => !cell.is_empty(),
                    None => cell.is_empty() || said_of(line, HEADER[position]),
                };
                prop_assert!(is_right, "{column} of {cell:?} is {value:?}");
            }
        }
        for (value, line) in kept.column_or_none("extra").iter().zip(&lines) {
            let cell = records[line.parse::<usize>().unwrap() - 2][5].trim();
            let object = value.as_ref().map(|value| serde_json::from_str::<serde_json::Value>(value));
            let inside = object.map(|object| object.unwrap()["Cost Centre"].clone());
            let expected = (!cell.is_empty()).then(|| serde_json::Value::from(cell));
            prop_assert_eq!(inside, expected);
        }
        let named: std::collections::BTreeSet<_> = kept.set_aside().iter().map(|p| p.0).collect();
        prop_assert_eq!(named.len() as u64, reading.rows_set_aside, "each has its reason");
    }
}
