//! Questions to a Bursar server about the uploads of a unit.

use std::fs::File;

use http::StatusCode;
use serde_json::Value;

use crate::net::answer::Answer;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::transfer::attempt::Attempts;
use crate::transfer::client::{Client, Question};

const CSV: &str = "text/csv";

/// Asks about the uploads of one unit.
#[derive(Debug, Clone, Copy)]
pub struct UploadsClient<'a>(pub Client<'a>);

impl UploadsClient<'_> {
    /// Asks for the JSON under a path; `otherwise` says what to do when there is nothing under it, and
    /// `is_right` whether the answer is what was asked for.
    pub(super) async fn get(
        &self,
        path: &str,
        otherwise: &str,
        is_right: impl FnOnce(&Value) -> bool,
    ) -> Result<Value, Failure> {
        let attempts = self.0.ask(&Question::get(path)).await?;
        let answer = self.expect(attempts, otherwise)?;
        answer.json().filter(is_right).ok_or_else(|| {
            Failure::new(
                ExitCode::Refused,
                "the answer is not a list of uploads, or what is known of one",
                "Look at --url: something other than a Bursar server may have answered.",
            )
        })
    }

    /// Downloads the CSV under a path, whole or to a failure; false when the server knows none.
    pub(super) async fn download_csv(
        &self,
        path: &str,
        otherwise: &str,
        file: &mut File,
    ) -> Result<bool, Failure> {
        let accept = "text/csv, application/json;q=0.5";
        let question = Question { accept, ..Question::get(path) };
        let attempts = self.0.download(&question, CSV, file).await?;
        // One says that it knows no such form, another answers as if it had not been asked for.
        if let Some(StatusCode::BAD_REQUEST | StatusCode::NOT_ACCEPTABLE) = attempts.status() {
            return Ok(false);
        }
        Ok(self.expect(attempts, otherwise)?.has_media_type(CSV))
    }

    fn expect(&self, attempts: Attempts, otherwise: &str) -> Result<Answer, Failure> {
        let is_absent = matches!(
            attempts.status(),
            Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
        );
        attempts.expect(StatusCode::OK, &self.0.route.link.target).map_err(|mut failure| {
            if is_absent {
                otherwise.clone_into(&mut failure.next);
            }
            failure
        })
    }
}
