//! Money of a finding on its way back, as its page shows it: how far it is, and the form of the next step.
//!
//! Not for: writing a step (`verdicts`). Invariant: what is typed and was not written stands in the form.

use domain::finding::{Receipt, Receipts, RecoveryStage, Standing};
use domain::letter::DAYS_TO_ANSWER;
use domain::{Amount, Money};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::credit_line::CreditLine;
use super::unwritten::TypedStep;
use crate::http::pages::format;

/// A finding that was decided to be true.
pub(super) struct RecoveryCard {
    /// The stage and what is waited for, in sentences.
    pub(super) sentences: Vec<String>,
    /// Set when its day is over.
    pub(super) is_overdue: bool,
    pub(super) stages: [(RecoveryStage, &'static str); RecoveryStage::ALL.len()],
    /// The stage that the form proposes.
    pub(super) next: RecoveryStage,
    pub(super) today: String,
    /// The money of the next step, as the field proposes it: all that is asked for, or all that came.
    pub(super) amount: String,
    pub(super) reference: String,
    pub(super) due: String,
    pub(super) words: String,
    /// The meaning of an amount that is less than was recorded, once that was chosen.
    pub(super) amount_is: String,
    /// Credits that may be the answer.
    pub(super) credits: Vec<CreditLine>,
}

impl RecoveryCard {
    /// The card; none where nothing was decided that money could come back of.
    pub(super) fn new(standing: &Standing, at_risk: Option<&Money>, today: Date) -> Option<Self> {
        let stage = standing.recovery_stage()?;
        let currency = at_risk.and_then(|money| money.currency.as_deref());
        let amount = proposed(standing, stage).or(at_risk.map(|money| money.amount));
        Some(Self {
            sentences: sentences(standing, stage, at_risk, today),
            is_overdue: is_overdue(standing, today),
            stages: RecoveryStage::ALL.map(|stage| (stage, stage.title())),
            next: after(stage),
            today: today.to_string(),
            amount: amount.map(|amount| format::figure(amount, currency)).unwrap_or_default(),
            reference: String::new(),
            due: due(standing, after(stage), today),
            words: String::new(),
            amount_is: String::new(),
            credits: Vec::new(),
        })
    }

    /// Says by which papers money came, where the last step does not: of several, and of a part.
    pub(super) fn came(&mut self, receipts: &Receipts, stage: Option<RecoveryStage>) {
        let all = receipts.all();
        if all.len() < 2 && !stage.is_some_and(RecoveryStage::is_outstanding) {
            return;
        }
        let written = |receipt: &Receipt| {
            let on = format::day(receipt.on);
            receipt.reference.as_ref().map_or_else(|| on.clone(), |of| format!("{of} on {on}"))
        };
        let written: Vec<String> = all.iter().map(written).collect();
        if !written.is_empty() {
            self.sentences.push(format!("Receipts: {}.", written.join(", ")));
        }
    }

    /// Says that nothing is to be asked back, as no money has left: what comes next is the payment that was
    /// stopped.
    pub(super) fn nothing_left(&mut self) {
        let stop =
            "Nothing of it is paid twice yet, so there is nothing to ask back: hold the payment.";
        let done = "Once it is stopped for good, note that it is done without money back.";
        self.sentences = vec![stop.to_owned(), done.to_owned()];
        self.next = RecoveryStage::Settled;
        self.amount = String::new();
    }

    /// Shows what was typed and not written.
    pub(super) fn typed(&mut self, typed: TypedStep) {
        self.next = typed.stage.parse().unwrap_or_else(|_no_stage| self.next);
        (self.today, self.reference) = (typed.on, typed.reference);
        (self.due, self.words) = (typed.due, typed.words);
        self.amount_is = typed.amount_is;
    }
}

/// Returns `true` when an answer or money was expected before today.
pub(in crate::http::pages) fn is_overdue(standing: &Standing, today: Date) -> bool {
    standing.due.is_some_and(|due| due < today)
}

/// The money that the next step is mostly about, where it is not what is at risk.
fn proposed(standing: &Standing, stage: RecoveryStage) -> Option<Amount> {
    if stage == RecoveryStage::Received {
        return standing.recovered;
    }
    standing.recovery.as_ref().and_then(|step| step.amount)
}

/// The step that comes next. Nobody has received anything by leaving the form as it is proposed, unless it
/// was promised.
const fn after(stage: RecoveryStage) -> RecoveryStage {
    match stage {
        RecoveryStage::ToAsk => RecoveryStage::Asked,
        RecoveryStage::Asked => RecoveryStage::Promised,
        RecoveryStage::Promised => RecoveryStage::Received,
        done => done,
    }
}

/// The day by which an answer or the money is expected, as the field proposes it: the day held, and a new one
/// where that is over, so that what is promised becomes late as well.
fn due(standing: &Standing, next: RecoveryStage, today: Date) -> String {
    let held = standing.due.filter(|due| *due >= today);
    let new = || today.saturating_add(DAYS_TO_ANSWER.days());
    held.or_else(|| next.waits().then(new)).map(|day| day.to_string()).unwrap_or_default()
}

/// Sentences on how far it is: the step, for how long, and what is waited for.
pub(in crate::http::pages) fn sentences(
    standing: &Standing,
    stage: RecoveryStage,
    at_risk: Option<&Money>,
    today: Date,
) -> Vec<String> {
    let written = |amount: Amount| format::of_currency(Some(amount), at_risk);
    let mut sentences = Vec::new();
    let step = standing.recovery.as_ref();
    sentences.push(match step {
        None => format!("{}.", stage.title()),
        Some(step) => {
            let amount = step.amount.filter(|_| stage != RecoveryStage::Received).map(written);
            let amount = amount.map(|amount| format!(": {amount}")).unwrap_or_default();
            let reference = step.reference.as_ref().map(|of| format!(", {of}"));
            let (on, reference) = (format::day(step.on), reference.unwrap_or_default());
            format!("{}{amount} on {on}{reference}.", stage.title())
        }
    });
    if let Some(asked_on) = step.and_then(|step| step.asked_on)
        && stage.is_outstanding()
    {
        sentences.push(format!("Asked for first {}.", days_ago(asked_on, today)));
    }
    if let Some(due) = standing.due {
        let late = if due < today { ": overdue" } else { "" };
        sentences.push(format!("Expected by {}{late}.", format::day(due)));
    }
    if let Some(recovered) = standing.recovered {
        let of = at_risk.map(|money| format!(", of {} at risk", format::money(money)));
        sentences.push(format!("{} recorded{}.", written(recovered), of.unwrap_or_default()));
        let claimed = step.and_then(|step| step.amount).filter(|_| stage.is_outstanding());
        let left = claimed.or(at_risk.map(|money| money.amount)).map_or(0, |claimed| {
            claimed.ten_thousandths().saturating_sub(recovered.ten_thousandths())
        });
        if left > 0 && (stage.is_outstanding() || stage == RecoveryStage::Received) {
            let left = written(Amount::from_ten_thousandths(left));
            sentences.push(format!("{left} has not come back."));
        }
    }
    sentences
}

/// `today`, `1 day ago`, `27 days ago`
pub(in crate::http::pages) fn days_ago(day: Date, today: Date) -> String {
    const HOURS_A_DAY: i64 = 24;
    match day.duration_until(today).as_hours() / HOURS_A_DAY {
        ..=0 => "today".to_owned(),
        days => format!("{} ago", format::counted(days.unsigned_abs(), "day", "days")),
    }
}

#[cfg(test)]
mod tests {
    use domain::FindingState;
    use domain::finding::Recovery;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Nothing was done yet, asked for and late, promised, and recorded as recovered.
    fn standings() -> [Standing; 4] {
        let confirmed = Standing { state: FindingState::Confirmed, ..Standing::open() };
        let asked = Standing {
            due: Some(day("2026-11-20")),
            recovered: Some("100".parse().unwrap()),
            recovery: Some(Recovery {
                stage: RecoveryStage::Asked,
                amount: Some("300".parse().unwrap()),
                on: day("2026-11-01"),
                asked_on: Some(day("2026-11-01")),
                reference: Some("L 7".to_owned()),
            }),
            ..confirmed.clone()
        };
        let recovered = Standing { recovered: Some("5".parse().unwrap()), ..confirmed.clone() };
        let promised = Standing {
            due: Some(day("2026-11-30")),
            recovery: asked.recovery.clone().map(|step| Recovery {
                stage: RecoveryStage::Promised,
                amount: None,
                ..step
            }),
            recovered: None,
            ..asked.clone()
        };
        [confirmed, asked, promised, recovered]
    }

    #[test]
    fn how_far_money_is_stands_in_sentences() {
        let money = |amount: &str| Money {
            amount: amount.parse().unwrap(),
            currency: Some("GBP".to_owned()),
        };
        let (at_risk, today) = (money("300"), day("2026-11-23"));
        let [confirmed, asked, promised, recovered] = standings();
        for (standing, told, next, amount, due) in [
            (&confirmed, &["To ask for."][..], RecoveryStage::Asked, "300.00", "2026-12-07"),
            (
                &promised,
                &[
                    "Promised on 1 Nov 2026, L 7.",
                    "Asked for first 22 days ago.",
                    "Expected by 30 Nov 2026.",
                ],
                RecoveryStage::Received,
                "300.00",
                "2026-11-30",
            ),
            (
                &asked,
                &[
                    "Asked for: £300.00 on 1 Nov 2026, L 7.",
                    "Asked for first 22 days ago.",
                    "Expected by 20 Nov 2026: overdue.",
                    "£100.00 recorded, of £300.00 at risk.",
                    "£200.00 has not come back.",
                ],
                RecoveryStage::Promised,
                "300.00",
                "2026-12-07",
            ),
            (
                &recovered,
                &["Received.", "£5.00 recorded, of £300.00 at risk.", "£295.00 has not come back."],
                RecoveryStage::Received,
                "5.00",
                "",
            ),
        ] {
            let card = RecoveryCard::new(standing, Some(&at_risk), today).unwrap();
            assert_eq!(card.sentences, told);
            assert_eq!((card.next, &*card.amount, &*card.due), (next, amount, due));
            assert_eq!(card.is_overdue, told.iter().any(|words| words.ends_with("overdue.")));
        }
        assert!(RecoveryCard::new(&Standing::open(), Some(&at_risk), today).is_none());
        assert_eq!(
            (days_ago(today, today), days_ago(day("2026-11-22"), today)),
            ("today".into(), "1 day ago".into())
        );
    }
}
