//! Texts as the library `csv` has them, and those of csv-spectrum as the JSON beside them has them.

use std::fs;

use super::cells::{CellPlace, Values};
use super::outcomes::Outcomes;
use super::value::Value;
use super::*;

/// Holds a text against the library's records, and the JSON where there is one.
pub(super) fn compare(file: &CorpusFile, outcomes: &mut Outcomes) {
    let ours = cells_of(file, None);
    let by_sheet = BTreeMap::from([(String::new(), ours)]);
    let bytes = fs::read(&file.path).unwrap();
    let text = String::from_utf8(bytes).ok();
    outcomes.count_file(file, &by_sheet, text.as_ref().map(|_| "csv"));
    let (Some(text), Some(Ok(ours))) = (text, by_sheet.get("")) else { return };
    let ours = &numbered(ours);
    outcomes.compare((file, "", "csv"), ours, &numbered(&records(&text, delimiter(file))));
    let json = file.path.to_str().unwrap().replace("/csvs/", "/json/").replace(".csv", ".json");
    if let Ok(json) = fs::read_to_string(json)
        && file.corpus.starts_with("csv-spectrum")
    {
        outcomes.compare((file, "", "JSON"), ours, &objects(&json, ours));
    }
}

fn delimiter(file: &CorpusFile) -> u8 {
    let options = survey(file.format);
    let matcher = Matcher::new(options.file_type, None).unwrap();
    let source = open(Cursor::new(fs::read(&file.path).unwrap()), &options, &matcher);
    source.ok().and_then(|source| source.delimiter()).unwrap_or(b',')
}

/// The records that hold something, numbered from 1: the two count lines otherwise.
fn numbered<V: Clone>(cells: &BTreeMap<CellPlace, V>) -> BTreeMap<CellPlace, V> {
    let mut lines: Vec<u64> = cells.keys().map(|(line, _)| *line).collect();
    lines.dedup();
    let number = |line: u64| lines.partition_point(|other| *other < line) as u64 + 1;
    cells.iter().map(|((line, column), cell)| ((number(*line), *column), cell.clone())).collect()
}

/// Each record at its place among them, from 1.
fn records(text: &str, delimiter: u8) -> Values {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter);
    let mut values = Values::new();
    for (record, line) in reader.from_reader(text.as_bytes()).records().zip(1..) {
        let record = record.unwrap();
        for (column, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            values.insert((line, column), Value::Text(cell.to_owned()));
        }
    }
    values
}

/// A list of objects with the headers as names, placed where our records are.
fn objects(json: &str, ours: &Cells) -> Values {
    // One of them is written without a list.
    let list = if json.starts_with('{') { format!("[{json}]") } else { json.to_owned() };
    let objects: Vec<BTreeMap<String, String>> = serde_json::from_str(&list).unwrap();
    let mut lines: Vec<u64> = ours.keys().map(|(line, _)| *line).collect();
    lines.dedup();
    let headers = ours.iter().filter(|((line, _), _)| Some(line) == lines.first());
    let headers: Vec<(usize, &String)> =
        headers.map(|((_, column), name)| (*column, name)).collect();
    let mut values = Values::new();
    for (column, header) in &headers {
        values.insert((lines[0], *column), Value::Text((*header).clone()));
    }
    for (at, object) in objects.iter().enumerate() {
        // Lines that are missing are told by places nobody has.
        let line = lines.get(at + 1).copied().unwrap_or(u64::MAX);
        for (column, header) in &headers {
            let cell = object.get(*header).filter(|cell| !cell.is_empty());
            values.extend(cell.map(|cell| ((line, *column), Value::Text(cell.clone()))));
        }
        assert!(
            object.keys().all(|name| headers.iter().any(|(_, header)| *header == name)),
            "{object:?}"
        );
    }
    values
}
