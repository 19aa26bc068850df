//! The conditions that a queue is narrowed by, each part with the way to leave it away.
//!
//! Not for: the tabs over it (`tabs`).

use store::FindingFilter;

use super::filter::{NOBODY, QueueFilter};
use super::labels::STATES;
use super::people::People;
use super::tabs::Place;
use crate::http::code_words::in_words;
use crate::http::pages::known_checks::KnownChecks;

/// A part of a filter in words, and the queue without it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chip {
    pub(super) words: String,
    pub(super) href: String,
}

pub(super) fn chips(
    queue_filter: &QueueFilter,
    known: KnownChecks<'_>,
    people: &People,
    (here, address): (&str, &str),
) -> Vec<Chip> {
    let place = Place::of(queue_filter, address);
    let without = |name: &str, value: &str| {
        format!("{here}?{}", queue_filter.query_changed(&[(name, value)]))
    };
    let filter = &queue_filter.selection.filter;
    let words = queue_filter.search.words.iter().enumerate();
    let mut chips: Vec<Chip> = words
        .map(|(at, word)| Chip {
            words: word.written.clone(),
            href: without("text", &queue_filter.search.without(at)),
        })
        .collect();
    let of_fields = [
        ("what", what(filter, known)),
        ("amount", queue_filter.least_amount().map(|amount| format!("at least {amount}"))),
        ("lane", lane(filter, place)),
        ("assignee", assignee(&queue_filter.assignee, people, (place, address))),
        ("state", state(&queue_filter.state, place)),
        ("shown", shown(&queue_filter.shown).map(str::to_owned)),
    ];
    chips.extend(
        of_fields
            .into_iter()
            .filter_map(|(name, words)| Some(Chip { words: words?, href: without(name, "") })),
    );
    chips
}

fn what(filter: &FindingFilter, known: KnownChecks<'_>) -> Option<String> {
    let check = filter.check.as_deref()?;
    Some(filter.kind.as_deref().map_or_else(|| known.title(check), in_words))
}

/// None where a tab says it.
fn lane(filter: &FindingFilter, place: Place) -> Option<String> {
    let is_tab = matches!(place, Place::Lane(_));
    filter.lane.filter(|_| !is_tab).map(|lane| lane.title().to_owned())
}

/// None where a tab says it.
fn assignee(address: &str, people: &People, (place, own): (Place, &str)) -> Option<String> {
    match address {
        "" => None,
        NOBODY => Some("nobody’s".to_owned()),
        _ if place == Place::Mine => None,
        address if address == own => Some("mine".to_owned()),
        address => Some(format!("{}’s", people.label(address))),
    }
}

/// None where a tab says it.
fn state(word: &str, place: Place) -> Option<String> {
    let is_tab = place != Place::Elsewhere;
    let found = STATES.into_iter().find(|(known, _)| *known == word).filter(|_| !is_tab);
    found.map(|(_, label)| {
        let short = label.split(':').next().unwrap_or(label);
        format!("state: {}", short.to_lowercase())
    })
}

const fn shown(word: &str) -> Option<&'static str> {
    Some(match word.as_bytes() {
        b"suppressed" => "suppressed",
        b"gone" => "no longer found",
        b"newly_gone" => "no longer found since the last checks",
        b"proposed" => "proposed, for a second person",
        _ => return None,
    })
}
