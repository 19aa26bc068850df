//! The text of a cell that was written so that a spreadsheet does not take it for a number.
//!
//! Not for: formulas, which stay as they are.

/// `00123` of `="00123"`; none for any other text.
pub(crate) fn of_formula(cell: &str) -> Option<&str> {
    let text = cell.strip_prefix("=\"")?.strip_suffix('"')?;
    (!text.contains('"')).then(|| text.trim())
}

/// `00123` of `'00123`; none for any other text.
pub(crate) fn behind_apostrophe(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').map(str::trim_start)
}

/// Returns `true` when the cell may be one of them.
#[inline]
pub(crate) fn may_be_wrapped(cell: &str) -> bool {
    matches!(cell.as_bytes(), [b'=' | b'\'', ..])
}

/// Returns `true` for a text that a spreadsheet would take for a number or a formula: in a column of
/// names an apostrophe before anything else is a part of the name.
pub(crate) fn is_number_or_formula(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '@' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_cells_are_unwrapped() {
        for (cell, text) in [
            ("=\"00123\"", Some("00123")),
            ("=\" S1 \"", Some("S1")),
            ("=\"\"", Some("")),
            ("=\"", None),
            ("=\"a\"&\"b\"", None),
            ("=SUM(A1)", None),
            ("=123", None),
            ("\"00123\"", None),
        ] {
            assert_eq!(of_formula(cell), text, "{cell}");
        }
        assert_eq!(behind_apostrophe("'-70.00"), Some("-70.00"));
        assert_eq!(behind_apostrophe("O'Neill"), None);
        assert!(is_number_or_formula("-70") && !is_number_or_formula("t Hoen"));
    }
}
