//! Which code page 8-bit text is in, from the words it makes.
//!
//! Not for: UTF-8 and UTF-16, which tell themselves. Browsers' detector knows what the web was
//! written in; pages of DOS and of old Macs it does not, and those are taken where they make words of what
//! would be signs among letters. Of those that make words alike the first of the rivals is taken.
//!
//! Invariant: a guess depends on the bytes alone.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::CodePage;

/// Bytes of lines that are kept to guess by; words enough for any language.
const SAMPLE_BYTES: usize = 1 << 17;

/// The lines of a text that tell of its code page.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Lines that are not UTF-8, the first of them.
    sample: Vec<u8>,
    /// The number of them.
    others: u64,
    /// Lines beyond ASCII that are UTF-8.
    utf8: u64,
}

impl Evidence {
    pub(crate) fn add_utf8(&mut self) {
        self.utf8 += 1;
    }

    pub(crate) fn add(&mut self, line: &[u8]) {
        self.others += 1;
        let room = SAMPLE_BYTES - self.sample.len();
        if line.len() < room {
            self.sample.extend_from_slice(line);
        }
    }

    pub(crate) fn is_more_than(&self, other: &Self) -> bool {
        self.others + self.utf8 > other.others + other.utf8
    }

    /// Returns `true` when lines of another encoding are as many as those of UTF-8, which some of
    /// them look like.
    pub(crate) fn is_mostly_other(&self) -> bool {
        self.others >= self.utf8
    }

    /// The likeliest encoding of a text that is all in one.
    pub(crate) fn page(&self) -> CodePage {
        let is_other = self.others > 0 && self.is_mostly_other();
        if is_other { self.guess() } else { CodePage::UTF_8 }
    }

    /// The likeliest code page of the lines that are not UTF-8.
    pub(crate) fn guess(&self) -> CodePage {
        if self.sample.is_empty() {
            return CodePage::WINDOWS_1252;
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&self.sample, true);
        let guess = CodePage::new(detector.guess(None, Utf8Detection::Deny));
        let read_by = |page: CodePage| Oddities::of(&page.decode(&self.sample).0, page);
        let odd = read_by(guess);
        if odd.all() == 0 {
            return guess;
        }
        let rivals = CodePage::rivals().map(|page| (page, read_by(page)));
        let likelier = |best: (CodePage, Oddities), next: (CodePage, Oddities)| {
            if next.1.are_fewer_than(best.1) { next } else { best }
        };
        // One that is little better is chance.
        let is_better = |(page, least): &(CodePage, Oddities)| {
            let is_clear = least.misplaced * 4 < odd.misplaced;
            is_clear || least.all() * 4 < odd.all() && !is_of_mac(*page)
        };
        rivals.reduce(likelier).filter(is_better).map_or(guess, |(page, _)| page)
    }
}

/// The characters of a text that stand where none of their kind does in words and amounts.
#[derive(Debug, Clone, Copy, Default)]
struct Oddities {
    /// Nobody writes so: a sign within a word, a capital behind a small letter.
    misplaced: usize,
    /// Small letters among capitals, as programs make them that know the capitals of ASCII alone: `MüLLER`.
    /// And what a Mac has for them.
    small: usize,
}

impl Oddities {
    /// The oddities of a text that a page makes.
    fn of(text: &str, page: CodePage) -> Self {
        let is_of_mac = is_of_mac(page);
        let mut chars = text.chars().peekable();
        let (mut before, mut odd) = (None, Self::default());
        while let Some(c) = chars.next() {
            if !c.is_ascii() {
                let after = chars.peek().copied();
                if is_misplaced(before, c, after) {
                    odd.misplaced += 1;
                } else if is_small_inside(before, c, after)
                    || is_of_mac && stands_for_small(before, c, after)
                {
                    odd.small += 1;
                }
            }
            before = Some(c);
        }
        odd
    }

    const fn all(self) -> usize {
        self.misplaced + self.small
    }

    /// Returns `true` where they are fewer than those of a page that more texts are in.
    const fn are_fewer_than(self, others: Self) -> bool {
        self.misplaced < others.misplaced
            || self.misplaced == others.misplaced && self.small * 2 < others.small
    }
}

/// Returns `true` for the page of old Macs, which hardly any ledger is in: its capitals stand where DOS and
/// Windows have small letters, so that it makes words of texts that are not its own.
fn is_of_mac(page: CodePage) -> bool {
    page.name() == "macintosh"
}

fn is_misplaced(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is = |neighbour: Option<char>, kind: fn(char) -> bool| neighbour.is_some_and(kind);
    let is_letter = |neighbour| is(neighbour, char::is_alphabetic);
    let is_inside = is_letter(before) && is_letter(after);
    match c {
        // Ordinals, and the blank that does not break.
        'ª' | 'º' | '\u{a0}' | '’' | '‘' | '–' | '—' | '°' => false,
        '´' if is_apostrophe(before, after) => false,
        '£' | '€' | '¥' | '¢' | '₧' | 'ƒ' => is_letter(before) || is_letter(after),
        '‚' | '„' | '‹' | '¿' | '¡' => is_letter(before),
        '\u{80}'..='\u{9f}' | '\u{fffd}' | '\u{2500}'..='\u{259f}' => true,
        _ if c.is_alphabetic() => {
            let is_digit = |c: char| c.is_ascii_digit();
            let is_upper_inside = c.is_uppercase()
                && (is(before, char::is_lowercase)
                    || is(before, char::is_uppercase) && is(after, char::is_lowercase));
            let is_latin = |c: char| c.is_ascii_alphabetic();
            // Greek to Thai.
            let is_other_script = ('\u{370}'..'\u{e80}').contains(&c);
            // A pound or euro sign in other pages; no word is one of these letters.
            let may_be_sign = matches!(c, 'Ł' | 'Õ' | 'Ő' | 'Û' | 'Ű' | 'ı');
            let is_sign = may_be_sign && !is_letter(before) && !is_letter(after);
            is_sign
                || is_upper_inside
                || is(after, is_digit) && !is_other_script
                || is_other_script && (is(before, is_latin) || is(after, is_latin))
        }
        _ => is_inside,
    }
}

/// Returns `true` for an accent that was typed for an apostrophe: `O´Brien`, `D´Angelo`.
fn is_apostrophe(before: Option<char>, after: Option<char>) -> bool {
    match before.map(|before| before.to_ascii_uppercase()) {
        Some('O') => after.is_some_and(char::is_uppercase),
        Some('D' | 'L') => after.is_some_and(is_vowel),
        _ => false,
    }
}

fn are_capitals(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(char::is_uppercase) && after.is_some_and(char::is_uppercase)
}

/// Returns `true` for a small letter among capitals; not for an `ß` behind a vowel, which has no capital.
fn is_small_inside(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_small = match c {
        // Ordinals.
        'ª' | 'º' => false,
        'ß' => !before.is_some_and(is_vowel),
        _ => c.is_lowercase(),
    };
    is_small && are_capitals(before, after)
}

/// Returns `true` for a capital among others that a Mac has where DOS has `ü`, `ä` or `é`, and that makes no
/// word: two of the three are consonants, which stand before vowels.
fn stands_for_small(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_one = match c {
        'Å' => true,
        'Ñ' | 'Ç' => !after.is_some_and(is_vowel),
        _ => false,
    };
    is_one && are_capitals(before, after)
}

fn is_vowel(c: char) -> bool {
    const VOWELS: &str = "aeiouyàáâãäèéêëìíîïòóôõöùúûü";
    c.to_lowercase().any(|c| VOWELS.contains(c))
}

#[cfg(test)]
mod tests;
