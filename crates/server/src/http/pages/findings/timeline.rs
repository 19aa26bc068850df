//! What came before: what people did to a finding, and what its rows say happened.
//!
//! Invariant: entries are in the order in which they were.

use std::collections::BTreeSet;

use domain::finding::{
    FindingRow, FindingState, HistoryEntry, HistoryWord, ReasonCatalogue, ReasonCode,
};
use domain::{Amount, FileType, Money};
use jiff::civil::Date;

use super::people::People;
use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// Something that was done to a finding.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HistoryLine {
    /// Its number in the history.
    pub(super) entry: u64,
    pub(super) at: String,
    pub(super) what: String,
    /// The words of whoever did it.
    pub(super) words: Option<String>,
    /// The number of the entry, where the finding was kept with it as it was then.
    pub(super) as_decided: Option<u64>,
}

/// A day in the life of a supplier. The rows of the finding give theirs; others are added beside them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimelineEntry {
    day: Date,
    /// The place of its verb: on one day nothing is changed before it is created.
    stage: usize,
    pub(super) what: String,
    /// A row of this finding, not of its surroundings.
    pub(super) is_this: bool,
}

const SUPPLIER_NAME: &str = "supplier_name";

/// The days of a row that the timeline tells, and the verb of each, as they follow one another.
const DATE_VERBS: [(&str, &str); 7] = [
    ("created_date", "created"),
    ("start_date", "started"),
    ("invoice_date", "dated"),
    ("entered_date", "entered"),
    ("paid_date", "paid"),
    ("payment_cleared_date", "cleared"),
    ("modified_date", "changed"),
];

impl TimelineEntry {
    pub(super) fn day(&self) -> String {
        format::day(self.day)
    }
}

/// An entry of the history of a finding of `check`, whose money is in a currency.
pub(super) fn history_line(
    entry: &HistoryEntry,
    known: KnownChecks<'_>,
    (check, currency): (&str, Option<&str>),
    (people, reasons): (&People, &ReasonCatalogue),
) -> HistoryLine {
    let money = |amount| format::money(&Money { amount, currency: currency.map(str::to_owned) });
    let state_words = |state| known.state_words(state, check);
    let what = match entry.what {
        HistoryWord::Propose => {
            let state = entry.to.proposal.as_ref().map(|proposal| proposal.verdict.state);
            format!("proposed: {}", state.map_or("nothing", state_words))
        }
        HistoryWord::Undo if entry.from.proposal.is_some() => "took the proposal back".to_owned(),
        HistoryWord::Undo if entry.to.proposal.is_some() => {
            "undid the verdict; it is proposed again".to_owned()
        }
        HistoryWord::Verdict => {
            let recovered = entry.to.recovered.map(money);
            let recovered = recovered.map(|recovered| format!(", {recovered} recovered"));
            let (state, recovered) = (state_words(entry.to.state), recovered.unwrap_or_default());
            let after = entry
                .from
                .proposal
                .as_ref()
                .map(|proposal| format!(", after a proposal of {}", proposal.by));
            let after = after.unwrap_or_default();
            let due = entry.to.due.filter(|_| entry.to.state == FindingState::NeedsInformation);
            let due = due.map(|due| format!(", an answer expected by {}", format::day(due)));
            let due = due.unwrap_or_default();
            format!("decided{after}: {state}{recovered}{due}{}", no_reason(entry))
        }
        HistoryWord::Undo => match entry.to.state {
            FindingState::Open => "undid the verdict; it is open again".to_owned(),
            state => format!("undid the verdict; it is {} again", state_words(state)),
        },
        HistoryWord::Assign => match &entry.to.assignee {
            Some(address) => format!("assigned it to {}", people.label(address)),
            None => "removed the assignee".to_owned(),
        },
        HistoryWord::Comment => "commented".to_owned(),
        HistoryWord::Recovery => recovery_step(entry, money),
        HistoryWord::Rest => rest(entry, money),
        HistoryWord::Recovered => match entry.to.recovered {
            Some(amount) => format!("recorded {} as recovered", money(amount)),
            None => "recorded that nothing was recovered".to_owned(),
        },
    };
    HistoryLine {
        entry: entry.entry,
        at: format::moment(entry.at),
        what: format!("{} {what}", people.named(&entry.by, entry.who.as_deref())),
        words: reasons.in_words(code_of(entry), entry.words.as_deref()),
        as_decided: entry.finding.is_some().then_some(entry.entry),
    }
}

/// The code of the reason that an entry gives.
pub(super) fn code_of(entry: &HistoryEntry) -> Option<&ReasonCode> {
    match entry.what {
        HistoryWord::Verdict => entry.to.reason_code.as_ref(),
        HistoryWord::Propose => entry.to.proposal.as_ref()?.verdict.reason_code.as_ref(),
        _ => None,
    }
}

/// A step of money on its way back.
fn recovery_step(entry: &HistoryEntry, money: impl Fn(Amount) -> String) -> String {
    let Some(step) = &entry.to.recovery else {
        return "set the money back to: to ask for".to_owned();
    };
    let amount = step.amount.map(|amount| format!(", {}", money(amount)));
    let reference = step.reference.as_ref().map(|of| format!(", {of}"));
    let due = entry.to.due.map(|due| format!(", expected by {}", format::day(due)));
    format!(
        "set the money to: {}{} on {}{}{}",
        step.stage.title().to_lowercase(),
        amount.unwrap_or_default(),
        format::day(step.on),
        reference.unwrap_or_default(),
        due.unwrap_or_default()
    )
}

/// What follows of a part that came: `noted: received in part; £50.00 is still promised`
fn rest(entry: &HistoryEntry, money: impl Fn(Amount) -> String) -> String {
    let Some(step) = &entry.to.recovery else { return "noted: received in part".to_owned() };
    let came = entry.to.recovered.unwrap_or_default().ten_thousandths();
    let left = step.amount.map(|all| all.ten_thousandths().saturating_sub(came));
    let left = left
        .map_or_else(|| "the rest".to_owned(), |left| money(Amount::from_ten_thousandths(left)));
    format!("noted: received in part; {left} is still {}", step.stage.title().to_lowercase())
}

/// A verdict of which nobody said why says so itself: an auditor reads no statement that nobody made.
const fn no_reason(entry: &HistoryEntry) -> &'static str {
    if entry.words.is_none() { " (no reason given)" } else { "" }
}

/// The days that the rows of a finding speak of; where they are of several suppliers, each with its name.
/// A day that is derived from another is no event of its own.
pub(super) fn timeline(rows: &[FindingRow], derived: &DerivedFields) -> Vec<TimelineEntry> {
    let suppliers = supplier_names(rows);
    let of_row = |row| row_entries(row, &suppliers, derived);
    let mut entries: Vec<TimelineEntry> = rows.iter().flat_map(of_row).collect();
    entries.sort();
    entries.dedup();
    entries
}

/// The names of the suppliers that rows speak of, each once.
pub(in crate::http::pages) fn supplier_names(rows: &[FindingRow]) -> BTreeSet<&str> {
    rows.iter().filter_map(|row| row.fields.get(SUPPLIER_NAME)).map(String::as_str).collect()
}

/// The days of one row, with the name of its supplier where it is one of several.
fn row_entries(
    row: &FindingRow,
    suppliers: &BTreeSet<&str>,
    derived: &DerivedFields,
) -> Vec<TimelineEntry> {
    let text = |name: &str| row.fields.get(name).map(String::as_str);
    let name = text(SUPPLIER_NAME).filter(|_| suppliers.len() > 1);
    let of = name.map(|name| format!(" of {name}")).unwrap_or_default();
    let subject = match text("invoice_number") {
        Some(number) => format!("Invoice {number}{of}"),
        None => format!("{} {}{of}", super::labels::row_word(row.ledger), row.id),
    };
    let amount = |name: &str, currency: &str| {
        let amount = text(name)?.parse().ok()?;
        Some(format::money(&Money { amount, currency: text(currency).map(str::to_owned) }))
    };
    let amount = amount("invoice_amount", "invoice_amount_currency")
        .or_else(|| amount("base_amount", "base_amount_currency"));
    let told = DATE_VERBS.iter().enumerate().filter_map(|(stage, (name, verb))| {
        let is_derived = row.ledger == FileType::Transactions && derived.source(name).is_some();
        let day: Date = text(name).filter(|_| !is_derived)?.parse().ok()?;
        let what = match (&amount, *name) {
            (Some(amount), "invoice_date" | "paid_date") => format!("{subject} {verb}, {amount}"),
            _ => format!("{subject} {verb}"),
        };
        Some(TimelineEntry { day, stage, what, is_this: true })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_days_of_rows_are_in_order() {
        let row = |number: &str, dated: &str, paid: &str| FindingRow {
            withheld: Vec::new(),
            ledger: FileType::Transactions,
            id: number.to_owned(),
            fields: BTreeMap::from(
                [
                    ("invoice_number", number),
                    ("invoice_date", dated),
                    ("paid_date", paid),
                    ("payment_cleared_date", "2026-03-23"),
                    ("base_amount", "4310"),
                    ("base_amount_currency", "GBP"),
                ]
                .map(|(name, text)| (name.to_owned(), text.to_owned())),
            ),
        };
        let rows = [row("10983", "2026-03-03", "2026-03-20"), row("IO983", "2026-03-15", "soon")];
        let none = DerivedFields::default();
        let told: Vec<_> = timeline(&rows, &none)
            .iter()
            .map(|entry| format!("{} {}", entry.day(), entry.what))
            .collect();
        assert_eq!(
            told,
            [
                "3 Mar 2026 Invoice 10983 dated, £4,310.00",
                "15 Mar 2026 Invoice IO983 dated, £4,310.00",
                "20 Mar 2026 Invoice 10983 paid, £4,310.00",
                "23 Mar 2026 Invoice 10983 cleared",
                "23 Mar 2026 Invoice IO983 cleared",
            ]
        );
        let dated = DerivedFields::made_up("invoice_date", "Paid");
        let told: Vec<_> = timeline(&rows, &dated).into_iter().map(|entry| entry.what).collect();
        let expected =
            ["Invoice 10983 paid, £4,310.00", "Invoice 10983 cleared", "Invoice IO983 cleared"];
        assert_eq!(told, expected, "nobody dated it so");
        let on_one_day = ["modified_date", "created_date"]
            .map(|name| (name.to_owned(), "2025-12-06".to_owned()));
        let supplier = FindingRow {
            withheld: Vec::new(),
            ledger: FileType::Suppliers,
            id: "S1".to_owned(),
            fields: on_one_day.into(),
        };
        let told = timeline(&[supplier], &none).into_iter().map(|entry| entry.what);
        assert_eq!(told.collect::<Vec<_>>(), ["Supplier S1 created", "Supplier S1 changed"]);
        let mut two = rows;
        for (row, name) in two.iter_mut().zip(["Burnt Croft", "Paddock Hill"]) {
            row.fields.insert(SUPPLIER_NAME.to_owned(), name.to_owned());
        }
        let told = timeline(&two, &none);
        assert_eq!(told[0].what, "Invoice 10983 of Burnt Croft dated, £4,310.00");
        assert_eq!(told[1].what, "Invoice IO983 of Paddock Hill dated, £4,310.00");
    }
}
