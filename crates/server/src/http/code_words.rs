//! Codes such as `invalid_vat_number` in the words that people read.
//!
//! Not for: columns, which have labels of their own (`pages::field_labels`).
//!
//! Invariant: pages, the report and workbooks have the same words for one code.

use std::borrow::Cow;

/// Words that are written in capitals.
const CAPITALS: [&str; 4] = ["iban", "id", "po", "vat"];

/// `misread_character` to `Misread character`, `invalid_vat_number` to `Invalid VAT number`.
pub(crate) fn in_words(word: &str) -> String {
    capital(&within_a_sentence(word))
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

/// Puts a capital in front and leaves the rest as it is.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_made_readable() {
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
