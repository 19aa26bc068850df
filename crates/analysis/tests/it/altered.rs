//! Ledgers as another version of Bursar, or somebody else, would have written them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use domain::FileType;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::site::{Site, ledger};

/// What is otherwise in a table than this program writes it.
#[derive(Clone, Copy)]
pub(crate) enum Alteration {
    Without(&'static [&'static str]),
    /// A column holds text.
    AsText(&'static str),
    /// A column that nobody knows, with a text in every row.
    With(&'static str),
}

impl Site {
    /// Writes all parts and the whole log of a ledger as if they had been written so from the first.
    pub(crate) fn alter(&self, file_type: FileType, alteration: Alteration) {
        let folder = self.folder.path().join(ledger(file_type).to_string());
        for part in files(&folder, "parquet") {
            alteration.write_part(&part);
        }
        for commit in files(&folder.join("_delta_log"), "json") {
            let text = fs::read_to_string(&commit).unwrap();
            let lines = text.lines().map(|line| alteration.of_action(&folder, line) + "\n");
            let altered: String = lines.collect();
            fs::write(&commit, altered).unwrap();
        }
    }

    /// The columns that the table's own log has by a version, in the order of their names.
    pub(crate) fn newest_columns(&self, file_type: FileType, version: u64) -> Vec<String> {
        let written = (0..=version).rev().find_map(|version| self.metadata(file_type, version));
        let mut names = names(&written.unwrap());
        names.sort();
        names
    }

    /// The `metaData` action of a version.
    pub(crate) fn metadata(&self, file_type: FileType, version: u64) -> Option<Value> {
        let log = self.folder.path().join(ledger(file_type).to_string()).join("_delta_log");
        let text = fs::read_to_string(log.join(format!("{version:020}.json"))).unwrap();
        let mut actions = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        actions.find_map(|action| action.get("metaData").cloned())
    }
}

/// The names of the columns of a `metaData` action.
pub(crate) fn names(metadata: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(metadata["schemaString"].as_str().unwrap()).unwrap();
    let fields = schema["fields"].as_array().unwrap().iter();
    fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

impl Alteration {
    fn write_part(self, path: &Path) {
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build();
        let batches: Vec<RecordBatch> =
            reader.unwrap().map(|batch| self.of_batch(&batch.unwrap())).collect();
        let to = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(to, batches[0].schema(), None).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
        }
        writer.close().unwrap();
    }

    fn of_batch(self, batch: &RecordBatch) -> RecordBatch {
        let text = || -> ArrayRef { Arc::new(StringArray::from(vec!["Ann"; batch.num_rows()])) };
        let schema = batch.schema();
        let mut columns: Vec<(Field, ArrayRef)> = Vec::new();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            match self {
                Self::Without(names) if names.contains(&field.name().as_str()) => {}
                Self::AsText(name) if name == field.name() => {
                    columns.push((Field::new(name, DataType::Utf8, true), text()));
                }
                _ => columns.push((field.as_ref().clone(), Arc::clone(array))),
            }
        }
        if let Self::With(name) = self {
            columns.push((Field::new(name, DataType::Utf8, true), text()));
        }
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }

    fn of_action(self, folder: &Path, line: &str) -> String {
        let mut action: Value = serde_json::from_str(line).unwrap();
        if let Some(metadata) = action.get_mut("metaData") {
            let mut schema: Value =
                serde_json::from_str(metadata["schemaString"].as_str().unwrap()).unwrap();
            self.of_fields(schema["fields"].as_array_mut().unwrap());
            metadata["schemaString"] = json!(schema.to_string());
        }
        if let Some(add) = action.get_mut("add") {
            let part = folder.join(add["path"].as_str().unwrap());
            add["size"] = json!(fs::metadata(part).unwrap().len());
        }
        action.to_string()
    }

    fn of_fields(self, fields: &mut Vec<Value>) {
        match self {
            Self::Without(names) => {
                fields.retain(|field| !names.contains(&field["name"].as_str().unwrap()));
            }
            Self::AsText(name) => {
                let field = fields.iter_mut().find(|field| field["name"] == name).unwrap();
                field["type"] = json!("string");
            }
            Self::With(name) => fields
                .push(json!({ "name": name, "type": "string", "nullable": true, "metadata": {} })),
        }
    }
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}
