//! One finding in words: its rows side by side, why it is one, what would make it innocent, its history.

use std::collections::BTreeSet;

use domain::FindingKey;
use serde_json::Value;

use super::Reply;
use super::client::FindingsClient;
use super::list::{group_amount, money, share};
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::date_time;
use crate::report::table::{Side, table};

/// Wider values are cut, so that two rows stand side by side on most screens.
const VALUE_CHARS_MAX: usize = 32;
/// More rows of one ledger are counted: a table as wide as them all is read by nobody.
const ROWS_SHOWN_MAX: usize = 3;

pub(super) async fn one(client: FindingsClient<'_>, key: &FindingKey) -> Result<Reply, Failure> {
    let finding = client.get(&format!("findings/{key}")).await?;
    let words = to_text(&finding);
    Ok(Reply { json: finding, words })
}

pub(super) fn to_text(finding: &Value) -> String {
    let text = |member: &str| one_line(finding[member].as_str().unwrap_or_default());
    let mut lines = vec![
        format!("{}  {}", text("key"), standing(finding)),
        text("title"),
        format!(
            "{}: {}   {} probable   {} at risk",
            text("check"),
            text("kind"),
            share(&finding["probability"]),
            money(&finding["atRisk"])
        ),
    ];
    if let Some(words) = finding["suppressed"]["words"].as_str() {
        lines.push(format!("not in the queue: {}", one_line(words)));
    }
    if let Some(at) = finding["goneAt"].as_str() {
        lines.push(format!("no longer found since {}", when(at)));
    }
    lines.push(String::new());
    for rows in array(&finding["rows"]).chunk_by(|one, next| one["ledger"] == next["ledger"]) {
        lines.extend(side_by_side(&rows[..rows.len().min(ROWS_SHOWN_MAX)]));
        if rows.len() > ROWS_SHOWN_MAX {
            let more = rows.len() - ROWS_SHOWN_MAX;
            lines.push(format!("  and {more} more of them; --json shows all"));
        }
    }
    lines.push(String::new());
    lines.push("why (each +1 makes it twice as likely, each -1 half as likely)".to_owned());
    for reason in array(&finding["evidence"]) {
        let bits = reason["bits"].as_f64().unwrap_or_default();
        let words = one_line(reason["words"].as_str().unwrap_or_default());
        lines.push(format!("  {bits:>+6.1}  {words}"));
    }
    lines.push(format!("innocent if: {}", text("innocentIf")));
    let history = array(&finding["history"]);
    if !history.is_empty() {
        lines.push(String::new());
        lines.extend(history.iter().map(entry));
    }
    lines.join("\n")
}

/// `duplicate, 4,310.00 recovered: the supplier agrees (with Ann)`
fn standing(of: &Value) -> String {
    let mut words = one_line(of["state"].as_str().unwrap_or_default()).replace('_', " ");
    if let Some(recovered) = of["recovered"].as_str() {
        words = format!("{words}, {} recovered", group_amount(recovered));
    }
    if let Some(because) = of["because"].as_str() {
        words = format!("{words}: {}", one_line(because));
    }
    match of["assignee"].as_str() {
        Some(name) => format!("{words} (with {})", one_line(name)),
        None => words,
    }
}

/// A table with a line for each field and a column for each row; `≠` where a row differs from the first.
fn side_by_side(rows: &[Value]) -> Vec<String> {
    let columns: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row["fields"].as_object())
        .flat_map(|fields| fields.keys().map(String::as_str))
        .collect();
    let value = |row: &Value, column: &str| {
        let text = one_line(row["fields"][column].as_str().unwrap_or("-"));
        match text.char_indices().nth(VALUE_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let heading = |row: &Value| {
        let text = |member: &str| one_line(row[member].as_str().unwrap_or_default());
        format!("  {} {}", text("ledger"), text("id"))
    };
    let mut lines: Vec<Vec<String>> =
        vec![std::iter::once(String::new()).chain(rows.iter().map(heading)).collect()];
    for column in columns {
        let differs = |row: &Value| {
            rows.first().is_some_and(|first| first["fields"][column] != row["fields"][column])
        };
        let cells = rows
            .iter()
            .map(|row| format!("{} {}", if differs(row) { "≠" } else { " " }, value(row, column)));
        lines.push(std::iter::once(one_line(column)).chain(cells).collect());
    }
    let sides = vec![Side::Left; rows.len() + 1];
    table(&sides, &lines).into_iter().map(|line| format!("  {line}")).collect()
}

fn entry(entry: &Value) -> String {
    let text = |member: &str| one_line(entry[member].as_str().unwrap_or_default());
    let at = when(entry["at"].as_str().unwrap_or_default());
    let what = match entry["what"].as_str() {
        Some("verdict") => format!("decided {}", standing(&entry["to"])),
        Some("undo") => format!("took back; it is {}", standing(&entry["to"])),
        Some("assign") => match entry["to"]["assignee"].as_str() {
            Some(name) => format!("gave it to {}", one_line(name)),
            None => "took it from whoever had it".to_owned(),
        },
        Some("recovered") => format!("now {}", standing(&entry["to"])),
        _ => text("words"),
    };
    format!("  {at}  {}  {what}", text("by"))
}

fn when(text: &str) -> String {
    text.parse().map_or_else(|_no_time| one_line(text), date_time)
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
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
            "title": "10983 and IO983 of ACME look the same", "probability": 0.97,
            "atRisk": { "amount": "4310.00", "currency": "GBP" }, "suppressed": null,
            "rows": [row("1", "10983"), row("2", "IO983")],
            "evidence": [
                { "field": "invoice_number", "words": "only letters that scanners confuse", "bits": 6.1 },
                { "field": "prior", "words": "few invoices are paid twice", "bits": -9.0 },
            ],
            "innocentIf": "they are two orders", "state": "duplicate", "recovered": "4310.00",
            "because": "they agree", "assignee": null, "goneAt": null,
            "history": [{ "entry": 1, "at": "2026-11-23T10:00:00Z", "by": "Ann", "what": "verdict",
                "to": { "state": "duplicate", "because": "they agree", "recovered": "4310.00" } }],
        });
        let expected = "\
fnd_1  duplicate, 4,310.00 recovered: they agree
10983 and IO983 of ACME look the same
duplicate_invoices: misread_character   97% probable   4,310.00 GBP at risk

                    APT 1      APT 2
  amount            4310.00    4310.00
  invoice_number    10983    ≠ IO983

why (each +1 makes it twice as likely, each -1 half as likely)
    +6.1  only letters that scanners confuse
    -9.0  few invoices are paid twice
innocent if: they are two orders

  23 Nov 2026 10:00 UTC  Ann  decided duplicate, 4,310.00 recovered: they agree";
        assert_eq!(to_text(&finding), expected);
    }
}
