//! Text as PDF: headings, paragraphs and tables on pages of A4, tagged so that a screen reader reads them in
//! their order (PDF/UA-1), with a font in it that has the letters of most of Europe.
//!
//! Not for: what is written (letters, reports).
//!
//! Invariant: every text can be written; a letter that the font lacks is shown as a sign that stands for one,
//! and said as it is to whoever has it read out.

mod font;
mod pages;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};

use pages::Pages;

/// A document on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TextDocument {
    /// The name by which a reader shows it.
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(String),
    /// Lines that belong together; one that is too long goes on in the next.
    Paragraph(String),
    Table(Table),
}

/// A table with a line of headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) heading: String,
    /// Its part of the width, held against those of the others.
    pub(crate) width: u16,
    /// Set where figures stand below each other.
    pub(crate) is_number: bool,
}

/// A document could not be written: a fault of the program.
#[derive(Debug, thiserror::Error)]
#[error("a PDF could not be written: {0}")]
pub(crate) struct PdfError(String);

impl TextDocument {
    /// The file; `made_at` is the day that stands in it.
    pub(crate) fn write(&self, made_at: Timestamp) -> Result<Vec<u8>, PdfError> {
        let configuration = configuration()?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let mut pages = Pages::new();
        for block in &self.blocks {
            match block {
                Block::Heading(text) => pages.heading(text),
                Block::Paragraph(text) => pages.paragraph(text),
                Block::Table(table) => pages.table(table),
            }
        }
        pages.draw(&mut document, &self.title);
        document.set_metadata(
            Metadata::new()
                .title(self.title.clone())
                .language("en-GB".to_owned())
                .creator("Bursar".to_owned())
                .creation_date(date(made_at)),
        );
        document.finish().map_err(|error| PdfError(format!("{error:?}")))
    }
}

fn configuration() -> Result<Configuration, PdfError> {
    let builder = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    builder.finish().map_err(|error| PdfError(format!("{error:?}")))
}

fn date(at: Timestamp) -> DateTime {
    let at = TimeZone::UTC.to_datetime(at);
    let part = |value: i8| u8::try_from(value).expect("parts of a moment are not negative");
    DateTime::new(u16::try_from(at.year()).expect("no clock stands before 1970"))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

#[cfg(test)]
mod tests;
