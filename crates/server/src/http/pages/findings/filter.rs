//! Which findings a page's address asks for.
//!
//! Invariant: what cannot be understood is said and never guessed; an amount that is unclear selects nothing.
//! Written out again it is the same selection.

use domain::Amount;
use domain::finding::{FindingState, Lane};
use serde::{Deserialize, Deserializer};
use store::{FindingFilter, FindingOrder, GoneSince, Inclusion, ToDo};

use super::search::{DECIDED, Search};
use crate::http::api::findings::Selection;
use crate::http::pages::error::sentence;
use crate::http::pages::field::Text;
use crate::http::pages::format;
use crate::http::pages::query::Query;

/// A selection, with the words it was asked for by.
#[derive(Debug, Clone)]
pub(crate) struct QueueFilter {
    pub(in crate::http::pages) selection: Selection,
    /// The word of a lane; empty: every one.
    pub(super) lane: String,
    /// A word of [`STATES`](super::labels::STATES); empty where it is the usual one.
    pub(super) state: String,
    /// A check, or `check/kind`.
    pub(super) what: String,
    /// The least amount, as it was typed.
    amount: String,
    /// Why the amount is not understood.
    pub(in crate::http::pages) amount_wrong: Option<String>,
    /// An address, or [`NOBODY`].
    pub(super) assignee: String,
    pub(super) text: String,
    /// The reference of a supplier, all of whose findings are asked for.
    pub(super) supplier: String,
    /// The words of the text.
    pub(super) search: Search,
    /// Why a word of the search is not understood.
    pub(in crate::http::pages) search_wrong: Option<String>,
    /// `suppressed`, [`GONE`] or [`NEWLY_GONE`], what is not in the queue of itself, or `proposed`, what
    /// waits for a second person.
    pub(super) shown: String,
    pub(super) sort: String,
    pub(super) notice: Option<&'static str>,
}

/// The fields by which an address asks for a queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FilterQuery {
    lane: Text,
    state: Text,
    what: Text,
    amount: Text,
    assignee: Text,
    text: Text,
    supplier: Text,
    shown: Text,
    sort: Text,
}

/// The word for no assignee, which is nobody's address.
pub(super) const NOBODY: &str = "-";
pub(super) const ANY_STATE: &str = "all";
/// Open, waiting for information, or to be acted on and not recovered yet.
pub(super) const UNFINISHED: &str = "unfinished";
/// The last run did not find it, whenever it was found last.
const GONE: &str = "gone";
/// The run before the last one still found it.
pub(in crate::http::pages) const NEWLY_GONE: &str = "newly_gone";
const OPEN: &str = FindingState::Open.as_str();
/// More than any finding has at risk: what is asked for by an unclear amount is nothing, and not everything.
const BEYOND_ALL: Amount = Amount::from_ten_thousandths(i64::MAX);

impl Default for QueueFilter {
    fn default() -> Self {
        Self::new(FilterQuery::default())
    }
}

/// Says which fields of an address the queue does not know; nothing where it knows them all.
pub(super) fn unknown_fields(query: &str) -> String {
    const OF_PLACE: [&str; 6] = ["after", "last", "decided", "left", "said", "all"];
    let known = QueueFilter::FIELDS;
    let unknown = form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name.into_owned())
        .find(|name| !known.contains(&name.as_str()) && !OF_PLACE.contains(&name.as_str()));
    unknown.map_or_else(String::new, |name| {
        format!(
            "The address has a field “{name}”, which no list of findings knows: it is left out. The fields are {}; \
             words are searched by text.",
            known.join(", ")
        )
    })
}

impl<'de> Deserialize<'de> for QueueFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FilterQuery::deserialize(deserializer).map(Self::new)
    }
}

impl QueueFilter {
    /// The fields by which an address asks for a queue.
    pub(super) const FIELDS: [&str; 9] =
        ["lane", "state", "what", "amount", "assignee", "text", "supplier", "shown", "sort"];

    fn new(query: FilterQuery) -> Self {
        let mut filter = Self {
            selection: Selection::default(),
            lane: query.lane.into(),
            state: query.state.into(),
            what: query.what.into(),
            amount: query.amount.into(),
            amount_wrong: None,
            assignee: query.assignee.into(),
            search: Search::parse(&query.text),
            search_wrong: None,
            text: query.text.into(),
            supplier: query.supplier.into(),
            shown: query.shown.into(),
            sort: query.sort.into(),
            notice: None,
        };
        let selected = filter.store_filter();
        filter.selection = Selection { filter: selected, order: filter.order() };
        filter
    }

    /// Reads an address without its question mark.
    fn parse(query: &str) -> Self {
        let Query(filter) = Query::parse(query);
        filter
    }

    /// Reads a field in which a form takes the address of its queue along.
    pub(in crate::http::pages) fn from_field<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|query| Self::parse(&query))
    }

    /// The filter as the query of an address, without the page.
    pub(in crate::http::pages) fn query(&self) -> String {
        self.query_with("", "")
    }

    /// The query of an address with one name added, or given another value.
    pub(in crate::http::pages) fn query_with(&self, name: &str, value: &str) -> String {
        let changed = Some((name, value)).filter(|(name, _)| !name.is_empty());
        self.query_changed(changed.as_slice())
    }

    /// The query of an address with some names added, given other values, or taken away where the value is
    /// empty.
    pub(in crate::http::pages) fn query_changed(&self, changed: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (known, text) in self.pairs() {
            if changed.iter().all(|(name, _)| *name != known) && !text.is_empty() {
                query.append_pair(known, text);
            }
        }
        for (name, value) in changed.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.finish()
    }

    /// The filter with some of its fields given other values.
    pub(super) fn changed(&self, changed: &[(&str, &str)]) -> Self {
        Self::parse(&self.query_changed(changed))
    }

    fn pairs(&self) -> [(&'static str, &str); 9] {
        [
            ("lane", &self.lane),
            ("state", &self.state),
            ("what", &self.what),
            ("amount", &self.amount),
            ("assignee", &self.assignee),
            ("text", &self.text),
            ("supplier", &self.supplier),
            ("shown", &self.shown),
            ("sort", &self.sort),
        ]
    }

    fn store_filter(&mut self) -> FindingFilter {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (check, kind) = match self.what.split_once('/') {
            Some((check, kind)) => (some(check), some(kind)),
            None => (some(&self.what), None),
        };
        let is_gone = [GONE, NEWLY_GONE].contains(&self.shown.as_str());
        let mut filter = FindingFilter {
            lane: self.parse_lane(),
            check,
            kind,
            state: self.parse_state().filter(|state| *state != FindingState::Open),
            to_do: (self.state_word() == OPEN).then_some(ToDo::Any),
            unfinished: self.state_word() == UNFINISHED,
            decided: self.state_word() == DECIDED,
            min_amount: self.parse_min_amount(),
            assignee: match self.assignee.as_str() {
                NOBODY => Some(String::new()),
                address => some(address),
            },
            of_supplier: some(&self.supplier),
            suppressed: if self.shown == "suppressed" { Inclusion::Only } else { Inclusion::No },
            gone: if is_gone { Inclusion::Only } else { Inclusion::No },
            gone_since: (self.shown == NEWLY_GONE).then_some(GoneSince::LastRun),
            proposed: (self.shown == "proposed").then_some(true),
            ..FindingFilter::default()
        };
        self.search_wrong = self.search.narrow(&mut filter);
        if self.search_wrong.is_some() {
            filter.min_amount = Some(BEYOND_ALL);
        }
        filter
    }

    /// Why the filter selects nothing, where a part of it is not understood.
    pub(in crate::http::pages) fn wrong(&self) -> Option<&str> {
        self.amount_wrong.as_deref().or(self.search_wrong.as_deref())
    }

    fn parse_lane(&mut self) -> Option<Lane> {
        let lane = self.lane.parse().ok();
        if lane.is_none() && !self.lane.is_empty() {
            self.notice = Some("There is no such lane, so the findings of every lane are shown.");
            self.lane.clear();
        }
        lane
    }

    /// The least amount as it was understood, or as it was typed where it was not.
    pub(super) fn amount_shown(&self) -> String {
        self.least_amount().unwrap_or_else(|| self.amount.clone())
    }

    /// The amount of the field for the least one; none where it is empty or not understood. It is read the
    /// same for everybody, as it stands in links and in views that are shared.
    pub(super) fn least_amount(&self) -> Option<String> {
        let amount = Amount::from_typed(&self.amount).ok()?;
        Some(format::figure(amount, None))
    }

    /// The word of the state that is asked for.
    pub(super) fn state_word(&self) -> &str {
        self.search.state().unwrap_or_else(|| self.state_beside_search())
    }

    /// The word of the state that is asked for but for the search: whoever takes the word of a state out of
    /// that is back at this one.
    pub(super) fn state_beside_search(&self) -> &str {
        if self.state.is_empty() { self.usual_state() } else { &self.state }
    }

    /// The word of the state that is meant without one: what nobody has decided yet; of what somebody works
    /// on, what they are not done with; of what is not in the queue, all.
    pub(super) fn usual_state(&self) -> &'static str {
        match self.assignee.as_str() {
            _ if !self.shown.is_empty() => ANY_STATE,
            "" | NOBODY => OPEN,
            _ => UNFINISHED,
        }
    }

    fn parse_state(&mut self) -> Option<FindingState> {
        let word = self.state_word();
        let is_several = [ANY_STATE, UNFINISHED, DECIDED].contains(&word);
        let state: Option<FindingState> = word.parse().ok();
        if state.is_none() && !is_several {
            self.notice = Some("There is no such state, so findings of every state are shown.");
            ANY_STATE.clone_into(&mut self.state);
        }
        if self.state == self.usual_state() {
            self.state.clear();
        }
        if self.search.state().is_some_and(|of_search| of_search != self.state)
            && !self.state.is_empty()
        {
            self.notice = Some(
                "The search names a state, which goes before the one of the tab or the filter: that is left \
                 out.",
            );
            self.state.clear();
        }
        state
    }

    fn parse_min_amount(&mut self) -> Option<Amount> {
        if self.amount.is_empty() {
            return None;
        }
        match Amount::from_typed(&self.amount) {
            Ok(amount) => Some(amount),
            Err(why) => {
                self.amount_wrong = Some(sentence(&why.to_string()));
                Some(BEYOND_ALL)
            }
        }
    }

    /// The order by the sort that is asked for; findings that wait stand by their day.
    fn order(&mut self) -> FindingOrder {
        let waits = self.state_word() == FindingState::NeedsInformation.as_str();
        let usual = if waits { FindingOrder::Due } else { FindingOrder::default() };
        self.sort.parse().unwrap_or_else(|_unknown| {
            if !self.sort.is_empty() {
                self.notice = Some("There is no such order, so the usual one is shown.");
                self.sort.clear();
            }
            usual
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_written_as_it_was_read() {
        for (query, again) in [
            ("", ""),
            ("state=open&after=fnd_1&said=decided&what=&sort=", ""),
            ("state=unfinished&assignee=a%40b", "assignee=a%40b"),
            ("state=open&assignee=a%40b", "state=open&assignee=a%40b"),
            (
                "state=all&what=duplicate_invoices%2Fexact&amount=1%2C000&assignee=-&text=A%26B&sort=amount",
                "state=all&what=duplicate_invoices%2Fexact&amount=1%2C000&assignee=-&text=A%26B&sort=amount",
            ),
            ("amount=much", "amount=much"),
            ("amount=12.500%2C00", "amount=12.500%2C00"),
            ("state=paid", "state=all"),
            ("text=alder+is%3Adecided", "text=alder+is%3Adecided"),
            ("state=open&text=is%3Adecided", "text=is%3Adecided"),
            ("state=needs_information&text=is%3Adecided", "text=is%3Adecided"),
        ] {
            assert_eq!(QueueFilter::parse(query).query(), again);
        }
        let selected = QueueFilter::parse("what=c/k&amount=1,000&assignee=-&shown=suppressed");
        let filter = &selected.selection.filter;
        assert_eq!((filter.check.as_deref(), filter.kind.as_deref()), (Some("c"), Some("k")));
        assert_eq!((filter.state, filter.assignee.as_deref()), (None, Some("")));
        assert_eq!(filter.min_amount, "1000".parse().ok());
        assert_eq!(filter.suppressed, Inclusion::Only);
        let of_one = QueueFilter::parse("supplier=S+100");
        assert_eq!(of_one.query(), "supplier=S+100");
        assert_eq!(of_one.selection.filter.of_supplier.as_deref(), Some("S 100"));
        let waiting = QueueFilter::parse("state=needs_information");
        assert_eq!(waiting.selection.order, FindingOrder::Due);
        let plain = QueueFilter::parse("sort=nonsense");
        assert_eq!(
            (plain.selection.filter.state, plain.selection.filter.to_do),
            (None, Some(ToDo::Any))
        );
        assert_eq!(plain.selection.order, FindingOrder::Priority);
        assert_eq!(plain.query_with("sort", "amount"), "sort=amount");
        for unclear in ["much", "1.000"] {
            let filter = QueueFilter::parse(&format!("amount={unclear}"));
            assert!(filter.amount_wrong.is_some_and(|why| why.contains(unclear)), "{unclear}");
            assert_eq!(filter.selection.filter.min_amount, Some(BEYOND_ALL), "nothing is listed");
        }
        let decided = QueueFilter::parse("text=alder+is%3Adecided").selection.filter;
        assert_eq!((decided.state, decided.decided), (None, true));
        assert_eq!(decided.supplier.as_deref(), Some("alder"));
        let both = QueueFilter::parse("state=needs_information&text=is%3Adecided");
        assert_eq!((both.selection.filter.state, both.selection.filter.decided), (None, true));
        assert!(both.notice.is_some_and(|said| said.contains("goes before")));
        assert_eq!(both.state_beside_search(), OPEN);
        assert_eq!(QueueFilter::parse("state=open&text=is%3Adecided").notice, None);
        let waiting = QueueFilter::parse("text=is%3Awaiting");
        assert_eq!(waiting.selection.order, FindingOrder::Due);
        let unclear = QueueFilter::parse("text=amount%3Emuch");
        assert!(unclear.wrong().is_some());
        assert_eq!(unclear.selection.filter.min_amount, Some(BEYOND_ALL), "nothing is listed");
        let hers = QueueFilter::parse("assignee=ann%40example.org").selection.filter;
        assert_eq!((hers.state, hers.unfinished), (None, true));
        let all = QueueFilter::parse("assignee=ann%40example.org&state=all").selection.filter;
        assert_eq!((all.state, all.unfinished), (None, false));
    }
}
