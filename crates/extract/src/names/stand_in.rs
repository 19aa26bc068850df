//! Columns that hold another field than their header says first, where that one has no column.
//!
//! Not for: fields that follow from others (`headers`). Invariant: a column is given to another field
//! only when that lacks one and no mapping speaks of it.

use domain::FileType;

use super::normal;
use crate::fields::Field;

/// Headers of names that do not say whose; beside a bare one they are the supplier's.
const NAMES: [&str; 10] =
    ["name", "name1", "nom", "nombre", "nome", "naam", "navn", "namn", "nazwa", "nazev"];

/// Headers that name suppliers without saying whether by name or by number.
const BARE: [&str; 14] = [
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
    "payee",
    "tradingpartner",
];

/// The field of each column with how likely it is that, 0 the likeliest.
type Columns = [Option<(Field, usize)>];

/// Gives columns to the fields that lack one.
pub(super) fn fill_lacking(
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
        && !is_mapped(name)
    {
        give_number(headers, (name, number), columns);
    }
}

/// Of two columns of names the bare one holds numbers; and the only one where another column is one of names.
fn give_number(headers: &[&str], (name, number): (Field, Field), columns: &mut Columns) {
    let is_bare = |place: &usize| BARE.contains(&normal(headers[*place]).as_str());
    let names: Vec<usize> = ranks(name, columns).map(|(_, place)| place).collect();
    let (bare, others): (Vec<usize>, Vec<usize>) = names.iter().copied().partition(is_bare);
    let likeliest = likeliest(name, columns);
    let is_free = |place: &usize| {
        columns[*place].is_none() && NAMES.contains(&normal(headers[*place]).as_str())
    };
    let place = match (bare.as_slice(), others.as_slice()) {
        ([first, ..], [_, ..]) => Some(*first),
        ([only], []) => {
            let Some(place) = (0..columns.len()).find(is_free) else { return };
            columns[place] = columns[*only].map(|(_, rank)| (name, rank));
            Some(*only)
        }
        (several, _) => several.iter().find(|place| Some(**place) != likeliest).copied(),
    };
    if let Some(place) = place {
        give_to(number, &mut columns[place]);
    }
}

fn give_to(field: Field, column: &mut Option<(Field, usize)>) {
    *column = column.map(|(_, rank)| (field, rank));
}

fn likeliest(field: Field, columns: &Columns) -> Option<usize> {
    ranks(field, columns).min().map(|(_, place)| place)
}

/// The column least likely a field's; of equals the leftmost.
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
