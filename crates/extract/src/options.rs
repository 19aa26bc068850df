//! How an extract is to be read: as what, by whose mapping, and how strictly.
//!
//! Not for: reading (`read`).

use std::sync::LazyLock;

use domain::{DateOrder, FileFormat, FileType, Mapping, ReadingRules};
use jiff::civil::{Date, date};

use crate::dates::{DateStyle, Today};
use crate::encoding::{CodePage, Encoding, UnknownEncoding};
use crate::limits::FAILED_PER_MILLE_MAX;

/// The way in which an extract is to be read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    pub file_type: FileType,
    pub format: FileFormat,
    pub require: Require,
    pub mapping: Option<&'a Mapping>,
    /// The day on which it is read, or was received: what digits mean and which years are likely depends on
    /// it.
    pub today: Date,
    /// The unit's order of day and month, where a file leaves it open.
    pub date_order: DateOrder,
    /// Failed rows in 1,000 above which the file is refused whole.
    pub failed_per_mille_max: u32,
    pub problems: ProblemSelection,
    /// Further settings of the unit.
    pub rules: &'a ReadingRules,
}

/// Stands before the line of a row that has no identifier, in files that are a batch of their own.
const BATCH_NUMBERED_AS: &str = "line";

static USUAL: LazyLock<ReadingRules> = LazyLock::new(ReadingRules::default);

/// The day on which a file is read unless [`Options::on`] says which: one that does not move, so that what is
/// measured or tested does not.
const FIXED_DAY: Date = date(2026, 11, 23);

impl Options<'_> {
    pub fn new(file_type: FileType, format: FileFormat) -> Self {
        Options::by_rules(file_type, format, &USUAL)
    }

    /// Sets the day: today, or better the one on which the file was received.
    #[must_use]
    pub const fn on(self, today: Date) -> Self {
        Self { today, ..self }
    }
}

impl<'a> Options<'a> {
    /// The way that a unit has settled.
    pub fn by_rules(file_type: FileType, format: FileFormat, rules: &'a ReadingRules) -> Self {
        Self {
            file_type,
            format,
            require: Require::Mandatory,
            mapping: rules.mapping.as_ref(),
            today: FIXED_DAY,
            date_order: rules.date_order.unwrap_or_default(),
            failed_per_mille_max: if file_type.is_batch() {
                0
            } else {
                rules.failed_per_mille_max.unwrap_or(FAILED_PER_MILLE_MAX)
            },
            problems: ProblemSelection::First,
            rules,
        }
    }
}

impl Options<'_> {
    /// The text by which rows without an identifier are numbered; of a batch any row may lack one.
    pub(crate) fn numbered_as(&self) -> Option<&str> {
        let of_batch = self.file_type.is_batch().then_some(BATCH_NUMBERED_AS);
        self.rules.numbered_as.as_deref().or(of_batch)
    }

    /// The code page that the unit has settled for text that does not say what it is in.
    pub(crate) fn code_page(&self) -> Result<Option<CodePage>, UnknownEncoding> {
        let encoding = self.rules.encoding.as_deref().map(Encoding::named).transpose()?;
        Ok(encoding.map(Encoding::page))
    }

    /// The reading of dates where nothing in the file tells.
    pub(crate) fn date_style(&self) -> DateStyle {
        let usual = DateStyle::usual(self.date_order, Today::new(self.today));
        DateStyle { order_is_settled: self.rules.date_order.is_some(), ..usual }
    }
}

/// The columns a file must have, and the fields a row must fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Require {
    /// All mandatory ones: what an upload must have.
    Mandatory,
    /// Those it has: to look at a file that was not made for us.
    WhatIsThere,
}

/// The problems that a reading gives out; it counts all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemSelection {
    /// The first of each kind, so that one that repeats a million times costs no more than a count.
    First,
    All,
}
