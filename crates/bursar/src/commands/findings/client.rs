//! Questions to a Bursar server about findings, and its answers as JSON or bytes.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::net::answer::Answer;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::transfer::client::{Client, Question};

/// The largest file of findings: what a server keeps at most is half of it as CSV.
const EXPORT_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Asks about the findings of one unit; paths are those below the unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct FindingsClient<'a>(pub(super) Client<'a>);

impl FindingsClient<'_> {
    pub(super) async fn get(&self, below: &str) -> Result<Value, Failure> {
        let path = self.0.route.address.path(below);
        json(&self.ask(&Question::get(&path), StatusCode::OK).await?)
    }

    /// Downloads the file under a path.
    pub(super) async fn download(&self, below: &str) -> Result<Bytes, Failure> {
        let path = self.0.route.address.path(below);
        let question =
            Question { accept: "*/*", bytes_max: EXPORT_BYTES_MAX, ..Question::get(&path) };
        let answer = self.ask(&question, StatusCode::OK).await?;
        if !answer.is_whole {
            return Err(Failure::new(
                ExitCode::ConnectionLost,
                "the file broke off on its way",
                "Nothing was written. Try again, or narrow it with filters.",
            ));
        }
        Ok(answer.body)
    }

    /// Sends a decision and reads what it came to.
    pub(super) async fn post(
        &self,
        below: &str,
        body: Option<&Value>,
        expected: StatusCode,
    ) -> Result<Value, Failure> {
        let path = self.0.route.address.path(below);
        let question = Question { method: Method::POST, body, ..Question::get(&path) };
        json(&self.ask(&question, expected).await?)
    }

    pub(super) async fn delete(&self, below: &str) -> Result<(), Failure> {
        let path = self.0.route.address.path(below);
        let question = Question { method: Method::DELETE, ..Question::get(&path) };
        self.ask(&question, StatusCode::NO_CONTENT).await.map(drop)
    }

    async fn ask(&self, question: &Question<'_>, expected: StatusCode) -> Result<Answer, Failure> {
        let attempts = self.0.ask(question).await?;
        let status = attempts.status();
        attempts
            .expect(expected, &self.0.route.link.target)
            .map_err(|failure| with_advice(failure, status, &question.method))
    }
}

/// A failure with what to do about findings; the table of statuses speaks of files that are sent.
fn with_advice(mut failure: Failure, status: Option<StatusCode>, method: &Method) -> Failure {
    let next = match (status, failure.exit) {
        (Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED), _) => {
            "Look at the key, --customer and --unit; bursar findings lists what there is. The vendor\'s \
             service has no findings."
        }
        (Some(StatusCode::CONFLICT), _) => {
            "Nothing was changed. Look at it with: bursar findings show KEY."
        }
        (Some(StatusCode::FORBIDDEN), _) => {
            "Findings take a token of the role viewer or analyst, deciding one of analyst: bursard token \
             issue --role analyst. The token of an uploader is for sending files."
        }
        (_, ExitCode::ConnectionLost | ExitCode::TimedOut) if *method != Method::GET => {
            "Whether it was written down is not known. Look first: bursar findings show KEY."
        }
        _ => return failure,
    };
    next.clone_into(&mut failure.next);
    failure
}

fn json(answer: &Answer) -> Result<Value, Failure> {
    answer.json().filter(Value::is_object).ok_or_else(|| {
        Failure::new(
            ExitCode::Refused,
            "the answer is not what a Bursar server says of findings",
            "Look at --url: something other than a Bursar server may have answered.",
        )
    })
}
