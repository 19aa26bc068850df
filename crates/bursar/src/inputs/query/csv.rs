//! Cells to CSV as RFC 4180 writes it.
//!
//! Invariant: what is read back is what was written; nothing is nothing, and empty text is `""`.

use std::io::{self, Write};

/// A line of CSV that is written.
#[derive(Debug)]
pub(super) struct CsvLine<'w, W> {
    to: &'w mut W,
    is_begun: bool,
}

/// Writes the line of headings.
pub(super) fn headings<'n>(
    to: &mut impl Write,
    names: impl IntoIterator<Item = &'n str>,
) -> io::Result<()> {
    let mut line = CsvLine::begin(to);
    for name in names {
        line.cell(Some(name.as_bytes()))?;
    }
    line.end()
}

impl<'w, W: Write> CsvLine<'w, W> {
    pub(super) fn begin(to: &'w mut W) -> Self {
        Self { to, is_begun: false }
    }

    pub(super) fn cell(&mut self, value: Option<&[u8]>) -> io::Result<()> {
        if self.is_begun {
            self.to.write_all(b",")?;
        }
        self.is_begun = true;
        let Some(value) = value else { return Ok(()) };
        let is_plain = !value.is_empty() && !value.iter().any(|byte| b",\"\r\n".contains(byte));
        if is_plain {
            return self.to.write_all(value);
        }
        self.to.write_all(b"\"")?;
        for (number, part) in value.split(|byte| *byte == b'"').enumerate() {
            if number > 0 {
                self.to.write_all(b"\"\"")?;
            }
            self.to.write_all(part)?;
        }
        self.to.write_all(b"\"")
    }

    pub(super) fn end(self) -> io::Result<()> {
        self.to.write_all(b"\n")
    }
}
