//! What a letter asks for in one item: the invoices of a finding as their papers name them, and the money.
//!
//! Invariant: what the supplier's paper does not bear, such as a number of our ledger or the day of a
//! posting, is called ours.

use domain::Money;
use domain::finding::{Finding, FindingRow};

use super::request::Request;
use crate::http::pages::format;

/// The request of one finding: its invoices, each with whether it was not named before, and the money.
pub(super) fn item(
    number: usize,
    request: &Request,
    rows: &[(&FindingRow, bool)],
    money: &Money,
) -> String {
    let currency = currency_of(&request.found.finding);
    let line = |(row, is_first): &(&FindingRow, bool)| match is_first {
        true => invoice(row, currency),
        false => format!("{}, as above", invoice(row, currency)),
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if lines.is_empty() {
        lines.push(format::prose(&request.found.finding.title));
    }
    if !request.others.is_empty() {
        lines.push("we hold it as an invoice of another supplier too".to_owned());
    }
    if !request.folded.is_empty() {
        lines.push("several of our checks speak of this payment; we ask for it once".to_owned());
    }
    let asked = format!("we ask for {}", format::money(money));
    lines.push(asked);
    let first = format!("{number}. {}", lines.remove(0));
    let rest = lines.iter().map(|line| format!("\n   {line}"));
    std::iter::once(first).chain(rest).collect()
}

/// The currency of the ledger, as far as a finding names it.
fn currency_of(finding: &Finding) -> Option<&str> {
    finding.at_risk.as_ref()?.currency.as_deref()
}

/// `Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026`, or, by what our ledger alone says,
/// `Our document number 4711, posted 3 Mar 2026, £4,310.00`.
fn invoice(row: &FindingRow, currency: Option<&str>) -> String {
    let day = |name: &str| row.fields.get(name)?.parse().ok().map(format::day);
    let mut words = match row.supplier_number() {
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
    match day("paid_date") {
        Some(day) => format!("{words}, paid {day}"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use domain::FileType;

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
            "Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026"
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
        assert_eq!(invoice(&posted, Some("GBP")), "Invoice U7/1, posted 3 Mar 2026, US$5,000.00");
        leave_out_derived(&mut posted, &DerivedFields::made_up("invoice_number", "Unique ID"));
        let said = "Our document number U7, posted 3 Mar 2026, US$5,000.00";
        assert_eq!(invoice(&posted, Some("GBP")), said);
    }
}
