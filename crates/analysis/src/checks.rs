//! Every check, as its folder says it: SQL, a description for analysts, parameters.
//!
//! Not for: running them (`run`). A check is added by a folder below `checks`: `build.rs` finds it.
//!
//! Invariant: a folder that is not right does not compile; what is here needs no looking at again.

mod limits;

use std::collections::BTreeSet;

use domain::check::{ParameterKind, VerdictWords, usual_innocent_reasons};
use domain::finding::Lane;
use domain::{CheckParameter, FileType, Limit, Severity, WorkCalendar};

/// A check that comes with the program.
pub type Check = CheckDefinition<'static>;

/// One kind of thing looked for, as its folder says it.
#[derive(Debug)]
pub struct CheckDefinition<'a> {
    /// The folder's name.
    pub name: &'a str,
    pub title: &'a str,
    /// The thing that it finds, as a line of a table.
    pub finds: &'a str,
    /// One paragraph for an analyst.
    pub about: &'a str,
    pub severity: Severity,
    /// The action that its findings allow; of money that is not paid yet, its rows say that it can be
    /// stopped.
    pub lane: Lane,
    /// The names of the states of its findings.
    pub verdict: VerdictWords,
    /// Facts that would make a finding innocent.
    pub innocent_if: &'a str,
    /// The usual ones of that, in words for a person to choose from; none: those of every check.
    pub innocent_reasons: Option<&'a [&'a str]>,
    /// The first thing to do about a finding, in one or two sentences; none where each finding says
    /// its own.
    pub next_step: Option<&'a str>,
    /// The claim that the probability of a finding is of: a sentence that stands behind “that” and behind
    /// “very likely”.
    pub claim: &'a str,
    pub(crate) at_risk_is: Option<&'a str>,
    /// Set when the money that its findings name can be lost; else it is what was billed.
    pub names_risk: bool,
    /// Of each list one column, written with its table, must hold something.
    pub needs: &'a [&'a [(&'a str, &'a str)]],
    pub method: Method,
    pub parameters: &'a [Parameter],
    pub(crate) main_sql: &'a str,
    pub(crate) figures_sql: Option<&'a str>,
}

/// The ways in which rows become findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Each row of `check.sql` is one.
    Sql,
    /// Pairs of invoices are weighed.
    InvoicePairs,
    /// Pairs of suppliers are weighed.
    SupplierPairs,
    /// Names of suppliers are compared with those that bill most.
    LookAlikes,
    /// Suppliers are held against a list of sanctioned parties.
    Sanctions,
    /// Suppliers are held against a register of companies.
    CompanyRegister,
    /// Each credit of suppliers' statements that the ledgers never took is one.
    StatementCredits,
}

/// A number that an administrator may set.
#[derive(Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub about: &'static str,
    pub kind: ParameterKind,
    /// The unit in words, such as `days`.
    pub unit: &'static str,
    pub default: f64,
    /// A limit of approval: there may be more of them, in other currencies too.
    pub takes_more: bool,
}

/// The place of the days off in a statement.
const CALENDAR: &str = "{calendar}";
/// The origin of a number, as it stands behind it in a sentence.
const SET: &str = "as set for this check";
const ASSUMED: &str = "which is assumed, as none is set for this check";

/// A check with the numbers it is to go by.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredCheck {
    pub(crate) definition: &'static Check,
    /// One for each parameter, in their order.
    pub(crate) numbers: Vec<ConfiguredNumber>,
    /// Limits beside the number of the parameter that takes more.
    pub(crate) more_limits: BTreeSet<Limit>,
    /// The days off; the usual ones where its statements ask for none.
    pub(crate) calendar: WorkCalendar,
}

/// The number of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ConfiguredNumber {
    value: f64,
    /// Somebody has set it; else it is the default.
    is_set: bool,
}

static ALL: &[Check] = include!(concat!(env!("OUT_DIR"), "/checks.rs"));

impl<'a> CheckDefinition<'a> {
    /// The meaning of the money at risk, or why none is named.
    pub fn at_risk_is(&self) -> &'a str {
        self.at_risk_is.unwrap_or(
            "nothing is known to be lost by this alone; what the supplier has billed stands in its row",
        )
    }
}

impl Check {
    /// All checks, in the order in which they are shown.
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The check as pages show it.
    pub fn describe(&self) -> domain::Check {
        let reasons =
            self.innocent_reasons.map(|reasons| reasons.iter().map(|one| (*one).to_owned()));
        domain::Check {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            about: self.about.to_owned(),
            severity: self.severity,
            verdict: self.verdict,
            innocent_reasons: reasons.map_or_else(usual_innocent_reasons, Iterator::collect),
            parameters: self.parameters.iter().map(Parameter::describe).collect(),
        }
    }

    /// Returns `true` when any statement names a table.
    pub(crate) fn reads(&self, table: &str) -> bool {
        self.times_named(table) > 0
    }

    /// The number of times that its statements name a table or a column.
    pub(crate) fn times_named(&self, name: &str) -> usize {
        let is_no_letter = |c: char| !c.is_alphanumeric() && c != '_';
        let statements = std::iter::once(self.main_sql).chain(self.figures_sql);
        statements.flat_map(|sql| sql.split(is_no_letter)).filter(|word| *word == name).count()
    }
}

impl Parameter {
    fn describe(&self) -> CheckParameter {
        CheckParameter {
            name: self.name.to_owned(),
            about: self.about.to_owned(),
            kind: self.kind,
            unit: self.unit.to_owned(),
            default: format!("{:.4}", self.default)
                .parse()
                .expect("`build.rs` lets no more than four places through"),
            takes_more: self.takes_more,
        }
    }
}

impl ConfiguredCheck {
    /// The check with `number` for the parameters that it answers, and the defaults for the others.
    pub(crate) fn new(check: &'static Check, number: impl Fn(&Parameter) -> Option<f64>) -> Self {
        let configured = |one: &Parameter| {
            let set = number(one);
            ConfiguredNumber { value: set.unwrap_or(one.default), is_set: set.is_some() }
        };
        Self {
            definition: check,
            numbers: check.parameters.iter().map(configured).collect(),
            more_limits: BTreeSet::new(),
            calendar: WorkCalendar::default(),
        }
    }

    /// The check by the limits and the calendar of a unit, as far as it asks for them.
    pub(crate) fn of_unit(
        mut self,
        more_limits: &BTreeSet<Limit>,
        calendar: &WorkCalendar,
    ) -> Self {
        if self.limit().is_some() {
            self.more_limits.clone_from(more_limits);
        }
        if self.definition.main_sql.contains(CALENDAR) {
            self.calendar.clone_from(calendar);
        }
        self
    }

    /// The parameter that there may be more of.
    fn limit(&self) -> Option<&'static Parameter> {
        self.definition.parameters.iter().find(|parameter| parameter.takes_more)
    }

    /// The statement that gives the rows, with the numbers written in: those of every limit, where there
    /// are several.
    pub(crate) fn main_sql(&self) -> String {
        let Some(limit) = self.limit() else { return self.with_numbers(self.definition.main_sql) };
        let (sql, name, more) = (self.definition.main_sql, limit.name, &self.more_limits);
        let first = limits::first(sql, name, more);
        let others = more.iter().map(|one| limits::one_more(sql, name, one, more));
        let mut all: Vec<String> =
            std::iter::once(first).chain(others).map(|sql| self.with_numbers(&sql)).collect();
        if all.len() > 1 {
            for sql in &mut all {
                *sql = format!("SELECT * FROM (\n{sql}\n)");
            }
        }
        all.join("\nUNION ALL\n")
    }

    /// The statement of figures for pictures, where there is one.
    pub(crate) fn figures_sql(&self) -> Option<String> {
        self.definition.figures_sql.map(|sql| self.with_numbers(sql))
    }

    /// `{days}` is the number, `{days.basis}` says in words whether somebody has set it, and `{days.is_set}`
    /// to the statement; `{calendar}` are the days off as a text.
    fn with_numbers(&self, sql: &str) -> String {
        let mut sql = sql.replace(CALENDAR, &format!("'{}'", self.calendar));
        for (parameter, number) in self.definition.parameters.iter().zip(&self.numbers) {
            let basis = if number.is_set { SET } else { ASSUMED };
            sql = sql.replace(&format!("{{{}}}", parameter.name), &number.value.to_string());
            sql = sql.replace(&format!("{{{}.basis}}", parameter.name), basis);
            let is_set = if number.is_set { "true" } else { "false" };
            sql = sql.replace(&format!("{{{}.is_set}}", parameter.name), is_set);
        }
        sql
    }

    pub(crate) fn parameter(&self, name: &str) -> f64 {
        let at = self.definition.parameters.iter().position(|one| one.name == name);
        self.numbers[at.expect("`build.rs` knows which parameters a method reads")].value
    }
}

/// The file type whose table a check names.
pub(crate) fn file_type_of(table: &str) -> FileType {
    let mut all = FileType::ALL.into_iter();
    all.find(|of| of.spec().table == table).expect("the tests look up every need of every check")
}

#[cfg(test)]
mod tests;
