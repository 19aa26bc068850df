//! The words that put an amount on the debit or the credit side of an account, and columns of them.
//!
//! Not for: which side invoices stand on (`formats`). Invariant: a word is of one side.

/// A side of an account. In a creditor's account an invoice is a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Debit,
    Credit,
}

/// Words beside an amount, wherever they stand.
const WORDS: [(&str, Side); 4] =
    [("cr", Side::Credit), ("dr", Side::Debit), ("credit", Side::Credit), ("debit", Side::Debit)];

/// Letters behind an amount, as in `12.00C` and the German `12,00 H`.
const LETTERS: [(&str, Side); 4] =
    [("C", Side::Credit), ("D", Side::Debit), ("H", Side::Credit), ("S", Side::Debit)];

/// The words in a column of its own beside them: English, German, French, Spanish, Italian, Dutch and
/// Scandinavian, Polish, and ISO 20022.
const COLUMN_WORDS: [(&str, Side); 31] = [
    ("c", Side::Credit),
    ("d", Side::Debit),
    ("h", Side::Credit),
    ("s", Side::Debit),
    ("cred", Side::Credit),
    ("deb", Side::Debit),
    ("credits", Side::Credit),
    ("debits", Side::Debit),
    ("haben", Side::Credit),
    ("soll", Side::Debit),
    ("crédit", Side::Credit),
    ("débit", Side::Debit),
    ("crédito", Side::Credit),
    ("débito", Side::Debit),
    ("credito", Side::Credit),
    ("debito", Side::Debit),
    ("haber", Side::Credit),
    ("debe", Side::Debit),
    ("avere", Side::Credit),
    ("dare", Side::Debit),
    ("kredit", Side::Credit),
    ("debet", Side::Debit),
    ("k", Side::Credit),
    ("ma", Side::Credit),
    ("wn", Side::Debit),
    ("crdt", Side::Credit),
    ("dbit", Side::Debit),
    ("db", Side::Debit),
    ("crd", Side::Credit),
    ("dbt", Side::Debit),
    ("crt", Side::Credit),
];

/// Headers of such columns, in lower case and without blanks and punctuation.
const HEADERS: [&str; 40] = [
    "shkzg",
    "shkz",
    "sh",
    "sollhaben",
    "sollhabenkennzeichen",
    "sollhabenkz",
    "shkennzeichen",
    "sollhabenkennz",
    "debitcredit",
    "debitcreditind",
    "debitcreditindicator",
    "debitcreditflag",
    "debitcreditcode",
    "debitcreditmark",
    "debitorcredit",
    "debitorcreditindicator",
    "debcred",
    "debcredind",
    "dbcr",
    "dc",
    "dcind",
    "dcindicator",
    "dcflag",
    "dccode",
    "drcr",
    "drcrind",
    "drcrindicator",
    "drcrflag",
    "creditdebit",
    "creditdebitindicator",
    "creditdebitind",
    "crdr",
    "crdrind",
    "crdb",
    "cdtdbtind",
    "cd",
    "debitcredito",
    "debehaber",
    "dareavere",
    "sens",
];

/// The side that a word with an amount names.
pub(crate) fn beside_amount(word: &str) -> Option<Side> {
    let word = word.strip_suffix('.').unwrap_or(word);
    WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, side)| *side)
}

/// Likewise of a word behind it, where one letter is enough.
pub(crate) fn behind_amount(word: &str) -> Option<Side> {
    let letter = LETTERS.iter().find(|(known, _)| *known == word).map(|(_, side)| *side);
    letter.or_else(|| beside_amount(word))
}

/// The side that a cell of a column of its own names.
pub(crate) fn in_column(cell: &str) -> Option<Side> {
    let word = cell.strip_suffix('.').unwrap_or(cell).to_lowercase();
    let known = WORDS.iter().chain(&COLUMN_WORDS).find(|(known, _)| *known == word);
    known.map(|(_, side)| *side)
}

/// Whether a column with this header, in its normal form, may say the side of its rows.
pub(crate) fn is_header(normal: &str) -> bool {
    HEADERS.contains(&normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_of_one_side() {
        for (at, (word, side)) in COLUMN_WORDS.iter().enumerate() {
            assert_eq!(in_column(word), Some(*side), "{word}");
            assert!(COLUMN_WORDS[at + 1..].iter().all(|(other, _)| other != word), "{word} twice");
        }
        for (cell, side) in [
            ("H", Some(Side::Credit)),
            ("S", Some(Side::Debit)),
            ("Cr.", Some(Side::Credit)),
            ("DEBIT", Some(Side::Debit)),
            ("Haben", Some(Side::Credit)),
            ("X", None),
            ("40", None),
            ("", None),
        ] {
            assert_eq!(in_column(cell), side, "{cell}");
        }
        assert_eq!(behind_amount("C"), Some(Side::Credit));
        assert_eq!(beside_amount("C"), None);
        assert_eq!(beside_amount("CR"), Some(Side::Credit));
    }
}
