//! The overview of a unit: what is new, what is at risk, what came back, and whether the feed and the checks
//! work.
//!
//! Invariant: every figure is a sum of the database's; no finding is read for it.

mod pictures;
mod work;

use askama::Template;
use axum::extract::State;
use domain::finding::{CheckEnd, CheckReport, FindingState, InvoicesRead};
use domain::page::PageSize;
use domain::{FileType, Money, MoneySums, Run, RunState, Upload};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{FindingFilter, LaneTotal, OpenSum};

use super::access::Viewer;
use super::filters;
use super::findings::LaneTab;
use super::flash::Flash;
use super::known_checks::KnownChecks;
use super::layout::{Layout, Section};
use super::ledger::FindingLink;
use super::respond::{PageResult, html};
use super::{format, uploads};
use crate::App;
use crate::limits::FEED_SILENT_MAX;
use pictures::{Picture, benford, weeks};
use work::{Tile, besides, first_findings, tiles};

/// A quarter of a year: long enough to see a habit, short enough to read.
const WEEKS: u8 = 13;
/// Of more, the others are behind a click in the queue.
const CHECKS_SHOWN: usize = 40;
const UPLOADS_SHOWN: u32 = 5;
/// Among so many of the last runs the newest that is done is looked for.
const RUNS_LOOKED_AT: u32 = 20;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    page: Layout,
    /// Nothing was ever sent: what to do first.
    is_first: bool,
    may_send: bool,
    may_make_tokens: bool,
    tokens: String,
    uploads_path: String,
    try_path: String,
    findings_path: String,
    /// `12 new findings; last transactions received 05:10 today.`
    lead: String,
    /// Other news for whoever reads, each with the page that shows it.
    besides: Vec<(String, String)>,
    tiles: [Tile; 4],
    first: Vec<FindingLink>,
    lanes: Vec<LaneTab>,
    /// Files sent again under other ids, and rows added up as invoice lines.
    notices: Vec<String>,
    /// Nothing was fed for long: since when, and what to do.
    silent: Option<String>,
    checks: Vec<CheckLine>,
    more_checks: usize,
    uploads: Vec<UploadLine>,
    last_run: Option<RunLines>,
    weeks: Option<Picture>,
    pictures: Vec<Picture>,
}

struct CheckLine {
    title: String,
    href: String,
    findings: String,
    at_risk: String,
    /// The share, in hundredths, of the most that one check has.
    percent: u64,
}

struct UploadLine {
    name: String,
    href: String,
    file_type: &'static str,
    state: &'static str,
    tone: &'static str,
    at: String,
    machine_at: String,
}

struct RunLines {
    state: &'static str,
    tone: &'static str,
    words: String,
    /// Why some did not run, and which.
    lacked: Vec<(String, String)>,
    ran: String,
    /// The sentence on how rows became invoices.
    invoices: Option<String>,
}

pub(crate) async fn get_overview(
    State(app): State<App>,
    viewer: Viewer,
    flash: Option<Flash>,
) -> PageResult {
    let (store, unit, now) = (&viewer.store, &viewer.unit, app.clock.now());
    let runs = store.runs(unit, PageSize::fixed(RUNS_LOOKED_AT), None).await?.items;
    let done = runs.iter().find(|run| matches!(run.state, RunState::Done { .. }));
    let reports = match done {
        Some(run) => store.run_reports(unit, run.run_id).await?,
        None => Vec::new(),
    };
    let newest = done.map(|run| run.run_id);
    let sums = store.open_sums(unit, newest).await?;
    let recovered = store.recovered_sums(unit).await?;
    let fed = store.last_fed(unit, FileType::Transactions).await?;
    let sent = store.uploads(unit, PageSize::fixed(UPLOADS_SHOWN), None).await?.items;
    let open = FindingFilter { state: Some(FindingState::Open), ..FindingFilter::default() };
    let lanes = store.lane_totals(unit, &open).await?;
    let by_week = store.finding_weeks(unit, WEEKS, now).await?;
    let findings_path = viewer.path("findings");
    let new_findings: u64 = sums.iter().map(|sum| sum.new_findings).sum();
    let fed_words = fed.map_or_else(|| "never".to_owned(), |at| how_long_ago(at, now));
    let work = store.work_sums(unit).await?;
    let page = Layout::for_member(&app, &viewer, Section::Overview, "Overview").await?;
    html(&OverviewPage {
        page: page.with_flash(flash),
        is_first: sent.is_empty(),
        may_send: viewer.role.may_decide(),
        may_make_tokens: viewer.may_make_tokens(),
        tokens: viewer.fill("/settings/{customer}/tokens"),
        uploads_path: viewer.path("uploads"),
        try_path: viewer.path("try"),
        lead: lead(
            (done.is_some(), sums.iter().map(|sum| sum.findings).sum(), new_findings),
            fed.map(|_| fed_words.as_str()),
        ),
        besides: besides(&viewer, done, TimeZone::UTC.to_datetime(now).date()).await?,
        tiles: tiles(&lanes, &work, &recovered, &findings_path),
        first: first_findings(&app, &viewer).await?,
        lanes: lanes.iter().map(|lane| lane_line(lane, &findings_path)).collect(),
        notices: InvoicesRead::from_reports(&reports)
            .map(|read| read.notices())
            .unwrap_or_default(),
        silent: fed.and_then(|at| silent(at, now)),
        checks: checks(&sums, KnownChecks::new(&app), &findings_path),
        more_checks: sums.len().saturating_sub(CHECKS_SHOWN),
        uploads: sent.iter().map(|upload| upload_line(&viewer, upload)).collect(),
        last_run: runs.first().map(|run| run_lines(run, &reports)),
        weeks: weeks(&by_week),
        pictures: benford(&reports),
        findings_path,
    })
}

/// Sums money by currency, the largest first; empty when there is no money in it.
fn total<'m>(sums: impl Iterator<Item = &'m Money>) -> String {
    let mut by_currency = MoneySums::default();
    for sum in sums {
        by_currency.add(sum.currency.as_deref(), sum.amount.ten_thousandths().into());
    }
    format::sums(&by_currency.into_money())
}

/// Counts what is open, and of that what the last run found first: after a small file few are new, and many
/// may wait.
fn lead((is_checked, open, new_findings): (bool, u64, u64), fed: Option<&str>) -> String {
    let are_open = format::counted(open, "finding is open", "findings are open");
    let found = match (open, new_findings) {
        (0, _) if !is_checked => "Nothing has been checked yet".to_owned(),
        (0, _) => "Nothing is open".to_owned(),
        (_, 0) => format!("{are_open}, none of them first found by the last run"),
        (_, new) => {
            format!("{are_open}, {} of them first found by the last run", format::count(new))
        }
    };
    match fed {
        Some(fed) => format!("{found}; last transactions received {fed}."),
        None => format!("{found}; no transactions are in the ledger yet."),
    }
}

/// `05:10 today`, `05:10 yesterday`, `4 days ago`
fn how_long_ago(at: Timestamp, now: Timestamp) -> String {
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    let days = day(at).until(day(now)).map_or(0, |span| span.get_days());
    match days {
        ..=0 => format!("{} today", at.strftime("%H:%M")),
        1 => format!("{} yesterday", at.strftime("%H:%M")),
        days => format!("{days} days ago"),
    }
}

fn silent(fed: Timestamp, now: Timestamp) -> Option<String> {
    let since = now.duration_since(fed);
    (since >= FEED_SILENT_MAX).then(|| {
        format!(
            "No transactions for {} days: the last came on {}. Look at the log of the uploader on the \
             machine your ERP writes its files on, and whether its access token has expired.",
            since.as_hours() / 24,
            format::moment(fed)
        )
    })
}

fn checks(sums: &[OpenSum], known: KnownChecks<'_>, findings: &str) -> Vec<CheckLine> {
    let amount =
        |sum: &OpenSum| sum.at_risk.as_ref().map_or(0, |money| money.amount.ten_thousandths());
    let most = sums.iter().map(amount).max().unwrap_or(0).max(1);
    let line = |sum: &OpenSum| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("what", &sum.check)
            .append_pair("state", "open")
            .finish();
        let share = i128::from(amount(sum).max(0)) * 100 / i128::from(most);
        CheckLine {
            title: known.title(&sum.check),
            href: format!("{findings}?{query}"),
            findings: format::count(sum.findings),
            at_risk: sum.at_risk.as_ref().map(format::money).unwrap_or_default(),
            percent: u64::try_from(share).expect("it is between 0 and 100"),
        }
    };
    sums.iter().take(CHECKS_SHOWN).map(line).collect()
}

fn lane_line(total: &LaneTotal, findings: &str) -> LaneTab {
    LaneTab {
        title: total.lane.title(),
        href: format!("{findings}?lane={}", total.lane.as_str()),
        findings: format::count(total.findings),
        at_risk: format::sums(&total.at_risk),
        is_current: false,
    }
}

fn upload_line(viewer: &Viewer, upload: &Upload) -> UploadLine {
    UploadLine {
        name: upload.file_name.to_string(),
        href: viewer.path(&format!("uploads/{}", upload.id)),
        file_type: upload.file_type.as_str(),
        state: upload.state.word(),
        tone: uploads::tone(&upload.state),
        at: format::moment(upload.received_at),
        machine_at: format::machine(upload.received_at),
    }
}

/// The reports are those of the last run that is done, which may be an earlier one.
fn run_lines(run: &Run, reports: &[CheckReport]) -> RunLines {
    let (tone, words) = match &run.state {
        RunState::Waiting => ("busy", format!("since {}", format::moment(run.asked_at))),
        RunState::Running { doing, since, .. } => {
            ("busy", format!("since {}: {doing}", format::moment(*since)))
        }
        RunState::Done { at, counts, .. } => (
            "done",
            format!(
                "{}: {}, {} of them new{}",
                format::moment(*at),
                format::counted(counts.findings, "finding", "findings"),
                format::count(counts.new_findings),
                if counts.gone == 0 {
                    String::new()
                } else {
                    format!(", {} no longer found", format::count(counts.gone))
                }
            ),
        ),
        RunState::Failed { at, why } => ("caution", format!("{}: {why}", format::moment(*at))),
    };
    let ran = reports.iter().filter(|report| report.end == CheckEnd::Ran).count();
    RunLines {
        state: run.state.word(),
        tone,
        words,
        ran: format::counted(ran, "check ran", "checks ran"),
        invoices: InvoicesRead::from_reports(reports).map(|read| read.summary()),
        lacked: lacked(reports),
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
    fn a_feed_is_spoken_of_as_people_do() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for (at, words, is_silent) in [
            ("2026-11-23T05:10:00Z", "05:10 today", false),
            ("2026-11-22T23:59:00Z", "23:59 yesterday", false),
            ("2026-11-20T10:00:01Z", "3 days ago", false),
            ("2026-11-20T10:00:00Z", "3 days ago", true),
            ("2026-10-01T10:00:00Z", "53 days ago", true),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(how_long_ago(at, now), words);
            assert_eq!(silent(at, now).is_some(), is_silent, "{words}");
        }
    }

    #[test]
    fn the_first_sentence_says_what_matters() {
        let fed = Some("05:10 today");
        for (new, fed, words) in [
            ((0, 0), None, "Nothing is open; no transactions are in the ledger yet."),
            (
                (88, 1),
                fed,
                "88 findings are open, 1 of them first found by the last run; last transactions received \
                 05:10 today.",
            ),
            (
                (1, 0),
                fed,
                "1 finding is open, none of them first found by the last run; last transactions received \
                 05:10 today.",
            ),
        ] {
            assert_eq!(lead((true, new.0, new.1), fed), words);
        }
        let unchecked = lead((false, 0, 0), Some("05:10 today"));
        assert!(unchecked.starts_with("Nothing has been checked yet; last"), "{unchecked}");
    }
}
