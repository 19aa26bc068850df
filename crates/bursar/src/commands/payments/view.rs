//! Runs of payments as far as this program shows them.
//!
//! Invariants: whatever a server leaves out is empty here, as servers of before and of later differ; every
//! member is one of the answers that `api` describes.

use serde::Deserialize;

use crate::commands::view::MoneyView;

/// A run in sums.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RunView {
    pub(super) upload_id: String,
    pub(super) file_name: String,
    pub(super) notes: Vec<String>,
    pub(super) all: SumView,
    pub(super) doubtful: SumView,
    pub(super) undecided: u64,
    pub(super) released: SumView,
    pub(super) held: SumView,
}

/// A number of payments.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct SumView {
    pub(super) payments: u64,
}

/// A payment and what people decided about it.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct PaymentView {
    pub(super) line: u64,
    pub(super) payee: String,
    pub(super) money: MoneyView,
    pub(super) doubts: Vec<DoubtView>,
    pub(super) decision: Option<String>,
}

/// One thing that speaks against a payment.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct DoubtView {
    pub(super) words: String,
}

/// The result of a decision.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct DecisionView {
    pub(super) decided: u64,
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;
    use crate::commands::view::{ItemsView, PageView};
    use crate::transfer::client::unknown_members;

    #[test]
    fn every_member_is_one_of_the_api() {
        let runs = ItemsView { items: vec![RunView::default()] };
        assert_eq!(unknown_members(&runs, &schema_for!(api::PaymentRuns)), [""; 0]);
        let page = PageView::<PaymentView, u64>::default();
        assert_eq!(unknown_members(&page, &schema_for!(api::RunPayments)), [""; 0]);
        let payment = PaymentView { doubts: vec![DoubtView::default()], ..PaymentView::default() };
        assert_eq!(unknown_members(&payment, &schema_for!(api::RunPayment)), [""; 0]);
        let decision = DecisionView::default();
        let schema = schema_for!(api::PaymentDecisionResult);
        assert_eq!(unknown_members(&decision, &schema), [""; 0]);
    }
}
