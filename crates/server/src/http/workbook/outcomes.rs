//! Outcomes of findings as a workbook: a line for each supplier, buyer, user, kind or month, all of them
//! together, one for each check, and one for each reason code.

use domain::finding::{OutcomeGroup, OutcomeLine, Outcomes, ReasonCatalogue, ReasonOutcome};
use domain::{Check, MinorDigits};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Header, SheetWriter, Value};

const CHECKS: [Header; 5] = [
    ("Check", 40),
    ("Findings", 11),
    ("Confirmed", 11),
    ("Dismissed", 11),
    ("Of those decided, confirmed", 14),
];

const REASONS: [Header; 6] = [
    ("Code", 20),
    ("Reason", 40),
    ("Verdict", 20),
    ("Currency", 9),
    ("Findings", 11),
    ("Money", 16),
];

/// The lines on one sheet, the checks on another, the reasons on a third where any has a code; kinds by
/// the names that they have on pages.
pub(in crate::http) fn outcomes_workbook(
    by: OutcomeGroup,
    (outcomes, catalogue): (&Outcomes, &ReasonCatalogue),
    (checks, kind_name): (&[Check], impl Fn(&str) -> String),
) -> Result<Vec<u8>, XlsxError> {
    let headers: [Header; 9] = [
        (by.title(), 40),
        ("Currency", 9),
        ("Findings", 11),
        ("Open", 11),
        ("Confirmed", 11),
        ("Dismissed", 11),
        ("At risk", 16),
        ("Of those confirmed", 16),
        ("Recovered", 16),
    ];
    let mut workbook = Workbook::new();
    let writer = SheetWriter::new();
    let sheet = workbook.add_worksheet().set_name("Outcomes")?;
    let named = |line: &OutcomeLine| match by {
        OutcomeGroup::Kind => kind_name(&line.name),
        _ => line.name.clone(),
    };
    let lines = outcomes.lines.iter().map(|line| outcome_row(line, named(line)));
    let totals = outcomes.totals();
    let totals = totals.iter().map(|line| outcome_row(line, total_name(line, &totals)));
    writer.write_with_totals(sheet, &headers, (lines, totals))?;
    let sheet = workbook.add_worksheet().set_name("Checks")?;
    let lines = outcomes.checks.iter().map(|line| {
        let known = checks.iter().find(|check| check.name == line.check);
        vec![
            Value::text(known.map_or(&line.check, |check| &check.title)),
            Value::Count(line.findings),
            Value::Count(line.confirmed),
            Value::Count(line.dismissed),
            line.right_per_mille().map_or(Value::Empty, share),
        ]
    });
    writer.write(sheet, &CHECKS, lines)?;
    if !outcomes.reasons.is_empty() {
        let sheet = workbook.add_worksheet().set_name("Reasons")?;
        let rows = outcomes.reasons.iter().map(|outcome| reason_row(outcome, catalogue));
        writer.write(sheet, &REASONS, rows)?;
    }
    workbook.save_to_buffer()
}

/// The name of a row of totals, as the page says it too: by its currency, where there are several.
pub(in crate::http) fn total_name(total: &OutcomeLine, totals: &[OutcomeLine]) -> String {
    match &total.currency {
        _ if totals.len() < 2 => "In all".to_owned(),
        Some(currency) => format!("In all, {currency}"),
        None if total.has_money() => "In all, of no named currency".to_owned(),
        None => "In all, without money".to_owned(),
    }
}

fn outcome_row(line: &OutcomeLine, name: String) -> Vec<Value> {
    let currency = line.currency.as_deref();
    let mut row = vec![Value::Text(name), Value::text(currency.unwrap_or_default())];
    let counts = [line.findings, line.open, line.confirmed, line.dismissed];
    row.extend(counts.map(Value::Count));
    let digits = MinorDigits::of(currency);
    let amount = |amount| Value::Amount(amount, digits);
    row.extend([line.at_risk, line.confirmed_money, line.recovered].map(amount));
    row
}

fn reason_row(outcome: &ReasonOutcome, catalogue: &ReasonCatalogue) -> Vec<Value> {
    let known = catalogue.get(&outcome.code);
    let currency = outcome.currency.as_deref();
    vec![
        Value::text(outcome.code.as_str()),
        Value::text(known.map_or("", |reason| &reason.words)),
        Value::text(known.map_or("", |reason| reason.state.title())),
        Value::text(currency.unwrap_or_default()),
        Value::Count(outcome.findings),
        Value::Amount(outcome.money, MinorDigits::of(currency)),
    ]
}

fn share(per_mille: u64) -> Value {
    let per_mille = u16::try_from(per_mille).expect("a share is at most the whole");
    Value::Share(f64::from(per_mille) / 1000.0)
}

#[cfg(test)]
mod tests {
    use domain::Amount;

    use super::*;

    #[test]
    fn rows_of_totals_are_told_apart() {
        let total = |currency: Option<&str>, at_risk| OutcomeLine {
            name: String::new(),
            currency: currency.map(str::to_owned),
            findings: 1,
            open: 1,
            confirmed: 0,
            dismissed: 0,
            at_risk: Amount::from_ten_thousandths(at_risk),
            confirmed_money: Amount::default(),
            recovered: Amount::default(),
        };
        for (totals, names) in [
            (vec![total(Some("GBP"), 5)], &["In all"][..]),
            (
                vec![total(Some("GBP"), 5), total(Some("EUR"), 0), total(None, 0)],
                &["In all, GBP", "In all, EUR", "In all, without money"],
            ),
            (
                vec![total(None, 7), total(Some("GBP"), 5)],
                &["In all, of no named currency", "In all, GBP"],
            ),
        ] {
            let told: Vec<String> = totals.iter().map(|line| total_name(line, &totals)).collect();
            assert_eq!(told, names);
        }
    }
}
