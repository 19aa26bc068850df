//! The receipts of money that came back, in parts or at once, from the history of a finding.
//!
//! Not for: how much came back in all; that stands in its standing.
//!
//! Invariant: every receipt that was recorded and not taken back is among them, whatever became of the rest.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{HistoryEntry, HistoryWord, RecoveryStage};
use crate::text::each_once;

/// Money that came in: when, and by which number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub on: Date,
    /// The number of the credit note or of the payment.
    pub reference: Option<String>,
}

/// The receipts of a finding, the first before the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipts(Vec<Receipt>);

impl Receipts {
    pub fn of(history: &[HistoryEntry]) -> Self {
        let undone: BTreeSet<u64> = history.iter().filter_map(|entry| entry.undoes).collect();
        let mut receipts = Vec::new();
        for entry in history.iter().filter(|entry| !undone.contains(&entry.entry)) {
            // Asked for from the beginning, or decided otherwise: nothing of it came.
            if entry.to.recovered.is_none() {
                receipts.clear();
            }
            receipts.extend(received(entry));
        }
        Self(receipts)
    }

    pub fn all(&self) -> &[Receipt] {
        &self.0
    }

    /// The day of the last.
    pub fn last_on(&self) -> Option<Date> {
        self.0.iter().map(|receipt| receipt.on).max()
    }

    /// Their numbers, each once: `CN 9; CN 10`.
    pub fn references(&self) -> String {
        let references = self.0.iter().filter_map(|receipt| receipt.reference.as_deref());
        each_once(references).join("; ")
    }
}

/// The receipt that an entry tells of: a step with its day and number, an amount alone on the day it was
/// noted.
fn received(entry: &HistoryEntry) -> Option<Receipt> {
    let HistoryEntry { what, from, to, .. } = entry;
    if *what == HistoryWord::Recovery {
        let step = to.recovery.as_ref().filter(|step| step.stage == RecoveryStage::Received)?;
        return Some(Receipt { on: step.on, reference: step.reference.clone() });
    }
    let is_new = to.recovered.is_some() && to.recovered != from.recovered;
    let on = TimeZone::UTC.to_datetime(entry.at).date();
    (is_new && *what != HistoryWord::Undo).then_some(Receipt { on, reference: None })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An entry of a history: its word, and the stage, the day and the reference of the money after it.
    type HistoryLine<'t> = (&'t str, Option<(&'t str, &'t str, &'t str)>, Option<&'t str>);

    fn history(told: &[HistoryLine<'_>]) -> Vec<HistoryEntry> {
        let entry = |(number, (what, step, recovered)): (usize, &HistoryLine<'_>)| {
            let recovery = step.map(|(stage, on, reference)| json!({ "stage": stage, "amount": null, "on": on, "askedOn": null, "reference": reference }));
            let to = json!({ "state": "duplicate", "because": null, "recovered": recovered, "assignee": null, "recovery": recovery });
            let mut from = to.clone();
            from["recovered"] = json!(null);
            serde_json::from_value(json!({
                "entry": number + 1, "at": "2026-11-23T10:00:00Z", "by": "ann", "what": what,
                "from": if *what == "recovered" { &from } else { &to }, "to": to, "words": null, "undoes": null, "finding": null,
            }))
            .unwrap()
        };
        told.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn every_receipt_is_kept_with_its_day_and_number() {
        let asked = ("recovery", Some(("asked", "2026-11-01", "L 7")), None);
        let part = ("recovery", Some(("received", "2026-11-10", "CN 9")), Some("100"));
        let rest = ("rest", Some(("asked", "2026-11-01", "L 7")), Some("100"));
        let whole = ("recovery", Some(("received", "2026-11-20", "CN 10")), Some("300"));
        let again = ("recovery", Some(("received", "2026-11-20", "CN 9")), Some("300"));
        let anew = ("recovery", None, None);
        for (told, references, last) in [
            (vec![asked], "", None),
            (vec![asked, part, rest], "CN 9", Some("2026-11-10")),
            (vec![asked, part, rest, whole], "CN 9; CN 10", Some("2026-11-20")),
            (vec![asked, part, rest, again], "CN 9", Some("2026-11-20")),
            (vec![part, anew, whole], "CN 10", Some("2026-11-20")),
            (vec![asked, ("recovered", asked.1, Some("300"))], "", Some("2026-11-23")),
        ] {
            let receipts = Receipts::of(&history(&told));
            assert_eq!(receipts.references(), references, "{told:?}");
            assert_eq!(receipts.last_on().map(|day| day.to_string()).as_deref(), last, "{told:?}");
        }
    }
}
