//! The findings to begin with: the gravest of each lane in turn.
//!
//! Invariant: the first is the first of the queue, and no lane hides another, however full it is.

use domain::finding::{FindingSummary, Lane, percent_words};
use domain::page::PageSize;
use store::{FindingFilter, FindingOrder, ToDo};

use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::Likelihood;
use crate::http::pages::known_checks::KnownChecks;
use crate::http::pages::ledger::finding_link;

/// The findings that are named: as many as somebody settles before the next cup of tea.
const FIRST_SHOWN: u32 = 5;

/// One of the first findings to do.
pub(super) struct TodayLine {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) lane: &'static str,
    pub(super) money: String,
    pub(super) likelihood: Likelihood,
    /// Empty where none is measured.
    pub(super) percent: String,
}

/// The gravest of each of some lanes in turn, each opened in its lane.
pub(super) async fn today(
    app: &App,
    viewer: &Viewer,
    lanes: impl IntoIterator<Item = Lane>,
) -> Result<Vec<TodayLine>, PageError> {
    const SIZE: PageSize = PageSize::fixed(FIRST_SHOWN);
    let mut findings = Vec::new();
    for lane in lanes {
        let of_lane =
            FindingFilter { to_do: Some(ToDo::Any), lane: Some(lane), ..FindingFilter::default() };
        let order = FindingOrder::default();
        let found = viewer.store.findings(&viewer.unit, &of_lane, order, SIZE, None).await?;
        findings.push(found.items);
    }
    let known = KnownChecks::new(app);
    let line = |finding: FindingSummary| {
        let (lane, probability) = (finding.lane, finding.probability);
        let link = finding_link(viewer, known, finding);
        TodayLine {
            href: format!("{}?lane={}", link.href, lane.as_str()),
            title: link.title,
            lane: lane.title(),
            money: link.at_risk,
            likelihood: Likelihood::of(probability),
            percent: probability.map(percent_words).unwrap_or_default(),
        }
    };
    Ok(in_turn(findings).take(FIRST_SHOWN as usize).map(line).collect())
}

/// The first of each list, then the second of each, and so on.
fn in_turn<T>(lists: Vec<Vec<T>>) -> impl Iterator<Item = T> {
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let turn = move || {
        let firsts: Vec<T> = lists.iter_mut().filter_map(Iterator::next).collect();
        (!firsts.is_empty()).then_some(firsts)
    };
    std::iter::from_fn(turn).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_list_hides_no_other() {
        for (lists, taken) in [
            (vec![], vec![]),
            (vec![vec![], vec![]], vec![]),
            (vec![vec![1, 2, 3]], vec![1, 2, 3]),
            (vec![vec![1, 2, 3], vec![10], vec![], vec![100, 101]], vec![1, 10, 100, 2, 101, 3]),
        ] {
            assert_eq!(in_turn(lists).collect::<Vec<i32>>(), taken);
        }
    }
}
