//! A supplier in brief, as the page of a finding shows it too: since when it bills and how much, its terms,
//! and at the last change of its bank what it was before, with the telephone that was known then.
//!
//! Invariant: a number to call back is one from before the change, never one that came with it.

use domain::ledger_view::{DaySum, SupplierHistory, Variation};
use domain::{Amount, FileType, Money, Visibility};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::http::pages::ledger::fields;
use crate::http::pages::{field_labels, format};

const SUPPLIERS: FileType = FileType::Suppliers;
/// The columns by which a supplier is reached and told that something changed.
const CONTACTS: [&str; 2] = ["telephone", "email"];

/// Facts in the order in which they are read.
pub(super) struct SupplierFacts {
    pub(super) facts: Vec<(String, String)>,
    pub(super) change: Option<BankChange>,
}

/// The last change of where its money goes.
pub(super) struct BankChange {
    pub(super) on: String,
    /// The columns that changed, before and after.
    pub(super) lines: Vec<(String, String, String)>,
    /// The ways in which it was reached before, each with a word on a change of that.
    pub(super) contacts: Vec<(String, String, &'static str)>,
}

impl SupplierFacts {
    pub(super) fn new(history: &SupplierHistory, today: Date, visibility: Visibility) -> Self {
        let mut facts = Vec::new();
        let year = LastYear::new(history, today);
        if let Some(first) = history.months.first() {
            let since = format::month(first.month);
            facts.push(("Bills since".to_owned(), since));
            let last = history.months.last().map(|month| format::month(month.month));
            let in_all = || {
                let all = in_invoices(history, &history.billed).unwrap_or_default();
                let last = last.map(|month| format!(", the last in {month}"));
                ("Billed in all", format!("{all}{}", last.unwrap_or_default()))
            };
            let in_year = year.of(history, &history.billed);
            let (label, told) =
                in_year.map_or_else(in_all, |told| ("Billed in the last year", told));
            facts.push((label.to_owned(), told));
        }
        facts.extend(paid(history, &year));
        let newest = history.variations.first();
        for column in ["payment_terms", "created_date", "status"] {
            let value = newest.map_or("", |variation| text(variation, column));
            if !value.is_empty() {
                let label = field_labels::label(column).into_owned();
                facts.push((label, fields::masked_text(SUPPLIERS, column, value, visibility)));
            }
        }
        Self { facts, change: bank_change(&history.variations, visibility) }
    }
}

/// The year that ends on the last day of the ledger: what came in since it was sent, nobody knows.
struct LastYear {
    /// The day before its first.
    before: Date,
    last: Date,
    is_over: bool,
}

impl LastYear {
    /// A day still to come, such as a slip of the keys, ends no year.
    fn new(history: &SupplierHistory, today: Date) -> Self {
        let last = history.newest_day.map_or(today, |newest| newest.min(today));
        Self { before: last.saturating_sub(1.year()), last, is_over: last < today }
    }

    /// `£5.00 in 2 invoices, up to 20 Nov 2026`; none where no invoice is in it.
    fn of(&self, history: &SupplierHistory, days: &[DaySum]) -> Option<String> {
        let from = days.partition_point(|sum| sum.day <= self.before);
        let to = days.partition_point(|sum| sum.day <= self.last);
        let told = in_invoices(history, &days[from..to])?;
        let until = if self.is_over {
            format!(", up to {}", format::day(self.last))
        } else {
            String::new()
        };
        Some(format!("{told}{until}"))
    }
}

/// The sum that was paid, and when last; nothing where the ledger names no day of payment.
fn paid(history: &SupplierHistory, year: &LastYear) -> Vec<(String, String)> {
    let Some(last) = history.last_paid else { return Vec::new() };
    let (label, sum) = match year.of(history, &history.paid) {
        Some(lately) => ("Paid in the last year", lately),
        None => ("Paid in all", in_invoices(history, &history.paid).unwrap_or_default()),
    };
    vec![(label.to_owned(), sum), ("Last paid".to_owned(), format::day(last))]
}

/// `£5.00 in 2 invoices`; none where there is no invoice.
fn in_invoices(history: &SupplierHistory, days: &[DaySum]) -> Option<String> {
    let (mut invoices, mut sum) = (0, 0_i64);
    for day in days {
        invoices += day.invoices;
        sum = sum.saturating_add(day.amount.ten_thousandths());
    }
    let money =
        Money { amount: Amount::from_ten_thousandths(sum), currency: history.currency.clone() };
    let counted = format::counted(invoices, "invoice", "invoices");
    (invoices > 0).then(|| format!("{} in {counted}", format::money(&money)))
}

fn text<'v>(variation: &'v Variation, column: &str) -> &'v str {
    variation.fields.get(column).map_or("", String::as_str)
}

/// The newest of two variations one after the other whose bank is not the same.
fn bank_change(variations: &[Variation], visibility: Visibility) -> Option<BankChange> {
    let bank = SUPPLIERS.spec().bank;
    let differs = |one: &Variation, other: &Variation, column: &str| {
        let (after, before) = (text(one, column), text(other, column));
        !before.is_empty() && !after.is_empty() && before != after
    };
    let pair = variations.windows(2).find_map(|two| {
        let [after, before] = two else { return None };
        bank.iter().any(|column| differs(after, before, column)).then_some((after, before))
    });
    let (after, before) = pair?;
    let shown = |variation: &Variation, column: &str| {
        fields::masked_text(SUPPLIERS, column, text(variation, column), visibility)
    };
    let changed = bank.iter().filter(|column| differs(after, before, column));
    let lines = changed.map(|column| {
        (field_labels::label(column).into_owned(), shown(before, column), shown(after, column))
    });
    let known = CONTACTS.iter().filter(|column| !text(before, column).is_empty());
    let contacts = known.map(|column| {
        let changed = if differs(after, before, column) {
            "changed together with the bank: do not use the new one"
        } else {
            "did not change"
        };
        (field_labels::label(column).into_owned(), shown(before, column), changed)
    });
    Some(BankChange {
        on: super::since(after),
        lines: lines.collect(),
        contacts: contacts.collect(),
    })
}

#[cfg(test)]
mod tests {
    use domain::ledger_view::BilledMonth;

    use super::*;

    fn day(day: &str, invoices: u64, pounds: i64) -> DaySum {
        let amount = Amount::from_ten_thousandths(pounds * 10_000);
        DaySum { day: day.parse().unwrap(), invoices, amount }
    }

    #[test]
    fn the_last_year_ends_with_the_ledger() {
        let today = "2026-11-23".parse().unwrap();
        for (newest, told) in [
            (None, Some("£6.00 in 3 invoices")),
            (Some("2026-11-23"), Some("£6.00 in 3 invoices")),
            // A slip of the keys.
            (Some("2062-11-23"), Some("£6.00 in 3 invoices")),
            (Some("2026-11-21"), Some("£8.00 in 3 invoices, up to 21 Nov 2026")),
            (Some("2025-11-23"), Some("£7.00 in 2 invoices, up to 23 Nov 2025")),
            (Some("2024-11-21"), None),
        ] {
            let history = SupplierHistory {
                newest_day: newest.map(|day| day.parse().unwrap()),
                currency: Some("GBP".to_owned()),
                ..SupplierHistory::default()
            };
            let billed = [
                day("2025-11-22", 1, 3),
                day("2025-11-23", 1, 4),
                day("2025-11-24", 1, 1),
                day("2026-11-22", 2, 5),
            ];
            let year = LastYear::new(&history, today);
            assert_eq!(year.of(&history, &billed).as_deref(), told, "{newest:?}");
        }
    }

    #[test]
    fn a_supplier_is_called_by_the_number_from_before() {
        let variation = |iban: &str, telephone: &str| Variation {
            is_active: true,
            since: None,
            ended: None,
            fields: [("iban", iban), ("telephone", telephone), ("payment_terms", "30 days")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        };
        let month = |month: &str, pounds: i64| BilledMonth {
            month: month.parse().unwrap(),
            invoices: 2,
            billed: Amount::from_ten_thousandths(pounds * 10_000),
        };
        let history = SupplierHistory {
            reference: "S1".to_owned(),
            variations: vec![
                variation("GB33BUKB20201555555512", "0700 900"),
                variation("GB82WEST12345698765432", "0114 496"),
                variation("GB82WEST12345698765432", "0114 111"),
            ],
            months: vec![month("2024-01-01", 7), month("2026-10-01", 5)],
            billed: vec![day("2024-01-05", 2, 7), day("2026-10-01", 2, 5)],
            paid: vec![day("2026-11-20", 1, 3)],
            last_paid: "2026-11-20".parse().ok(),
            newest_day: None,
            currency: Some("GBP".to_owned()),
        };
        let today = "2026-11-23".parse().unwrap();
        let told = SupplierFacts::new(&history, today, Visibility::Full);
        let facts: Vec<String> =
            told.facts.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        assert_eq!(
            facts,
            [
                "Bills since: Jan 2024",
                "Billed in the last year: £5.00 in 2 invoices",
                "Paid in the last year: £3.00 in 1 invoice",
                "Last paid: 20 Nov 2026",
                "Payment terms: 30 days"
            ]
        );
        let later = SupplierFacts::new(&history, "2028-01-01".parse().unwrap(), Visibility::Full);
        let said =
            ("Billed in all".to_owned(), "£12.00 in 4 invoices, the last in Oct 2026".to_owned());
        assert_eq!(later.facts[1], said);
        let paid = ("Paid in all".to_owned(), "£3.00 in 1 invoice".to_owned());
        assert_eq!(later.facts[2], paid);
        let change = told.change.unwrap();
        assert_eq!(change.lines.len(), 1);
        assert_eq!(change.contacts[0].1, "0114 496");
        assert!(change.contacts[0].2.starts_with("changed together"));
        let masked = SupplierFacts::new(&history, today, Visibility::Masked).change.unwrap();
        assert!(masked.lines[0].1.ends_with("5432") && !masked.lines[0].1.contains("WEST"));
        assert!(!masked.contacts[0].1.contains("0114"), "{}", masked.contacts[0].1);
        let one = SupplierHistory { variations: vec![variation("", "")], ..history };
        assert!(SupplierFacts::new(&one, today, Visibility::Full).change.is_none());
    }
}
