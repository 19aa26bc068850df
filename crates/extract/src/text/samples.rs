//! Lines of a text that show what was lost or guessed, for somebody to look at.
//!
//! Not for: which cells of them are shown (`TextSource::doubts`). Invariant: few lines are kept, and short
//! ones, whatever the text holds.

/// Lines that show how a code page was read.
const GUESSED_MAX: usize = 3;

/// Lines with question marks: most of them are questions, and names are looked for among them.
const QUESTIONS_MAX: usize = 200;

/// Of one line.
const LINE_BYTES_MAX: usize = 1 << 11;

#[derive(Debug, Default)]
pub(super) struct Samples {
    /// Lines that are not UTF-8.
    pub(super) guessed: Vec<String>,
    /// Lines in which a question mark stands where a letter may have been.
    pub(super) questions: Vec<String>,
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

    /// Looks for characters that were lost before the text came here: such as became `?`, and those that are
    /// marked as damaged.
    pub(super) fn add_lost(&mut self, text: &str, is_damaged: &mut bool) {
        /// The replacement character in UTF-8 begins so, and little else does.
        const MARKED: u8 = 0xef;
        if self.questions.len() == QUESTIONS_MAX && *is_damaged {
            return;
        }
        let bytes = text.as_bytes();
        // Behind the line looked at last.
        let mut behind = 0;
        for place in memchr::memchr2_iter(b'?', MARKED, bytes) {
            if bytes[place] == MARKED {
                *is_damaged = *is_damaged || text[place..].starts_with(char::REPLACEMENT_CHARACTER);
            } else if place >= behind
                && self.questions.len() < QUESTIONS_MAX
                && is_lost_letter(bytes, place)
            {
                let line = line_at(text, place);
                behind = line.map_or(place + LINE_BYTES_MAX, |line| place + line.len());
                self.questions.extend(line.map(str::to_owned));
            }
        }
    }
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

/// Whether letters stand on both sides, or one before and a word behind a blank: `M?ller`, `Caf? du Nord`.
fn is_lost_letter(bytes: &[u8], place: usize) -> bool {
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'?')
    };
    is_letter(place.checked_sub(1)) || is_letter(Some(place + 1))
}
