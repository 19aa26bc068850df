//! The work there is: a sentence about it for whoever reads, and the money as tiles.
//!
//! Not for: the findings to begin with (`today`).
//!
//! Invariant: money is that of the lanes about money, as the tabs of the queue name it.

use domain::finding::{FindingState, Lane, LaneTotal, RecoveryStage};
use domain::{Money, NotificationEvent, UnitName};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::{FindingFilter, FindingSums, GoneSince, Inclusion, RecoverySum, ToDo};

use super::today::TodayLine;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::filter::NEWLY_GONE;
use crate::http::pages::findings::waiting;
use crate::http::pages::format;

/// So long the overview says that somebody was named; *My work* lists it for longer.
const NAMED_SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The findings that are open, wait and are to come back, and the money that came back.
pub(super) struct Work {
    /// Why nothing is known yet, where no run is done.
    unchecked: Option<&'static str>,
    lanes: Vec<LaneTotal>,
    /// The earliest day on which a payment is due that can still be stopped.
    first_due: Option<Date>,
    /// The money on its way back, by stage.
    stages: Vec<RecoverySum>,
    mine: u64,
    waiting: u64,
    /// Those by lane, with their money.
    waiting_lanes: Vec<LaneTotal>,
    /// Of those, the ones whose day is over.
    late: u64,
    /// Open, and nobody has looked at them.
    unopened: u64,
    new_gone: u64,
    /// The times that somebody named whoever reads, in the last days.
    named: usize,
    recovered_this_year: Vec<Money>,
    recovered: Vec<Money>,
    year: i16,
}

/// The sentence about the work, and where it begins.
pub(super) struct Lead {
    pub(super) parts: Vec<LeadPart>,
    /// The words of the button, with the count of those to begin with, and the page of the first.
    pub(super) start: Option<(String, String)>,
}

/// A part of the sentence, and the page that shows what it speaks of.
pub(super) struct LeadPart {
    pub(super) words: String,
    pub(super) href: String,
    pub(super) is_late: bool,
}

/// A sum of money, and what it is made of.
pub(super) struct Tile {
    pub(super) figure: String,
    pub(super) words: String,
    pub(super) href: String,
    /// The parts of it, or the sum it is a part of.
    pub(super) more: Vec<(String, String)>,
}

impl Work {
    pub(super) async fn load(
        viewer: &Viewer,
        sums: &FindingSums<'_>,
        (unchecked, now): (Option<&'static str>, Timestamp),
    ) -> Result<Self, PageError> {
        let open = FindingFilter { state: Some(FindingState::Open), ..FindingFilter::default() };
        let to_do = FindingFilter { to_do: Some(ToDo::Any), ..FindingFilter::default() };
        let to_stop = FindingFilter { lane: Some(Lane::StopPayment), ..to_do.clone() };
        let today = format::today(now);
        let late = FindingFilter { due_before: Some(today), ..waiting() };
        let newly_gone = FindingFilter {
            gone: Inclusion::Only,
            gone_since: Some(GoneSince::LastRun),
            ..FindingFilter::default()
        };
        let new_year = format::day_begins(today.first_of_year());
        Ok(Self {
            unchecked,
            lanes: sums.lane_totals(&to_do).await?,
            first_due: sums.earliest_payment_due(&to_stop).await?,
            stages: sums.recovery_sums(today).await?.stages,
            mine: sums.unfinished_of(viewer.address()).await?,
            waiting: sums.count_findings(&waiting()).await?,
            waiting_lanes: sums.lane_totals(&waiting()).await?,
            late: sums.count_findings(&late).await?,
            unopened: sums.count_findings(&FindingFilter { opened: Some(false), ..open }).await?,
            new_gone: sums.count_findings(&newly_gone).await?,
            named: named(viewer, now).await?,
            recovered_this_year: sums.recovered_since(new_year).await?,
            recovered: sums.recovered_sums().await?,
            year: today.year(),
        })
    }

    pub(super) fn lane(&self, lane: Lane) -> Option<&LaneTotal> {
        self.lanes.iter().find(|total| total.lane == lane && total.findings > 0)
    }
}

/// Counts how often people named whoever reads in this unit, in the last days.
async fn named(viewer: &Viewer, now: Timestamp) -> Result<usize, PageError> {
    let since = now - NAMED_SHOWN;
    let told = viewer.store.notifications_for(viewer.current_user.user.id).await?;
    let is_named = |(unit, event, at): &&(UnitName, NotificationEvent, Timestamp)| {
        *unit == viewer.unit && *at >= since && matches!(event, NotificationEvent::Mentioned { .. })
    };
    Ok(told.iter().filter(is_named).count())
}

/// The part of the sentence on those times; it leads to where they stand.
fn named_part(count: usize) -> Option<LeadPart> {
    let (one, more) = ("comment of the last days names you", "comments of the last days name you");
    let words = format::counted(count as u64, one, more);
    (count > 0).then(|| LeadPart { words, href: "/me/work".to_owned(), is_late: false })
}

/// The button that leads to where the work begins: the first of all is of the first lane that has any.
fn start(viewer: &Viewer, work: &Work, first: Option<&TodayLine>) -> Option<(String, String)> {
    let begins = Lane::ALL.into_iter().find_map(|lane| work.lane(lane));
    let verb = if viewer.role.may_decide() { "Start" } else { "Look" };
    begins.zip(first).map(|(lane, first)| {
        (format!("{verb} ({})", format::count(lane.findings)), first.href.clone())
    })
}

/// The part of the sentence on a lane that has any.
fn lane_part(
    viewer: &Viewer,
    work: &Work,
    lane: Lane,
    (one, more): (&str, &str),
) -> Option<LeadPart> {
    let total = work.lane(lane)?;
    let money = format::sums(&total.at_risk);
    let money = if lane.is_about_money() && !money.is_empty() {
        format!(" ({money})")
    } else {
        String::new()
    };
    let words = format!("{}{money}", format::counted(total.findings, one, more));
    let href = viewer.path(&format!("findings?lane={}", lane.as_str()));
    Some(LeadPart { words, href, is_late: false })
}

/// The part of the sentence on what can be stopped, and until when: the first of them cannot wait longer.
fn stop_part(viewer: &Viewer, work: &Work) -> Option<LeadPart> {
    let words = ("payment can still be stopped", "payments can still be stopped");
    let part = lane_part(viewer, work, Lane::StopPayment, words)?;
    let Some(due) = work.first_due.map(format::day) else { return Some(part) };
    let are_several = work.lane(Lane::StopPayment).is_some_and(|total| total.findings > 1);
    let first = if are_several { "the first " } else { "" };
    Some(LeadPart { words: format!("{}, {first}due on {due}", part.words), ..part })
}

/// The sentence on the work there is, the most urgent first; empty parts are left out.
pub(super) fn lead(viewer: &Viewer, work: &Work, first: Option<&TodayLine>) -> Lead {
    let path = |query: &str| viewer.path(&format!("findings?{query}"));
    let of_lane = |lane, one, more| lane_part(viewer, work, lane, (one, more));
    let some = |count: u64, one: &str, more: &str, href: String| {
        let words = format::counted(count, one, more);
        (count > 0).then_some(LeadPart { words, href, is_late: false })
    };
    let late = |part: Option<LeadPart>| part.map(|part| LeadPart { is_late: true, ..part });
    let own = form_urlencoded::Serializer::new(String::new())
        .append_pair("assignee", viewer.address())
        .finish();
    let parts = [
        stop_part(viewer, work),
        of_lane(Lane::Recover, "sum may come back", "sums may come back"),
        of_lane(Lane::FraudSigns, "sign of fraud", "signs of fraud"),
        some(
            work.unopened,
            "finding nobody has opened",
            "findings nobody has opened",
            path("text=is%3Anew"),
        ),
        some(work.mine, "finding is assigned to you", "findings are assigned to you", path(&own)),
        named_part(work.named),
        some(
            work.waiting,
            "finding waits for an answer",
            "findings wait for an answer",
            path("state=needs_information"),
        ),
        late(some(
            work.late,
            "answer is overdue",
            "answers are overdue",
            path("state=needs_information"),
        )),
        late(some(
            work.stages.iter().map(|sum| sum.overdue).sum(),
            "finding asked for is overdue",
            "findings asked for are overdue",
            viewer.path("recovery"),
        )),
        some(
            work.new_gone,
            "finding is no longer found",
            "findings are no longer found",
            path(&format!("shown={NEWLY_GONE}&sort=first_seen")),
        ),
    ];
    let mut parts: Vec<LeadPart> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        let words = work.unchecked.unwrap_or("Nothing is open");
        let href = viewer.path("findings");
        parts.push(LeadPart { words: words.to_owned(), href, is_late: false });
    }
    Lead { parts, start: start(viewer, work, first) }
}

/// The money that can be stopped, may come back, and came back this year.
pub(super) fn tiles(viewer: &Viewer, work: &Work) -> [Tile; 3] {
    let path = |query: &str| viewer.path(&format!("findings?{query}"));
    let nothing = if work.unchecked.is_some() { "not checked yet" } else { "nothing" };
    let money_or =
        |none: &str, money: String| if money.is_empty() { none.to_owned() } else { money };
    let lane_tile = |lane: Lane, words: &str| {
        let total = work.lane(lane);
        let findings = total.map_or(0, |total| total.findings);
        Tile {
            figure: money_or(
                nothing,
                total.map(|of| format::sums(&of.at_risk)).unwrap_or_default(),
            ),
            words: match findings {
                0 => words.to_owned(),
                some => format!("{words}, in {}", format::counted(some, "finding", "findings")),
            },
            href: path(&format!("lane={}", lane.as_str())),
            more: waiting_line(viewer, work, lane).into_iter().collect(),
        }
    };
    let mut recover = lane_tile(Lane::Recover, "may come back and is not decided");
    let on_its_way = work.stages.iter().filter(|sum| sum.stage.is_outstanding());
    for sum in on_its_way.filter(|sum| sum.findings > 0) {
        let words = format!(
            "{}: {}, in {}",
            sum.stage.title(),
            money_or(nothing, format::sums(&sum.money)),
            format::counted(sum.findings, "finding", "findings")
        );
        let stage = format!("recovery?stage={}", sum.stage.as_str());
        recover.more.push((words, viewer.path(&stage)));
    }
    let received = viewer.path(&format!("recovery?stage={}", RecoveryStage::Received.as_str()));
    let mut recovered = Tile {
        figure: money_or("nothing", format::sums(&work.recovered_this_year)),
        words: format!("recovered in {}", work.year),
        href: received.clone(),
        more: Vec::new(),
    };
    if work.recovered != work.recovered_this_year {
        let words = format!("{} since the beginning", format::sums(&work.recovered));
        recovered.more.push((words, received));
    }
    [lane_tile(Lane::StopPayment, "can be stopped before it is paid"), recover, recovered]
}

/// The money of a lane that waits for an answer, in none of the sums of what is open.
fn waiting_line(viewer: &Viewer, work: &Work, lane: Lane) -> Option<(String, String)> {
    let is_some = |total: &&LaneTotal| total.lane == lane && total.findings > 0;
    let total = work.waiting_lanes.iter().find(is_some)?;
    let money = format::sums(&total.at_risk);
    let findings = format::counted(total.findings, "finding", "findings");
    let words = if money.is_empty() {
        format!("Waiting for an answer: {findings}")
    } else {
        format!("Waiting for an answer: {money}, in {findings}")
    };
    let state = FindingState::NeedsInformation.as_str();
    let query = format!("findings?lane={}&state={state}", lane.as_str());
    Some((words, viewer.path(&query)))
}
