//! Lines of a text that show what was lost or guessed, for somebody to look at.
//!
//! Not for: which cells of them are shown (`TextSource::doubts`). Invariant: few lines are kept, and short
//! ones, whatever the text holds.

/// Lines that show how a code page was read.
const GUESSED_MAX: usize = 3;

/// Lines with question marks: most of them are questions, and names are looked for among them.
const QUESTIONS_MAX: usize = 200;

/// Lines with characters that cannot be seen: a few tell what they are.
const UNSEEN_MAX: usize = 20;

/// Lines with letters that were encoded twice.
const TWICE_MAX: usize = 20;

/// Lines with characters written as web pages have them.
const ENTITIES_MAX: usize = 20;

/// The length of one line.
const LINE_BYTES_MAX: usize = 1 << 11;

#[derive(Debug, Default)]
pub(super) struct Samples {
    /// Lines that are not UTF-8.
    pub(super) guessed: Vec<String>,
    /// Lines in which a question mark stands where a letter may have been.
    pub(super) questions: Vec<String>,
    /// Lines with characters that cannot be seen.
    pub(super) unseen: Vec<String>,
    /// Lines with letters that were encoded twice.
    pub(super) twice: Vec<String>,
    /// Lines with characters written as web pages have them.
    pub(super) entities: Vec<String>,
}

/// The findings of a look at a piece of text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Damage {
    pub(super) has_replacements: bool,
    /// Byte order marks at the beginning of lines.
    pub(super) has_marks: bool,
}

impl Samples {
    pub(super) fn add_line(&mut self, line: &str) {
        if self.guessed.len() < GUESSED_MAX && line.len() <= LINE_BYTES_MAX {
            self.guessed.push(line.to_owned());
        }
    }

    pub(super) fn add_lines_beyond_ascii(&mut self, text: &str) {
        if self.guessed.len() < GUESSED_MAX {
            let beyond = text.split(['\n', '\r']).filter(|line| !line.is_ascii());
            beyond.take(GUESSED_MAX).for_each(|line| self.add_line(line));
        }
    }

    /// Looks for characters that were encoded once more: letters of UTF-8 that were taken for those of a code
    /// page, and characters as web pages have them; and for control characters beyond ASCII, which a text has
    /// that was read by a wrong code page before it came here.
    pub(super) fn add_encoded(&mut self, text: &str) {
        /// The first byte of `Ã` and of `â` in UTF-8.
        const ACCENTED: u8 = 0xc3;
        /// The lead byte of control characters, and of the signs in the upper half of Latin-1.
        const CONTROL: u8 = 0xc2;
        let bytes = text.as_bytes();
        // Behind the lines looked at last.
        let (mut behind_twice, mut behind_entity, mut behind_control) = (0, 0, 0);
        for place in memchr::memchr3_iter(b'&', ACCENTED, CONTROL, bytes) {
            let rest = &bytes[place..];
            match bytes[place] {
                b'&' if place >= behind_entity
                    && self.entities.len() < ENTITIES_MAX
                    && starts_with_entity(rest) =>
                {
                    behind_entity = keep(text, place, &mut self.entities);
                }
                ACCENTED
                    if place >= behind_twice
                        && self.twice.len() < TWICE_MAX
                        && ENCODED_TWICE.iter().any(|sign| rest.starts_with(sign)) =>
                {
                    behind_twice = keep(text, place, &mut self.twice);
                }
                CONTROL
                    if place >= behind_control
                        && self.unseen.len() < UNSEEN_MAX
                        && text[place..].starts_with(is_unseen) =>
                {
                    behind_control = keep(text, place, &mut self.unseen);
                }
                _ => {}
            }
        }
    }

    /// Looks for characters that were lost before the text came here, such as became `?`, for those that are
    /// marked as damaged, and for those that cannot be seen.
    pub(super) fn add_lost(&mut self, text: &str) -> Damage {
        /// The replacement character and the byte order mark in UTF-8 begin so, and little else does.
        const MARKED: u8 = 0xef;
        /// Likewise the zero-width characters, and signs of typography.
        const UNSEEN: u8 = 0xe2;
        let mut damage = Damage::default();
        let bytes = text.as_bytes();
        // Behind the lines looked at last.
        let (mut behind, mut behind_unseen) = (0, 0);
        for place in memchr::memchr3_iter(b'?', MARKED, UNSEEN, bytes) {
            match bytes[place] {
                b'?' if place >= behind
                    && self.questions.len() < QUESTIONS_MAX
                    && is_lost_letter(bytes, place) =>
                {
                    behind = keep(text, place, &mut self.questions);
                }
                UNSEEN
                    if place >= behind_unseen
                        && self.unseen.len() < UNSEEN_MAX
                        && text[place..].starts_with(is_unseen) =>
                {
                    behind_unseen = keep(text, place, &mut self.unseen);
                }
                MARKED => {
                    damage.has_replacements |=
                        text[place..].starts_with(char::REPLACEMENT_CHARACTER);
                    damage.has_marks |= text[place..].starts_with('\u{feff}');
                }
                _ => {}
            }
        }
        damage
    }
}

/// Returns `true` for a character that is there and that nobody sees, though it makes one number
/// another. Blanks of all kinds are seen.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// The bytes in UTF-8 of `Ã` with what stands for a letter behind it, and the first two of a curly quote.
const ENCODED_TWICE: [&[u8]; 2] = [b"\xc3\x83\xc2", "â€".as_bytes()];

/// Returns `true` when a text has characters as web pages have them: `Smith &amp; Sons`.
pub(super) fn has_entities(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes())
        .any(|place| starts_with_entity(&text.as_bytes()[place..]))
}

/// Returns `true` when a text begins with a character as web pages have it. Only those that exporters
/// write: any word between `&` and `;` would be one of the more than 2,000 that there are.
fn starts_with_entity(text: &[u8]) -> bool {
    const NAMED: [&[u8]; 6] = [b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;", b"&nbsp;"];
    /// Behind `&#`: of the largest character, `x10FFFF`.
    const DIGITS_MAX: usize = 7;
    if NAMED.iter().any(|name| text.starts_with(name)) {
        return true;
    }
    let Some(number) = text.strip_prefix(b"&#") else { return false };
    let end = number.iter().take(DIGITS_MAX + 1).position(|byte| *byte == b';');
    end.is_some_and(|end| match &number[..end] {
        [b'x' | b'X', digits @ ..] => {
            !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
        }
        digits => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
    })
}

/// Returns `true` when letters of a text seem to be encoded twice: `Ã©` for `é`.
pub(super) fn is_encoded_twice(text: &str) -> bool {
    let mut letters = text.chars();
    let is_behind = |c: char| matches!(c, '\u{80}'..='\u{bf}');
    text.contains("â€")
        || letters.by_ref().any(|c| c == 'Ã') && letters.next().is_some_and(is_behind)
}

/// Keeps the line that holds a place, and gives where it ends.
fn keep(text: &str, place: usize, lines: &mut Vec<String>) -> usize {
    let line = line_at(text, place);
    lines.extend(line.map(str::to_owned));
    line.map_or(place + LINE_BYTES_MAX, |line| place + line.len())
}

/// The line that holds a place, unless it is too long to be shown.
fn line_at(text: &str, place: usize) -> Option<&str> {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let bytes = text.as_bytes();
    let near = place.saturating_sub(LINE_BYTES_MAX);
    let start = match bytes[near..place].iter().rposition(is_end) {
        Some(end) => near + end + 1,
        None if near == 0 => 0,
        None => return None,
    };
    let far = bytes.len().min(place + LINE_BYTES_MAX);
    let end = bytes[place..far].iter().position(is_end).map_or(far, |end| place + end);
    text.get(start..end)
}

/// Returns `true` when letters stand on both sides, or one before and a word behind a blank:
/// `M?ller`, `Caf? du Nord`.
fn is_lost_letter(bytes: &[u8], place: usize) -> bool {
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'?')
    };
    is_letter(place.checked_sub(1)) || is_letter(Some(place + 1))
}
