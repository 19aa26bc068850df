//! An invoice amount in two columns, one of debits and one of credits, as ledger cards have it.
//!
//! Not for: which side invoices stand on (`formats`), or one amount whose side another column says
//! (`debit_credit`). Invariant: a column that a mapping has a use for, or none, is left to it.

use super::column_name::Heading;
use super::normal;

/// Headers of the column of debits and of that of credits, in their normal form.
const PAIRS: [(&str, &str); 19] = [
    ("debit", "credit"),
    ("debits", "credits"),
    ("debitamount", "creditamount"),
    ("amountdebit", "amountcredit"),
    ("debitamt", "creditamt"),
    ("debitvalue", "creditvalue"),
    ("dr", "cr"),
    ("dramount", "cramount"),
    ("amountdr", "amountcr"),
    ("soll", "haben"),
    ("sollbetrag", "habenbetrag"),
    ("betragsoll", "betraghaben"),
    ("umsatzsoll", "umsatzhaben"),
    ("montantdebit", "montantcredit"),
    ("debe", "haber"),
    ("debito", "credito"),
    ("dare", "avere"),
    ("debet", "kredit"),
    ("wn", "ma"),
];

/// Where the column of credits stands and that of debits, where one is there of each; `is_free` says whether
/// a column may be either.
pub(super) fn find(
    headings: &[Heading<'_>],
    is_free: impl Fn(usize) -> bool,
) -> Option<[usize; 2]> {
    let names: Vec<String> = headings.iter().map(|heading| normal(heading.text)).collect();
    let only = |name: &str| {
        let mut places = (0..names.len()).filter(|place| names[*place] == name);
        places.next().filter(|place| is_free(*place) && places.next().is_none())
    };
    PAIRS.iter().find_map(|(debit, credit)| Some([only(credit)?, only(debit)?]))
}
