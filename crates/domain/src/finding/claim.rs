//! The claim on a supplier that a finding makes: the invoice that was one too many, the money in the currency
//! in which it was billed, and whether that money has left at all.
//!
//! Not for: the steps of the money on its way back (`recovery_step`), or letters about it.
//!
//! Invariant: money is converted by the rate of the ledger itself and by no other; where the ledger does not
//! name both amounts of the invoice, nothing is converted.

use jiff::civil::Date;

use super::{Finding, FindingRow, Lane, RecoveryStage, StoredFinding};
use crate::amount::{Amount, Money};
use crate::columns::transactions::PAID;
use crate::file_type::FileType;

/// With so many invoices paid one of them at least was too many, whatever is not paid yet.
const PAID_TOO_OFTEN: usize = 2;

impl FindingRow {
    /// The last day on which the ledger says that the invoice was paid.
    fn paid_on(&self) -> Option<Date> {
        PAID.iter().filter_map(|column| self.fields.get(*column)?.parse().ok()).max()
    }

    fn entered_on(&self) -> Option<Date> {
        self.fields.get("entered_date")?.parse().ok()
    }
}

impl Finding {
    /// The invoice that was one too many: the one that was keyed under the wrong supplier, unless others were
    /// paid and it was not; else of those that were paid the one paid last, else the one posted last.
    pub fn excess_invoice(&self) -> Option<&FindingRow> {
        self.misposted_invoice().or_else(|| self.last_invoice())
    }

    /// The reference of the supplier to whom the money went that is to come back.
    pub fn excess_supplier(&self) -> Option<&str> {
        let reference = self.excess_invoice()?.fields.get("supplier_ref")?;
        Some(reference.as_str()).filter(|reference| !reference.is_empty())
    }

    /// The invoice that was keyed under a supplier who has no claim, as long as that one can have been paid.
    fn misposted_invoice(&self) -> Option<&FindingRow> {
        let id = self.misposted_row.as_deref()?;
        let is_it = |row: &&FindingRow| row.ledger == FileType::Transactions && row.id == id;
        let misposted = self.rows.iter().find(is_it)?;
        let can_be_paid = misposted.is_paid() || !self.rows.iter().any(FindingRow::is_paid);
        can_be_paid.then_some(misposted)
    }

    /// The invoice that was paid last, else posted last.
    fn last_invoice(&self) -> Option<&FindingRow> {
        let invoices = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.ledger == FileType::Transactions && !row.is_credit());
        // The rows stand the earlier first.
        let last = invoices.max_by_key(|(place, row)| (row.paid_on(), row.entered_on(), *place));
        last.map(|(_, row)| row)
    }

    /// Money of the finding as the supplier billed it: in the currency of the invoice that was one too many.
    pub fn as_billed(&self, money: &Money) -> Money {
        let as_billed = || self.excess_invoice()?.converted(money);
        as_billed().unwrap_or_else(|| money.clone())
    }

    /// Returns `true` while none of its money has left that could come back: the payment can be stopped, and
    /// nothing was paid too often.
    pub fn is_still_here(&self) -> bool {
        self.lane == Lane::StopPayment && !self.is_paid_too_often()
    }

    /// Returns `true` when the ledger says of several of its invoices that they were paid.
    pub fn is_paid_too_often(&self) -> bool {
        let paid = self.rows.iter().filter(|row| row.is_paid() && !row.is_credit());
        paid.count() >= PAID_TOO_OFTEN
    }
}

impl FindingRow {
    /// Money in the currency in which the invoice was billed; none where that is the same, or not said.
    fn converted(&self, money: &Money) -> Option<Money> {
        let amount = |name: &str| -> Option<i128> {
            let amount: Amount = self.fields.get(name)?.parse().ok()?;
            Some(amount.ten_thousandths().into())
        };
        let code = self.fields.get("invoice_amount_currency").filter(|code| !code.is_empty())?;
        let posted_in = self.fields.get("base_amount_currency").filter(|code| !code.is_empty());
        let is_posted_so = match (posted_in, &money.currency) {
            (Some(posted_in), Some(code)) => posted_in == code,
            _ => true,
        };
        if money.currency.as_ref() == Some(code) || !is_posted_so {
            return None;
        }
        let posted = amount("base_amount").filter(|posted| *posted != 0)?;
        let billed = amount("invoice_amount").filter(|billed| *billed != 0)?;
        let asked = i128::from(money.amount.ten_thousandths());
        // The whole invoice is what its paper says, to the last digit.
        let amount = if asked == posted {
            Amount::nearest(billed)
        } else {
            Amount::nearest(asked * billed / posted).in_units_of(Some(code))
        };
        Some(Money { amount, currency: Some(code.clone()) })
    }
}

impl StoredFinding {
    /// The stage of its money, where that is a question: of what was decided to be true and has left, or of
    /// which somebody has said how far it is.
    pub fn recovery_stage(&self) -> Option<RecoveryStage> {
        let stage = self.standing.recovery_stage()?;
        (stage != RecoveryStage::ToAsk || !self.finding.is_still_here()).then_some(stage)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn finding(lane: &str, rows: &[Value]) -> Finding {
        let row = |(place, fields): (usize, &Value)| json!({ "ledger": "APT", "id": format!("U{place}"), "fields": fields });
        serde_json::from_value(json!({
            "key": "fnd_00000000000000000000000000000000", "check": "c", "kind": "c", "title": "",
            "lane": lane, "probability": null, "atRisk": null, "evidence": [], "innocentIf": "",
            "suppressed": null, "pattern": null,
            "rows": rows.iter().enumerate().map(row).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    #[test]
    fn the_invoice_that_was_paid_last_was_one_too_many() {
        for (rows, excess) in [
            (vec![json!({}), json!({})], Some("U1")),
            (vec![json!({ "paid_date": "2026-03-20" }), json!({})], Some("U0")),
            (
                vec![json!({ "paid_date": "2026-03-20" }), json!({ "paid_date": "2026-03-02" })],
                Some("U0"),
            ),
            (
                vec![
                    json!({ "paid_date": "2026-03-02" }),
                    json!({ "payment_cleared_date": "2026-03-20" }),
                ],
                Some("U1"),
            ),
            (
                vec![
                    json!({ "entered_date": "2026-03-20" }),
                    json!({ "entered_date": "2026-03-02" }),
                ],
                Some("U0"),
            ),
            (vec![json!({}), json!({ "base_amount": "-5" })], Some("U0")),
            (vec![], None),
        ] {
            let found = finding("recover", &rows);
            assert_eq!(found.excess_invoice().map(|row| &*row.id), excess, "{rows:?}");
        }
    }

    #[test]
    fn the_invoice_under_the_wrong_supplier_was_one_too_many() {
        let paid = |day: &str| json!({ "paid_date": day });
        for (rows, excess) in [
            // The ledger says of none that it was paid.
            (vec![json!({}), json!({})], Some("U0")),
            (vec![paid("2026-03-02"), paid("2026-03-20")], Some("U0")),
            (vec![paid("2026-03-02"), json!({})], Some("U0")),
            // Nothing went to the wrong one.
            (vec![json!({}), paid("2026-03-20")], Some("U1")),
        ] {
            let mut found = finding("recover", &rows);
            found.misposted_row = Some("U0".to_owned());
            assert_eq!(found.excess_invoice().map(|row| &*row.id), excess, "{rows:?}");
        }
        let mut found = finding("recover", &[json!({})]);
        found.misposted_row = Some("gone".to_owned());
        assert_eq!(found.excess_invoice().map(|row| &*row.id), Some("U0"));
    }

    #[test]
    fn money_is_asked_for_as_it_was_billed() {
        let invoice = |billed: &str, code: &str, posted: &str, posted_in: &str| json!({ "invoice_amount": billed, "invoice_amount_currency": code, "base_amount": posted, "base_amount_currency": posted_in });
        let dollars = invoice("5000", "USD", "4310", "GBP");
        for (row, asked, billed) in [
            (&dollars, "GBP 4310", "USD 5000.00"),
            (&dollars, "GBP 2155", "USD 2500.00"),
            // To the smallest unit of the currency of the invoice.
            (&dollars, "GBP 100", "USD 116.01"),
            (&invoice("5000", "JPY", "33.33", "GBP"), "GBP 10", "JPY 1500.00"),
            (&invoice("4310", "GBP", "4310", "GBP"), "GBP 4310", "GBP 4310.00"),
            // The ledger does not name both, or the money is of another currency still.
            (&invoice("5000", "USD", "", "GBP"), "GBP 4310", "GBP 4310.00"),
            (&invoice("5000", "", "4310", "GBP"), "GBP 4310", "GBP 4310.00"),
            (&dollars, "EUR 4310", "EUR 4310.00"),
        ] {
            let (code, amount) = asked.split_once(' ').unwrap();
            let asked = Money { amount: amount.parse().unwrap(), currency: Some(code.to_owned()) };
            let money = finding("recover", &[json!({}), row.clone()]).as_billed(&asked);
            let written = format!("{} {}", money.currency.unwrap(), money.amount);
            assert_eq!(written, billed, "{row} {asked:?}");
        }
    }

    #[test]
    fn money_that_has_not_left_is_still_here() {
        let (paid, unpaid) = (json!({ "paid_date": "2026-03-20" }), json!({}));
        for (lane, rows, is_here) in [
            ("stop_payment", vec![paid.clone(), unpaid.clone()], true),
            ("stop_payment", vec![unpaid.clone(), unpaid.clone()], true),
            ("stop_payment", vec![paid.clone(), paid.clone(), unpaid.clone()], false),
            ("recover", vec![unpaid.clone(), unpaid], false),
        ] {
            assert_eq!(finding(lane, &rows).is_still_here(), is_here, "{lane} {rows:?}");
        }
    }
}
