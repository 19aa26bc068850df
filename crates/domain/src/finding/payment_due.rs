//! The day on which money of a finding goes out unless somebody stops it.
//!
//! Not for: the day by which an answer is expected (`Standing::due`).
//!
//! Invariant: nothing is worked out from terms or habits; a ledger that names no due date has none here.

use jiff::civil::Date;

use super::{Finding, FindingRow, Lane};

/// The text between the values of several lines of an invoice in one field.
const BETWEEN_LINES: &str = "; ";

impl FindingRow {
    /// The due date of an invoice that is not paid; of several lines the earliest.
    fn payment_due(&self) -> Option<Date> {
        if !self.is_to_be_paid() {
            return None;
        }
        let days = self.fields.get("due_date")?.split(BETWEEN_LINES);
        days.filter_map(|day| day.parse().ok()).min()
    }

    fn is_to_be_paid(&self) -> bool {
        self.ledger.is_of_invoices() && !self.is_paid() && !self.is_credit()
    }
}

impl Finding {
    /// The earliest due date of its invoices that are not paid, where the payment can be stopped.
    pub fn payment_due(&self) -> Option<Date> {
        let is_to_stop = self.lane == Lane::StopPayment;
        self.rows.iter().filter(|_| is_to_stop).filter_map(FindingRow::payment_due).min()
    }

    /// When it is due, as a sentence behind the next step.
    pub(super) fn payment_due_words(&self) -> Option<String> {
        let day = self.payment_due()?;
        let unpaid = self.rows.iter().filter(|row| row.is_to_be_paid()).count();
        let which = if unpaid == 1 { "It is due" } else { "The first of them is due" };
        Some(format!("{which} on {day}."))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A finding of rows, each with its ledger and its fields.
    fn finding(lane: Lane, rows: &[(&str, serde_json::Value)]) -> Finding {
        let row = |(place, (ledger, fields)): (usize, &(&str, serde_json::Value))| json!({ "ledger": ledger, "id": place.to_string(), "fields": fields });
        serde_json::from_value(json!({
            "key": "fnd_00000000000000000000000000000000", "check": "c", "kind": "c", "title": "",
            "lane": lane, "probability": null, "atRisk": null, "evidence": [], "innocentIf": "",
            "nextStep": "Hold it back.", "suppressed": null, "pattern": null,
            "rows": rows.iter().enumerate().map(row).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    #[test]
    fn the_earliest_due_date_of_what_is_not_paid_says_when_to_stop_it() {
        let paid = json!({ "due_date": "2026-10-01", "paid_date": "2026-10-01" });
        let due = |day: &str| json!({ "due_date": day, "base_amount": "4310.50" });
        let credit = json!({ "due_date": "2026-01-01", "base_amount": "-4310.50" });
        let (stop, one, first) =
            (Lane::StopPayment, "It is due on ", "The first of them is due on ");
        for (lane, rows, words) in [
            (stop, vec![("APT", paid.clone()), ("APT", due("2026-12-04"))], Some((one, 4))),
            (stop, vec![("APT", due("2026-12-11")), ("APT", due("2026-12-04"))], Some((first, 4))),
            (stop, vec![("APT", paid.clone()), ("IMS", due("2026-12-05"))], Some((one, 5))),
            (stop, vec![("APT", due("2026-12-11; 2026-12-06"))], Some((one, 6))),
            (stop, vec![("APT", credit), ("APT", due("2026-12-07"))], Some((one, 7))),
            (stop, vec![("APT", due("soon"))], None),
            (stop, vec![("APT", json!({}))], None),
            (stop, vec![("APT", paid)], None),
            (Lane::Recover, vec![("APT", due("2026-12-04"))], None),
        ] {
            let found = finding(lane, &rows);
            let day = words.map(|(_, day)| format!("2026-12-0{day}"));
            assert_eq!(found.payment_due().map(|day| day.to_string()), day, "{rows:?}");
            let sentence = words.zip(day).map(|((words, _), day)| format!(" {words}{day}."));
            let step = format!("Hold it back.{}", sentence.unwrap_or_default());
            assert_eq!(found.explain().next_step, step, "{rows:?}");
        }
    }
}
