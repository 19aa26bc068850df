//! Outcomes: what findings of a time came to, by whom they are about: found, decided, at risk, recovered; and
//! how often each check was right.
//!
//! Not for: which findings those are (`store`).
//!
//! Invariant: money of one invoice counts once, money in two currencies is never one sum, and what was
//! dismissed is at risk no more, nor is what is no longer found and nobody has decided.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reason_outcome::{ReasonOutcome, ReasonTally};
use super::{Finding, FindingState, ReasonCode};
use crate::amount::Amount;
use crate::enum_words::enum_words;
use crate::file_type::FileType;

/// By what outcomes are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeGroup {
    #[default]
    Supplier,
    /// The part of the organisation that buys.
    Buyer,
    /// Who entered the invoices.
    User,
    Kind,
    /// The month in which it was found.
    Month,
}

/// Text by which nothing is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not what outcomes are told apart by: supplier, buyer, user, kind or month")]
pub struct InvalidOutcomeGroup;

/// A finding as far as its outcome goes.
#[derive(Debug, Clone, PartialEq)]
pub struct DecidedFinding {
    pub finding: Finding,
    pub state: FindingState,
    /// The code of the reason that it was decided with.
    pub reason_code: Option<ReasonCode>,
    pub first_seen: Timestamp,
    /// The last run did not find it any more.
    pub is_gone: bool,
    /// The money that it counts for, where another finding does not count it already.
    pub counted: Option<Amount>,
    pub recovered: Option<Amount>,
    /// It was dismissed, and another of the same invoices was confirmed: the check was not wrong about their
    /// money, which is asked for there.
    pub has_truth_beside: bool,
}

/// The outcomes of one supplier, buyer, user, kind or month, in one currency; findings that name no money are
/// counted with those that do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeLine {
    /// Empty where the rows name none; of a kind its own word, which is the check's name where that has one
    /// kind only.
    pub name: String,
    pub currency: Option<String>,
    pub findings: u64,
    /// Still found, and not decided or waiting for an answer.
    pub open: u64,
    pub confirmed: u64,
    pub dismissed: u64,
    /// The money at risk of those that are open or were confirmed and can be stopped or recovered.
    pub at_risk: Amount,
    /// Of those that were confirmed.
    pub confirmed_money: Amount,
    pub recovered: Amount,
}

/// The times a check was right and wrong, by what people decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckOutcome {
    pub check: String,
    pub findings: u64,
    pub confirmed: u64,
    pub dismissed: u64,
}

/// Findings added up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Outcomes {
    /// By money at risk, the most first; months in their order.
    pub lines: Vec<OutcomeLine>,
    /// By their names.
    pub checks: Vec<CheckOutcome>,
    /// By money, the most first.
    pub reasons: Vec<ReasonOutcome>,
}

#[derive(Debug, Default)]
struct Tally {
    findings: u64,
    open: u64,
    confirmed: u64,
    dismissed: u64,
    at_risk: i128,
    confirmed_money: i128,
    recovered: i128,
}

/// Outcomes on their way.
#[derive(Debug)]
pub struct OutcomeTally {
    by: OutcomeGroup,
    /// The time zone in which months begin.
    zone: TimeZone,
    lines: BTreeMap<(String, Option<String>), Tally>,
    checks: BTreeMap<String, Tally>,
    reasons: ReasonTally,
}

/// The pattern of the name of a month.
const MONTH: &str = "%Y-%m";

enum_words! {
    OutcomeGroup or InvalidOutcomeGroup;
    Supplier = "supplier",
    Buyer = "buyer",
    User = "user",
    Kind = "kind",
    Month = "month",
}

impl DecidedFinding {
    /// The money that it counts for in ten-thousandths, as the tabs of the queue and the overview count it.
    fn money(&self) -> i128 {
        let counted = self.finding.lane.counted(self.counted);
        counted.map_or(0, Amount::ten_thousandths).into()
    }
}

impl OutcomeGroup {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Supplier => "Supplier",
            Self::Buyer => "Buyer",
            Self::User => "Entered by",
            Self::Kind => "Kind",
            Self::Month => "Month",
        }
    }

    /// The group that a finding is of: by the first of its rows that names one.
    fn name(self, found: &DecidedFinding, zone: &TimeZone) -> String {
        let named = |column: &str| {
            let rows = found.finding.rows.iter();
            let texts = rows
                .filter(|row| self != Self::User || row.ledger == FileType::Transactions)
                .filter_map(|row| row.fields.get(column));
            texts.map(|text| text.trim()).find(|text| !text.is_empty()).map(str::to_owned)
        };
        match self {
            Self::Supplier => named("supplier_name"),
            Self::Buyer => named("org_group_name").or_else(|| named("org_group_ref")),
            Self::User => named("user_id"),
            Self::Kind => Some(found.finding.kind.clone()),
            Self::Month => {
                let day = zone.to_datetime(found.first_seen).date();
                Some(day.strftime(MONTH).to_string())
            }
        }
        .unwrap_or_default()
    }
}

impl OutcomeTally {
    /// Nothing yet; months begin where that time zone is.
    pub fn new(by: OutcomeGroup, zone: TimeZone) -> Self {
        let reasons = ReasonTally::default();
        Self { by, zone, lines: BTreeMap::new(), checks: BTreeMap::new(), reasons }
    }

    pub fn add(&mut self, found: &DecidedFinding) {
        let money = found.finding.at_risk.as_ref();
        let currency = money.and_then(|money| money.currency.clone());
        if let Some(code) = &found.reason_code {
            self.reasons.add(code, currency.clone(), found.money());
        }
        let key = (self.by.name(found, &self.zone), currency);
        self.lines.entry(key).or_default().add(found);
        let of_check = self.checks.entry(found.finding.check.clone()).or_default();
        if found.has_truth_beside {
            of_check.findings += 1;
        } else {
            of_check.add(found);
        }
    }

    pub fn finish(mut self) -> Outcomes {
        self.join_moneyless();
        let lines = self.lines.into_iter();
        let mut lines: Vec<OutcomeLine> = lines.map(|(key, tally)| line(key, &tally)).collect();
        if self.by != OutcomeGroup::Month {
            lines.sort_by_key(|line| std::cmp::Reverse((line.at_risk, line.findings)));
        }
        let checks = self.checks.into_iter().map(|(check, tally)| CheckOutcome {
            check,
            findings: tally.findings,
            confirmed: tally.confirmed,
            dismissed: tally.dismissed,
        });
        Outcomes { lines, checks: checks.collect(), reasons: self.reasons.finish() }
    }
}

impl OutcomeTally {
    /// Findings that name no money join the line of the same name whose money is most: whoever looks for a
    /// supplier finds it once.
    fn join_moneyless(&mut self) {
        let is_moneyless = |((_, currency), tally): &(&(String, Option<String>), &Tally)| {
            currency.is_none() && !tally.has_money()
        };
        let moneyless: Vec<_> =
            self.lines.iter().filter(is_moneyless).map(|(key, _)| key.clone()).collect();
        for key in moneyless {
            let of_name = self.lines.range(key.clone()..).skip(1);
            let of_name = of_name.take_while(|((name, _), _)| *name == key.0);
            let most = of_name.max_by_key(|(_, tally)| tally.at_risk).map(|(most, _)| most.clone());
            let Some(most) = most else { continue };
            let joined = self.lines.remove(&key).unwrap_or_default();
            self.lines.entry(most).or_default().join(&joined);
        }
    }
}

impl Outcomes {
    /// All lines together, one for each currency, the most money first.
    pub fn totals(&self) -> Vec<OutcomeLine> {
        let mut totals: BTreeMap<Option<String>, Tally> = BTreeMap::new();
        for line in &self.lines {
            totals.entry(line.currency.clone()).or_default().join(&Tally {
                findings: line.findings,
                open: line.open,
                confirmed: line.confirmed,
                dismissed: line.dismissed,
                at_risk: line.at_risk.ten_thousandths().into(),
                confirmed_money: line.confirmed_money.ten_thousandths().into(),
                recovered: line.recovered.ten_thousandths().into(),
            });
        }
        let total =
            |(currency, tally): (Option<String>, Tally)| line((String::new(), currency), &tally);
        let mut totals: Vec<OutcomeLine> = totals.into_iter().map(total).collect();
        totals.sort_by_key(|line| std::cmp::Reverse((line.at_risk, line.findings)));
        totals
    }
}

fn line((name, currency): (String, Option<String>), tally: &Tally) -> OutcomeLine {
    OutcomeLine {
        name,
        currency,
        findings: tally.findings,
        open: tally.open,
        confirmed: tally.confirmed,
        dismissed: tally.dismissed,
        at_risk: Amount::nearest(tally.at_risk),
        confirmed_money: Amount::nearest(tally.confirmed_money),
        recovered: Amount::nearest(tally.recovered),
    }
}

impl Tally {
    const fn has_money(&self) -> bool {
        self.at_risk != 0 || self.confirmed_money != 0 || self.recovered != 0
    }

    const fn join(&mut self, other: &Self) {
        self.findings += other.findings;
        self.open += other.open;
        self.confirmed += other.confirmed;
        self.dismissed += other.dismissed;
        self.at_risk += other.at_risk;
        self.confirmed_money += other.confirmed_money;
        self.recovered += other.recovered;
    }

    fn add(&mut self, found: &DecidedFinding) {
        let money = found.money();
        self.findings += 1;
        match found.state {
            FindingState::Open | FindingState::NeedsInformation if found.is_gone => {}
            FindingState::Open | FindingState::NeedsInformation => {
                self.open += 1;
                self.at_risk += money;
            }
            FindingState::Confirmed => {
                self.confirmed += 1;
                self.at_risk += money;
                self.confirmed_money += money;
            }
            FindingState::Dismissed => self.dismissed += 1,
        }
        self.recovered += i128::from(found.recovered.map_or(0, Amount::ten_thousandths));
    }
}

impl OutcomeLine {
    /// The first day of the month that it is of; none of a line that is of something else.
    pub fn month(&self) -> Option<Date> {
        format!("{}-01", self.name).parse().ok()
    }

    /// Returns `true` where any of its sums is more or less than nothing.
    pub fn has_money(&self) -> bool {
        let sums = [self.at_risk, self.confirmed_money, self.recovered];
        sums.into_iter().any(|sum| sum.ten_thousandths() != 0)
    }
}

impl CheckOutcome {
    /// The share of those that people decided which were confirmed, in thousandths; none where they
    /// decided none.
    pub fn right_per_mille(&self) -> Option<u64> {
        (self.confirmed * 1000).checked_div(self.confirmed + self.dismissed)
    }
}

impl fmt::Display for OutcomeGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
