//! Which findings are wanted, and in which order.
//!
//! Invariant: nothing of what is asked for becomes SQL; it is bound.

mod searched;

use std::fmt::Write as _;
use std::str::FromStr;

use domain::finding::{FindingState, Lane, RecoveryStage};
use domain::{Amount, FileType, RunId};
use jiff::civil::Date;

pub(super) use self::searched::amount_word;
pub use self::searched::{PaymentStanding, SearchedColumn};
use crate::recovery_conditions::{IN_RECOVERY, MAY_COME_BACK};
use crate::rows::{day_number, millionths, storable};

/// The findings asked for; what is absent excludes none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FindingFilter {
    pub lane: Option<Lane>,
    pub check: Option<String>,
    pub kind: Option<String>,
    pub state: Option<FindingState>,
    /// Those about which something is to be done in their lanes.
    pub to_do: Option<ToDo>,
    /// Those about which somebody has something to do still: open ones, ones that wait for information, and
    /// ones to act on of which nothing came back yet.
    pub unfinished: bool,
    /// Those with a verdict, either way.
    pub decided: bool,
    /// Somebody; an empty text is nobody.
    pub assignee: Option<String>,
    /// Each of these words stands in the title or in what the rows say of suppliers, in any case; or all of
    /// them are one amount.
    pub supplier: Option<String>,
    /// Texts with which a value of a column begins, in any case.
    pub in_columns: Vec<(SearchedColumn, String)>,
    /// A part of the name of the kind or of the check.
    pub of_kind: Option<String>,
    pub payment: Option<PaymentStanding>,
    /// From 0 to 1.
    pub min_probability: Option<f64>,
    pub min_amount: Option<Amount>,
    pub max_amount: Option<Amount>,
    /// First found by this run.
    pub run: Option<RunId>,
    /// Suppressed findings.
    pub suppressed: Inclusion,
    /// Findings that the last run did not find any more.
    pub gone: Inclusion,
    pub gone_since: Option<GoneSince>,
    /// Those for which a verdict waits for a second person, or those for which none does.
    pub proposed: Option<bool>,
    /// Of whose money this is the last step.
    pub recovery: Option<RecoveryStage>,
    /// Decided to be true, with money on its way back.
    pub money_back: Option<MoneyBack>,
    /// With an answer or money expected before that day.
    pub due_before: Option<Date>,
    /// That speak of a supplier, by its reference.
    pub of_supplier: Option<String>,
    /// Those that somebody has opened, or those that nobody has.
    pub opened: Option<bool>,
}

/// The findings whose money is on its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyBack {
    /// Those whose money is still to come.
    Outstanding,
    /// All that the sums of recovery are made of, however far their money has come.
    Any,
}

/// The work that the findings of a lane still make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToDo {
    /// To be decided, or to be stopped.
    Any,
    /// To be stopped: decided to be true, the payment can still be stopped, and none of the invoices is held.
    Stop,
}

/// The place of a kind of finding in a list: left out, among the others, or alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inclusion {
    #[default]
    No,
    Yes,
    /// Nothing else.
    Only,
}

/// The run from which on findings are no longer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneSince {
    /// The run before the last one still found them.
    LastRun,
}

/// The order of a list of findings, by what comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FindingOrder {
    /// By lane, then the gravest.
    #[default]
    Priority,
    /// The most money; without any, last.
    Amount,
    Probability,
    /// The newest.
    FirstSeen,
    /// The day by which an answer or money is expected, the earliest first; without one, last.
    Due,
    /// The day by which money is expected, the earliest first; without one, behind those. Of one day the most
    /// money that is to come back, or came.
    Recovery,
    /// The day on which an invoice that is not paid is due, the earliest first; without one, last.
    PaymentDue,
    /// The least money; without any, last.
    AmountAscending,
    /// The least probable; where it is not measured, last.
    ProbabilityAscending,
    /// The oldest.
    FirstSeenAscending,
}

/// A word that is no order of findings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not one of the words that may stand here: priority, amount, probability, first_seen, due or payment_due, \
     and amount, probability and first_seen with _ascending behind"
)]
pub struct InvalidFindingOrder;

/// The condition of a `WHERE`, of what has a verdict, either way.
const DECIDED: &str = " AND state IN ('duplicate', 'not_duplicate')";

/// The condition of a `WHERE`, of what nobody is done with.
pub(crate) const UNFINISHED: &str = " AND (state IN ('open', 'needs_information') \
    OR (state = 'duplicate' AND (recovery_stage IN ('asked', 'promised') \
    OR (recovery_stage IS NULL AND recovered IS NULL \
    AND (at_risk IS NULL OR counted IS NOT NULL OR suppressed IS NOT NULL)))))";

/// The condition of what is true and is paid next unless somebody stops it. `$1` and `$2` are the customer
/// and the unit of every list.
const TO_STOP: &str = "state = 'duplicate' AND lane = 'stop_payment' AND recovery_stage IS NULL \
    AND recovered IS NULL AND findings.key NOT IN (SELECT finding_rows.key FROM holds JOIN finding_rows \
    ON finding_rows.customer = holds.customer AND finding_rows.unit = holds.unit \
    AND finding_rows.ledger = 'APT' AND finding_rows.id = holds.invoice \
    WHERE holds.customer = $1 AND holds.unit = $2 AND holds.state = 'held' \
    AND (holds.supplier IS NULL OR finding_rows.key IN (SELECT named.key FROM finding_rows AS named \
    WHERE named.customer = $1 AND named.unit = $2 AND named.ledger = 'Suppliers' \
    AND named.id = holds.supplier)))";

/// The condition of a `WHERE`, of money that is still to come back. What nobody has asked for yet and another
/// finding counts is asked for there.
const OUTSTANDING: &str = " AND state = 'duplicate' \
    AND (recovery_stage IN ('asked', 'promised') \
    OR (recovery_stage IS NULL AND recovered IS NULL AND at_risk IS NOT NULL \
    AND (counted IS NOT NULL OR suppressed IS NOT NULL)))";

/// The condition of a `WHERE`, of findings that speak of a supplier: their keys are looked up once, and not
/// its rows for every finding. `$1` and `$2` are the customer and the unit of every list.
const OF_SUPPLIER: &str = "findings.key IN (SELECT finding_rows.key FROM finding_rows \
    WHERE finding_rows.customer = $1 AND finding_rows.unit = $2 AND finding_rows.ledger = $l \
    AND finding_rows.id = $n)";

/// The condition of a `WHERE`, of what the last run was the first not to find. `$1` and `$2` are the customer
/// and the unit of every list.
const GONE_SINCE_LAST_RUN: &str = " AND gone_at >= (SELECT MAX(runs.ended_at) FROM runs \
    WHERE runs.customer = $1 AND runs.unit = $2 AND runs.state = 'done')";

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// A value to be bound to a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// Binds the values of a [`FindingFilter::condition`], behind those that are bound already.
pub(super) fn bind(query: Query<'_>, values: Vec<Value>) -> Query<'_> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Number(number) => query.bind(number),
    })
}

impl FindingOrder {
    /// Two ranks, the greater first; the key settles what is left. Ordered by the first alone, findings
    /// with no money would stand in no order at all.
    pub(super) const fn ranks(self) -> (&'static str, &'static str) {
        match self {
            Self::Priority => ("lane_rank", "score"),
            Self::Amount => ("COALESCE(at_risk, -9223372036854775807)", "probability"),
            Self::Probability => ("probability", "score"),
            Self::FirstSeen => ("first_seen", "score"),
            Self::Due => ("COALESCE(-due, -9223372036854775807)", "score"),
            Self::Recovery => (
                "COALESCE(-due, -9223372036854775807)",
                "CASE WHEN recovery_stage = 'received' OR (recovery_stage IS NULL AND recovered IS NOT NULL) \
                 THEN COALESCE(recovered, 0) \
                 ELSE COALESCE(recovery_amount, counted, 0) - COALESCE(recovered, 0) END",
            ),
            Self::PaymentDue => ("COALESCE(-payment_due, -9223372036854775807)", "score"),
            Self::AmountAscending => ("COALESCE(-at_risk, -9223372036854775807)", "probability"),
            Self::ProbabilityAscending => (
                "CASE WHEN probability < 0 THEN -9223372036854775807 ELSE -probability END",
                "score",
            ),
            Self::FirstSeenAscending => ("-first_seen", "score"),
        }
    }
}

impl FindingFilter {
    /// Filters that share no finding and together leave what this one does, each of one state where it can
    /// be: an index has the sums of those.
    pub(super) fn parts(&self) -> Vec<Self> {
        if self.to_do != Some(ToDo::Any) {
            return vec![self.clone()];
        }
        let undecided = Self { to_do: None, state: Some(FindingState::Open), ..self.clone() };
        vec![undecided, Self { to_do: Some(ToDo::Stop), ..self.clone() }]
    }

    /// All that the sums of recovery are made of, also what the last run did not find any more: what was
    /// paid twice stays so.
    pub fn of_recovery() -> Self {
        Self {
            money_back: Some(MoneyBack::Any),
            gone: Inclusion::Yes,
            suppressed: Inclusion::Yes,
            ..Self::default()
        }
    }

    /// The condition of a `WHERE` and its values, the first bound at `$next`.
    pub(crate) fn condition(&self, next: usize) -> (String, Vec<Value>) {
        let (mut sql, mut values) = (String::new(), Vec::new());
        let text = |text: &String| Value::Text(text.clone());
        let columns = [
            ("lane = $", self.lane.map(|lane| Value::Text(lane.as_str().to_owned()))),
            ("check_name = $", self.check.as_ref().map(text)),
            ("kind = $", self.kind.as_ref().map(text)),
            ("state = $", self.state.map(|state| Value::Text(state.to_string()))),
            ("COALESCE(assignee, '') = $", self.assignee.as_ref().map(text)),
            (
                "probability >= $",
                self.min_probability.map(|share| Value::Number(millionths(share))),
            ),
            ("at_risk >= $", self.min_amount.map(|amount| Value::Number(amount.ten_thousandths()))),
            ("at_risk <= $", self.max_amount.map(|amount| Value::Number(amount.ten_thousandths()))),
            ("first_run = $", self.run.map(|run| Value::Text(run.to_string()))),
            ("due < $", self.due_before.map(|day| Value::Number(day_number(day)))),
        ];
        if self.unfinished {
            sql.push_str(UNFINISHED);
        }
        if let Some(to_do) = self.to_do {
            sql.push_str(&to_do.condition());
        }
        match self.money_back {
            Some(MoneyBack::Outstanding) => sql.push_str(OUTSTANDING),
            Some(MoneyBack::Any) => sql.push_str(IN_RECOVERY),
            None => {}
        }
        if self.money_back.is_some() || self.recovery.is_some() {
            sql.push_str(MAY_COME_BACK);
        }
        if let Some(stage) = self.recovery {
            sql.push_str(of_stage(stage));
        }
        if self.decided {
            sql.push_str(DECIDED);
        }
        for (column, value) in columns {
            let Some(value) = value else { continue };
            let place = next + values.len();
            write!(sql, " AND {column}{place}").expect("a String takes all that is written");
            values.push(value);
        }
        if let Some(reference) = &self.of_supplier {
            let place = next + values.len();
            let of = OF_SUPPLIER.replace("$l", &format!("${place}"));
            let of = of.replace("$n", &format!("${}", place + 1));
            values.push(Value::Text(FileType::Suppliers.as_str().to_owned()));
            values.push(Value::Text(storable(reference)));
            write!(sql, " AND {of}").expect("a String takes all that is written");
        }
        self.of_words(&mut sql, next, &mut values);
        sql.push_str(self.suppressed.of_suppressed());
        sql.push_str(self.gone.of_gone());
        if let Some(GoneSince::LastRun) = self.gone_since {
            sql.push_str(GONE_SINCE_LAST_RUN);
        }
        sql.push_str(match self.opened {
            None => "",
            Some(true) => " AND opened_at IS NOT NULL",
            Some(false) => " AND opened_at IS NULL",
        });
        sql.push_str(match self.proposed {
            None => "",
            Some(true) => " AND proposal IS NOT NULL",
            Some(false) => " AND proposal IS NULL",
        });
        (sql, values)
    }
}

impl ToDo {
    /// The condition of a `WHERE`.
    fn condition(self) -> String {
        match self {
            Self::Any => {
                format!(" AND state IN ('open', 'duplicate') AND (state = 'open' OR ({TO_STOP}))")
            }
            Self::Stop => format!(" AND {TO_STOP}"),
        }
    }
}

/// The condition of a `WHERE`, of findings whose money has come so far; the steps of old ones are told by
/// what came back. A part that came is received, whatever becomes of the rest.
const fn of_stage(stage: RecoveryStage) -> &'static str {
    match stage {
        RecoveryStage::ToAsk => {
            " AND state = 'duplicate' AND recovery_stage IS NULL AND recovered IS NULL \
             AND (at_risk IS NULL OR counted IS NOT NULL OR suppressed IS NOT NULL)"
        }
        RecoveryStage::Asked => " AND recovery_stage = 'asked'",
        RecoveryStage::Promised => " AND recovery_stage = 'promised'",
        RecoveryStage::Received => " AND (recovery_stage = 'received' OR recovered IS NOT NULL)",
        RecoveryStage::Settled => " AND recovery_stage = 'settled'",
        RecoveryStage::WrittenOff => " AND recovery_stage = 'written_off'",
    }
}

impl Inclusion {
    /// The condition of a `WHERE`, of what is suppressed.
    pub(super) const fn of_suppressed(self) -> &'static str {
        self.condition(" AND suppressed IS NULL", " AND suppressed IS NOT NULL")
    }

    /// The condition of a `WHERE`, of what the last run did not find any more.
    const fn of_gone(self) -> &'static str {
        self.condition(" AND gone_at IS NULL", " AND gone_at IS NOT NULL")
    }

    const fn condition(self, none: &'static str, only: &'static str) -> &'static str {
        match self {
            Self::No => none,
            Self::Yes => "",
            Self::Only => only,
        }
    }
}

impl FromStr for FindingOrder {
    type Err = InvalidFindingOrder;
    fn from_str(text: &str) -> Result<Self, InvalidFindingOrder> {
        match text {
            "priority" => Ok(Self::Priority),
            "amount" => Ok(Self::Amount),
            "probability" => Ok(Self::Probability),
            "first_seen" => Ok(Self::FirstSeen),
            "due" => Ok(Self::Due),
            "payment_due" => Ok(Self::PaymentDue),
            "amount_ascending" => Ok(Self::AmountAscending),
            "probability_ascending" => Ok(Self::ProbabilityAscending),
            "first_seen_ascending" => Ok(Self::FirstSeenAscending),
            _ => Err(InvalidFindingOrder),
        }
    }
}
