//! The suppliers of a group of invoices in words: by the names that stand on these invoices, whatever others
//! their references bear.

use domain::digits::grouped;
use domain::finding::{Evidence, party};
use domain::text::each_once;
use evidence::duplicates::Kind;
use evidence::entities::company_name;
use evidence::habits::{Habits, Place};
use evidence::invoice_number::InvoiceNumber;
use evidence::invoices::Invoices;
use evidence::weigh::{Pair, WeighedPair};

use super::InvoiceTable;
use crate::run::draft;

/// Characters by which two numbers begin alike from which on one says something of the other, and by how many
/// more than those of another supplier.
const ALIKE_MIN: usize = 5;
const ALIKE_APART: usize = 3;
/// Names that a title gives to one party; more are counted.
const NAMES_NAMED_MAX: usize = 2;

/// Invoices by the party they are of, in the order of the invoices.
fn parties(table: &InvoiceTable, members: &[usize]) -> Vec<Vec<usize>> {
    let mut parties: Vec<Vec<usize>> = Vec::new();
    for at in members.iter().copied() {
        let is_of_one = |of: &&mut Vec<usize>| table.invoices.are_of_one_supplier(of[0], at);
        match parties.iter_mut().find(is_of_one) {
            Some(of) => of.push(at),
            None => parties.push(vec![at]),
        }
    }
    parties
}

/// The references of invoices, each once.
fn references<'a>(table: &'a InvoiceTable, members: &[usize]) -> Vec<&'a str> {
    each_once(members.iter().map(|at| table.supplier_of(*at).0))
}

/// The names on invoices, each once; how a name is written makes no other of it.
fn names<'a>(table: &'a InvoiceTable, members: &[usize]) -> Vec<&'a str> {
    let mut names: Vec<(String, &str)> = Vec::new();
    for at in members {
        let (_, name) = table.supplier_of(*at);
        let canonical = company_name::canonical(name).squeezed();
        if !name.trim().is_empty() && names.iter().all(|(known, _)| *known != canonical) {
            names.push((canonical, name));
        }
    }
    names.into_iter().map(|(_, name)| name).collect()
}

/// Some names in words: of many the first.
fn named(names: &[&str]) -> String {
    match names.len().saturating_sub(NAMES_NAMED_MAX) {
        0 => names.join(" and "),
        1 => format!("{} and {}", names[..NAMES_NAMED_MAX].join(", "), names[NAMES_NAMED_MAX]),
        more => format!("{} and {more} others", names[..NAMES_NAMED_MAX].join(", ")),
    }
}

/// Suppliers of invoices by the names on these and the references: `Alder Works Ltd (S1, S9)`, and others
/// behind.
pub(super) fn suppliers(table: &InvoiceTable, members: &[usize]) -> String {
    let written =
        |of: &Vec<usize>| party(&named(&names(table, of)), &references(table, of).join(", "));
    parties(table, members).iter().map(written).collect::<Vec<_>>().join(" and ")
}

/// Evidence of the suppliers of a group: which are taken for one, and which are not.
pub(super) fn of_suppliers(
    table: &InvoiceTable,
    habits: &Habits,
    best: &WeighedPair,
    members: &[usize],
) -> Vec<Evidence> {
    let parties = parties(table, members);
    let of_parties: Vec<Vec<&str>> = parties.iter().map(|of| references(table, of)).collect();
    let of_one = of_parties.iter().filter(|references| references.len() > 1).map(|references| {
        format!(
            "{} are taken for one supplier, as they bear one name but for capitals, punctuation and legal \
             form: what it usually does is learnt from the invoices of all",
            references.join(" and ")
        )
    });
    let mut words: Vec<String> = of_one.collect();
    let collective = members.iter().find_map(|at| {
        Some((table.supplier_of(*at).0, table.payees.names_of_collective(&table.invoices, *at)?))
    });
    if let Some((reference, names)) = collective {
        words.push(format!(
            "{reference} is a collective account: {} different names were billed under it, and each counts \
             as a supplier of its own",
            grouped(&names.to_string())
        ));
    }
    for of in &parties {
        let names = names(table, of);
        if names.len() > 1 {
            words.push(format!(
                "the rows bear different names under {}: {}",
                references(table, of).join(" and "),
                named(&names)
            ));
        }
    }
    if Kind::of(&table.invoices, best) == Kind::WrongSupplier {
        words.push(whose(table, habits, &best.pair));
    } else if parties.len() > 1 {
        let named: Vec<String> = if collective.is_some() {
            parties.iter().map(|of| named(&names(table, of))).collect()
        } else {
            of_parties.iter().map(|references| references.join(", ")).collect()
        };
        words.push(format!(
            "{} are different suppliers: an invoice of one looks like one of the other as well",
            named.join(" and ")
        ));
    }
    words.into_iter().map(|words| draft::reason("supplier_ref", words, 0.0)).collect()
}

/// The invoice of a pair that was keyed under the wrong supplier, as far as their numbering tells.
pub(super) fn misposted(
    table: &InvoiceTable,
    habits: &Habits,
    best: &WeighedPair,
) -> Option<usize> {
    if best.joint.is_some() || Kind::of(&table.invoices, best) != Kind::WrongSupplier {
        return None;
    }
    let pair = &best.pair;
    let by_likest = || {
        let (right, _) = likest_of(table, habits, pair)?;
        Some(if right == pair.a { pair.b } else { pair.a })
    };
    stray(table, habits, pair).or_else(by_likest)
}

/// The one invoice of a pair that does not fit into the numbering of its supplier; none where both do, or
/// neither.
fn stray(table: &InvoiceTable, habits: &Habits, pair: &Pair) -> Option<usize> {
    let strays =
        |at: usize, without: usize| habits.place(&table.invoices, at, without) == Place::Strays;
    match (strays(pair.a, pair.b), strays(pair.b, pair.a)) {
        (true, false) => Some(pair.a),
        (false, true) => Some(pair.b),
        _ => None,
    }
}

/// The supplier of two that an invoice is of, as far as their numbering tells.
fn whose(table: &InvoiceTable, habits: &Habits, pair: &Pair) -> String {
    let names = |at: usize| table.supplier_of(at).1;
    if let Some(wrong) = stray(table, habits, pair) {
        let right = if wrong == pair.a { pair.b } else { pair.a };
        return format!(
            "the number does not fit into the numbering of {}: it is probably an invoice of {}",
            names(wrong),
            names(right)
        );
    }
    let Some((right, like)) = likest_of(table, habits, pair) else {
        return "their numbers leave open which of the two it really is".into();
    };
    format!(
        "{} bears numbers that begin like it, such as {}, and the other supplier none so like",
        names(right),
        table.invoices.number(like)
    )
}

/// The invoice of two whose supplier bears numbers like the one they share, where the other bears none; with
/// an invoice that bears such a number.
fn likest_of(table: &InvoiceTable, habits: &Habits, pair: &Pair) -> Option<(usize, usize)> {
    let [one, other] = [pair.a, pair.b].map(|at| likest(&table.invoices, habits, at));
    if one.0 >= ALIKE_MIN.max(other.0 + ALIKE_APART) {
        Some((pair.a, one.1))
    } else if other.0 >= ALIKE_MIN.max(one.0 + ALIKE_APART) {
        Some((pair.b, other.1))
    } else {
        None
    }
}

/// The most characters by which another number of an invoice's party begins like its own, as scanners read
/// them, and the invoice that bears it.
fn likest(invoices: &Invoices, habits: &Habits, at: usize) -> (usize, usize) {
    let own = InvoiceNumber::new(invoices.number(at));
    let begins_alike = |other: &u32| {
        let number = InvoiceNumber::new(invoices.number(*other as usize));
        let both = own.merged().chars().zip(number.merged().chars());
        let is_another = own.merged() != number.merged();
        (both.take_while(|(x, y)| x == y && is_another).count(), *other as usize)
    };
    let members = habits.members(invoices.party[at]).iter();
    members.map(begins_alike).max_by_key(|(alike, _)| *alike).unwrap_or((0, at))
}
