//! What the columns of the ledgers are called on the pages.
//!
//! Not for: their values (`ledger::fields`), or what they are (`domain::columns`).
//!
//! Invariant: a column has one label wherever it stands; one that the catalogue does not know is shown
//! all the same, its own word made readable.

use std::borrow::Cow;

use domain::FileType;

use crate::http::code_words::in_words;

pub(crate) fn label(column: &str) -> Cow<'static, str> {
    FileType::label_of(column).map_or_else(|| Cow::Owned(in_words(column)), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_is_not_known_is_made_readable() {
        assert_eq!(label("entered_date"), "Entered");
        assert_eq!(label("something_new"), "Something new");
    }
}
