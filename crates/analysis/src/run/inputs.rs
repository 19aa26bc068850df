//! What a run goes by beside the rows.

use std::collections::{BTreeMap, BTreeSet};

use domain::check::parameter_key;
use domain::finding::{CheckRequest, RememberedVerdict};
use domain::statement::StatementCredit;
use domain::{CheckNumber, InvoiceLines, LeftOutStatuses, Limit, OwnCheck, UploadId, WorkCalendar};
use jiff::Timestamp;

use super::verdict_rates::VerdictRates;
use crate::checks::{Check, ConfiguredCheck, Parameter};
use crate::registers::Registers;

/// The checks of a run and their numbers; by default all, as the folders say.
#[derive(Debug, Clone, Default)]
pub struct RunSettings {
    /// Names of checks; none: every one.
    pub only: Option<Vec<String>>,
    /// Parameters that differ, by `check.parameter`.
    pub parameters: BTreeMap<String, f64>,
    /// Limits beside them, by `check.parameter`.
    pub more_limits: BTreeMap<String, BTreeSet<Limit>>,
    /// The days off of the unit.
    pub calendar: WorkCalendar,
    pub invoice_lines: InvoiceLines,
    pub left_out_statuses: LeftOutStatuses,
    /// Set when probabilities stay as the evidence gives them.
    pub ignores_verdict_rates: bool,
}

/// Time, verdicts, settings and the names of files, for one run.
pub(crate) struct RunInputs {
    pub(crate) now: Timestamp,
    pub(crate) verdicts: Vec<RememberedVerdict>,
    pub(crate) verdict_rates: VerdictRates,
    pub(crate) settings: RunSettings,
    /// Checks of the customer's own that are on.
    pub(crate) own_checks: Vec<OwnCheck>,
    /// Of the operator.
    pub(crate) registers: Registers,
    /// The files of uploads, as far as they are known.
    pub(crate) file_names: BTreeMap<UploadId, String>,
    pub(crate) statement_credits: Vec<StatementCredit>,
}

impl RunSettings {
    /// The checks that a unit has on, by the numbers that it has set.
    pub(crate) fn from_unit(settings: &domain::CheckSettings) -> Self {
        let numbers = settings.parameters.iter();
        let number = |number: &CheckNumber| -> f64 {
            number.to_string().parse().expect("every decimal is near a float")
        };
        Self {
            only: Some(settings.names_on(Check::all().iter().map(|check| check.name))),
            parameters: numbers.map(|(name, value)| (name.clone(), number(value))).collect(),
            more_limits: settings.more_limits.clone(),
            calendar: settings.calendar.clone(),
            invoice_lines: settings.invoice_lines,
            left_out_statuses: settings.left_out_statuses.clone(),
            ignores_verdict_rates: settings.ignores_verdict_rates,
        }
    }

    /// The checks that are on, with their numbers.
    pub(super) fn checks(&self) -> Vec<ConfiguredCheck> {
        let is_on = |check: &&Check| {
            self.only.as_ref().is_none_or(|only| only.iter().any(|name| name == check.name))
        };
        Check::all().iter().filter(is_on).map(|check| self.configured(check)).collect()
    }

    /// A check with its numbers, whether it is on or not.
    pub(super) fn check(&self, name: &str) -> Option<ConfiguredCheck> {
        Check::all().iter().find(|check| check.name == name).map(|check| self.configured(check))
    }

    fn configured(&self, check: &'static Check) -> ConfiguredCheck {
        let key = |parameter: &Parameter| parameter_key(check.name, parameter.name);
        let number = |parameter: &Parameter| self.parameters.get(&key(parameter)).copied();
        let limits = check.parameters.iter().find_map(|one| self.more_limits.get(&key(one)));
        let none = BTreeSet::new();
        ConfiguredCheck::new(check, number).of_unit(limits.unwrap_or(&none), &self.calendar)
    }
}

impl RunInputs {
    /// The inputs of a run over rows alone, about which nobody has decided anything.
    pub(crate) fn of_rows(now: Timestamp, settings: RunSettings) -> Self {
        Self {
            now,
            verdicts: Vec::new(),
            verdict_rates: VerdictRates::default(),
            settings,
            own_checks: Vec::new(),
            registers: Registers::default(),
            file_names: BTreeMap::new(),
            statement_credits: Vec::new(),
        }
    }

    pub(crate) fn new(request: &CheckRequest, settings: RunSettings, registers: Registers) -> Self {
        Self {
            now: request.now,
            verdicts: request.verdicts.clone(),
            verdict_rates: VerdictRates::new(&request.verdict_tallies)
                .without_own(&request.own_verdicts),
            settings,
            own_checks: request.own_checks.clone(),
            registers,
            file_names: request.file_names.clone(),
            statement_credits: request.statement_credits.clone(),
        }
    }
}
