//! What came of a check, as JSON.
//!
//! Invariant: the members of the object are always the same ones; what is not known is `null`.

use std::path::Path;

use extract::{Problem, Reading};
use serde_json::{Value, json};

use crate::inputs::examination::{Examination, ReadingPlan};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// The JSON about a file, which grows while the file is checked.
#[derive(Debug)]
pub(super) struct Report(Value);

impl Report {
    pub(super) fn new(file: &Path) -> Self {
        Self(json!({
            "file": file.display().to_string(),
            "fileType": null,
            "exitCode": ExitCode::Ok.number(),
            "encoding": null,
            "delimiter": null,
            "headerLine": null,
            "system": null,
            "columns": [],
            "rows": null,
            "nonRows": null,
            "problems": [],
            "problemCounts": [],
            "notes": [],
            "mappingWritten": null,
            "failure": null,
        }))
    }

    pub(super) fn examined(&mut self, plan: &ReadingPlan, examination: &Examination) {
        let examples = &examination.examples;
        self.0["fileType"] = plan.file_type.as_str().into();
        self.0["problems"] =
            examples.set_aside.iter().map(|example| problem(&example.problem)).collect();
        self.0["notes"] =
            examples.row_notes.iter().chain(&examples.file_notes).map(problem).collect();
        if let Some(reading) = &examination.reading {
            self.read(reading);
        }
    }

    fn read(&mut self, reading: &Reading) {
        self.0["encoding"] = reading.encoding.map(|encoding| encoding.to_string()).into();
        self.0["delimiter"] = reading.delimiter.map(String::from).into();
        self.0["headerLine"] = reading.header_line.into();
        self.0["system"] = reading.system.clone().into();
        let columns = reading.columns.iter().map(|column| {
            json!({
                "header": column.header,
                "field": column.field.map(extract::Field::name),
                "fields": column.fields.iter().map(|field| field.name()).collect::<Vec<_>>(),
                "identifierPart": column.identifier_part,
                "format": column.format,
            })
        });
        self.0["columns"] = columns.collect();
        self.0["rows"] = json!({ "ready": reading.rows_read, "setAside": reading.rows_set_aside });
        self.0["nonRows"] = json!(reading.non_rows);
        self.0["problemCounts"] = json!(reading.problems);
    }

    pub(super) fn mapping_written(&mut self, path: &Path) {
        self.0["mappingWritten"] = path.display().to_string().into();
    }

    pub(super) fn ended(mut self, exit: ExitCode, failure: Option<&Failure>) -> Value {
        self.0["exitCode"] = exit.number().into();
        if let Some(failure) = failure {
            self.0["failure"] = failure.to_json();
        }
        self.0
    }
}

/// A problem with its words, for programs that pass it on to people.
fn problem(problem: &Problem) -> Value {
    let mut value = json!(problem);
    value["what"] = problem.reason.to_string().into();
    value["next"] = problem.reason.advice().into();
    value
}
