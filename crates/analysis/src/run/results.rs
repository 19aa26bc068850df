//! The results of a unit's last run, check by check: a check whose tables are as they were, and whose
//! statements and numbers are, comes to the same again.
//!
//! Not for: anything that must survive a restart; the next run is then a whole one.
//!
//! Invariant: what is taken from here is what running the check would give.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::finding::CheckedUnit;
use domain::{FileType, InvoiceLines, LeftOutStatuses, Limit, WorkCalendar};
use lru::LruCache;

use super::{Outcome, RunSettings};
use crate::checks::{ConfiguredCheck, ConfiguredNumber};

/// Units whose outcomes are kept; the one that was checked longest ago goes.
const UNITS_MAX: NonZeroUsize = NonZeroUsize::new(32).expect("32 are some");
/// Findings of one check that are kept; more are found anew each time.
const FINDINGS_KEPT_MAX: usize = 10_000;

/// All that the outcome of a check depends on.
#[derive(Debug, Clone, PartialEq)]
struct State {
    /// The tables that its statements name, with their versions.
    tables: Vec<(FileType, Option<u64>)>,
    numbers: Vec<ConfiguredNumber>,
    more_limits: BTreeSet<Limit>,
    calendar: WorkCalendar,
    lines: InvoiceLines,
    left_out: LeftOutStatuses,
}

/// The outcomes of one unit, by check.
type Outcomes = BTreeMap<&'static str, (State, Arc<Outcome>)>;

/// The results of all units. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ResultCache(Arc<Mutex<LruCache<CheckedUnit, Outcomes>>>);

/// The results that one unit's run may take from the last one, and where it leaves its own.
#[derive(Debug, Clone)]
pub(crate) struct UnitResults {
    cache: ResultCache,
    unit: CheckedUnit,
    /// By table.
    versions: BTreeMap<String, u64>,
    lines: InvoiceLines,
    left_out: LeftOutStatuses,
}

impl Default for ResultCache {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(UNITS_MAX))))
    }
}

impl ResultCache {
    pub(crate) fn of_unit(
        &self,
        unit: CheckedUnit,
        versions: BTreeMap<String, u64>,
        settings: &RunSettings,
    ) -> UnitResults {
        let (lines, left_out) = (settings.invoice_lines, settings.left_out_statuses.clone());
        UnitResults { cache: self.clone(), unit, versions, lines, left_out }
    }

    fn units(&self) -> MutexGuard<'_, LruCache<CheckedUnit, Outcomes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnitResults {
    pub(super) fn get(&self, check: &ConfiguredCheck) -> Option<Arc<Outcome>> {
        let state = self.state(check);
        let units = self.cache.units();
        let (of, outcome) = units.peek(&self.unit)?.get(check.definition.name)?;
        (*of == state).then(|| Arc::clone(outcome))
    }

    pub(super) fn put(&self, check: &ConfiguredCheck, outcome: &Arc<Outcome>) {
        let state = self.state(check);
        let mut units = self.cache.units();
        let outcomes = units.get_or_insert_mut(self.unit.clone(), Outcomes::default);
        outcomes.remove(check.definition.name);
        if outcome.findings.len() + outcome.suppressed.len() <= FINDINGS_KEPT_MAX {
            outcomes.insert(check.definition.name, (state, Arc::clone(outcome)));
        }
    }

    fn state(&self, check: &ConfiguredCheck) -> State {
        let is_read = |of: &FileType| check.definition.reads(of.spec().table);
        let version = |of: FileType| self.versions.get(of.spec().table).copied();
        State {
            tables: FileType::ALL.into_iter().filter(is_read).map(|of| (of, version(of))).collect(),
            numbers: check.numbers.clone(),
            more_limits: check.more_limits.clone(),
            calendar: check.calendar.clone(),
            lines: self.lines,
            left_out: self.left_out.clone(),
        }
    }
}
