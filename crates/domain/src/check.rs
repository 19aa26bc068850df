//! Checks as an administrator sees them: what each looks for, its numbers, and what a unit has set.
//!
//! Not for: their SQL or running them (`analysis`).
//!
//! Invariant: what is kept is what differs from the check's own folder, so a better default reaches
//! everybody who has not chosen another number.

mod limit;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::amount::{Amount, InvalidAmount};
use crate::calendar::WorkCalendar;
use crate::enum_words::enum_words;
use crate::invoice_status::LeftOutStatuses;

pub use limit::{InvalidLimit, LIMITS_MAX, Limit};
pub use settings::InvalidSettings;

/// Larger than any amount or count that tells one supplier from another; an engine takes it everywhere.
pub(crate) const NUMBER_MAX: CheckNumber = CheckNumber::from_whole(1_000_000_000_000);
const ONE: CheckNumber = CheckNumber::from_whole(1);

/// One kind of thing looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The name in findings and settings.
    pub name: String,
    pub title: String,
    /// One paragraph for an analyst.
    pub about: String,
    pub severity: Severity,
    pub verdict: VerdictWords,
    /// Why what it finds is innocent most often: words to choose from.
    pub innocent_reasons: Vec<String>,
    pub parameters: Vec<CheckParameter>,
}

/// The words for the states of a check's findings: some checks look for the same thing twice, others for
/// risks and facts, such as an IBAN that no bank has given out, of which matters whether somebody has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictWords {
    /// Duplicate, or not a duplicate.
    Duplicate,
    /// Needs action, or explained.
    #[default]
    Action,
}

/// The kind of a parameter of a check, by which its values are bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// Money in the base currency.
    Amount,
    /// Things that have no halves.
    Count,
    /// Anything from 0 on.
    Number,
    /// A part of a whole, or a probability: from 0 to 1.
    Share,
}

/// The innocent reasons of a check that names none of its own, or is no more.
pub fn usual_innocent_reasons() -> Vec<String> {
    ["Looked into and explained", "Agreed with purchasing", "Right in the supplier's papers"]
        .map(str::to_owned)
        .to_vec()
}

/// The severity of a finding, if it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    High,
    #[default]
    Medium,
    /// Worth knowing beside other things.
    Context,
}

/// A number a check goes by: exact to a ten-thousandth, written without needless zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CheckNumber(Amount);

/// A number that an administrator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckParameter {
    pub name: String,
    pub about: String,
    pub kind: ParameterKind,
    /// The unit in words, such as `days`.
    pub unit: String,
    pub default: CheckNumber,
    /// Set of a limit of approval, of which an organisation may have more, in other currencies too.
    pub takes_more: bool,
}

/// The settings of a unit; without anything set, all as the checks say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// Names of the checks that are not run.
    pub off: BTreeSet<String>,
    /// Numbers that differ, by `check.parameter`.
    pub parameters: BTreeMap<String, CheckNumber>,
    /// Limits beside those numbers, by `check.parameter`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub more_limits: BTreeMap<String, BTreeSet<Limit>>,
    /// The days off of the unit; absent while it is the usual one.
    #[serde(skip_serializing_if = "WorkCalendar::is_usual")]
    pub calendar: WorkCalendar,
    /// Absent while it is as Bursar does by itself.
    #[serde(skip_serializing_if = "InvoiceLines::is_automatic")]
    pub invoice_lines: InvoiceLines,
    /// Invoices that no check looks at; absent while they are the known ones.
    #[serde(skip_serializing_if = "LeftOutStatuses::is_known")]
    pub left_out_statuses: LeftOutStatuses,
    /// Set when probabilities stay as the evidence gives them, whatever people decided.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignores_verdict_rates: bool,
}

/// The reading of rows of one supplier, number and dates: as lines of one invoice, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceLines {
    /// Decided for each invoice, by a rule that docs/checks.md states.
    #[default]
    Automatic,
    /// They always are, equal ones too.
    Always,
    /// Every row is an invoice of its own.
    Never,
}

/// Text that is no [`InvoiceLines`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("choose automatic, always or never")]
pub struct InvalidInvoiceLines;

/// Text that is no value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidParameter {
    #[error("write a number such as 5000 or 0.25, with a point and at most four digits behind it")]
    NoNumber,
    #[error("write a number from 0 to 1, such as 0.25")]
    NoShare,
    #[error("write a whole number, such as 5")]
    NotWhole,
    #[error("write a number from 0 to a million million")]
    OutOfRange,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Context => "context",
        }
    }
}

enum_words! {
    InvoiceLines or InvalidInvoiceLines;
    Automatic = "automatic",
    Always = "always",
    Never = "never",
}

impl InvoiceLines {
    pub const fn is_automatic(&self) -> bool {
        matches!(self, Self::Automatic)
    }
}

impl CheckParameter {
    /// Returns `true` when only whole numbers make sense.
    pub const fn is_counted(&self) -> bool {
        matches!(self.kind, ParameterKind::Count)
    }

    /// The greatest value there is.
    pub const fn max(&self) -> CheckNumber {
        if self.is_share() { ONE } else { NUMBER_MAX }
    }

    const fn is_share(&self) -> bool {
        matches!(self.kind, ParameterKind::Share)
    }

    /// Reads what was typed.
    pub fn parse(&self, text: &str) -> Result<CheckNumber, InvalidParameter> {
        let value = if matches!(self.kind, ParameterKind::Amount) {
            Amount::from_typed(text)
                .map(CheckNumber)
                .map_err(|_unclear| InvalidParameter::NoNumber)?
        } else {
            text.parse().map_err(|_no_number| InvalidParameter::NoNumber)?
        };
        self.verify(value).map(|()| value)
    }

    /// Checks a value that is a number.
    fn verify(&self, value: CheckNumber) -> Result<(), InvalidParameter> {
        if value < CheckNumber::default() || value > self.max() {
            let wrong = if self.is_share() {
                InvalidParameter::NoShare
            } else {
                InvalidParameter::OutOfRange
            };
            return Err(wrong);
        }
        if self.is_counted() && !value.is_whole() {
            return Err(InvalidParameter::NotWhole);
        }
        Ok(())
    }
}

impl CheckNumber {
    /// Ten thousand of what an amount counts in.
    const SCALE: i64 = 10_000;

    pub const fn from_whole(value: i64) -> Self {
        Self(Amount::from_ten_thousandths(value * Self::SCALE))
    }

    pub(crate) const fn amount(self) -> Amount {
        self.0
    }

    pub(crate) const fn is_whole(self) -> bool {
        self.0.ten_thousandths() % Self::SCALE == 0
    }
}

impl fmt::Display for CheckNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_string().trim_end_matches('0').trim_end_matches('.'))
    }
}

impl FromStr for CheckNumber {
    type Err = InvalidAmount;
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        text.parse().map(Self)
    }
}

impl From<CheckNumber> for String {
    fn from(number: CheckNumber) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for CheckNumber {
    type Error = InvalidAmount;
    fn try_from(text: String) -> Result<Self, InvalidAmount> {
        text.parse()
    }
}

impl CheckSettings {
    pub fn is_on(&self, check: &str) -> bool {
        !self.off.contains(check)
    }

    /// The number that a run goes by.
    pub fn value(&self, check: &Check, parameter: &CheckParameter) -> CheckNumber {
        let key = parameter_key(&check.name, &parameter.name);
        self.parameters.get(&key).copied().unwrap_or(parameter.default)
    }

    /// The limits that a run goes by beside the number.
    pub fn more_limits(&self, check: &Check, parameter: &CheckParameter) -> &BTreeSet<Limit> {
        const NONE: &BTreeSet<Limit> = &BTreeSet::new();
        let key = parameter_key(&check.name, &parameter.name);
        self.more_limits.get(&key).unwrap_or(NONE)
    }

    /// Of the checks there are, by their names: those a run carries out.
    pub fn names_on<'c>(&self, all: impl IntoIterator<Item = &'c str>) -> Vec<String> {
        all.into_iter().filter(|name| self.is_on(name)).map(str::to_owned).collect()
    }
}

/// `check.parameter`
pub fn parameter_key(check: &str, parameter: &str) -> String {
    format!("{check}.{parameter}")
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn parameter(kind: ParameterKind) -> CheckParameter {
        CheckParameter {
            name: "limit".to_owned(),
            about: String::new(),
            kind,
            unit: String::new(),
            default: CheckNumber::from_whole(5),
            takes_more: false,
        }
    }

    #[test]
    fn numbers_are_of_their_unit() {
        let good = |text: &str| Ok(text.parse::<CheckNumber>().unwrap());
        for (kind, text, value) in [
            (ParameterKind::Amount, "4999.50", good("4999.5")),
            (ParameterKind::Amount, "0", good("0")),
            (ParameterKind::Amount, "£5,000", good("5000")),
            (ParameterKind::Amount, "5.000", Err(InvalidParameter::NoNumber)),
            (ParameterKind::Amount, "", Err(InvalidParameter::NoNumber)),
            (ParameterKind::Amount, "1e3", Err(InvalidParameter::NoNumber)),
            (ParameterKind::Amount, "0.00001", Err(InvalidParameter::NoNumber)),
            (ParameterKind::Amount, "-1", Err(InvalidParameter::OutOfRange)),
            (ParameterKind::Amount, "1000000000000.1", Err(InvalidParameter::OutOfRange)),
            (ParameterKind::Share, "1", good("1")),
            (ParameterKind::Share, "1.01", Err(InvalidParameter::NoShare)),
            (ParameterKind::Share, "-0.1", Err(InvalidParameter::NoShare)),
            (ParameterKind::Count, "14", good("14")),
            (ParameterKind::Count, "14.5", Err(InvalidParameter::NotWhole)),
        ] {
            assert_eq!(parameter(kind).parse(text), value, "{text} {kind:?}");
        }
    }

    #[test]
    fn numbers_are_written_without_needless_zeros() {
        for text in ["0", "5", "5000", "0.3", "0.0022", "100"] {
            assert_eq!(text.parse::<CheckNumber>().unwrap().to_string(), text);
        }
    }

    pub(super) fn spike(parameter: CheckParameter) -> Check {
        Check {
            name: "spike".to_owned(),
            title: String::new(),
            about: String::new(),
            severity: Severity::Medium,
            verdict: VerdictWords::Action,
            innocent_reasons: Vec::new(),
            parameters: vec![parameter],
        }
    }

    #[test]
    fn what_differs_wins_over_the_default() {
        let check = spike(parameter(ParameterKind::Count));
        let mut settings = CheckSettings::default();
        let value =
            |settings: &CheckSettings| settings.value(&check, &check.parameters[0]).to_string();
        assert_eq!(value(&settings), "5");
        settings.parameters.insert("spike.limit".to_owned(), CheckNumber::from_whole(7));
        settings.off.insert("benford".to_owned());
        assert_eq!(value(&settings), "7");
        assert_eq!(settings.names_on(["spike", "benford"]), ["spike"]);
    }
}
