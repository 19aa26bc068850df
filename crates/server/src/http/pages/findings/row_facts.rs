//! The facts of a finding's rows by which a list tells one finding from another: whose, which numbers, of
//! when, paid or not.
//!
//! Not for: the rows side by side (`comparison`).
//!
//! Invariant: rows were masked before; whether something is paid is said only where the ledger says it.

use std::collections::BTreeSet;

use domain::FileType;
use domain::finding::{Finding, FindingRow, Lane};
use domain::text::each_once;
use jiff::civil::Date;

use super::comparison::{Piece, marked_numbers};
use crate::http::pages::format;

/// The rows of a finding as a list tells of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowFacts {
    /// The supplier or employee of the rows; with what was found, where they are nobody's.
    pub(super) party: String,
    /// The numbers that are shown, what differs marked.
    pub(super) numbers: Vec<Vec<Piece>>,
    /// The count behind them, such as `×2` or `+3`.
    pub(super) more: String,
    pub(super) days: String,
    /// `both`, `one`, `none`; empty where the ledger does not say.
    pub(super) paid: String,
    /// Why that is, in a sentence.
    pub(super) paid_words: String,
}

/// The marks on numbers that stand beside one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marking {
    /// They may be one number written twice: letters that differ are marked.
    Letters,
    /// They are different things.
    Nothing,
}

/// More are counted, and not named.
const NAMED_MAX: usize = 2;

impl RowFacts {
    pub(super) fn of(finding: &Finding, marking: Marking) -> Self {
        let invoices: Vec<&FindingRow> =
            finding.rows.iter().filter(|row| row.ledger.is_of_invoices()).collect();
        let (numbers, more) = numbers(&invoices, &finding.rows, marking);
        let (paid, paid_words) = paid(&invoices, finding.lane);
        Self { party: party(finding), numbers, more, days: days(&invoices), paid, paid_words }
    }
}

/// The names of the suppliers, or what stands for them.
fn party(finding: &Finding) -> String {
    let named = distinct(finding.rows.iter().filter_map(|row| row.fields.get("supplier_name")));
    let ids = || distinct(finding.rows.iter().filter_map(reference));
    let names = if named.is_empty() { ids() } else { named };
    match names.as_slice() {
        [] => format::prose(&finding.title),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} ⇄ {other}"),
        [one, rest @ ..] => format!("{one} +{}", rest.len()),
    }
}

/// The reference of a row's supplier: where no list of suppliers was sent a row of one is known by it alone.
fn reference(row: &FindingRow) -> Option<&String> {
    let own = (row.ledger == FileType::Suppliers).then_some(&row.id);
    row.fields.get("supplier_ref").or(own)
}

/// Returns `true` for a row of a supplier beside whose name its number says something.
fn is_named_supplier(row: &FindingRow) -> bool {
    row.ledger == FileType::Suppliers && row.fields.contains_key("supplier_name")
}

/// The numbers of invoices, else of the rows of suppliers.
fn numbers(
    invoices: &[&FindingRow],
    rows: &[FindingRow],
    marking: Marking,
) -> (Vec<Vec<Piece>>, String) {
    let suppliers = rows.iter().filter(|row| is_named_supplier(row));
    let (texts, count) = if invoices.is_empty() {
        let ids = distinct(suppliers.map(|row| &row.id));
        let count = ids.len();
        (ids, count)
    } else {
        let numbered = invoices.iter().filter_map(|row| row.fields.get("invoice_number"));
        (distinct(numbered), invoices.len())
    };
    let named: Vec<String> = texts.iter().take(NAMED_MAX).map(|text| (*text).to_owned()).collect();
    let more = match (texts.len(), count) {
        (0, _) => String::new(),
        (1, 2..) => format!("×{count}"),
        (known, _) if known > NAMED_MAX => format!("+{}", known - NAMED_MAX),
        _ => String::new(),
    };
    let marked = marked_numbers(&named);
    // Marks all over two texts show nothing.
    let is_all = marked.iter().all(|pieces| pieces.iter().all(|piece| piece.differs));
    let is_pair = invoices.len() == 2 && marked.len() == 2;
    if marking == Marking::Letters && is_pair && !is_all {
        return (marked, more);
    }
    let plain = |text: String| vec![Piece { text, differs: false }];
    (named.into_iter().map(plain).collect(), more)
}

fn distinct<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<&'t str> {
    each_once(texts.map(|text| text.trim()).filter(|text| !text.is_empty()))
}

/// The days of the invoices: one, or from the first to the last.
fn days(invoices: &[&FindingRow]) -> String {
    let dates = invoices.iter().filter_map(|row| row.fields.get("invoice_date")?.parse().ok());
    let dates: BTreeSet<Date> = dates.collect();
    match (dates.first(), dates.last()) {
        (Some(first), Some(last)) => format::short_days(*first, *last),
        _ => String::new(),
    }
}

/// The word and the sentence for which of the invoices are paid.
fn paid(invoices: &[&FindingRow], lane: Lane) -> (String, String) {
    let (count, paid) = (invoices.len(), invoices.iter().filter(|row| row.is_paid()).count());
    let (word, sentence) = match (paid, count) {
        // A ledger that names no day of payment says of none that it is not paid.
        (0, 0) => return (String::new(), String::new()),
        (0, _) if lane != Lane::StopPayment => return (String::new(), String::new()),
        (0, 1) => ("no".to_owned(), "It is not paid".to_owned()),
        (0, _) => ("none".to_owned(), "None of them is paid".to_owned()),
        (1, 1) => ("yes".to_owned(), "It is paid".to_owned()),
        (2, 2) => ("both".to_owned(), "Both are paid".to_owned()),
        (1, 2) => ("one".to_owned(), "One of the two is paid".to_owned()),
        _ if paid == count => ("all".to_owned(), format!("All {count} are paid")),
        _ => (format!("{paid} of {count}"), format!("{paid} of {count} are paid")),
    };
    (word, sentence)
}

#[cfg(test)]
mod tests {
    use domain::FindingKey;
    use serde_json::json;

    use super::*;

    /// The ledger, the identifier and the fields of a row.
    type RowTold<'t> = (&'t str, &'t str, &'t [(&'t str, &'t str)]);

    fn finding(lane: Lane, rows: &[RowTold<'_>]) -> Finding {
        let row = |(ledger, id, fields): &RowTold<'_>| {
            let fields: serde_json::Map<String, serde_json::Value> =
                fields.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
            json!({ "ledger": ledger, "id": id, "fields": fields })
        };
        serde_json::from_value(json!({
            "key": FindingKey::new("c", []), "check": "c", "kind": "c", "title": "Found GBP 1.00",
            "lane": lane, "probability": null, "atRisk": null, "evidence": [], "innocentIf": "",
            "suppressed": null, "pattern": null, "rows": rows.iter().map(row).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    #[test]
    fn two_invoices_are_told_apart_in_one_line() {
        let two = finding(
            Lane::StopPayment,
            &[
                (
                    "APT",
                    "1",
                    &[
                        ("supplier_name", "Alder"),
                        ("invoice_number", "10983"),
                        ("invoice_date", "2026-03-12"),
                        ("paid_date", "2026-04-30"),
                    ],
                ),
                (
                    "APT",
                    "2",
                    &[
                        ("supplier_name", "Alder"),
                        ("invoice_number", "IO983"),
                        ("invoice_date", "2026-04-15"),
                    ],
                ),
            ],
        );
        let facts = RowFacts::of(&two, Marking::Letters);
        let text = |pieces: &[Piece]| {
            let marked = |piece: &Piece| {
                if piece.differs { format!("[{}]", piece.text) } else { piece.text.clone() }
            };
            pieces.iter().map(marked).collect::<String>()
        };
        let numbers: Vec<String> = facts.numbers.iter().map(|pieces| text(pieces)).collect();
        assert_eq!(numbers, ["[10]983", "[IO]983"]);
        let unmarked = RowFacts::of(&two, Marking::Nothing).numbers;
        let unmarked: Vec<String> = unmarked.iter().map(|pieces| text(pieces)).collect();
        assert_eq!(unmarked, ["10983", "IO983"]);
        assert_eq!((facts.party.as_str(), facts.more.as_str()), ("Alder", ""));
        assert_eq!(facts.days, "12 Mar – 15 Apr 26");
        assert_eq!(
            (facts.paid.as_str(), facts.paid_words.as_str()),
            ("one", "One of the two is paid")
        );
    }

    #[test]
    fn what_the_ledger_does_not_say_is_not_said() {
        let unpaid: (&str, &str, &[(&str, &str)]) = ("APT", "1", &[("invoice_number", "7")]);
        for (lane, rows, paid) in [
            (Lane::Recover, vec![unpaid, unpaid], ""),
            (Lane::StopPayment, vec![unpaid, unpaid], "none"),
            (Lane::StopPayment, vec![unpaid], "no"),
            (Lane::LookInto, vec![("Suppliers", "S1", &[][..])], ""),
        ] {
            let facts = RowFacts::of(&finding(lane, &rows), Marking::Letters);
            assert_eq!(facts.paid, paid, "{lane:?} {rows:?}");
        }
        let three = finding(Lane::Recover, &[unpaid, unpaid, unpaid]);
        let same = RowFacts::of(&three, Marking::Letters);
        assert_eq!((same.numbers.len(), same.more.as_str()), (1, "×3"));
        assert_eq!(same.party, "Found £1.00");
        let three = finding(
            Lane::LookInto,
            &[
                ("Suppliers", "S1", &[("supplier_name", "A")]),
                ("Suppliers", "S2", &[("supplier_name", "B")]),
                ("Suppliers", "S3", &[("supplier_name", "C")]),
            ],
        );
        let suppliers = RowFacts::of(&three, Marking::Letters);
        let is_marked = suppliers.numbers.iter().flatten().any(|piece| piece.differs);
        assert!(!is_marked, "two suppliers are not one number written twice");
        assert_eq!((suppliers.party.as_str(), suppliers.more.as_str()), ("A +2", "+1"));
        // Without a list of suppliers their numbers are all that is known of them.
        let unnamed = finding(Lane::LookInto, &[("Suppliers", "S9", &[][..])]);
        let unnamed = RowFacts::of(&unnamed, Marking::Letters);
        assert_eq!((unnamed.party.as_str(), unnamed.numbers.len()), ("S9", 0));
    }
}
