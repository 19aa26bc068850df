//! How an extract is to be read: as what, by whose mapping, and how strictly.
//!
//! Not for: reading (`read`).

use domain::{DateOrder, FileFormat, FileType, Mapping};

use crate::limits::FAILED_PER_MILLE_MAX;

/// The way in which an extract is to be read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    pub file_type: FileType,
    pub format: FileFormat,
    pub mapping: Option<&'a Mapping>,
    /// The unit's order of day and month, where a file leaves it open.
    pub date_order: DateOrder,
    pub require: Require,
    /// Failed rows in 1,000 above which the file is refused whole.
    pub failed_per_mille_max: u32,
}

impl Options<'_> {
    pub fn new(file_type: FileType, format: FileFormat) -> Self {
        Self {
            file_type,
            format,
            mapping: None,
            date_order: DateOrder::default(),
            require: Require::Mandatory,
            failed_per_mille_max: FAILED_PER_MILLE_MAX,
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
