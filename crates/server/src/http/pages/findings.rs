//! The queue of findings: filtered, sorted and paged by its address, decided several at a time.
//!
//! Not for: one finding (`one`), deciding (`verdicts`), files (`export`).
//!
//! Invariant: whatever is chosen stands in the address, so a queue can be kept, sent and gone back to.

pub(super) mod compared;
pub(super) mod labels;
pub(crate) mod one;
pub(super) mod past;
pub(super) mod selected;
pub(crate) mod then;
pub(super) mod weighed;
pub(super) mod withheld;

use askama::Template;
use axum::extract::State;
use domain::FindingKey;
use domain::finding::{FindingState, FindingSummary};
use domain::page::PageSize;
use store::{FindingOrder, FoundKind, QueueTotal, SavedView};

use super::access::Viewer;
use super::asked::Asked;
use super::error::PageError;
use super::field_labels::in_words;
use super::frame::{Frame, Section};
use super::known_checks::KnownChecks;
use super::respond::{PageResult, html};
use super::words;
use crate::App;
use labels::{state_tone, state_words};
use selected::Selected;

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    page: Frame,
    here: String,
    /// The address without its page, as links and forms take it along.
    query: String,
    chosen: Selected,
    total: String,
    sums: Vec<String>,
    rows: Vec<Line>,
    next: Option<String>,
    is_first: bool,
    sorts: Vec<Sort>,
    states: Vec<(&'static str, &'static str)>,
    kinds: Vec<CheckChoice>,
    members: Vec<String>,
    views: Vec<SavedView>,
    may_decide: bool,
    last: Option<Last>,
    has_none_at_all: bool,
}

struct Line {
    key: FindingKey,
    href: String,
    title: String,
    check: String,
    kind: String,
    at_risk: String,
    percent: u32,
    chance: String,
    /// Decided, so that it may be undone.
    is_decided: bool,
    state: &'static str,
    tone: &'static str,
    assignee: String,
    found: String,
    suppressed: Option<String>,
    is_gone: bool,
}

/// A column that may be sorted by.
struct Sort {
    word: &'static str,
    label: &'static str,
    href: String,
    is_current: bool,
    class: &'static str,
}

/// A check and its kinds, to choose from.
struct CheckChoice {
    check: String,
    label: String,
    kinds: Vec<(String, String)>,
}

/// The finding that was decided just now.
pub(super) struct Last {
    pub(super) key: FindingKey,
    pub(super) title: String,
    pub(super) state: &'static str,
    pub(super) is_duplicate: bool,
    pub(super) path: String,
}

const SORTS: [(FindingOrder, &str, &str, &str); 3] = [
    (FindingOrder::Amount, "amount", "At risk", "num"),
    (FindingOrder::Probability, "probability", "Probability", "num"),
    (FindingOrder::FirstSeen, "first_seen", "Found", "when"),
];

pub(crate) async fn list_findings(
    State(app): State<App>,
    viewer: Viewer,
    asked: Asked,
) -> PageResult {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let chosen = Selected::of(&asked);
    let (filter, order) = (&chosen.selection.filter, chosen.selection.order);
    let after: Option<FindingKey> = asked.parsed("after");
    let page = store.findings(unit, filter, order, PageSize::default(), after.as_ref()).await?;
    let total = store.queue_total(unit, filter).await?;
    let kinds = store.found_kinds(unit).await?;
    let (here, query) = (viewer.path("findings"), chosen.query());
    let frame = Frame::of(&app, &viewer, Section::Findings, "Findings").await?;
    let known = KnownChecks::of(&app);
    let rows = page.items.into_iter().map(|found| line(found, &known, &here, &query));
    let rows = rows.collect();
    html(&FindingsPage {
        page: frame.saying(asked.said()),
        total: words::counted(total.findings, "finding", "findings"),
        sums: sums(&total),
        rows,
        next: page.next.map(|last| format!("{here}?{}", chosen.query_with("after", last.as_str()))),
        is_first: after.is_none(),
        sorts: sorts(&chosen, &here),
        states: labels::STATES.iter().map(|(state, word)| (state.as_str(), *word)).collect(),
        has_none_at_all: kinds.is_empty(),
        kinds: choices(kinds, &known),
        members: names(&viewer).await?,
        views: store.saved_views(unit, viewer.signed_in.user.id).await?,
        may_decide: viewer.role.may_decide(),
        last: last(&viewer, &asked).await?,
        here,
        query,
        chosen,
    })
}

/// The names of whoever may be given a finding.
pub(super) async fn names(viewer: &Viewer) -> Result<Vec<String>, PageError> {
    let members = viewer.store.members().await?;
    let deciding = members.into_iter().filter(|member| member.role.may_decide());
    Ok(deciding.map(|member| member.user.name.to_string()).collect())
}

/// What was decided just now, to be taken back or added to.
pub(super) async fn last(viewer: &Viewer, asked: &Asked) -> Result<Option<Last>, PageError> {
    let Some(key) = asked.parsed::<FindingKey>("last") else { return Ok(None) };
    let found = viewer.store.finding(&viewer.unit, &key).await?;
    Ok(found.map(|found| Last {
        path: viewer.path(&format!("findings/{key}")),
        title: words::with_dates(&found.finding.title),
        state: state_words(found.standing.state, &found.finding.check),
        is_duplicate: found.standing.state == FindingState::Duplicate,
        key,
    }))
}

fn sums(total: &QueueTotal) -> Vec<String> {
    total.at_risk.iter().map(words::money).collect()
}

fn sorts(chosen: &Selected, here: &str) -> Vec<Sort> {
    let sort = |(order, word, label, class): (FindingOrder, _, _, _)| Sort {
        word,
        label,
        class,
        href: format!("{here}?{}", chosen.query_with("sort", word)),
        is_current: chosen.selection.order == order,
    };
    SORTS.into_iter().map(sort).collect()
}

fn choices(found: Vec<FoundKind>, known: &KnownChecks) -> Vec<CheckChoice> {
    let mut choices: Vec<CheckChoice> = Vec::new();
    for FoundKind { check, kind } in found {
        if choices.last().is_none_or(|last| last.check != check) {
            let label = known.title(&check);
            choices.push(CheckChoice { check: check.clone(), label, kinds: Vec::new() });
        }
        if let Some(last) = choices.last_mut().filter(|_| kind != check) {
            last.kinds.push((format!("{check}/{kind}"), in_words(&kind)));
        }
    }
    choices
}

fn line(found: FindingSummary, known: &KnownChecks, here: &str, query: &str) -> Line {
    Line {
        href: format!("{here}/{}?{query}", found.key),
        check: known.title(&found.check),
        kind: if found.kind == found.check { String::new() } else { in_words(&found.kind) },
        at_risk: found.at_risk.as_ref().map(words::money).unwrap_or_default(),
        percent: percent(found.probability),
        chance: chance(found.probability),
        is_decided: found.standing.state != FindingState::Open,
        state: state_words(found.standing.state, &found.check),
        tone: state_tone(found.standing.state),
        assignee: found.standing.assignee.unwrap_or_default(),
        found: words::date(found.seen.first_seen),
        suppressed: found.suppressed.map(|why| why.words),
        is_gone: found.seen.gone_at.is_some(),
        title: words::with_dates(&found.title),
        key: found.key,
    }
}

/// As people read it: nothing is certain, and near the ends a hundredth is too coarse.
pub(super) fn chance(share: f64) -> String {
    match share {
        share if share > 0.999 => "over 99.9".to_owned(),
        share if share >= 0.99 => format!("{share:.1}", share = (share * 1_000.0).floor() / 10.0),
        share if share < 0.01 => "under 1".to_owned(),
        share => percent(share).to_string(),
    }
}

/// In hundredths, for a bar; never 100.
fn percent(share: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 99")]
    let percent = (share * 100.0).round().clamp(0.0, 99.0) as u32;
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_certain_nor_rounded_to_certainty() {
        for (share, text) in [
            (0.0001, "under 1"),
            (0.5, "50"),
            (0.985, "99"),
            (0.9949, "99.4"),
            (0.999, "99.9"),
            (0.999_9, "over 99.9"),
        ] {
            assert_eq!(chance(share), text);
        }
        assert_eq!((percent(1.0), percent(0.5)), (99, 50));
    }
}
