//! Cells as Python's openpyxl and xlrd have them, one JSON object for each sheet.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::cells::Values;
use super::value::Value;

/// By file: which reader, and its sheets.
pub(super) type Sheets = BTreeMap<String, (String, Vec<(String, Values)>)>;

/// A sheet as `xtask/corpora/cells.py` writes it.
#[derive(Deserialize)]
struct WrittenSheet {
    file: String,
    reader: String,
    sheet: String,
    cells: Vec<(u64, usize, String, serde_json::Value)>,
}

/// None where Python was not to be had.
pub(super) fn load(path: &Path) -> Sheets {
    let Ok(text) = fs::read_to_string(path) else {
        println!("nothing of Python's at {}", path.display());
        return Sheets::new();
    };
    let mut sheets = Sheets::new();
    for line in text.lines() {
        let written: WrittenSheet = serde_json::from_str(line).unwrap();
        let cells = written.cells.iter().map(|(row, column, kind, value)| {
            ((*row, *column), value_of(kind, value).unwrap_or_else(|| panic!("{kind} {value}")))
        });
        let of_file = sheets.entry(written.file).or_insert((written.reader, Vec::new()));
        of_file.1.push((written.sheet, cells.collect()));
    }
    sheets
}

fn value_of(kind: &str, value: &serde_json::Value) -> Option<Value> {
    match kind {
        "number" => value.as_f64().map(Value::Number),
        "boolean" => value.as_bool().map(Value::Boolean),
        "error" => value.as_str().map(|text| Value::Error(text.to_owned())),
        "moment" => value.as_str().and_then(Value::of_iso),
        "seconds" => value.as_i64().map(Value::Time),
        _ => value.as_str().map(|text| Value::Text(text.to_owned())),
    }
}
