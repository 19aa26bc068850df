//! The steps of `bursar doctor` as they are said.

use serde_json::json;

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;

/// The findings of the steps, said as they come.
pub(super) struct Diagnosis<'a> {
    pub(super) output: &'a Output,
    pub(super) codes: Vec<ExitCode>,
}

impl Diagnosis<'_> {
    pub(super) fn pass(&self, step: &str, text: &str) {
        self.output.result(&format!("good  {step:<9} {text}"));
        self.output.json(
            &json!({ "step": step, "good": true, "told": text, "next": null, "exitCode": 0 }),
        );
    }

    pub(super) fn fail(&mut self, step: &str, failure: &Failure) {
        self.output
            .result(&format!("BAD   {step:<9} {}\n                {}", failure.what, failure.next));
        self.output.json(&json!({
            "step": step,
            "good": false,
            "told": failure.what,
            "next": failure.next,
            "exitCode": failure.exit.number(),
        }));
        self.codes.push(failure.exit);
    }

    pub(super) fn record(&mut self, step: &str, text: Result<String, Failure>) {
        match text {
            Ok(text) => self.pass(step, &text),
            Err(failure) => self.fail(step, &failure),
        }
    }
}
