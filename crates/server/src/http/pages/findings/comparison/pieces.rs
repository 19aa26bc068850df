//! Two texts beside each other, cut where they differ.
//!
//! Invariant: put together again, the pieces are the text.

/// A part of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// It is otherwise in the row beside.
    pub(crate) differs: bool,
}

/// Longer texts are compared as a whole: the time taken grows with the square.
const COMPARED_CHARS_MAX: usize = 200;

/// Returns `true` when two texts are mostly the same letters in the same order: else a letter here
/// and there is chance.
pub(super) fn are_one_thing(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let longer = one.len().max(other.len());
    if longer > COMPARED_CHARS_MAX {
        return false;
    }
    let common = agreement_in_order(&one, &other).into_iter().filter(|is_common| *is_common);
    common.count() * 2 >= one.len().min(other.len())
}

/// Marks the pieces of `text` that are not in `beside`, by their longest common part.
pub(super) fn pieces(text: &str, beside: &str) -> Vec<Piece> {
    let (one, other): (Vec<char>, Vec<char>) = (text.chars().collect(), beside.chars().collect());
    let undivided = |differs| vec![Piece { text: text.to_owned(), differs }];
    if one == other {
        return undivided(false);
    }
    if one.is_empty() || other.is_empty() || one.len().max(other.len()) > COMPARED_CHARS_MAX {
        return undivided(true);
    }
    let common =
        agreement_in_place(&one, &other).unwrap_or_else(|| agreement_in_order(&one, &other));
    // Marks all over a text show nothing.
    if common.iter().filter(|is_common| **is_common).count() * 3 < one.len() {
        return undivided(true);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (character, is_common) in one.into_iter().zip(common) {
        match pieces.last_mut().filter(|last| last.differs != is_common) {
            Some(last) => last.text.push(character),
            None => pieces.push(Piece { text: character.to_string(), differs: !is_common }),
        }
    }
    pieces
}

/// Place by place where that is how people compare them: as long as each other and mostly the same, so that
/// of two that are swapped both are marked.
fn agreement_in_place(one: &[char], other: &[char]) -> Option<Vec<bool>> {
    let same: Vec<bool> = one.iter().zip(other).map(|(one, other)| one == other).collect();
    let agreeing = same.iter().filter(|same| **same).count();
    (one.len() == other.len() && agreeing * 3 >= one.len() * 2).then_some(same)
}

/// For each character of `one`, whether it is in the longest common subsequence with `other`.
fn agreement_in_order(one: &[char], other: &[char]) -> Vec<bool> {
    let width = other.len() + 1;
    let mut lengths = vec![0_u16; (one.len() + 1) * width];
    for row in (0..one.len()).rev() {
        for column in (0..other.len()).rev() {
            lengths[row * width + column] = if one[row] == other[column] {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let (mut is_common, mut column) = (vec![false; one.len()], 0);
    for row in 0..one.len() {
        while column < other.len()
            && one[row] != other[column]
            && lengths[row * width + column + 1] >= lengths[(row + 1) * width + column]
        {
            column += 1;
        }
        if column < other.len() && one[row] == other[column] {
            is_common[row] = true;
            column += 1;
        }
    }
    is_common
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a text with `[]` round what differs.
    fn marked(text: &str, beside: &str) -> String {
        let mark =
            |piece: Piece| if piece.differs { format!("[{}]", piece.text) } else { piece.text };
        pieces(text, beside).into_iter().map(mark).collect()
    }

    #[test]
    fn what_differs_is_marked() {
        for (text, beside, expected) in [
            ("10983", "10983", "10983"),
            ("10983", "IO983", "[10]983"),
            ("IO983", "10983", "[IO]983"),
            ("INV-12345", "INV-12354", "INV-123[45]"),
            ("3 Mar 2026", "15 Mar 2026", "[3] Mar 2026"),
            ("ACME LTD", "ACME LTD.", "ACME LTD"),
            ("ACME LTD.", "ACME LTD", "ACME LTD[.]"),
            ("", "x", "[]"),
            ("x", "", "[x]"),
            ("completely", "12", "[completely]"),
            ("naïve", "naive", "na[ï]ve"),
        ] {
            assert_eq!(marked(text, beside), expected, "{text} {beside}");
        }
        let long = "x".repeat(COMPARED_CHARS_MAX + 1);
        assert_eq!(pieces(&long, "x").len(), 1);
    }
}
