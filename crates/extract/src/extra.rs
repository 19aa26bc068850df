//! What a record holds in columns that are none of ours, as one JSON object of header to text.
//!
//! Not for: fields. Invariant: the object names each column once, and empty cells are not in it.

use std::collections::BTreeSet;

use crate::headers::Column;
use crate::record::{Record, cut_to_limit, trimmed};

#[derive(Debug)]
pub(crate) struct Extra {
    /// Position, and the key as it is written: quoted, with its colon.
    columns: Vec<(usize, String)>,
    /// The number of columns with a header, and the names that are used.
    headers: usize,
    used: BTreeSet<String>,
    object: String,
}

impl Extra {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let mut used = BTreeSet::new();
        let unknown = columns.iter().enumerate().filter(|(_, column)| column.field.is_none());
        let unknown = unknown.map(|(position, column)| {
            let header = column.header.as_str();
            (position, key(position, Some(header).filter(|header| !header.is_empty()), &mut used))
        });
        let unknown = unknown.collect();
        Self { columns: unknown, headers: columns.len(), used, object: String::new() }
    }

    /// The JSON object of a record; none when it would be empty.
    pub(crate) fn object(&mut self, record: &Record) -> Option<&str> {
        self.object.clear();
        for (position, key) in &self.columns {
            push(&mut self.object, key, cut_to_limit(trimmed(record.cell(*position))));
        }
        if record.len() > self.headers {
            self.push_beyond(record);
        }
        if self.object.is_empty() {
            return None;
        }
        self.object.push('}');
        Some(&self.object)
    }

    /// Adds what stands in cells that have no header at all.
    #[cold]
    fn push_beyond(&mut self, record: &Record) {
        for (position, cell) in record.cells().enumerate().skip(self.headers) {
            let key = key(position, None, &mut self.used.clone());
            push(&mut self.object, &key, cut_to_limit(trimmed(cell)));
        }
    }
}

/// The key of a column, by its header or its place; one that no other has.
fn key(position: usize, header: Option<&str>, used: &mut BTreeSet<String>) -> String {
    let by_place = || format!("column {}", position + 1);
    let mut name = header.map_or_else(by_place, str::to_owned);
    while !used.insert(name.clone()) {
        name = format!("{name} (column {})", position + 1);
    }
    format!("{}:", quoted(&name))
}

fn push(object: &mut String, key: &str, cell: &str) {
    if cell.is_empty() {
        return;
    }
    object.push(if object.is_empty() { '{' } else { ',' });
    object.push_str(key);
    if cell.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        object.push('"');
        object.push_str(cell);
        object.push('"');
    } else {
        object.push_str(&quoted(cell));
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
