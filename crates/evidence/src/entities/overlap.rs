//! How much two texts of several words share, when rare words count more and words may be misspelt.
//!
//! Not for: what the words are (`company_name`, `address` give them in one spelling). Invariant: numbers
//! are equal or they differ: "10TH" is no misspelling of "11TH".

use super::text::{as_float, edits, letters_mask};

/// A word of a text: who it is among all words of a column, and how much sharing it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) id: u32,
    pub(super) bits: f32,
    /// The letters that it holds: words that differ in many are never compared further.
    letters: u32,
    numeric: bool,
}

/// The words that two texts share.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overlap {
    /// Twice the shared weight over the weight of both.
    pub(super) dice: f64,
    /// The shared weight over the weight of the lighter text.
    pub(super) contained: f64,
    /// The weight of what is shared: log2 of how seldom so much is shared by chance.
    pub(super) bits: f64,
    /// Likeness of the texts run together, when they are close enough to tell.
    pub(super) joined: f64,
    /// One text is the beginning of the other, cut off.
    pub(super) cut_off: bool,
}

/// Two words one edit apart share this much of their weight.
const ONE_EDIT: f64 = 0.92;
const TWO_EDITS: f64 = 0.85;
const ABBREVIATED: f64 = 0.85;
const INITIAL: f64 = 0.4;
/// Texts run together may differ by one edit in so many letters.
const EDIT_IN: usize = 7;
/// Shorter texts are the beginning of many others.
const SHORTEST_CUT: usize = 10;

impl Overlap {
    /// One figure in `[0, 1]`.
    pub(super) fn similarity(&self) -> f64 {
        let cut = if self.cut_off { 0.95 } else { 0.0 };
        (0.7 * self.dice + 0.3 * self.contained).max(self.joined).max(cut).clamp(0.0, 1.0)
    }
}

impl Token {
    #[expect(clippy::cast_possible_truncation, reason = "a weight needs few digits")]
    pub(super) fn new(id: u32, text: &[char], bits: f64) -> Self {
        Self {
            id,
            bits: bits as f32,
            letters: letters_mask(text),
            numeric: text.iter().any(char::is_ascii_digit),
        }
    }
}

/// Weight of a word that so many of so many texts bear.
pub(super) fn token_bits(count: u32, texts: usize) -> f64 {
    ((as_float(texts) + 2.0) / (f64::from(count) + 1.0)).log2().max(0.2)
}

/// A text as its words (no word twice) and as its letters run together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) letters: &'a [char],
    /// [`letters_mask`] of the letters.
    pub(super) mask: u32,
}

/// Compares two texts.
pub(super) fn overlap<'a>(
    a: Text<'_>,
    b: Text<'_>,
    letters: &impl Fn(u32) -> &'a [char],
) -> Overlap {
    let (shared_a, shared_b, bits) = shared(a.tokens, b.tokens, letters);
    let weight =
        |tokens: &[Token]| tokens.iter().map(|token| f64::from(token.bits)).sum::<f64>().max(0.1);
    let (weight_a, weight_b) = (weight(a.tokens), weight(b.tokens));
    let contained = if weight_a <= weight_b { shared_a / weight_a } else { shared_b / weight_b };
    let (joined, cut_off) = joined(a, b);
    let whole =
        if joined > 0.0 || cut_off { joined.max(0.9) * weight_a.min(weight_b) } else { 0.0 };
    Overlap {
        dice: (shared_a + shared_b) / (weight_a + weight_b),
        contained,
        bits: bits.max(whole),
        joined,
        cut_off,
    }
}

/// Weight shared as seen from either text, and the lower weight of each couple of words.
fn shared<'a>(a: &[Token], b: &[Token], letters: &impl Fn(u32) -> &'a [char]) -> (f64, f64, f64) {
    // One word of bits marks what is taken: texts are compared by their first 64 words.
    let (mut taken_a, mut taken_b) = (0_u64, 0_u64);
    let (mut shared_a, mut shared_b, mut bits) = (0.0, 0.0, 0.0);
    for (i, token) in a.iter().enumerate().take(64) {
        if let Some(j) = b.iter().take(64).position(|other| other.id == token.id) {
            taken_a |= 1 << i;
            taken_b |= 1 << j;
            shared_a += f64::from(token.bits);
            shared_b += f64::from(b[j].bits);
            bits += f64::from(token.bits);
        }
    }
    for (_, token) in a.iter().enumerate().take(64).filter(|(i, _)| taken_a & (1 << i) == 0) {
        let mut best = (0.0, 0);
        for (j, other) in b.iter().enumerate().take(64).filter(|(j, _)| taken_b & (1 << j) == 0) {
            let alike = token_similarity(token, other, letters);
            if alike > best.0 {
                best = (alike, j);
            }
        }
        let (alike, j) = best;
        if alike > 0.0 {
            taken_b |= 1 << j;
            shared_a += alike * f64::from(token.bits);
            shared_b += alike * f64::from(b[j].bits);
            bits += alike * f64::from(token.bits.min(b[j].bits));
        }
    }
    (shared_a, shared_b, bits)
}

fn token_similarity<'a>(a: &Token, b: &Token, letters: &impl Fn(u32) -> &'a [char]) -> f64 {
    if a.numeric || b.numeric {
        return 0.0;
    }
    let within = a.letters & !b.letters == 0 || b.letters & !a.letters == 0;
    if !within && (a.letters ^ b.letters).count_ones() > 4 {
        return 0.0;
    }
    let (left, right) = (letters(a.id), letters(b.id));
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if long.starts_with(short) {
        return match short.len() {
            1 => INITIAL,
            2 => 0.0,
            _ => ABBREVIATED,
        };
    }
    if short.len() < 4 {
        return 0.0;
    }
    let most = if short.len() >= 7 { 2 } else { 1 };
    match edits(short, long, most) {
        Some(0 | 1) => ONE_EDIT,
        Some(_) => TWO_EDITS,
        None => 0.0,
    }
}

/// Likeness of texts run together: finds words split or merged by wrong spacing, and names cut off.
fn joined(a: Text<'_>, b: Text<'_>) -> (f64, bool) {
    let (short, long) = if a.letters.len() <= b.letters.len() { (a, b) } else { (b, a) };
    if short.mask & !long.mask != 0
        && (short.mask ^ long.mask).count_ones() as usize > 2 * (long.letters.len() / EDIT_IN)
    {
        return (0.0, false);
    }
    let cut_off = short.letters.len() >= SHORTEST_CUT && long.letters.starts_with(short.letters);
    if a.letters == b.letters {
        return (1.0, cut_off);
    }
    let numeric = |text: Text<'_>| text.tokens.iter().any(|token| token.numeric);
    let most = long.letters.len() / EDIT_IN;
    if most == 0 || numeric(a) || numeric(b) {
        return (0.0, cut_off);
    }
    let found = edits(short.letters, long.letters, most);
    (found.map_or(0.0, |distance| 1.0 - as_float(distance) / as_float(long.letters.len())), cut_off)
}
