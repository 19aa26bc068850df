//! Headers, and what stands round rows: titles, blank lines, totals.

use super::*;

/// The columns of these tables, by the fields they hold.
pub(super) const FIELDS: [&str; 10] = [
    "unique_id",
    "invoice_number",
    "supplier_ref",
    "supplier_name",
    "invoice_date",
    "entered_date",
    "paid_date",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
];

/// What stands round the rows.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) titles: usize,
    /// Behind every so-manieth row a blank line; 0 for none.
    pub(super) blank_every: usize,
    pub(super) total: Option<&'static str>,
    pub(super) has_footer: bool,
}

pub(super) fn frames() -> impl Strategy<Value = Frame> {
    let total = prop::sample::select(vec![
        None,
        None,
        None,
        None,
        Some("Total"),
        Some("Grand Total:"),
        Some("Summe"),
        Some("**"),
    ]);
    (
        prop_oneof![4 => Just(0_usize), 1 => 1..4_usize],
        prop_oneof![3 => Just(0_usize), 1 => 1..5_usize],
        total,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(titles, blank_every, total, has_footer)| Frame {
            titles,
            blank_every,
            total,
            has_footer,
        })
}

/// A header for each of [`FIELDS`]: our titles, or the names of one system or language.
pub(super) fn headers() -> impl Strategy<Value = Vec<String>> {
    let tables = NameTable::all().iter();
    let sections: Vec<&'static Section> = tables
        .map(|table| table.section(FileType::Transactions))
        .filter(|section| is_whole(section))
        .collect();
    assert!(sections.len() > 10, "many systems have all of these columns");
    let picks = prop::collection::vec(any::<prop::sample::Index>(), FIELDS.len());
    (prop::option::of(prop::sample::select(sections)), picks).prop_map(|(section, picks)| {
        let name = |(field, pick): (&&str, prop::sample::Index)| {
            let known = section.and_then(|section| names(section, field));
            // The first names are those it writes most; the others are of other lists of it.
            known.map_or_else(
                || title(field),
                |names| names[pick.index(names.len().min(3))].to_owned(),
            )
        };
        FIELDS.iter().zip(picks).map(name).collect()
    })
}

/// Returns `true` when a system has all of these columns: names of several are not met in one file.
fn is_whole(section: &Section) -> bool {
    FIELDS
        .iter()
        .filter(|field| **field != "invoice_amount_currency" && **field != "paid_date")
        .all(|field| names(section, field).is_some())
}

fn names(section: &Section, field: &str) -> Option<&'static [&'static str]> {
    section.fields.iter().find(|(name, _)| *name == field).map(|(_, names)| *names)
}

fn title(field: &str) -> String {
    Field::named(FileType::Transactions, field).unwrap().title().to_owned()
}

impl Frame {
    /// The lines above the header, each a cell.
    pub(super) fn titles(&self) -> Vec<Vec<String>> {
        let lines = ["Invoice Register", "Company: Example Ltd", "Printed on request"];
        lines.iter().take(self.titles).map(|line| vec![(*line).to_owned()]).collect()
    }
}
