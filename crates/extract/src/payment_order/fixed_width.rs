//! Lines of fixed width, whose fields are told by their places.
//!
//! Not for: what the fields mean. Invariant: a place is counted from 1, as the formats' descriptions count; a
//! line that lacks it is a fault and never an empty field.

use super::OrderFault;

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
