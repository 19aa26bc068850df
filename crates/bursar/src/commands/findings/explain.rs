//! One finding in words: its rows side by side, why it is one, what would make it innocent, its history.

use std::collections::BTreeSet;

use domain::FindingKey;
use serde_json::Value;

use super::Reply;
use super::list::{group_amount, lane, money, share};
use super::view::{
    ExplanationView, FindingView, HistoryView, ProposalView, ReasonView, RowView, StandingView,
};
use crate::commands::resource::ResourceClient;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::date_time;
use crate::report::table::{Side, table};
use crate::transfer::client::view;

/// Wider values are cut, so that two rows stand side by side on most screens.
const VALUE_CHARS_MAX: usize = 32;
/// More rows of one ledger are counted: a table as wide as them all is read by nobody.
const ROWS_SHOWN_MAX: usize = 3;

pub(super) async fn one(client: ResourceClient<'_>, key: &FindingKey) -> Result<Reply, Failure> {
    let finding = client.get(&format!("findings/{key}")).await?;
    let words = to_text(&finding);
    Ok(Reply { json: finding, words })
}

pub(super) fn to_text(finding: &Value) -> String {
    let finding: FindingView = view(finding);
    let currency = finding.at_risk.as_ref().and_then(|money| money.currency.as_deref());
    let mut lines = vec![
        format!("{}  {}", one_line(&finding.key), standing(&finding.standing, currency)),
        one_line(&finding.title),
    ];
    let answer = finding.explanation.as_ref().map(|explanation| one_line(&explanation.answer));
    lines.extend(answer);
    lines.push(format!(
        "{}   {}: {}   {}   {}",
        lane(&finding.lane),
        one_line(&finding.check),
        one_line(&finding.kind),
        probable(finding.probability),
        named(&finding)
    ));
    if let Some(suppression) = &finding.suppressed {
        lines.push(format!("not in the queue: {}", one_line(&suppression.words)));
    }
    if let Some(at) = &finding.gone_at {
        lines.push(format!("no longer found since {}", when(at)));
    }
    lines.push(String::new());
    for rows in finding.rows.chunk_by(|one, next| one.ledger == next.ledger) {
        lines.extend(side_by_side(&rows[..rows.len().min(ROWS_SHOWN_MAX)]));
        if rows.len() > ROWS_SHOWN_MAX {
            let more = rows.len() - ROWS_SHOWN_MAX;
            lines.push(format!("  and {more} more of them; --json shows all"));
        }
    }
    lines.push(String::new());
    if let Some(explanation) = &finding.explanation {
        lines.extend(in_words(explanation));
    }
    lines.push(format!("legitimate if: {}", one_line(&finding.innocent_if)));
    lines.push(String::new());
    lines.push(
        "how this was worked out (each +1 makes it twice as likely, each -1 half as likely)"
            .to_owned(),
    );
    for reason in &finding.evidence {
        let rates = reason.rates.as_ref().map(|rates| format!(" ({})", one_line(rates)));
        let words = one_line(&reason.words) + &rates.unwrap_or_default();
        lines.push(format!("  {:>+6.1}  {words}", reason.bits));
    }
    if !finding.history.is_empty() {
        lines.push(String::new());
        lines.extend(finding.history.iter().map(|one| entry(one, currency)));
    }
    lines.join("\n")
}

/// `97% probable`
fn probable(probability: Option<f64>) -> String {
    match probability {
        Some(_) => format!("{} probable", share(probability)),
        None => "probability not measured".to_owned(),
    }
}

/// `4,310.00 GBP at risk`, or what is billed where that is no loss.
fn named(finding: &FindingView) -> String {
    match (&finding.at_risk, &finding.billed) {
        (None, Some(billed)) => format!("{} billed", money(Some(billed))),
        (at_risk, _) => format!("{} at risk", money(at_risk.as_ref())),
    }
}

/// The reasons for and against it, and what to do next.
fn in_words(explanation: &ExplanationView) -> Vec<String> {
    let mut lines = Vec::new();
    for (heading, reasons) in [("for", &explanation.reasons_for), ("against", &explanation.against)]
    {
        if reasons.is_empty() {
            continue;
        }
        lines.push(heading.to_owned());
        let line = |reason: &ReasonView| {
            format!("  {:<6}  {}", one_line(&reason.strength), one_line(&reason.words))
        };
        lines.extend(reasons.iter().map(line));
    }
    lines.extend(explanation.besides.iter().map(|words| format!("note: {}", one_line(words))));
    lines.push(format!("next: {}", one_line(&explanation.next_step)));
    lines
}

/// `duplicate, 4,310.00 recovered: the supplier agrees (with Ann)`
fn standing(standing: &StandingView, currency: Option<&str>) -> String {
    let mut words = one_line(&standing.state).replace('_', " ");
    if let Some(recovered) = &standing.recovered {
        words = format!("{words}, {} recovered", group_amount(recovered, currency));
    }
    if let Some(because) = &standing.because {
        words = format!("{words}: {}", coded(standing.reason_code.as_deref(), because));
    }
    if let Some(name) = &standing.assignee {
        words = format!("{words} (with {})", one_line(name));
    }
    match &standing.proposal {
        Some(proposal) => format!("{words}; {}", proposed(proposal)),
        None => words,
    }
}

/// `not duplicate is proposed by Ann: rent`
fn proposed(ProposalView { by, verdict }: &ProposalView) -> String {
    let state = one_line(&verdict.state).replace('_', " ");
    let reason = coded(verdict.reason_code.as_deref(), &verdict.because);
    format!("{state} is proposed by {}: {reason}", one_line(by))
}

/// `PRICE, the price was agreed`, and the words alone where no code was given.
fn coded(code: Option<&str>, because: &str) -> String {
    let because = one_line(because);
    code.map_or_else(|| because.clone(), |code| format!("{}, {because}", one_line(code)))
}

/// A table with a line for each field and a column for each row; `≠` where a row differs from the first.
fn side_by_side(rows: &[RowView]) -> Vec<String> {
    let columns: BTreeSet<&String> = rows.iter().flat_map(|row| row.fields.keys()).collect();
    let value = |row: &RowView, column: &str| {
        let text = one_line(row.fields.get(column).and_then(Value::as_str).unwrap_or("-"));
        match text.char_indices().nth(VALUE_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let heading = |row: &RowView| format!("  {} {}", one_line(&row.ledger), one_line(&row.id));
    let mut lines: Vec<Vec<String>> =
        vec![std::iter::once(String::new()).chain(rows.iter().map(heading)).collect()];
    for column in columns {
        let differs = |row: &RowView| {
            rows.first().is_some_and(|first| first.fields.get(column) != row.fields.get(column))
        };
        let cells = rows
            .iter()
            .map(|row| format!("{} {}", if differs(row) { "≠" } else { " " }, value(row, column)));
        lines.push(std::iter::once(one_line(column)).chain(cells).collect());
    }
    let sides = vec![Side::Left; rows.len() + 1];
    table(&sides, &lines).into_iter().map(|line| format!("  {line}")).collect()
}

fn entry(entry: &HistoryView, currency: Option<&str>) -> String {
    let what = match entry.what.as_str() {
        "verdict" => format!("decided {}", standing(&entry.to, currency)),
        "propose" => match &entry.to.proposal {
            Some(proposal) => proposed(proposal),
            None => "proposed a verdict".to_owned(),
        },
        "undo" => format!("took back; it is {}", standing(&entry.to, currency)),
        "assign" => match &entry.to.assignee {
            Some(name) => format!("gave it to {}", one_line(name)),
            None => "took it from whoever had it".to_owned(),
        },
        "recovered" => format!("now {}", standing(&entry.to, currency)),
        _ => one_line(entry.words.as_deref().unwrap_or_default()),
    };
    format!("  {}  {}  {what}", when(&entry.at), one_line(&entry.by))
}

fn when(text: &str) -> String {
    text.parse().map_or_else(|_no_time| one_line(text), date_time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn many_rows_are_counted_and_each_ledger_has_its_table() {
        let row = |ledger: &str, id: usize| json!({ "ledger": ledger, "id": id.to_string(), "fields": { "town": "Leeds" } });
        let mut rows = vec![row("Suppliers", 0)];
        rows.extend((1..=25).map(|id| row("APT", id)));
        let words = to_text(&json!({ "rows": rows }));
        let is_table = |line: &&str| line.starts_with("  ") && !line.trim().is_empty();
        let lines: Vec<&str> = words.lines().filter(is_table).collect();
        let expected = [
            "          Suppliers 0",
            "  town    Leeds",
            "          APT 1    APT 2    APT 3",
            "  town    Leeds    Leeds    Leeds",
            "  and 22 more of them; --json shows all",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_finding_is_explained() {
        let row = |id: &str, number: &str| {
            json!({ "ledger": "APT", "id": id,
                "fields": { "amount": "4310.00", "invoice_number": number } })
        };
        let finding = json!({
            "key": "fnd_1", "check": "duplicate_invoices", "kind": "misread_character",
            "lane": "recover",
            "title": "10983 and IO983 of ACME look the same", "probability": 0.97,
            "atRisk": { "amount": "4310.00", "currency": "GBP" }, "suppressed": null,
            "rows": [row("1", "10983"), row("2", "IO983")],
            "evidence": [
                { "field": "invoice_number", "words": "only letters that scanners confuse",
                    "rates": "6% of second keyings", "bits": 6.1 },
                { "field": "prior", "words": "few invoices are paid twice", "bits": -9.0 },
            ],
            "explanation": { "answer": "97%: very likely one invoice was paid twice.",
                "for": [{ "strength": "strong", "words": "Only letters that scanners confuse." }],
                "against": [], "besides": [], "nextStep": "Ask the supplier for both papers." },
            "innocentIf": "they are two orders", "state": "duplicate", "recovered": "4310.00",
            "because": "they agree", "assignee": null, "goneAt": null,
            "history": [{ "entry": 1, "at": "2026-11-23T10:00:00Z", "by": "Ann", "what": "verdict",
                "to": { "state": "duplicate", "because": "they agree", "recovered": "4310.00" } }],
        });
        let expected = "\
fnd_1  duplicate, 4,310.00 recovered: they agree
10983 and IO983 of ACME look the same
97%: very likely one invoice was paid twice.
recover   duplicate_invoices: misread_character   97% probable   4,310.00 GBP at risk

                    APT 1      APT 2
  amount            4310.00    4310.00
  invoice_number    10983    ≠ IO983

for
  strong  Only letters that scanners confuse.
next: Ask the supplier for both papers.
legitimate if: they are two orders

how this was worked out (each +1 makes it twice as likely, each -1 half as likely)
    +6.1  only letters that scanners confuse (6% of second keyings)
    -9.0  few invoices are paid twice

  23 Nov 2026 10:00 UTC  Ann  decided duplicate, 4,310.00 recovered: they agree";
        assert_eq!(to_text(&finding), expected);
    }
}
