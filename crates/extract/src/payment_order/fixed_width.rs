//! Lines of fixed width, whose fields are told by their places.
//!
//! Not for: what the fields mean. Invariant: a place is counted from 1, as the formats' descriptions count; a
//! line that lacks it is a fault and never an empty field.

use std::borrow::Cow;

use super::order::OrderFault;

/// A line of text without its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: &'a str,
}

/// The lines of a file in ASCII; blank ones at its end are left out.
pub(super) fn lines(bytes: &[u8]) -> Result<Vec<Line<'_>>, OrderFault> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_plain = |byte: &u8| (0x20..0x7f).contains(byte);
        if !line.iter().all(is_plain) {
            let what = "the line holds a character that the format does not have; write plain letters, digits \
                        and signs";
            return Err(OrderFault::new(number, what));
        }
        let text = std::str::from_utf8(line).expect("ASCII is UTF-8");
        lines.push(Line { number, text });
    }
    while lines.last().is_some_and(|line| line.text.trim_matches(['\u{1a}', ' ']).is_empty()) {
        lines.pop();
    }
    Ok(lines)
}

impl<'a> Line<'a> {
    /// The text from one place to another, both included, without blanks round it.
    pub(super) fn field(&self, from: usize, to: usize) -> Result<&'a str, OrderFault> {
        Ok(self.raw(from, to)?.trim())
    }

    pub(super) fn raw(&self, from: usize, to: usize) -> Result<&'a str, OrderFault> {
        self.text.get(from - 1..to).ok_or_else(|| {
            let what =
                format!("the line ends before place {to}: it has {} places", self.text.len());
            OrderFault::new(self.number, what)
        })
    }

    /// The digits from one place to another as a number.
    pub(super) fn number(&self, from: usize, to: usize, of: &str) -> Result<u64, OrderFault> {
        let text = self.raw(from, to)?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_number).ok_or_else(|| {
            self.fault(format!("{of} in places {from} to {to} is no number: \"{}\"", text.trim()))
        })
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> OrderFault {
        OrderFault::new(self.number, what)
    }
}

/// The lines of a file with some left out and some numbers in them changed; their ends stay.
#[derive(Debug)]
pub(super) struct LineEdits<'a> {
    /// Each line with its end; none where it is left out.
    lines: Vec<Option<Cow<'a, [u8]>>>,
}

impl<'a> LineEdits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        Self { lines: lines.map(|line| Some(Cow::Borrowed(line))).collect() }
    }

    /// Leaves the line at a place out, counted from 0.
    pub(super) fn leave_out(&mut self, at: usize) {
        self.lines[at] = None;
    }

    /// Writes a number over places of a line that is not left out, with zeros before it.
    pub(super) fn set_number(&mut self, at: usize, (from, to): (usize, usize), number: u64) {
        let width = to + 1 - from;
        let digits = format!("{number:0width$}");
        let line = self.lines[at].as_mut().expect("a line that is left out has no numbers");
        line.to_mut()[from - 1..to].copy_from_slice(digits.as_bytes());
    }

    /// Writes a line so many times behind another, with that one's end.
    pub(super) fn repeat_behind(&mut self, at: usize, text: &str, times: usize) {
        let line = self.lines[at].as_mut().expect("nothing is written behind what is left out");
        let ended = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n"));
        let without_end = ended.map_or(line.len(), <[u8]>::len);
        let end = line[without_end..].to_vec();
        let between = if end.is_empty() { b"\n".as_slice() } else { &end };
        let line = line.to_mut();
        line.truncate(without_end);
        for _ in 0..times {
            line.extend_from_slice(between);
            line.extend_from_slice(text.as_bytes());
        }
        line.extend_from_slice(&end);
    }

    /// The number of the first so many lines that are not left out.
    pub(super) fn lines_left(&self, of: usize) -> usize {
        self.lines[..of].iter().flatten().count()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.lines.iter().flatten().for_each(|line| bytes.extend_from_slice(line));
        bytes
    }
}
