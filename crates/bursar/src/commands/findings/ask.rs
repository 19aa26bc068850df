//! One request to a Bursar server about findings, and its answer as JSON or bytes.
//!
//! Invariant: what is read is asked again while it may be temporary; what decides is sent once.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::Value;

use crate::net::answer::Answer;
use crate::net::link::{ANSWER_BYTES_MAX, Breakage};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::Handed;
use crate::system::Machine;
use crate::transfer::attempt::{Patience, persist};
use crate::transfer::delivery::PRODUCT;
use crate::transfer::plan::Route;

/// The largest file of findings: what a server keeps at most is half of it as CSV.
const EXPORT_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Who asks, and where.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) route: &'a Route,
    pub(super) machine: &'a Machine,
    pub(super) output: &'a Output,
}

struct Question<'a> {
    method: Method,
    path: &'a str,
    body: Option<&'a Value>,
    bytes_max: usize,
}

impl Desk<'_> {
    /// The JSON under a path below the unit.
    pub(super) async fn get(&self, below: &str) -> Result<Value, Failure> {
        let path = self.route.place.path(below);
        let question =
            Question { method: Method::GET, path: &path, body: None, bytes_max: ANSWER_BYTES_MAX };
        json(&self.ask(question, StatusCode::OK, self.route.patience).await?)
    }

    /// The file under a path below the unit.
    pub(super) async fn download(&self, below: &str) -> Result<Bytes, Failure> {
        let path = self.route.place.path(below);
        let question =
            Question { method: Method::GET, path: &path, body: None, bytes_max: EXPORT_BYTES_MAX };
        let answer = self.ask(question, StatusCode::OK, self.route.patience).await?;
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
        let path = self.route.place.path(below);
        let question =
            Question { method: Method::POST, path: &path, body, bytes_max: ANSWER_BYTES_MAX };
        json(&self.ask(question, expected, self.once()).await?)
    }

    pub(super) async fn delete(&self, below: &str) -> Result<(), Failure> {
        let path = self.route.place.path(below);
        let question = Question {
            method: Method::DELETE,
            path: &path,
            body: None,
            bytes_max: ANSWER_BYTES_MAX,
        };
        self.ask(question, StatusCode::NO_CONTENT, self.once()).await.map(drop)
    }

    fn once(&self) -> Patience {
        Patience { retries: 0, ..self.route.patience }
    }

    async fn ask(
        &self,
        question: Question<'_>,
        expected: StatusCode,
        patience: Patience,
    ) -> Result<Answer, Failure> {
        let body = question.body.map(ToString::to_string).unwrap_or_default();
        let mut headers = HeaderMap::from_iter([
            (AUTHORIZATION, self.route.token.header()?),
            (ACCEPT, HeaderValue::from_static("*/*")),
            (USER_AGENT, HeaderValue::from_static(PRODUCT)),
        ]);
        if question.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let outcome = persist(patience, self.machine, self.output, async || {
            let mut request = Request::new(Full::new(Bytes::from(body.clone())));
            *request.method_mut() = question.method.clone();
            *request.uri_mut() = question.path.parse().map_err(|_not_path| Breakage::NotHttp)?;
            *request.headers_mut() = headers.clone();
            self.route.link.exchange_up_to(request, &Handed::default(), question.bytes_max).await
        })
        .await;
        let method = question.method.clone();
        outcome.expect(expected, &self.route.link.target).map_err(|failure| told(failure, &method))
    }
}

/// The table of statuses speaks of files that are sent; here it is about findings.
fn told(mut failure: Failure, method: &Method) -> Failure {
    let next = match (failure.what.get(..3), failure.exit) {
        (Some("404" | "405"), _) => {
            "Look at the key, --customer and --unit; bursar findings lists what there is. The vendor\'s \
             service has no findings."
        }
        (Some("409"), _) => "Nothing was changed. Look at it with: bursar findings show KEY.",
        (Some("403"), _) => {
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
