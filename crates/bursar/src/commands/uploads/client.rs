//! Questions to a Bursar server about the uploads of a unit.

use http::StatusCode;
use serde_json::Value;

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::transfer::client::{Client, Question};

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
        let is_absent = matches!(
            attempts.status(),
            Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
        );
        let answered = attempts.expect(StatusCode::OK, &self.0.route.link.target);
        let answer = answered.map_err(|mut failure| {
            if is_absent {
                otherwise.clone_into(&mut failure.next);
            }
            failure
        })?;
        answer.json().filter(is_right).ok_or_else(|| {
            Failure::new(
                ExitCode::Refused,
                "the answer is not a list of uploads, or what is known of one",
                "Look at --url: something other than a Bursar server may have answered.",
            )
        })
    }
}
