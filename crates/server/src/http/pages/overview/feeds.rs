//! The feeds and runs of a unit in one strip: what came last and when, and what keeps checks from running.

use domain::finding::{CheckEnd, CheckReport, InvoicesRead};
use domain::{FileType, Run, RunState, Upload};
use jiff::Timestamp;

use super::how_long_ago;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::uploads::feed::noun;
use crate::http::pages::uploads::is_final;
use crate::limits::FEED_SILENT_MAX;

/// The last file of a type.
pub(super) struct FeedTag {
    pub(super) words: String,
    pub(super) tone: &'static str,
}

/// The last run of the checks.
pub(super) struct RunLine {
    pub(super) tone: &'static str,
    pub(super) words: String,
    /// `11 of 33 checks cannot run`; empty where all ran.
    pub(super) lacking: String,
    /// Why some did not run, and which.
    pub(super) lacked: Vec<(String, String)>,
    /// The sentence on how rows became invoices.
    pub(super) invoices: Option<String>,
}

/// One for each type, whether it ever came or not; unposted invoices and payments only where they came.
pub(super) async fn feeds(viewer: &Viewer, now: Timestamp) -> Result<Vec<FeedTag>, PageError> {
    let mut feeds = Vec::new();
    for file_type in FileType::ALL {
        let fed = viewer.store.last_fed(&viewer.unit, file_type).await?;
        let unread = viewer.store.unread_since_fed(&viewer.unit, file_type).await?;
        // Most units send neither: of what never came nothing is missing.
        let is_optional = matches!(file_type, FileType::UnpostedInvoices | FileType::Payments);
        if fed.is_some() || !is_optional {
            feeds.push(feed(file_type, fed, now));
        }
        feeds.extend(unread_files(file_type, unread));
    }
    Ok(feeds)
}

/// Files of which nothing is in the ledger until somebody does something.
fn unread_files(file_type: FileType, unread: u64) -> Option<FeedTag> {
    let files = format::counted(unread, "file", "files");
    let verb = if unread == 1 { "was" } else { "were" };
    let words = format!("{files} of {} {verb} not read: see All uploads", noun(file_type));
    (unread > 0).then_some(FeedTag { words, tone: "caution" })
}

fn feed(file_type: FileType, fed: Option<Timestamp>, now: Timestamp) -> FeedTag {
    let noun = format::capital(noun(file_type));
    match fed {
        None => FeedTag { words: format!("{noun}: none yet"), tone: "plain" },
        Some(at) => {
            let is_late = now.duration_since(at) >= FEED_SILENT_MAX;
            let tone = if is_late { "caution" } else { "done" };
            FeedTag { words: format!("{noun} {}", how_long_ago(at, now)), tone }
        }
    }
}

/// The reports are those of the last run that is done, which may be an earlier one.
pub(super) fn run_line(run: &Run, reports: &[CheckReport], now: Timestamp) -> RunLine {
    let (tone, words) = match &run.state {
        RunState::Waiting => {
            ("busy", format!("Checks waiting since {}", how_long_ago(run.asked_at, now)))
        }
        RunState::Running { doing, since, .. } => {
            ("busy", format!("Checks running since {}: {doing}", how_long_ago(*since, now)))
        }
        RunState::Done { at, counts, .. } => {
            let new = format::counted(counts.new_findings, "new finding", "new findings");
            ("done", format!("Checks done {}: {new}", how_long_ago(*at, now)))
        }
        RunState::Failed { at, why } => {
            ("caution", format!("Checks failed {}: {why}", how_long_ago(*at, now)))
        }
    };
    let ran = reports.iter().filter(|report| report.end == CheckEnd::Ran).count();
    let lacking = match reports.len() - ran {
        0 => String::new(),
        some => format!("{some} of {} checks cannot run", reports.len()),
    };
    RunLine {
        tone,
        words,
        lacking,
        invoices: InvoicesRead::from_reports(reports).map(|read| read.summary()),
        lacked: lacked(reports),
    }
}

/// Returns `true` while a file of the unit is still read, or its checks are on their way.
pub(super) fn is_moving(run: Option<&Run>, sent: &[Upload]) -> bool {
    let state = run.map(|run| &run.state);
    matches!(state, Some(RunState::Waiting | RunState::Running { .. })) || is_being_read(sent)
}

fn is_being_read(sent: &[Upload]) -> bool {
    sent.iter().any(|upload| !is_final(&upload.state))
}

/// Why nothing is known, where no run is done yet.
pub(super) fn unchecked(run: Option<&Run>, sent: &[Upload]) -> &'static str {
    match run.map(|run| &run.state) {
        Some(RunState::Running { .. }) => "The checks are running: nothing is known yet",
        Some(RunState::Failed { .. }) => "The checks failed: nothing has been checked yet",
        _ if is_being_read(sent) => {
            "A file is being read, and the checks run after it: nothing has been checked yet"
        }
        Some(RunState::Waiting) => "The checks run in a moment: nothing has been checked yet",
        _ => "Nothing has been checked yet",
    }
}

/// Why checks did not run, each reason once, and the titles of those that it kept from running.
pub(crate) fn lacked(reports: &[CheckReport]) -> Vec<(String, String)> {
    let mut lacked: Vec<(String, String)> = Vec::new();
    for report in reports {
        let CheckEnd::NotRun { why } = &report.end else { continue };
        match lacked.iter_mut().find(|(known, _)| known == why) {
            Some((_, checks)) => {
                checks.push_str(", ");
                checks.push_str(&report.title);
            }
            None => lacked.push((why.clone(), report.title.clone())),
        }
    }
    lacked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_which_nothing_is_in_the_ledger_are_named() {
        let words = |unread| unread_files(FileType::Transactions, unread).map(|tag| tag.words);
        assert_eq!(words(0), None);
        assert_eq!(words(1).unwrap(), "1 file of transactions was not read: see All uploads");
        assert_eq!(words(8).unwrap(), "8 files of transactions were not read: see All uploads");
    }

    #[test]
    fn a_feed_that_is_late_is_told_from_one_that_came() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for (fed, words, tone) in [
            (None, "Employees: none yet", "plain"),
            (Some("2026-11-23T05:10:00Z"), "Employees 05:10 today", "done"),
            (Some("2026-11-14T05:10:00Z"), "Employees 9 days ago", "caution"),
        ] {
            let fed = fed.map(|at| at.parse().unwrap());
            let feed = feed(FileType::Employees, fed, now);
            assert_eq!((feed.words.as_str(), feed.tone), (words, tone));
        }
    }
}
