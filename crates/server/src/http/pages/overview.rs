//! The overview of a unit: what to do today, the money, the team, the checks, and whether the feeds and the
//! runs work.
//!
//! Not for: how findings and amounts are spread (`population`).
//!
//! Invariant: every figure is a sum of the database's; money is that of the lanes about money, each invoice
//! once, as the queue says it.

mod checks;
mod feeds;
mod team;
mod today;
mod work;

use askama::Template;
use axum::extract::State;
use domain::finding::{InvoicesRead, Lane};
use domain::page::PageSize;
use domain::{FileType, RunState};
use jiff::Timestamp;

use super::access::Viewer;
use super::filters;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html};
use crate::App;
use crate::limits::FEED_SILENT_MAX;
use checks::{CheckLine, check_lines};
use feeds::{FeedTag, RunLine, feeds, is_moving, run_line, unchecked};
use team::{TeamLine, team_lines};
use today::{TodayLine, today};
use work::{Lead, Tile, Work, lead, tiles};

pub(crate) use feeds::lacked;

/// Among so many of the last runs the newest that is done is looked for.
const RUNS_LOOKED_AT: u32 = 20;
/// Among so many of the last files it is seen whether one is still read: as many as arrive in one night.
const UPLOADS_LOOKED_AT: u32 = 20;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    page: Layout,
    /// Nothing was ever sent: what to do first.
    is_first: bool,
    /// The address to look at again, while files are read or checked.
    again: Option<String>,
    /// Why nothing is known yet, where no run is done.
    unchecked: Option<&'static str>,
    may_send: bool,
    may_make_tokens: bool,
    tokens: String,
    uploads_path: String,
    try_path: String,
    findings_path: String,
    population_path: String,
    lead: Lead,
    tiles: [Tile; 3],
    today: Vec<TodayLine>,
    team: Vec<TeamLine>,
    checks: Vec<CheckLine>,
    feeds: Vec<FeedTag>,
    run: Option<RunLine>,
    /// Files sent again under other ids, and rows added up as invoice lines.
    notices: Vec<String>,
    /// Nothing was fed for long: since when, and what to do.
    silent: Option<String>,
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
    let sums = store.finding_sums(unit).await?;
    let open = sums.open_sums(done.map(|run| run.run_id)).await?;
    let fed = store.last_fed(unit, FileType::Transactions).await?;
    let sent = store.uploads(unit, PageSize::fixed(UPLOADS_LOOKED_AT), None).await?.items;
    let unchecked = done.is_none().then(|| unchecked(runs.first(), &sent));
    let work = Work::load(&viewer, &sums, (unchecked, now)).await?;
    let with_any = Lane::ALL.into_iter().filter(|lane| work.lane(*lane).is_some());
    let today = today(&app, &viewer, with_any).await?;
    let page = Layout::for_member(&app, &viewer, Section::Overview, "Overview").await?;
    html(&OverviewPage {
        page: page.with_flash(flash),
        is_first: sent.is_empty(),
        again: is_moving(runs.first(), &sent).then(|| viewer.path("overview")),
        unchecked,
        may_send: viewer.role.may_decide(),
        may_make_tokens: viewer.may_make_tokens(),
        tokens: viewer.fill("/settings/{customer}/tokens"),
        uploads_path: viewer.path("uploads"),
        try_path: viewer.path("try"),
        findings_path: viewer.path("findings"),
        population_path: viewer.path("population"),
        lead: lead(&viewer, &work, today.first()),
        tiles: tiles(&viewer, &work),
        today,
        team: team_lines(&viewer, &sums, now).await?,
        checks: check_lines(&app, &viewer, &sums, (&open, &reports)).await?,
        feeds: feeds(&viewer, now).await?,
        run: runs.first().map(|run| run_line(run, &reports, now)),
        notices: InvoicesRead::from_reports(&reports)
            .map(|read| read.notices())
            .unwrap_or_default(),
        silent: fed.and_then(|at| silent(at, now)),
    })
}

/// `05:10 today`, `05:10 yesterday`, `4 days ago`
fn how_long_ago(at: Timestamp, now: Timestamp) -> String {
    let day = |at: Timestamp| format::today(at);
    let days = day(at).until(day(now)).map_or(0, |span| span.get_days());
    match days {
        ..=0 => format!("{} today", format::time(at)),
        1 => format!("{} yesterday", format::time(at)),
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

#[cfg(test)]
mod tests {
    use domain::Formats;

    use super::*;

    #[tokio::test]
    async fn a_feed_is_of_the_readers_clock() {
        let [at, now] = ["2026-11-22T23:30:00Z", "2026-11-23T10:00:00Z"]
            .map(|at| at.parse::<Timestamp>().unwrap());
        let time_zone = Some("Europe/Berlin".to_owned());
        let formats = Formats { time_zone, ..Formats::default() };
        let words = format::reader::answer(async {
            format::reader::set_reader(&formats);
            how_long_ago(at, now)
        });
        assert_eq!(words.await, "00:30 today");
    }

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
}
