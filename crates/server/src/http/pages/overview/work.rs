//! The work there is: its stages as tiles, the first findings to do, and what else changed for whoever reads.
//!
//! Invariant: each finding is in one tile at most, and a tile counts the findings whose money it names.

use domain::finding::FindingState;
use domain::page::PageSize;
use domain::{Money, Run, RunState};
use jiff::civil::Date;
use store::{FindingFilter, FindingOrder, Inclusion, LaneTotal, StageSum, WorkSums};

use super::total;
use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::{mine, waiting};
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::ledger::{FindingLink, finding_link};

/// The findings that are named: as many as somebody settles before the next cup of tea.
const FIRST_SHOWN: u32 = 5;

/// A stage of the work, and what it comes to.
pub(super) struct Tile {
    pub(super) figure: String,
    pub(super) words: String,
    pub(super) href: String,
    pub(super) is_risk: bool,
}

/// The tiles of what can be stopped or recovered, waits, is to be recovered and came back: each finding in
/// one of them at most.
pub(super) fn tiles(
    lanes: &[LaneTotal],
    work: &WorkSums,
    recovered: &[Money],
    findings: &str,
) -> [Tile; 4] {
    let payments = || lanes.iter().filter(|total| total.lane.is_about_money());
    let open: u64 = payments().map(|total| total.findings).sum();
    let at_risk = total(payments().flat_map(|total| &total.at_risk));
    let stage = |sum: &StageSum, one, more, state: &str| {
        let money = format::sums(&sum.at_risk);
        let findings_words = format::counted(sum.findings, one, more);
        let (figure, words) = if money.is_empty() {
            (format::count(sum.findings), findings_words)
        } else {
            (money, findings_words)
        };
        Tile { figure, words, href: format!("{findings}?state={state}"), is_risk: false }
    };
    let is_risk = !at_risk.is_empty();
    let recovered = total(recovered.iter());
    let nothing = |figure: String| if figure.is_empty() { "nothing".to_owned() } else { figure };
    [
        Tile {
            figure: nothing(at_risk),
            words: format!(
                "can be stopped or recovered, in {}",
                format::counted(open, "open finding", "open findings")
            ),
            href: findings.to_owned(),
            is_risk,
        },
        stage(&work.waiting, "waits for information", "wait for information", "needs_information"),
        stage(&work.to_recover, "to recover or act on", "to recover or act on", "duplicate"),
        Tile {
            figure: nothing(recovered),
            words: "recovered so far".to_owned(),
            href: format!("{findings}?state=duplicate"),
            is_risk: false,
        },
    ]
}

/// The links to what is late, to the findings assigned to whoever reads, and to
/// those that the last run did not find any more.
pub(super) async fn besides(
    viewer: &Viewer,
    done: Option<&Run>,
    today: Date,
) -> Result<Vec<(String, String)>, PageError> {
    let (store, unit, address) = (&viewer.store, &viewer.unit, viewer.address());
    let mut besides = Vec::new();
    let late = |filter: FindingFilter| FindingFilter { due_before: Some(today), ..filter };
    let answers = store.count_findings(unit, &late(waiting())).await?;
    if answers > 0 {
        let words = format!("{} overdue", format::counted(answers, "answer is", "answers are"));
        besides.push((words, viewer.path("findings?state=needs_information")));
    }
    let outstanding = FindingFilter {
        outstanding: true,
        gone: Inclusion::Yes,
        suppressed: Inclusion::Yes,
        ..FindingFilter::default()
    };
    let money = store.count_findings(unit, &late(outstanding)).await?;
    if money > 0 {
        let what = "finding asked for is";
        let words = format!("{} overdue", format::counted(money, what, "findings asked for are"));
        besides.push((words, viewer.path("recovery")));
    }
    let mine = store.count_findings(unit, &mine(address)).await?;
    if mine > 0 {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("assignee", address)
            .finish();
        let words =
            format!("{} assigned to you", format::counted(mine, "finding is", "findings are"));
        besides.push((words, viewer.path(&format!("findings?{query}"))));
    }
    let gone = match done.map(|run| &run.state) {
        Some(RunState::Done { counts, .. }) => counts.gone,
        _ => 0,
    };
    if gone > 0 {
        let words = format!(
            "{} no longer found by the last run: the page of each says why",
            format::counted(gone, "finding is", "findings are")
        );
        besides.push((words, viewer.path("findings?shown=gone&sort=first_seen")));
    }
    Ok(besides)
}

/// The first of the queue, as it is ordered.
pub(super) async fn first_findings(
    app: &App,
    viewer: &Viewer,
) -> Result<Vec<FindingLink>, PageError> {
    const SIZE: PageSize = PageSize::fixed(FIRST_SHOWN);
    let open = FindingFilter { state: Some(FindingState::Open), ..FindingFilter::default() };
    let order = FindingOrder::default();
    let found = viewer.store.findings(&viewer.unit, &open, order, SIZE, None).await?.items;
    let known = KnownChecks::new(app);
    Ok(found.into_iter().map(|finding| finding_link(viewer, known, finding)).collect())
}
