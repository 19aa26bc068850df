//! Questions to a Bursar server about one resource of a unit: its findings, payments, holds, statements.
//!
//! Not for: uploads, whose advice follows each question.

use std::fs::File;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::net::answer::Answer;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::transfer::attempt::Attempts;
use crate::transfer::client::{Client, Question};

/// A kind of thing that a server answers about, and what to do where it does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resource {
    /// The words in "the answer is not what a Bursar server says of findings".
    pub(super) name: &'static str,
    /// The next step after a failure; without one stands that of the table of statuses, which speaks of files
    /// that are sent.
    pub(super) advice: fn(FailedQuestion) -> Option<&'static str>,
}

/// A question that was not answered as it should be.
#[derive(Debug, Clone, Copy)]
pub(super) struct FailedQuestion {
    /// The status of the answer, if there was one.
    pub(super) status: Option<StatusCode>,
    pub(super) exit: ExitCode,
    /// Set when the question changes nothing.
    pub(super) is_reading: bool,
}

/// A client that asks about one resource; paths are those below the unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceClient<'a> {
    pub(super) client: Client<'a>,
    pub(super) resource: Resource,
}

impl ResourceClient<'_> {
    /// Returns the address of what is below the unit.
    pub(super) fn path(&self, below: &str) -> String {
        self.client.route.address.path(below)
    }

    /// Asks for a JSON object.
    pub(super) async fn get(&self, below: &str) -> Result<Value, Failure> {
        self.ask_json(&Question::get(&self.path(below)), StatusCode::OK).await
    }

    /// Sends a change and reads what it came to, a JSON object.
    pub(super) async fn post(
        &self,
        below: &str,
        body: Option<&Value>,
        expected: StatusCode,
    ) -> Result<Value, Failure> {
        let path = self.path(below);
        let question = Question { method: Method::POST, body, ..Question::get(&path) };
        self.ask_json(&question, expected).await
    }

    pub(super) async fn delete(&self, below: &str) -> Result<(), Failure> {
        let path = self.path(below);
        let question = Question { method: Method::DELETE, ..Question::get(&path) };
        self.ask(&question, StatusCode::NO_CONTENT).await.map(drop)
    }

    /// Returns a file of at most so many bytes; `next` says what to do when it breaks off.
    pub(super) async fn download(
        &self,
        below: &str,
        bytes_max: usize,
        next: &str,
    ) -> Result<Bytes, Failure> {
        let path = self.path(below);
        let question = Question { accept: "*/*", bytes_max, ..Question::get(&path) };
        let answer = self.ask(&question, StatusCode::OK).await?;
        if !answer.is_whole {
            let what = "the file broke off on its way";
            return Err(Failure::new(ExitCode::ConnectionLost, what, next));
        }
        Ok(answer.body)
    }

    /// Writes an answer of this media type to the file, whole or to a failure; another is only read.
    pub(super) async fn download_to(
        &self,
        below: &str,
        media_type: &str,
        file: &mut File,
    ) -> Result<Answer, Failure> {
        let path = self.path(below);
        let question = Question { accept: "*/*", ..Question::get(&path) };
        let attempts = self.client.download(&question, media_type, file).await?;
        self.expect(attempts, &question, StatusCode::OK)
    }

    /// Asks, and takes a JSON object of this status.
    pub(super) async fn ask_json(
        &self,
        question: &Question<'_>,
        expected: StatusCode,
    ) -> Result<Value, Failure> {
        let answer = self.ask(question, expected).await?;
        answer.json().filter(Value::is_object).ok_or_else(|| self.foreign_answer())
    }

    /// Reads where the page behind this one begins; nowhere where it is the last.
    pub(super) fn next_page<Cursor: DeserializeOwned>(
        &self,
        page: &mut Value,
    ) -> Result<Option<Cursor>, Failure> {
        serde_json::from_value(page["next"].take()).map_err(|_no_cursor| self.foreign_answer())
    }

    /// The failure of an answer that no Bursar server gives.
    fn foreign_answer(&self) -> Failure {
        Failure::new(
            ExitCode::Refused,
            format!("the answer is not what a Bursar server says of {}", self.resource.name),
            "Look at --url: something other than a Bursar server may have answered.",
        )
    }

    async fn ask(&self, question: &Question<'_>, expected: StatusCode) -> Result<Answer, Failure> {
        let attempts = self.client.ask(question).await?;
        self.expect(attempts, question, expected)
    }

    fn expect(
        &self,
        attempts: Attempts,
        question: &Question<'_>,
        expected: StatusCode,
    ) -> Result<Answer, Failure> {
        let status = attempts.status();
        attempts.expect(expected, &self.client.route.link.target).map_err(|mut failure| {
            let is_reading = question.method == Method::GET;
            let failed = FailedQuestion { status, exit: failure.exit, is_reading };
            if let Some(next) = (self.resource.advice)(failed) {
                next.clone_into(&mut failure.next);
            }
            failure
        })
    }
}
