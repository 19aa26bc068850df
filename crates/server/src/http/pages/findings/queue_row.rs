//! A finding as one line of the queue, and the sentence about it for whoever stops there.
//!
//! Not for: the facts of its rows (`row_facts`).
//!
//! Invariant: what is personal was masked before.

use domain::finding::{FindingState, StoredFinding, percent_words};
use domain::{FindingKey, MinorDigits, OwnCheckName};
use jiff::Timestamp;

use super::labels::stored_state_tag;
use super::people::People;
use super::recovery_card::is_overdue;
use super::row_facts::{Marking, RowFacts};
use crate::http::code_words::in_words;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// A finding in the queue.
pub(super) struct QueueRow {
    pub(super) key: FindingKey,
    /// The last entry of its history.
    pub(super) seen: u64,
    /// `checked` where its box is ticked already; empty elsewhere.
    pub(super) checked: &'static str,
    pub(super) href: String,
    pub(super) title: String,
    /// Its kind in two or three words.
    pub(super) tag: String,
    /// Its lane, check and kind.
    pub(super) tag_words: String,
    pub(super) facts: RowFacts,
    /// The day on which what is not paid is due; empty where nothing can be stopped, or the ledger names
    /// none.
    pub(super) payment_due: String,
    /// Marked as a risk where that day has passed, and nobody has said that it may be paid.
    pub(super) payment_due_class: &'static str,
    pub(super) at_risk: String,
    /// The money at risk for a sum: digits with a full stop, and the sign of its currency.
    pub(super) at_risk_digits: String,
    pub(super) currency: String,
    /// Behind the point of that money.
    pub(super) digits: MinorDigits,
    /// The money of its rows, where that is no loss.
    pub(super) billed: String,
    pub(super) likelihood: Likelihood,
    /// Empty where none is measured.
    pub(super) percent: String,
    /// Decided, so that it may be undone.
    pub(super) is_decided: bool,
    /// By whom and when; empty where nobody looked that up.
    pub(super) decided: String,
    /// The reason that was given by a code; empty where none was, or nobody looked that up.
    pub(super) reason: String,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) assignee: String,
    pub(super) initials: String,
    pub(super) found: String,
    pub(super) age: String,
    /// Until when an answer is waited for; empty where nobody waits for a day.
    pub(super) due: String,
    pub(super) is_overdue: bool,
    pub(super) suppressed: Option<String>,
    /// The verdict that was proposed and by whom, in words.
    pub(super) proposed: Option<String>,
    pub(super) is_gone: bool,
}

/// The probability in three steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likelihood {
    VeryLikely,
    Likely,
    Perhaps,
    NotMeasured,
}

impl Likelihood {
    /// Coarser than the answer on the page of a finding, and never at odds with it.
    pub(crate) fn of(probability: Option<f64>) -> Self {
        match probability {
            None => Self::NotMeasured,
            Some(0.9..) => Self::VeryLikely,
            Some(0.5..) => Self::Likely,
            Some(_) => Self::Perhaps,
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::VeryLikely => "very likely",
            Self::Likely => "likely",
            Self::Perhaps => "perhaps",
            Self::NotMeasured => "not measured",
        }
    }

    /// Its class in the style.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::VeryLikely => "three",
            Self::Likely => "two",
            Self::Perhaps => "one",
            Self::NotMeasured => "none",
        }
    }
}

/// A row of a queue at `here`, opened with the same `query`.
pub(super) fn queue_row(
    found: StoredFinding,
    known: KnownChecks<'_>,
    (people, now): (&People, Timestamp),
    (here, query): (&str, &str),
) -> QueueRow {
    let (state, tone) = stored_state_tag(&found, known);
    let is_ended = found.end().is_some();
    let StoredFinding { finding, standing, seen, last_entry, counted: _ } = found;
    let proposed = standing.proposal.as_ref().map(|proposal| {
        let state = known.state_words(proposal.verdict.state, &finding.check);
        format!("Proposed by {}: {state}", people.named(&proposal.by, Some(&proposal.who)))
    });
    let today = format::today(now);
    let due = standing.due.map(format::day).unwrap_or_default();
    let is_overdue = is_overdue(&standing, today);
    let payment_due = finding.payment_due();
    let check = known.title(&finding.check);
    let is_own = OwnCheckName::of_finding(&finding.check).is_some();
    let lane = finding.lane.title();
    // A check of one kind is called as everywhere else: by its title.
    let (tag, tag_words) = if is_own || finding.kind == finding.check {
        (check.clone(), format!("{lane} · {check}"))
    } else {
        let kind = in_words(&finding.kind);
        let words = format!("{lane} · {check} · {kind}");
        (kind, words)
    };
    let marking =
        if known.takes_action(&finding.check) { Marking::Nothing } else { Marking::Letters };
    let risk = finding.at_risk.as_ref();
    QueueRow {
        href: format!("{here}/{}?{query}", finding.key),
        tag_words,
        tag,
        facts: RowFacts::of(&finding, marking),
        payment_due: payment_due.map(format::day).unwrap_or_default(),
        payment_due_class: match payment_due {
            Some(day) if day < today && !is_ended => "note risk",
            _ => "note",
        },
        at_risk: risk.map(format::money).unwrap_or_default(),
        at_risk_digits: risk.map(|money| money.amount.to_string()).unwrap_or_default(),
        currency: risk.map(|money| format::sign(money.currency.as_deref())).unwrap_or_default(),
        digits: MinorDigits::of(risk.and_then(|money| money.currency.as_deref())),
        billed: finding.billed.as_ref().map(format::money).unwrap_or_default(),
        likelihood: Likelihood::of(finding.probability),
        percent: finding.probability.map(percent_words).unwrap_or_default(),
        is_decided: standing.state != FindingState::Open,
        decided: String::new(),
        reason: String::new(),
        state,
        tone,
        initials: standing.assignee.as_deref().map(|to| people.initials(to)).unwrap_or_default(),
        assignee: standing.assignee.map(|address| people.label(&address)).unwrap_or_default(),
        found: format::date(seen.first_seen),
        age: age(seen.first_seen, now),
        suppressed: finding.suppressed.map(|why| why.words),
        proposed,
        is_gone: seen.gone_at.is_some(),
        due,
        is_overdue,
        title: format::prose(&finding.title),
        seen: last_entry,
        checked: "",
        key: finding.key,
    }
}

/// The time since something was found, in few letters.
fn age(first_seen: Timestamp, now: Timestamp) -> String {
    let days = now.duration_since(first_seen).as_hours().max(0) / 24;
    match days {
        0 => "new".to_owned(),
        1..=27 => format!("{days} d"),
        28..=89 => format!("{} wk", days / 7),
        _ => format!("{} mo", days / 30),
    }
}

#[cfg(test)]
mod tests {
    use domain::finding::Finding;
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;

    #[test]
    fn likelihood_is_in_three_steps_that_agree_with_the_answer() {
        for (probability, words, answer) in [
            (Some(0.9999), "very likely", "almost certainly"),
            (Some(0.9), "very likely", "very likely"),
            (Some(0.89), "likely", "likely"),
            (Some(0.5), "likely", "more likely than not"),
            (Some(0.49), "perhaps", "perhaps"),
            (Some(0.01), "perhaps", "probably legitimate"),
            (None, "not measured", "nobody has measured"),
        ] {
            assert_eq!(Likelihood::of(probability).words(), words, "{probability:?}");
            let finding: Finding = serde_json::from_value(json!({
                "key": FindingKey::new("duplicate_invoices", []), "check": "duplicate_invoices",
                "kind": "exact", "title": "", "claim": "it was paid twice", "lane": "recover",
                "severity": "high", "probability": probability, "evidence": [], "rows": [],
                "innocentIf": "",
            }))
            .unwrap();
            let said = finding.explain().answer;
            assert!(said.contains(answer), "{probability:?}: {said}");
        }
    }

    #[test]
    fn age_is_written_in_few_letters() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        for (days, words) in
            [(-1, "new"), (0, "new"), (1, "1 d"), (27, "27 d"), (28, "4 wk"), (90, "3 mo")]
        {
            assert_eq!(age(now - SignedDuration::from_hours(days * 24), now), words);
        }
    }
}
