//! A unit's findings: the queue, and one with its history.
//!
//! Not for: deciding (`verdicts`) or files of them (`export`).

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::finding::{FindingState, HistoryEntry, KeptFinding};
use domain::page::PageSize;
use domain::{Amount, FindingKey, RefusalCode, RunId, UnitName, Visibility};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{CustomerStore, FindingFilter, FindingOrder, Gone, ShowSuppressed};

use crate::http::access::Viewer;
use crate::http::error::ApiError;
use crate::http::respond::json;

/// What the query of every list of findings takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    check: Option<String>,
    kind: Option<String>,
    state: Option<FindingState>,
    assignee: Option<String>,
    supplier: Option<String>,
    min_probability: Option<f64>,
    min_amount: Option<Amount>,
    run: Option<RunId>,
    suppressed: Option<String>,
    gone: Option<String>,
    sort: Option<String>,
    limit: Option<u32>,
    after: Option<FindingKey>,
}

/// A finding with all that happened to it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundFinding {
    #[serde(flatten)]
    finding: KeptFinding,
    /// What people did to it, the first first.
    history: Vec<HistoryEntry>,
}

/// A query that was understood.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Selection {
    pub(in crate::http) filter: FindingFilter,
    pub(in crate::http) order: FindingOrder,
}

pub(super) type WantedQuery = Result<Query<Wanted>, QueryRejection>;

const ADVICE: &str = "the query takes check, kind, state, assignee, supplier, min_probability (0 to 1), \
    min_amount, run, suppressed and gone (false, true or only), sort (priority, amount, probability or \
    first_seen), limit, and after, the next of the page before";

pub(crate) async fn list_findings(
    viewer: Viewer,
    query: WantedQuery,
) -> Result<Response, ApiError> {
    let wanted = understood(query)?;
    let size = wanted.limit.map(PageSize::try_from).transpose();
    let size = size.map_err(malformed)?.unwrap_or_default();
    let Selection { filter, order } = wanted.selection()?;
    let after = wanted.after.as_ref();
    json(&viewer.store.findings(&viewer.unit, &filter, order, size, after).await?)
}

pub(crate) async fn get_finding(
    viewer: Viewer,
    Path((_, _, key)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    found(&viewer.store, &viewer.unit, &key_of(&key)?, viewer.visibility).await
}

/// The finding as it stands now, and as this visibility sees it.
pub(super) async fn found(
    store: &CustomerStore,
    unit: &UnitName,
    key: &FindingKey,
    visibility: Visibility,
) -> Result<Response, ApiError> {
    let finding = store.finding(unit, key).await?;
    let mut finding = finding.ok_or_else(|| ApiError::new(RefusalCode::FindingNotFound))?;
    let mut history = store.finding_history(unit, key).await?;
    finding.finding.mask(visibility);
    let past = history.iter_mut().filter_map(|entry| entry.finding.as_mut());
    past.for_each(|finding| finding.mask(visibility));
    json(&FoundFinding { finding, history })
}

/// Text that is no key is a finding that does not exist: no query is made for it.
pub(super) fn key_of(text: &str) -> Result<FindingKey, ApiError> {
    text.parse().map_err(|_invalid| ApiError::new(RefusalCode::FindingNotFound))
}

pub(super) fn understood(query: WantedQuery) -> Result<Wanted, ApiError> {
    let Query(wanted) = query.map_err(|_rejection| malformed(ADVICE))?;
    Ok(wanted)
}

pub(super) fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError::because(RefusalCode::RequestMalformed, why)
}

impl Wanted {
    pub(super) fn selection(&self) -> Result<Selection, ApiError> {
        if self.min_probability.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(malformed(ADVICE));
        }
        let (suppressed, gone) = (self.suppressed.as_deref(), self.gone.as_deref());
        let filter = FindingFilter {
            check: self.check.clone(),
            kind: self.kind.clone(),
            state: self.state,
            assignee: self.assignee.clone(),
            supplier: self.supplier.clone(),
            min_probability: self.min_probability,
            min_amount: self.min_amount,
            run: self.run,
            suppressed: word::<ShowSuppressed>("suppressed", suppressed)?,
            gone: word::<Gone>("gone", gone)?,
        };
        Ok(Selection { filter, order: word::<FindingOrder>("sort", self.sort.as_deref())? })
    }

    pub(super) const fn is_paged(&self) -> bool {
        self.limit.is_some() || self.after.is_some()
    }
}

fn word<T>(name: &str, text: Option<&str>) -> Result<T, ApiError>
where
    T: std::str::FromStr<Err = store::InvalidFindingWord> + Default,
{
    let Some(text) = text else { return Ok(T::default()) };
    text.parse().map_err(|why| malformed(format_args!("{name} is {why}")))
}
