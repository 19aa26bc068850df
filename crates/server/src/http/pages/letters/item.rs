//! What a letter asks for in one item: the invoices of a finding as their papers name them, and the money.
//!
//! Invariant: what the supplier's paper does not bear, such as a number of our ledger or the day of a
//! posting, is called ours; nothing is said to be paid that the ledger does not say a day of.

use domain::finding::{Finding, FindingRow};

use super::request::{ClaimMoney, Request};
use crate::http::pages::format;

/// The request of one finding: its invoices, each with whether it was not named before, and the money.
pub(super) fn item(number: usize, request: &Request, rows: &[(&FindingRow, bool)]) -> String {
    let currency = currency_of(&request.found.finding);
    let line = |(row, is_first): &(&FindingRow, bool)| match is_first {
        true => invoice(row, currency),
        false => format!("{}, as above", invoice(row, currency)),
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if lines.is_empty() {
        lines.push(format::prose(&request.found.finding.title));
    }
    if request.is_of_strangers() {
        lines.push("we hold it as an invoice of another supplier too".to_owned());
    }
    if !request.folded.is_empty() {
        lines.push("several of our checks speak of this payment; we ask for it once".to_owned());
    }
    lines.push(asked(&request.claim));
    let first = format!("{number}. {}", lines.remove(0));
    let rest = lines.iter().map(|line| format!("\n   {line}"));
    std::iter::once(first).chain(rest).collect()
}

/// `we ask for US$5,000.00 (£4,310.00 in our books)`
fn asked(claim: &ClaimMoney) -> String {
    let billed = format::money(&claim.billed);
    match &claim.posted {
        Some(posted) => format!("we ask for {billed} ({} in our books)", format::money(posted)),
        None => format!("we ask for {billed}"),
    }
}

/// The currency of the ledger, as far as a finding names it.
fn currency_of(finding: &Finding) -> Option<&str> {
    finding.at_risk.as_ref()?.currency.as_deref()
}

/// `Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026, our document number 4711`, or, by what our
/// ledger alone says, `Our document number 4711, posted 3 Mar 2026, £4,310.00`. By our number two that
/// were posted of one paper are told apart.
fn invoice(row: &FindingRow, currency: Option<&str>) -> String {
    let day = |name: &str| row.fields.get(name)?.parse().ok().map(format::day);
    let number = row.supplier_number();
    let mut words = match number {
        Some(number) => format!("Invoice {number}"),
        None => format!("Our document number {}", row.id),
    };
    if let Some(day) = day("invoice_date") {
        words = format!("{words} of {day}");
    } else if let Some(day) = day("entered_date") {
        words = format!("{words}, posted {day}");
    }
    if let Some(money) = row.billed_money(currency) {
        words = format!("{words}, {}", format::money(&money));
    }
    if let Some(day) = day("paid_date") {
        words = format!("{words}, paid {day}");
    }
    if number.is_some() {
        words = format!("{words}, our document number {}", row.id);
    }
    words
}

#[cfg(test)]
mod tests {
    use domain::{FileType, Money};

    use super::super::request::leave_out_derived;
    use super::*;
    use crate::http::pages::derived_fields::DerivedFields;

    #[test]
    fn an_invoice_is_named_as_its_paper_names_it() {
        let row = |fields: &[(&str, &str)]| FindingRow {
            ledger: FileType::Transactions,
            id: "U7".to_owned(),
            fields: fields
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
            withheld: Vec::new(),
        };
        let whole = row(&[
            ("invoice_number", "10983"),
            ("invoice_date", "2026-03-03"),
            ("paid_date", "2026-03-20"),
            ("base_amount", "4310"),
            ("base_amount_currency", "GBP"),
        ]);
        assert_eq!(
            invoice(&whole, None),
            "Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026, our document number U7"
        );
        let none = row(&[("invoice_date", "soon"), ("base_amount", "4310")]);
        assert_eq!(invoice(&none, Some("EUR")), "Our document number U7, €4,310.00");
        let own =
            row(&[("invoice_number", "U7"), ("base_amount", "4310"), ("invoice_amount", "5000")]);
        assert_eq!(invoice(&own, Some("GBP")), "Our document number U7, £4,310.00");
        let mut posted = row(&[
            ("invoice_number", "U7/1"),
            ("invoice_date", "2026-03-03"),
            ("entered_date", "2026-03-03"),
            ("invoice_amount", "5000"),
            ("invoice_amount_currency", "USD"),
        ]);
        leave_out_derived(&mut posted, &DerivedFields::made_up("invoice_date", "Entered"));
        let said = "Invoice U7/1, posted 3 Mar 2026, US$5,000.00, our document number U7";
        assert_eq!(invoice(&posted, Some("GBP")), said);
        leave_out_derived(&mut posted, &DerivedFields::made_up("invoice_number", "Unique ID"));
        let said = "Our document number U7, posted 3 Mar 2026, US$5,000.00";
        assert_eq!(invoice(&posted, Some("GBP")), said);
        // The only currency that the ledger names beside an amount is the one it is of.
        let one = row(&[("base_amount", "4310"), ("invoice_amount_currency", "EUR")]);
        assert_eq!(invoice(&one, None), "Our document number U7, €4,310.00");
    }

    #[test]
    fn money_is_asked_for_in_the_currency_of_the_paper() {
        let money = |amount: &str, code: &str| Money {
            amount: amount.parse().unwrap(),
            currency: Some(code.to_owned()),
        };
        for (billed, posted, said) in [
            (money("4310", "GBP"), None, "we ask for £4,310.00"),
            (
                money("5000", "USD"),
                Some(money("4310", "GBP")),
                "we ask for US$5,000.00 (£4,310.00 in our books)",
            ),
        ] {
            assert_eq!(asked(&ClaimMoney { billed, posted }), said);
        }
    }
}
