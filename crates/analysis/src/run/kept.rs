//! What the last run of a unit came to, check by check: a check whose tables are as they were, and whose
//! statements and numbers are, comes to the same again.
//!
//! Not for: anything that must survive a restart; the next run is then a whole one.
//!
//! Invariant: what is taken from here is what running the check would give.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use domain::finding::CheckedUnit;
use domain::{FileType, InvoiceLines};

use super::Outcome;
use crate::checks::Check;

/// Units whose outcomes are kept; the one that was checked longest ago goes.
const UNITS_MAX: usize = 32;
/// Findings of one check that are kept; more are found anew each time.
const FINDINGS_KEPT_MAX: usize = 10_000;

/// All that the outcome of a check depends on.
#[derive(Debug, Clone, PartialEq)]
struct State {
    /// The tables that its statements name, with their versions.
    tables: Vec<(FileType, Option<u64>)>,
    numbers: Vec<f64>,
    lines: InvoiceLines,
}

/// Of one unit.
type Outcomes = BTreeMap<&'static str, (State, Arc<Outcome>)>;

/// Of all units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<VecDeque<(CheckedUnit, Outcomes)>>>);

/// What one unit's run may take from the last one, and where it leaves its own.
#[derive(Debug, Clone)]
pub(crate) struct KeptOfUnit {
    kept: Kept,
    unit: CheckedUnit,
    /// By table.
    versions: BTreeMap<String, u64>,
    lines: InvoiceLines,
}

impl Kept {
    pub(crate) fn of(
        &self,
        unit: CheckedUnit,
        versions: BTreeMap<String, u64>,
        lines: InvoiceLines,
    ) -> KeptOfUnit {
        KeptOfUnit { kept: self.clone(), unit, versions, lines }
    }
}

impl KeptOfUnit {
    pub(super) fn outcome(&self, check: &Check) -> Option<Arc<Outcome>> {
        let state = self.state(check);
        let units = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, outcomes) = units.iter().find(|(unit, _)| *unit == self.unit)?;
        let (kept_state, outcome) = outcomes.get(check.name)?;
        (*kept_state == state).then(|| Arc::clone(outcome))
    }

    pub(super) fn keep(&self, check: &Check, outcome: &Arc<Outcome>) {
        let state = self.state(check);
        let mut units = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut outcomes = match units.iter().position(|(unit, _)| *unit == self.unit) {
            Some(at) => units.remove(at).expect("it stands there").1,
            None => Outcomes::default(),
        };
        outcomes.remove(check.name);
        if outcome.findings.len() + outcome.suppressed.len() <= FINDINGS_KEPT_MAX {
            outcomes.insert(check.name, (state, Arc::clone(outcome)));
        }
        units.push_back((self.unit.clone(), outcomes));
        if units.len() > UNITS_MAX {
            units.pop_front();
        }
    }

    fn state(&self, check: &Check) -> State {
        let named = FileType::ALL.into_iter().filter(|of| check.reads(of.spec().table));
        State {
            tables: named.map(|of| (of, self.versions.get(of.spec().table).copied())).collect(),
            numbers: check.about.parameters.values().map(|parameter| parameter.default).collect(),
            lines: self.lines,
        }
    }
}
