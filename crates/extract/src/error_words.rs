//! Words that spreadsheets leave where a value was: an error of a formula, or hashes in a narrow column.
//!
//! Not for: words for nothing (`empty_words`), of which `#N/A` is one. What stood there is lost, and a word
//! kept in its place would be one supplier for all.

/// Returns `true` when a cell is such a word, in any language's spreadsheet: `#REF!`, `#NAME?`,
/// `#BEZUG!`, `########`.
#[inline]
pub(crate) fn is_error_word(cell: &str) -> bool {
    cell.as_bytes().first() == Some(&b'#') && is_error(cell)
}

#[cold]
fn is_error(cell: &str) -> bool {
    /// Fewer may be a sign somebody wrote.
    const HASHES_MIN: usize = 3;
    /// The longest known is Spanish, `#¡DESBORDAMIENTO!`.
    const BYTES_MAX: usize = 24;
    if cell.bytes().all(|byte| byte == b'#') {
        return cell.len() >= HASHES_MIN;
    }
    let Some(word) = cell[1..].strip_suffix(['!', '?']) else { return false };
    let is_of_word = |c: char| {
        c.is_uppercase() || c.is_ascii_digit() || matches!(c, '/' | '¡' | '¿' | '.' | '_')
    };
    cell.len() <= BYTES_MAX && word.chars().any(char::is_uppercase) && word.chars().all(is_of_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_from_texts() {
        for word in [
            "#REF!",
            "#VALUE!",
            "#NAME?",
            "#DIV/0!",
            "#NUM!",
            "#BEZUG!",
            "#WERT!",
            "#¿NOMBRE?",
            "#ИМЯ?",
            "###",
            "##########",
            "#SPILL!",
        ] {
            assert!(is_error_word(word), "{word}");
        }
        for text in [
            "",
            "#",
            "##",
            "#12",
            "#12!",
            "# 7 High Street",
            "#1 Cleaning!",
            "REF!",
            "#hashtag!",
            "A###",
        ] {
            assert!(!is_error_word(text), "{text}");
        }
    }
}
