//! Which code page 8-bit text is in, from the words it makes.
//!
//! Not for: UTF-8 and UTF-16, which tell themselves. Browsers' detector knows what the web was
//! written in; pages of DOS and of old Macs it does not, and those are taken where they make words of what
//! would be signs among letters.
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
        let oddities = |page: CodePage| oddities(&page.decode(&self.sample).0);
        let odd = oddities(guess);
        if odd == 0 {
            return guess;
        }
        let rivals = CodePage::rivals().map(|page| (oddities(page), page));
        let best = rivals.min_by_key(|(odd, _)| *odd);
        // One that is little better is chance.
        best.filter(|(least, _)| least * 4 < odd).map_or(guess, |(_, page)| page)
    }
}

/// Counts the characters where none of their kind stands in words and amounts.
fn oddities(text: &str) -> usize {
    let mut chars = text.chars().peekable();
    let (mut before, mut odd) = (None, 0);
    while let Some(c) = chars.next() {
        if !c.is_ascii() {
            odd += usize::from(is_odd(before, c, chars.peek().copied()));
        }
        before = Some(c);
    }
    odd
}

fn is_odd(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is = |neighbour: Option<char>, kind: fn(char) -> bool| neighbour.is_some_and(kind);
    let is_letter = |neighbour| is(neighbour, char::is_alphabetic);
    let is_inside = is_letter(before) && is_letter(after);
    match c {
        // Ordinals, and the blank that does not break.
        'ª' | 'º' | '\u{a0}' | '’' | '‘' | '–' | '—' | '°' => false,
        '£' | '€' | '¥' | '¢' | '₧' | 'ƒ' => is_letter(before) || is_letter(after),
        '‚' | '„' | '‹' | '¿' | '¡' => is_letter(before),
        '\u{80}'..='\u{9f}' | '\u{fffd}' | '\u{2500}'..='\u{259f}' => true,
        _ if c.is_alphabetic() => {
            let is_digit = |c: char| c.is_ascii_digit();
            let is_upper_inside = c.is_uppercase()
                && (is(before, char::is_lowercase)
                    || is(before, char::is_uppercase) && is(after, char::is_lowercase));
            let is_lower_inside =
                c.is_lowercase() && is(before, char::is_uppercase) && is(after, char::is_uppercase);
            let is_latin = |c: char| c.is_ascii_alphabetic();
            // Greek to Thai.
            let is_other_script = ('\u{370}'..'\u{e80}').contains(&c);
            // A pound or euro sign in other pages; no word is one of these letters.
            let may_be_sign = matches!(c, 'Ł' | 'Õ' | 'Ő' | 'Û' | 'Ű' | 'ı');
            let is_sign = may_be_sign && !is_letter(before) && !is_letter(after);
            is_sign
                || is_upper_inside
                || is_lower_inside
                || is(after, is_digit) && !is_other_script
                || is_other_script && (is(before, is_latin) || is(after, is_latin))
        }
        _ => is_inside,
    }
}

#[cfg(test)]
mod tests;
