//! What the columns of the ledgers are called on the pages.
//!
//! Not for: their values (`ledger::fields`), or what they are (`domain::columns`).
//!
//! Invariant: a column has one label wherever it stands; one that the catalogue does not know is shown
//! all the same, its own word made readable.

use std::borrow::Cow;

use domain::FileType;

use super::format;

pub(crate) fn label(column: &str) -> Cow<'static, str> {
    FileType::label_of(column).map_or_else(|| Cow::Owned(in_words(column)), Cow::Borrowed)
}

/// Words that are written in capitals.
const CAPITALS: [&str; 4] = ["iban", "id", "po", "vat"];

/// `misread_character` to `Misread character`, `invalid_vat_number` to `Invalid VAT number`.
pub(crate) fn in_words(word: &str) -> String {
    format::capital(&within_a_sentence(word))
}

/// `invalid_vat_number` to `invalid VAT number`.
pub(crate) fn within_a_sentence(word: &str) -> String {
    let words: Vec<Cow<'_, str>> = word
        .split('_')
        .map(|part| {
            let is_capital = CAPITALS.contains(&part);
            if is_capital { Cow::Owned(part.to_uppercase()) } else { Cow::Borrowed(part) }
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_is_not_known_is_made_readable() {
        assert_eq!(label("entered_date"), "Entered");
        assert_eq!(label("something_new"), "Something new");
        assert_eq!(in_words(""), "");
        assert_eq!(
            (in_words("po_box"), in_words("invalid_vat_number")),
            ("PO box".into(), "Invalid VAT number".into())
        );
        assert_eq!(
            ["po_box", "invalid_vat_number"].map(within_a_sentence),
            ["PO box", "invalid VAT number"]
        );
    }
}
