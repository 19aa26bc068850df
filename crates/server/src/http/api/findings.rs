//! A unit's findings: the queue, and one with its history.
//!
//! Not for: deciding (`verdicts`) or files of them (`export`).

use api::{FindingDetail, FindingSort, FindingsQuery, Include, LaneTotals};
use axum::extract::Path;
use domain::finding::FindingSummary;
use domain::page::Page;
use domain::{FindingKey, RefusalCode, UnitName, Visibility};
use store::{CustomerStore, FindingFilter, FindingOrder, Inclusion, ToDo};

use crate::http::access::Viewer;
use crate::http::error::ApiError;
use crate::http::query::QueryParams;
use crate::http::respond::{Json, TaggedJson};

/// The findings asked for, and their order.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Selection {
    pub(in crate::http) filter: FindingFilter,
    pub(in crate::http) order: FindingOrder,
}

pub(crate) async fn list_findings(
    viewer: Viewer,
    QueryParams(query): QueryParams<FindingsQuery>,
) -> Result<Json<Page<FindingSummary, FindingKey>>, ApiError> {
    let Selection { filter, order } = Selection::try_from(&query)?;
    let (size, after) = (query.limit.unwrap_or_default(), query.after.as_ref());
    let mut page = viewer.store.findings(&viewer.unit, &filter, order, size, after).await?;
    for found in &mut page.items {
        found.counted = found.lane.counted(found.counted);
    }
    Ok(Json(page))
}

/// The sums of the overview and of the tabs of the queue: of what nobody has decided, and what is true and
/// can still be stopped, unless the filter names a state.
pub(crate) async fn get_lane_totals(
    viewer: Viewer,
    QueryParams(query): QueryParams<FindingsQuery>,
) -> Result<Json<LaneTotals>, ApiError> {
    let Selection { filter, .. } = Selection::try_from(&query)?;
    let to_do = filter.state.is_none().then_some(ToDo::Any);
    let lane = filter.lane;
    let sums = viewer.store.finding_sums(&viewer.unit).await?;
    let mut items = sums.lane_totals(&FindingFilter { to_do, ..filter }).await?;
    items.retain(|total| lane.is_none_or(|lane| lane == total.lane));
    Ok(Json(LaneTotals { items }))
}

pub(crate) async fn get_finding(
    viewer: Viewer,
    Path((_, _, key)): Path<(String, String, String)>,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    found(&viewer.store, &viewer.unit, &key_of(&key)?, viewer.visibility).await
}

/// The finding as it stands now, and as this visibility sees it.
pub(super) async fn found(
    store: &CustomerStore,
    unit: &UnitName,
    key: &FindingKey,
    visibility: Visibility,
) -> Result<TaggedJson<FindingDetail>, ApiError> {
    let finding = store.finding(unit, key).await?;
    let mut finding = finding.ok_or_else(|| ApiError::new(RefusalCode::FindingNotFound))?;
    let mut history = store.finding_history(unit, key).await?;
    finding.finding.mask(visibility);
    finding.counted = finding.finding.lane.counted(finding.counted);
    let past = history.iter_mut().filter_map(|entry| entry.finding.as_mut());
    past.for_each(|finding| finding.mask(visibility));
    let explanation = finding.explain();
    let entry = finding.last_entry;
    Ok(TaggedJson { entry, body: FindingDetail { finding, explanation, history } })
}

/// Text that is no key is a finding that does not exist: no query is made for it.
pub(super) fn key_of(text: &str) -> Result<FindingKey, ApiError> {
    text.parse().map_err(|_invalid| ApiError::new(RefusalCode::FindingNotFound))
}

pub(super) fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError::because(RefusalCode::RequestMalformed, why)
}

impl TryFrom<&FindingsQuery> for Selection {
    type Error = ApiError;

    fn try_from(params: &FindingsQuery) -> Result<Self, ApiError> {
        if params.min_probability.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(malformed("min_probability is from 0 to 1"));
        }
        let filter = FindingFilter {
            lane: params.lane,
            check: params.check.clone(),
            kind: params.kind.clone(),
            state: params.state,
            unfinished: false,
            assignee: params.assignee.clone(),
            supplier: params.supplier.clone(),
            min_probability: params.min_probability,
            min_amount: params.min_amount,
            run: params.run,
            suppressed: inclusion(params.suppressed),
            gone: inclusion(params.gone),
            proposed: params.proposed,
            recovery: params.recovery,
            due_before: params.due_before,
            of_supplier: params.of_supplier.clone(),
            ..FindingFilter::default()
        };
        let order = match params.sort.unwrap_or_default() {
            FindingSort::Priority => FindingOrder::Priority,
            FindingSort::Amount => FindingOrder::Amount,
            FindingSort::Probability => FindingOrder::Probability,
            FindingSort::FirstSeen => FindingOrder::FirstSeen,
            FindingSort::Due => FindingOrder::Due,
            FindingSort::PaymentDue => FindingOrder::PaymentDue,
        };
        Ok(Self { filter, order })
    }
}

/// Findings of a kind are left out unless they are asked for.
fn inclusion(include: Option<Include>) -> Inclusion {
    match include.unwrap_or_default() {
        Include::False => Inclusion::No,
        Include::True => Inclusion::Yes,
        Include::Only => Inclusion::Only,
    }
}
