//! What a record holds in columns that are none of ours, as one JSON object of header to text.
//!
//! Not for: fields. Invariant: the object names each column once, and empty cells are not in it.

use std::collections::BTreeSet;

use crate::headers::Column;
use crate::record::{Record, trimmed};

#[derive(Debug)]
pub(crate) struct Extra {
    /// Position, and the key as it is written: quoted, with its colon.
    columns: Vec<(usize, String)>,
    object: String,
}

impl Extra {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let mut used = BTreeSet::new();
        let unknown = columns.iter().enumerate().filter(|(_, column)| column.field.is_none());
        let columns = unknown.map(|(position, column)| {
            let mut name = match column.header.as_str() {
                "" => format!("column {}", position + 1),
                header => header.to_owned(),
            };
            while !used.insert(name.clone()) {
                name = format!("{name} (column {})", position + 1);
            }
            (position, format!("{}:", quoted(&name)))
        });
        Self { columns: columns.collect(), object: String::new() }
    }

    /// The JSON object of a record; none when it would be empty.
    pub(crate) fn object(&mut self, record: &Record) -> Option<&str> {
        self.object.clear();
        for (position, key) in &self.columns {
            let cell = trimmed(record.cell(*position));
            if cell.is_empty() {
                continue;
            }
            self.object.push(if self.object.is_empty() { '{' } else { ',' });
            self.object.push_str(key);
            if cell.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
                self.object.push('"');
                self.object.push_str(cell);
                self.object.push('"');
            } else {
                self.object.push_str(&quoted(cell));
            }
        }
        if self.object.is_empty() {
            return None;
        }
        self.object.push('}');
        Some(&self.object)
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
