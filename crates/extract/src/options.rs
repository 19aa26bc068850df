//! How an extract is to be read: as what, by whose mapping, and how strictly.
//!
//! Not for: reading (`read`).

use std::sync::LazyLock;

use domain::{DateOrder, FileFormat, FileType, Mapping, ReadingRules};

use crate::limits::FAILED_PER_MILLE_MAX;

/// The way in which an extract is to be read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    pub file_type: FileType,
    pub format: FileFormat,
    pub require: Require,
    pub mapping: Option<&'a Mapping>,
    /// The unit's order of day and month, where a file leaves it open.
    pub date_order: DateOrder,
    /// Failed rows in 1,000 above which the file is refused whole.
    pub failed_per_mille_max: u32,
    /// What else the unit has settled.
    pub rules: &'a ReadingRules,
}

static USUAL: LazyLock<ReadingRules> = LazyLock::new(ReadingRules::default);

impl Options<'_> {
    pub fn new(file_type: FileType, format: FileFormat) -> Self {
        Options::by_rules(file_type, format, &USUAL)
    }
}

impl<'a> Options<'a> {
    /// As a unit has settled it.
    pub fn by_rules(file_type: FileType, format: FileFormat, rules: &'a ReadingRules) -> Self {
        Self {
            file_type,
            format,
            require: Require::Mandatory,
            mapping: rules.mapping.as_ref(),
            date_order: rules.date_order.unwrap_or_default(),
            failed_per_mille_max: rules.failed_per_mille_max.unwrap_or(FAILED_PER_MILLE_MAX),
            rules,
        }
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
