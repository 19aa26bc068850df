//! Which findings a page's address asks for.
//!
//! Invariant: what cannot be understood is left out and said, never guessed; written out again it is the
//! same selection.

use domain::Amount;
use domain::finding::FindingState;
use serde::{Deserialize, Deserializer};
use store::{FindingFilter, FindingOrder, Inclusion};

use crate::http::api::findings::Selection;
use crate::http::pages::field::Text;
use crate::http::pages::query::Query;

/// A selection, with the words it was asked for by.
#[derive(Debug, Clone)]
pub(crate) struct QueueFilter {
    pub(in crate::http::pages) selection: Selection,
    /// `all`, or the word of a state.
    pub(super) state: String,
    /// A check, or `check/kind`.
    pub(super) what: String,
    pub(super) amount: String,
    /// An address, or [`NOBODY`].
    pub(super) assignee: String,
    pub(super) text: String,
    /// `suppressed` or `gone`, what is not in the queue of itself.
    pub(super) shown: String,
    sort: String,
    pub(super) notice: Option<&'static str>,
}

/// The fields by which an address asks for a queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FilterQuery {
    state: Text,
    what: Text,
    amount: Text,
    assignee: Text,
    text: Text,
    shown: Text,
    sort: Text,
}

/// The word for no assignee, which is nobody's address.
pub(super) const NOBODY: &str = "-";
const ANY_STATE: &str = "all";

impl Default for QueueFilter {
    fn default() -> Self {
        Self::new(FilterQuery::default())
    }
}

impl<'de> Deserialize<'de> for QueueFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FilterQuery::deserialize(deserializer).map(Self::new)
    }
}

impl QueueFilter {
    fn new(query: FilterQuery) -> Self {
        let mut filter = Self {
            selection: Selection::default(),
            state: query.state.into(),
            what: query.what.into(),
            amount: query.amount.into(),
            assignee: query.assignee.into(),
            text: query.text.into(),
            shown: query.shown.into(),
            sort: query.sort.into(),
            notice: None,
        };
        filter.selection = Selection { filter: filter.store_filter(), order: filter.order() };
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
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (known, text) in self.pairs() {
            if known != name && !text.is_empty() {
                query.append_pair(known, text);
            }
        }
        if !name.is_empty() {
            query.append_pair(name, value);
        }
        query.finish()
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("state", &self.state),
            ("what", &self.what),
            ("amount", &self.amount),
            ("assignee", &self.assignee),
            ("text", &self.text),
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
        FindingFilter {
            check,
            kind,
            state: self.parse_state(),
            min_amount: self.parse_min_amount(),
            assignee: match self.assignee.as_str() {
                NOBODY => Some(String::new()),
                address => some(address),
            },
            supplier: some(&self.text),
            suppressed: if self.shown == "suppressed" { Inclusion::Only } else { Inclusion::No },
            gone: if self.shown == "gone" { Inclusion::Only } else { Inclusion::No },
            ..FindingFilter::default()
        }
    }

    /// The state that is asked for: without a word what nobody has decided yet; of what is not in the
    /// queue, all.
    fn parse_state(&mut self) -> Option<FindingState> {
        match self.state.as_str() {
            ANY_STATE => None,
            "" => self.shown.is_empty().then_some(FindingState::Open),
            word => {
                let state = word.parse().ok();
                if state.is_none() {
                    self.notice =
                        Some("There is no such state, so findings of every state are shown.");
                    ANY_STATE.clone_into(&mut self.state);
                }
                state
            }
        }
    }

    fn parse_min_amount(&mut self) -> Option<Amount> {
        let digits: String =
            self.amount.chars().filter(|c| !matches!(c, ',' | ' ' | '£' | '€')).collect();
        if digits.is_empty() {
            return None;
        }
        let amount = digits.parse().ok();
        if amount.is_none() {
            self.notice = Some(
                "The amount was not understood and is left out; write it like 1000 or 4310.50.",
            );
            self.amount.clear();
        }
        amount
    }

    fn order(&self) -> FindingOrder {
        self.sort.parse().unwrap_or_else(|_unknown| FindingOrder::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_written_as_it_was_read() {
        for (query, again) in [
            ("", ""),
            ("state=open&after=fnd_1&said=decided&what=&sort=", "state=open"),
            (
                "state=all&what=duplicate_invoices%2Fexact&amount=1%2C000&assignee=-&text=A%26B&sort=amount",
                "state=all&what=duplicate_invoices%2Fexact&amount=1%2C000&assignee=-&text=A%26B&sort=amount",
            ),
            ("amount=much", ""),
            ("state=paid", "state=all"),
        ] {
            assert_eq!(QueueFilter::parse(query).query(), again);
        }
        let selected = QueueFilter::parse("what=c/k&amount=1,000&assignee=-&shown=suppressed");
        let filter = &selected.selection.filter;
        assert_eq!((filter.check.as_deref(), filter.kind.as_deref()), (Some("c"), Some("k")));
        assert_eq!((filter.state, filter.assignee.as_deref()), (None, Some("")));
        assert_eq!(filter.min_amount, "1000".parse().ok());
        assert_eq!(filter.suppressed, Inclusion::Only);
        let plain = QueueFilter::parse("sort=nonsense");
        assert_eq!(plain.selection.filter.state, Some(FindingState::Open));
        assert_eq!(plain.selection.order, FindingOrder::Priority);
        assert_eq!(plain.query_with("sort", "amount"), "sort=amount");
        assert!(QueueFilter::parse("amount=much").notice.is_some());
    }
}
