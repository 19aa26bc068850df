//! calamine reads the same cells from the same workbook.

use std::io::Cursor;

use calamine::{Data, DataRef, Reader, Xlsx};
use proptest::prelude::*;

use super::made::{MadePackage, SHEET, STRINGS, worksheet};
use super::{open, read_all};

#[derive(Debug, Clone)]
enum Value {
    Missing,
    Number(f64),
    Shared(String),
    Inline(String),
    Boolean(bool),
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Missing),
        (-1e12..1e12_f64).prop_map(|number| Value::Number((number * 100.0).round() / 100.0)),
        any::<i32>().prop_map(|number| Value::Number(number.into())),
        "[ -~äß€]{1,12}".prop_map(Value::Shared),
        "[ -~äß€]{1,12}".prop_map(Value::Inline),
        any::<bool>().prop_map(Value::Boolean),
    ]
}

/// Columns A to E.
fn made_of(grid: &[Vec<Value>]) -> MadePackage {
    let mut strings = Vec::new();
    let rows: String =
        grid.iter().zip(1..).map(|(row, at)| row_of(row, at, &mut strings)).collect();
    let sheet = worksheet(&rows);
    MadePackage::of_rows("")
        .with(SHEET, &sheet)
        .with(STRINGS, &format!("<sst>{}</sst>", strings.concat()))
}

fn row_of(values: &[Value], row: usize, strings: &mut Vec<String>) -> String {
    let mut cell = |(letter, value): (char, &Value)| {
        let at = format!("<c r=\"{letter}{row}\"");
        match value {
            Value::Missing => String::new(),
            Value::Number(number) => format!("{at}><v>{number}</v></c>"),
            Value::Boolean(value) => format!("{at} t=\"b\"><v>{}</v></c>", u8::from(*value)),
            Value::Inline(text) => {
                format!("{at} t=\"inlineStr\"><is>{}</is></c>", text_of(text))
            }
            Value::Shared(text) => {
                strings.push(format!("<si>{}</si>", text_of(text)));
                format!("{at} t=\"s\"><v>{}</v></c>", strings.len() - 1)
            }
        }
    };
    let cells: String = ('A'..).zip(values).map(&mut cell).collect();
    format!("<row r=\"{row}\">{cells}</row>")
}

fn text_of(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<t xml:space=\"preserve\">{escaped}</t>")
}

/// Row, column and text of every cell that is not empty, as calamine has them.
fn by_calamine(bytes: Vec<u8>) -> Vec<(u64, usize, String)> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut cells = workbook.worksheet_cells_reader("Data").unwrap();
    let mut all = Vec::new();
    while let Some(cell) = cells.next_cell().unwrap() {
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Bool(value) => value.to_string().to_uppercase(),
            value => Data::from(value.clone()).to_string(),
        };
        let (row, column) = cell.get_position();
        all.push((u64::from(row) + 1, column as usize, text));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_cells_are_those_calamine_reads(
        grid in proptest::collection::vec(proptest::collection::vec(values(), 1..6), 1..8)
    ) {
        let bytes = made_of(&grid).bytes();
        let mut records = open(Cursor::new(bytes.clone())).unwrap();
        let ours: Vec<_> = read_all(&mut records)
            .unwrap()
            .into_iter()
            .flat_map(|(row, cells)| {
                cells.into_iter().enumerate().map(move |(column, text)| (row, column, text))
            })
            .filter(|(_, _, text)| !text.is_empty())
            .collect();
        prop_assert_eq!(ours, by_calamine(bytes));
    }
}
