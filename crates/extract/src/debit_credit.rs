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
/// Scandinavian, Polish, ISO 20022, and signs, of which a minus is the credit of an amount that is else a
/// debit.
const COLUMN_WORDS: [(&str, Side); 41] = [
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
    ("-", Side::Credit),
    ("+", Side::Debit),
    ("-1", Side::Credit),
    ("1", Side::Debit),
    ("minus", Side::Credit),
    ("plus", Side::Debit),
    ("negative", Side::Credit),
    ("positive", Side::Debit),
    ("neg", Side::Credit),
    ("pos", Side::Debit),
];

/// Headers of SAP's posting keys, of which those of creditors from 21 and 40 are debits, and those from 31
/// and 50 credits.
const POSTING_KEYS: [&str; 4] = ["bschl", "postingkey", "postgkey", "buchungsschlussel"];

/// Headers of such columns, in lower case and without blanks and punctuation.
const HEADERS: [&str; 64] = [
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
    "shkennz",
    "shkennzeich",
    "shkenn",
    "habensoll",
    "sollodhaben",
    "solloderhaben",
    "debitcreditmarker",
    "debitcreditsign",
    "debitcredittype",
    "dcmarker",
    "dcsign",
    "dcmark",
    "drorcr",
    "crordr",
    "creditordebit",
    "dorc",
    "cordr",
    "sign",
    "amountsign",
    "signofamount",
    "vorzeichen",
    "signo",
    "segno",
    "plusminus",
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

/// The way in which a column says the side of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SideColumnKind {
    Words,
    PostingKeys,
}

impl SideColumnKind {
    /// The side of a column with this header, in its normal form; none where it says no side.
    pub(crate) fn of_header(normal: &str) -> Option<Self> {
        let is_of = |headers: &[&str]| headers.contains(&normal);
        match () {
            () if is_of(&HEADERS) => Some(Self::Words),
            () if is_of(&POSTING_KEYS) => Some(Self::PostingKeys),
            () => None,
        }
    }

    /// The side that a cell of such a column names.
    pub(crate) fn side(self, cell: &str) -> Option<Side> {
        match self {
            Self::Words => in_column(cell),
            Self::PostingKeys => of_posting_key(cell),
        }
    }
}

fn in_column(cell: &str) -> Option<Side> {
    let word = cell.strip_suffix('.').unwrap_or(cell).to_lowercase();
    let known = WORDS.iter().chain(&COLUMN_WORDS).find(|(known, _)| *known == word);
    known.map(|(_, side)| *side)
}

fn of_posting_key(cell: &str) -> Option<Side> {
    match cell.as_bytes() {
        [b'2', b'1'..=b'9'] | b"40" => Some(Side::Debit),
        [b'3', b'1'..=b'9'] | b"50" => Some(Side::Credit),
        _ => None,
    }
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
            ("-", Some(Side::Credit)),
            ("+", Some(Side::Debit)),
            ("X", None),
            ("40", None),
            ("", None),
        ] {
            assert_eq!(in_column(cell), side, "{cell}");
        }
        for (key, side) in [
            ("31", Some(Side::Credit)),
            ("21", Some(Side::Debit)),
            ("39", Some(Side::Credit)),
            ("40", Some(Side::Debit)),
            ("50", Some(Side::Credit)),
            ("20", None),
            ("01", None),
            ("H", None),
        ] {
            assert_eq!(SideColumnKind::PostingKeys.side(key), side, "{key}");
        }
        for (header, kind) in [
            ("shkzg", Some(SideColumnKind::Words)),
            ("sign", Some(SideColumnKind::Words)),
            ("bschl", Some(SideColumnKind::PostingKeys)),
            ("postingdate", None),
        ] {
            assert_eq!(SideColumnKind::of_header(header), kind, "{header}");
        }
        assert_eq!(behind_amount("C"), Some(Side::Credit));
        assert_eq!(beside_amount("C"), None);
        assert_eq!(beside_amount("CR"), Some(Side::Credit));
    }
}
