//! Sums of the findings of a unit, each made once while these stay as they are: many people look at the same
//! overview, and only a run or a decision makes it another.
//!
//! Not for: making them (`findings`, `overview`, `recovery`, `team`), or counting changes
//! (`finding_versions`).
//!
//! Invariant: the version is read before a sum is looked up or made, so that an answer is of that version or
//! of a later one, whatever other nodes write. What else an answer depends on, such as the day or who asks,
//! is a part of the question.

mod cache;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::finding::{LaneTotal, VerdictTally};
use domain::{Money, RunId, UnitName};
use jiff::Timestamp;
use jiff::civil::Date;

pub(crate) use cache::SumCache;
use cache::{SumKey, SumQuestion};

use crate::error::Error;
use crate::findings::{FilterValue, FoundKind};
use crate::rows::day_number;
use crate::{CustomerStore, FindingFilter, OpenSum, RecoverySums, TeamWork};

/// The sums of the findings of one unit, as they are or were made at its version. For one page: whoever
/// keeps it longer sees nothing of what changes.
#[derive(Debug)]
pub struct FindingSums<'s> {
    store: &'s CustomerStore,
    unit: &'s UnitName,
    version: i64,
}

impl CustomerStore {
    /// The sums of a unit's findings from now on.
    pub async fn finding_sums<'s>(&'s self, unit: &'s UnitName) -> Result<FindingSums<'s>, Error> {
        Ok(FindingSums { store: self, unit, version: self.finding_version(unit).await? })
    }
}

/// The sums that methods of the same names of [`CustomerStore`] make.
impl FindingSums<'_> {
    /// The number of changes of the findings until then.
    pub const fn version(&self) -> i64 {
        self.version
    }

    pub async fn count_findings(&self, filter: &FindingFilter) -> Result<u64, Error> {
        let question = of_filter("count_findings", filter);
        self.kept(question, self.store.count_findings(self.unit, filter)).await
    }

    pub async fn lane_totals(&self, filter: &FindingFilter) -> Result<Vec<LaneTotal>, Error> {
        let of_every_lane = FindingFilter { lane: None, ..filter.clone() };
        let question = of_filter("lane_totals", &of_every_lane);
        self.kept(question, self.store.lane_totals(self.unit, filter)).await
    }

    pub async fn earliest_payment_due(
        &self,
        filter: &FindingFilter,
    ) -> Result<Option<Date>, Error> {
        let question = of_filter("earliest_payment_due", filter);
        self.kept(question, self.store.earliest_payment_due(self.unit, filter)).await
    }

    pub async fn found_kinds(&self) -> Result<Vec<FoundKind>, Error> {
        let question = of_value("found_kinds", None);
        self.kept(question, self.store.found_kinds(self.unit)).await
    }

    pub async fn decided_since(&self, since: Timestamp) -> Result<u64, Error> {
        let question = of_moment("decided_since", since);
        self.kept(question, self.store.decided_since(self.unit, since)).await
    }

    pub async fn verdict_tallies(&self) -> Result<Vec<VerdictTally>, Error> {
        let question = of_value("verdict_tallies", None);
        self.kept(question, self.store.verdict_tallies(self.unit)).await
    }

    pub async fn open_sums(&self, newest: Option<RunId>) -> Result<Vec<OpenSum>, Error> {
        let run = newest.map(|run| FilterValue::Text(run.to_string()));
        let question = of_value("open_sums", run);
        self.kept(question, self.store.open_sums(self.unit, newest)).await
    }

    pub async fn recovered_sums(&self) -> Result<Vec<Money>, Error> {
        let question = of_value("recovered_sums", None);
        self.kept(question, self.store.recovered_sums(self.unit)).await
    }

    pub async fn recovered_since(&self, since: Timestamp) -> Result<Vec<Money>, Error> {
        let question = of_moment("recovered_since", since);
        self.kept(question, self.store.recovered_since(self.unit, since)).await
    }

    pub async fn recovery_sums(&self, today: Date) -> Result<RecoverySums, Error> {
        let question = of_value("recovery_sums", Some(FilterValue::Number(day_number(today))));
        self.kept(question, self.store.recovery_sums(self.unit, today)).await
    }

    pub async fn team_work(&self, since: Timestamp) -> Result<BTreeMap<String, TeamWork>, Error> {
        let question = of_moment("team_work", since);
        self.kept(question, self.store.team_work(self.unit, since)).await
    }

    /// The number of findings that are assigned to somebody and not done with: one sum for everybody.
    pub async fn unfinished_of(&self, assignee: &str) -> Result<u64, Error> {
        let question = of_value("unfinished_by_assignee", None);
        let all: Arc<BTreeMap<String, u64>> = self
            .kept(question, async {
                Ok(Arc::new(self.store.unfinished_by_assignee(self.unit).await?))
            })
            .await?;
        Ok(all.get(assignee).copied().unwrap_or_default())
    }

    async fn kept<T: cache::Sum>(
        &self,
        question: SumQuestion,
        made: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let (customer, unit) = (self.store.customer.clone(), self.unit.clone());
        let key = SumKey { customer, unit, question };
        self.store.parts.sums.answer(key, self.version, made).await
    }
}

fn of_filter(sum: &'static str, filter: &FindingFilter) -> SumQuestion {
    let (condition, values) = filter.condition(1);
    SumQuestion { sum, condition, values }
}

fn of_moment(sum: &'static str, moment: Timestamp) -> SumQuestion {
    of_value(sum, Some(FilterValue::Number(moment.as_microsecond())))
}

fn of_value(sum: &'static str, value: Option<FilterValue>) -> SumQuestion {
    SumQuestion { sum, condition: String::new(), values: value.into_iter().collect() }
}
