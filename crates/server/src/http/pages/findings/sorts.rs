//! The columns by which the queue is sorted, each with the way to turn its order round.
//!
//! Not for: the orders themselves (`FindingOrder`).
//!
//! Invariant: whatever else is chosen stays as it is.

use domain::finding::Lane;
use store::FindingOrder;

use super::filter::QueueFilter;

/// A column that may be sorted by.
pub(super) struct Sort {
    pub(super) label: &'static str,
    pub(super) href: String,
    /// `ascending` or `descending`; empty where the list is in another order.
    pub(super) direction: &'static str,
    pub(super) title: &'static str,
    pub(super) class: &'static str,
}

/// The columns by which a list is sorted: their words, what comes first, and what comes first the other way.
const SORTS: [SortColumn; 3] = [
    SortColumn {
        label: "Amount",
        class: "num",
        descending: (FindingOrder::Amount, "amount", "The most money first"),
        ascending: (FindingOrder::AmountAscending, "amount_ascending", "The least money first"),
    },
    SortColumn {
        label: "Probability",
        class: "chance",
        descending: (FindingOrder::Probability, "probability", "The most probable first"),
        ascending: (
            FindingOrder::ProbabilityAscending,
            "probability_ascending",
            "The least probable first",
        ),
    },
    SortColumn {
        label: "Age",
        class: "age",
        descending: (FindingOrder::FirstSeen, "first_seen", "The newest first"),
        ascending: (FindingOrder::FirstSeenAscending, "first_seen_ascending", "The oldest first"),
    },
];

/// A column, and its order both ways: the order, its word in an address, and its words.
struct SortColumn {
    label: &'static str,
    class: &'static str,
    descending: (FindingOrder, &'static str, &'static str),
    ascending: (FindingOrder, &'static str, &'static str),
}

/// Each column turns its order round where the list is in it.
pub(super) fn sorts(queue_filter: &QueueFilter, here: &str) -> Vec<Sort> {
    let order = queue_filter.selection.order;
    let sort = |column: SortColumn| {
        let direction = match order {
            order if order == column.descending.0 => "descending",
            order if order == column.ascending.0 => "ascending",
            _ => "",
        };
        let is_turned = direction == "descending";
        let (_, word, title) = if is_turned { column.ascending } else { column.descending };
        Sort {
            label: column.label,
            class: column.class,
            href: format!("{here}?{}", queue_filter.query_with("sort", word)),
            direction,
            title,
        }
    };
    SORTS.into_iter().map(sort).collect()
}

/// Sorts by the day on which what is not paid is due; where the list is in that order, by priority again.
pub(super) fn by_payment(queue_filter: &QueueFilter, here: &str) -> Option<Sort> {
    let selection = &queue_filter.selection;
    let is_sorted = selection.order == FindingOrder::PaymentDue;
    let (word, direction, title) = if is_sorted {
        ("priority", "ascending", "By priority")
    } else {
        ("payment_due", "", "What is due first")
    };
    let href = format!("{here}?{}", queue_filter.query_with("sort", word));
    let sort = Sort { label: "Paid", href, direction, title, class: "paid" };
    Some(sort).filter(|_| is_sorted || selection.filter.lane == Some(Lane::StopPayment))
}
