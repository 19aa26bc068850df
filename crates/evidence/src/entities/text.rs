//! Letters: words of folded texts, and how far apart two short texts are.
//!
//! Not for: what a text means (`company_name`, `address`). Invariant: every measure is symmetric, and 1
//! (or distance 0) only for equal texts.

pub(super) use domain::text::fold;

/// Runs of letters and digits of an already folded text. Apostrophes and full stops inside a word vanish
/// (`O'BRIEN`, `U.S.A.`): they are keyed or left out at whim; anything else ends a word.
pub(super) fn words(folded: &str) -> Vec<String> {
    let letters: Vec<char> = folded.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        if letter.is_alphanumeric() {
            word.push(letter);
        } else if matches!(letter, '\'' | '\u{2019}' | '`') || joins_initials(&letters, at) {
            // Stays within the word.
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Returns `true` when the full stop at `at` stands in initials such as `R.E.` rather than between
/// words.
fn joins_initials(letters: &[char], at: usize) -> bool {
    let is_letter = |place: usize| letters.get(place).is_some_and(|l| l.is_alphabetic());
    let single = at >= 1 && is_letter(at - 1) && (at < 2 || !letters[at - 2].is_alphanumeric());
    letters[at] == '.'
        && single
        && is_letter(at + 1)
        && letters.get(at + 2).is_none_or(|l| !l.is_alphanumeric())
}

/// Letters and digits only.
pub(super) fn squeezed(folded: &str) -> String {
    folded.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// Edits from one text to the other (insert, delete, substitute, swap neighbours), or `None` over `most`.
/// Of texts longer than [`LONGEST`] apart from common ends nothing is said.
pub(super) fn edits(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let (a, b) = without_common_ends(a, b);
    if a.len().abs_diff(b.len()) > most || a.len().max(b.len()) > LONGEST {
        return None;
    }
    if a.is_empty() || b.is_empty() {
        return Some(a.len().max(b.len()));
    }
    // One edit adds at most two letters to those that only one of the texts has.
    if (letters_mask(a) ^ letters_mask(b)).count_ones() as usize > 2 * most {
        return None;
    }
    if most <= FEW {
        return fewest(a, b, most);
    }
    if letters_apart(a, b) > most {
        return None;
    }
    banded(a, b, most)
}

/// Up to so many edits are found by trying each at the first difference.
const FEW: usize = 2;

/// The fewest edits, if they are no more than so many: those at the first difference, each in turn. Where
/// both go on alike, nothing is won by an edit.
fn fewest(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let alike = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[alike..], &b[alike..]);
    if a.is_empty() || b.is_empty() {
        return Some(a.len().max(b.len())).filter(|edits| *edits <= most);
    }
    if most == 0 || a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut best = None;
    let mut attempt = |a: &[char], b: &[char]| {
        let most = best.map_or(most, |best: usize| best - 1);
        if let Some(edits) = most.checked_sub(1).and_then(|left| fewest(a, b, left)) {
            best = Some(edits + 1);
        }
    };
    attempt(&a[1..], &b[1..]);
    if a.len() > 1 && b.len() > 1 && a[0] == b[1] && a[1] == b[0] {
        attempt(&a[2..], &b[2..]);
    }
    attempt(&a[1..], b);
    attempt(a, &b[1..]);
    best
}

/// Letters that only one of two texts has, however often, of the text that has more of them: each takes an
/// edit. Several letters count as one.
fn letters_apart(a: &[char], b: &[char]) -> usize {
    let mut balance = [0_i16; 32];
    for letter in a {
        balance[(u32::from(*letter) & 31) as usize] += 1;
    }
    for letter in b {
        balance[(u32::from(*letter) & 31) as usize] -= 1;
    }
    let more: u16 = balance.iter().map(|count| count.max(&0).unsigned_abs()).sum();
    let less: u16 = balance.iter().map(|count| count.min(&0).unsigned_abs()).sum();
    usize::from(more.max(less))
}

/// The table of edits by rows, only where it can stay within `most`; short rows, as it is filled often.
fn banded(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let count = |edits: usize| u8::try_from(edits).expect("no more than the longest is long");
    // More edits than the longer text has letters are never needed.
    let most = most.min(LONGEST);
    let (most_edits, far) = (count(most), count(most + 1));
    let mut before = [far; LONGEST + 2];
    let (mut above, mut row) = (before, before);
    for (j, cost) in above.iter_mut().enumerate().take(b.len() + 1) {
        *cost = count(j).min(far);
    }
    for i in 1..=a.len() {
        let (from, to) = (i.saturating_sub(most).max(1), (i + most).min(b.len()));
        row[from - 1] = if from == 1 { count(i).min(far) } else { far };
        let mut least = row[from - 1];
        for j in from..=to {
            let change = u8::from(a[i - 1] != b[j - 1]);
            let mut cost = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row[j] = cost.min(far);
            least = least.min(row[j]);
        }
        row[to + 1] = far;
        if least > most_edits {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    Some(above[b.len()]).filter(|edits| *edits <= most_edits).map(usize::from)
}

/// Letters that edits are counted in: no name or address is longer and yet nearly another.
const LONGEST: usize = 96;

/// The letters of a text as a mask, several letters to a bit.
pub(super) fn letters_mask(text: &[char]) -> u32 {
    text.iter().fold(0, |mask, &letter| mask | 1 << (u32::from(letter) & 31))
}

fn without_common_ends<'a>(mut a: &'a [char], mut b: &'a [char]) -> (&'a [char], &'a [char]) {
    while let ([first, rest_a @ ..], [other, rest_b @ ..]) = (a, b) {
        if first != other {
            break;
        }
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., last], [rest_b @ .., other]) = (a, b) {
        if last != other {
            break;
        }
        (a, b) = (rest_a, rest_b);
    }
    (a, b)
}

/// Jaro-Winkler similarity in `[0, 1]`: forgiving of swaps and of endings, strict about beginnings.
pub(super) fn jaro_winkler(a: &[char], b: &[char]) -> f64 {
    let jaro = jaro(a, b);
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + as_float(prefix) * 0.1 * (1.0 - jaro)
}

fn jaro(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    // One word of bits marks what is taken: texts are compared by their first 64 letters.
    let (a, b) = (&a[..a.len().min(64)], &b[..b.len().min(64)]);
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut taken_a, mut taken_b) = (0_u64, 0_u64);
    for (i, letter) in a.iter().enumerate() {
        let until = (i + window + 1).min(b.len());
        for (j, other) in b.iter().enumerate().take(until).skip(i.saturating_sub(window)) {
            if letter == other && taken_b & (1 << j) == 0 {
                taken_a |= 1 << i;
                taken_b |= 1 << j;
                break;
            }
        }
    }
    let common = taken_a.count_ones();
    if common == 0 {
        return 0.0;
    }
    let letters_a = a.iter().enumerate().filter(|(i, _)| taken_a & (1 << i) != 0);
    let letters_b = b.iter().enumerate().filter(|(j, _)| taken_b & (1 << j) != 0);
    let out_of_order = letters_a.zip(letters_b).filter(|((_, x), (_, y))| x != y).count();
    let common = f64::from(common);
    (common / as_float(a.len())
        + common / as_float(b.len())
        + (common - as_float(out_of_order) / 2.0) / common)
        / 3.0
}

/// A key that survives most misspellings: the first letter, then consonants without repeats.
pub(super) fn skeleton(squeezed: &str, most: usize) -> String {
    let mut key = String::new();
    let mut last = None;
    for letter in squeezed.chars() {
        let weak = matches!(letter, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y' | 'H' | 'W');
        if (last.is_none() || !weak) && last != Some(letter) {
            key.push(letter);
            last = Some(letter);
        }
        if key.len() >= most {
            break;
        }
    }
    key
}

/// A count as a number to reckon with; counts here are far below 2^32.
pub(super) fn as_float(count: usize) -> f64 {
    f64::from(crate::narrow(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn folds_and_splits() {
        let cases = [
            ("Société Générale", "SOCIETE GENERALE"),
            ("Müller & Söhne, Weißstraße", "MULLER SOHNE WEISSSTRASSE"),
            ("O'Brien-Smith", "OBRIEN SMITH"),
            ("R.E. Wood Ltd.", "RE WOOD LTD"),
            ("St.Mary  (Hull)", "ST MARY HULL"),
            ("Ελλάδα", "ΕΛΛΆΔΑ"),
        ];
        for (text, expected) in cases {
            assert_eq!(words(&fold(text)).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn counts_edits() {
        let cases = [
            ("ABC", "ABC", Some(0)),
            ("ABCD", "ABDC", Some(1)),
            ("ABC", "AXXC", Some(2)),
            ("", "AB", Some(2)),
            ("ABCDEF", "UVWXYZ", None),
        ];
        for (a, b, expected) in cases {
            assert_eq!(edits(&letters(a), &letters(b), 2), expected, "{a} {b}");
            assert_eq!(edits(&letters(b), &letters(a), 2), expected, "{b} {a}");
        }
    }

    proptest! {
        #[test]
        fn few_edits_are_those_of_the_table(
            a in "[AB1]{1,8}", b in "[AB1]{1,8}", most in 1..=FEW,
        ) {
            let (a, b) = (letters(&a), letters(&b));
            let is_near = a.len().abs_diff(b.len()) <= most;
            let of_table = if is_near { banded(&a, &b, most) } else { None };
            prop_assert_eq!(fewest(&a, &b, most), of_table);
            prop_assert!(banded(&a, &b, 8).is_some_and(|edits| letters_apart(&a, &b) <= edits));
        }
    }

    #[test]
    fn any_number_of_edits_may_be_allowed() {
        // A seventh of the letters of a long text is more than a byte holds.
        let (a, b) = ("KITTEN", "SITTING");
        for most in [3, LONGEST, 254, 255, 2_000, usize::MAX / 2] {
            assert_eq!(edits(&letters(a), &letters(b), most), Some(3), "{most}");
        }
    }

    #[test]
    fn jaro_winkler_agrees_with_published_values() {
        for (a, b, expected) in [
            ("MARTHA", "MARHTA", 0.961),
            ("DIXON", "DICKSONX", 0.813),
            ("DWAYNE", "DUANE", 0.840),
            ("ABC", "XYZ", 0.0),
        ] {
            assert!((jaro_winkler(&letters(a), &letters(b)) - expected).abs() < 0.001, "{a} {b}");
        }
    }

    #[test]
    fn skeletons_survive_misspelling() {
        for (a, b) in [("BRIDGEPORT", "BRIDGPORTE"), ("MCDOWELL", "MCDOWEL"), ("ALLAN", "ALLEN")] {
            assert_eq!(skeleton(a, 8), skeleton(b, 8));
        }
    }
}
