//! Columns that hold another field than their header says first, where that one has no column.
//!
//! Not for: fields that follow from others (`headers`). Invariant: a column is given to another field
//! only when that lacks one and no mapping speaks of it.

use domain::FileType;

use super::normal;
use crate::fields::Field;

/// Headers that name suppliers without saying whether by name or by number.
const BARE: [&str; 12] = [
    "vendor",
    "supplier",
    "creditor",
    "lieferant",
    "kreditor",
    "fournisseur",
    "proveedor",
    "fornitore",
    "fornecedor",
    "leverancier",
    "leverandor",
    "leverantor",
];

/// The field of each column with how likely it is that, 0 the likeliest.
type Columns = [Option<(Field, usize)>];

/// Gives columns to the fields that lack one.
pub(super) fn give(
    file_type: FileType,
    headers: &[&str],
    columns: &mut Columns,
    is_mapped: impl Fn(Field) -> bool,
) {
    let named = |name| Field::named(file_type, name);
    let is_open = |field: Field, columns: &Columns| {
        !is_mapped(field) && columns.iter().flatten().all(|(other, _)| *other != field)
    };
    if let (Some(amount), Some(base)) = (named("invoice_amount"), named("base_amount"))
        && is_open(amount, columns)
        && let Some(place) = least_likely(base, columns)
    {
        // A list in one currency has one amount; the other follows from it.
        give_to(amount, &mut columns[place]);
    }
    if let (Some(name), Some(number)) = (named("supplier_name"), named("supplier_ref"))
        && is_open(number, columns)
        && let Some(best) = likeliest(name, columns)
    {
        let is_bare = |place: usize| BARE.contains(&normal(headers[place]).as_str());
        let is_name = |place: usize| columns[place].is_some_and(|(field, _)| field == name);
        let other =
            (0..columns.len()).find(|place| *place != best && is_name(*place) && is_bare(*place));
        if let Some(place) = other {
            give_to(number, &mut columns[place]);
        }
    }
}

fn give_to(field: Field, column: &mut Option<(Field, usize)>) {
    *column = column.map(|(_, rank)| (field, rank));
}

fn likeliest(field: Field, columns: &Columns) -> Option<usize> {
    ranks(field, columns).min().map(|(_, place)| place)
}

/// Of equals the leftmost.
fn least_likely(field: Field, columns: &Columns) -> Option<usize> {
    let ranks = ranks(field, columns);
    ranks.max_by_key(|(rank, place)| (*rank, std::cmp::Reverse(*place))).map(|(_, place)| place)
}

/// The columns of a field, each by how likely it is.
fn ranks(field: Field, columns: &Columns) -> impl Iterator<Item = (usize, usize)> {
    let of_field = columns.iter().enumerate();
    of_field.filter_map(move |(place, column)| match column {
        Some((other, rank)) if *other == field => Some((*rank, place)),
        _ => None,
    })
}
