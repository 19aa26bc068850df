//! One upload, followed until the server has read it.
//!
//! Invariant: a file counts as read only when the server says so; whatever else ends the waiting has an
//! exit code of its own.

use std::time::Duration;

use serde_json::Value;

use super::client::UploadsClient;
use super::view::UploadView;
use super::{problems, text};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::duration;
use crate::report::progress::Spinner;
use crate::transfer::client::view;

/// Most files are read within a second or two.
pub const POLL_FIRST: Duration = Duration::from_secs(1);
/// A long reading is not made shorter by asking often.
pub const POLL_LONGEST: Duration = Duration::from_secs(5);
/// The growth of the pause: from the first to the longest in four steps.
pub const POLL_GROWTH: f64 = 1.5;

/// An upload as it was last seen, and the verdict on it.
#[derive(Debug)]
pub struct FollowResult {
    /// The upload as the server showed it last.
    pub upload: Value,
    /// `{items, counts, total}`: the first few, and how many of which kind.
    pub problems: Value,
    /// Why it is not read.
    pub verdict: Option<Failure>,
}

impl UploadsClient<'_> {
    /// Asks for one upload as it is now.
    pub async fn upload(&self, id: &str) -> Result<Value, Failure> {
        let path = self.0.route.address.upload_status_path(id);
        let otherwise =
            "Look at the id, --customer and --unit; bursar uploads lists what has arrived.";
        self.get(&path, otherwise, |upload| upload["status"].is_string()).await
    }

    /// Asks, more and more rarely, until the upload is read, held or refused, or the time is over.
    pub async fn follow_to_its_end(
        &self,
        id: &str,
        longest: Duration,
    ) -> Result<FollowResult, Failure> {
        let second = self.0.route.retry_policy.second;
        let mut left = longest;
        let spinner = Spinner::new(self.0.output);
        let mut wait = POLL_FIRST;
        loop {
            let upload =
                self.upload(id).await.map_err(|failure| with_follow_advice(id, failure))?;
            let shown: UploadView = view(&upload);
            if !is_under_way(&shown) {
                drop(spinner);
                return Ok(self.ended(id, upload).await);
            }
            if left.is_zero() {
                let verdict = Some(still_under_way(id, &shown, longest));
                return Ok(FollowResult { upload, problems: Value::Null, verdict });
            }
            spinner.set_text(format!("{} is {}", text::name(&shown), text::state(&shown)));
            let now = wait.min(left);
            tokio::time::sleep(second.mul_f64(now.as_secs_f64())).await;
            left -= now;
            wait = wait.mul_f64(POLL_GROWTH).min(POLL_LONGEST);
        }
    }

    /// Asks once: nothing while the upload is under way, else how it ended, without examples of what is wrong
    /// in it.
    pub async fn poll(&self, id: &str) -> Result<Option<FollowResult>, Failure> {
        let upload = self.upload(id).await?;
        let shown: UploadView = view(&upload);
        if is_under_way(&shown) {
            return Ok(None);
        }
        let verdict = verdict(id, &shown);
        Ok(Some(FollowResult { upload, problems: Value::Null, verdict }))
    }

    /// The result of an upload whose end is known; the examples of what is wrong in it may be missing.
    async fn ended(&self, id: &str, upload: Value) -> FollowResult {
        let problems = problems::first(*self, id).await.unwrap_or_else(|failure| {
            self.0.output.warn(&format!("its problems cannot be shown: {}", failure.what));
            Value::Null
        });
        let verdict = verdict(id, &view(&upload));
        FollowResult { upload, problems, verdict }
    }
}

fn is_under_way(upload: &UploadView) -> bool {
    matches!(upload.status.as_str(), "received" | "reading")
}

impl FollowResult {
    pub(super) fn view(&self) -> UploadView {
        view(&self.upload)
    }

    pub fn id(&self) -> String {
        text::id(&self.view())
    }

    /// Rows of it that are not in the ledger, where the server says so.
    pub fn rows_set_aside(&self) -> u64 {
        self.view().rows_set_aside
    }

    /// Describes the upload for standard output; the verdict stands apart.
    pub fn to_text(&self) -> String {
        let upload = self.view();
        let head = text::headline(&upload);
        let reading = text::reading_text(&upload).filter(|_| self.verdict.is_none());
        let problems = text::few_problems(&upload, &view(&self.problems));
        let held = text::held_rows(&upload);
        head.into_iter().chain(reading).chain(held).chain(problems).collect::<Vec<_>>().join("\n")
    }
}

/// The words before the colon of a failure of this kind.
pub fn follow_subject(exit: ExitCode) -> &'static str {
    match exit {
        ExitCode::FileRefused => "refused",
        ExitCode::FileHeld => "held",
        ExitCode::NotSeenRead => "received, not seen read",
        _ => "not followed",
    }
}

/// The failure of a file that is not read, from what the server says of it.
fn verdict(id: &str, upload: &UploadView) -> Option<Failure> {
    match upload.status.as_str() {
        "read" => None,
        "refused" => Some(Failure::new(
            ExitCode::FileRefused,
            text::reason(upload),
            text::refusal_advice(upload, id),
        )),
        "held" => Some(Failure::new(
            ExitCode::FileHeld,
            text::why_held(upload),
            text::hold_advice(upload, id),
        )),
        _ => Some(Failure::new(
            ExitCode::NotSeenRead,
            format!(
                "the server says \"{}\", which this program does not know",
                text::state(upload)
            ),
            "Use a bursar as new as the server.",
        )),
    }
}

fn still_under_way(id: &str, upload: &UploadView, longest: Duration) -> Failure {
    Failure::new(
        ExitCode::NotSeenRead,
        format!("after {} it is {}", duration(longest), text::state(upload)),
        format!(
            "The server has the file and goes on by itself. Go on waiting with: bursar uploads --wait {id}"
        ),
    )
}

/// Adds to a failure how to go on following: the file is safe, whatever keeps us from seeing what comes of
/// it.
fn with_follow_advice(id: &str, mut failure: Failure) -> Failure {
    failure.next = format!(
        "{} The upload itself goes on; follow it with: bursar uploads --wait {id}",
        failure.next
    );
    failure
}
