//! What a letter asks for in one item: the invoices of a finding as their papers name them, and the money.

use domain::Money;
use domain::finding::FindingRow;

use super::request::Request;
use crate::http::pages::format;

/// The request of one finding: its invoices, each with whether it was not named before, and the money.
pub(super) fn item(
    number: usize,
    request: &Request,
    rows: &[(&FindingRow, bool)],
    money: &Money,
) -> String {
    let line = |(row, is_first): &(&FindingRow, bool)| match is_first {
        true => invoice(row),
        false => format!("{}, as above", invoice(row)),
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

/// `Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026`
fn invoice(row: &FindingRow) -> String {
    let text = |name: &str| row.fields.get(name).filter(|text| !text.is_empty());
    let day = |name: &str| text(name)?.parse().ok().map(format::day);
    let number = text("invoice_number").unwrap_or(&row.id);
    let mut words = format!("Invoice {number}");
    if let Some(day) = day("invoice_date") {
        words = format!("{words} of {day}");
    } else if let Some(day) = day("entered_date") {
        words = format!("{words}, entered {day}");
    }
    let amount = |amount: &str, currency: &str| {
        let read = text(amount)?.parse().ok()?;
        Some(format::money(&Money { amount: read, currency: text(currency).cloned() }))
    };
    let amount = amount("invoice_amount", "invoice_amount_currency")
        .or_else(|| amount("base_amount", "base_amount_currency"));
    if let Some(amount) = amount {
        words = format!("{words}, {amount}");
    }
    match day("paid_date") {
        Some(day) => format!("{words}, paid {day}"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use domain::FileType;

    use super::super::request::leave_out_derived_days;
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
        assert_eq!(invoice(&whole), "Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026");
        assert_eq!(invoice(&row(&[("invoice_date", "soon")])), "Invoice U7");
        let mut posted = row(&[("invoice_date", "2026-03-03"), ("entered_date", "2026-03-03")]);
        leave_out_derived_days(&mut posted, &DerivedFields::made_up("invoice_date", "Entered"));
        assert_eq!(invoice(&posted), "Invoice U7, entered 3 Mar 2026");
    }
}
