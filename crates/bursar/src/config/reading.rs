//! How a file is read before it is sent, where that is asked for.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::{DateOrder, ReadingRules};
use serde::Deserialize;

use super::mapping_file;
use crate::report::failure::Failure;

/// The reading rules of a unit, given on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ReadArgs {
    /// Which header is which field, when a file is checked
    #[arg(long, value_name = "FILE.toml", help_heading = "Checking")]
    pub mapping: Option<PathBuf>,
    /// Day, month or year first, when a checked file leaves it open; a whole year needs no saying
    #[arg(long, value_name = "ORDER", help_heading = "Checking")]
    pub date_order: Option<DateOrderKeyword>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrderKeyword {
    Dmy,
    Mdy,
    Ymd,
}

impl From<DateOrderKeyword> for DateOrder {
    fn from(word: DateOrderKeyword) -> Self {
        match word {
            DateOrderKeyword::Dmy => Self::DayFirst,
            DateOrderKeyword::Mdy => Self::MonthFirst,
            DateOrderKeyword::Ymd => Self::YearFirst,
        }
    }
}

impl ReadArgs {
    /// Reads the mapping that is named.
    pub fn load(&self) -> Result<ReadingRules, Failure> {
        let mapping = self.mapping.as_deref().map(mapping_file::read).transpose()?;
        let date_order = self.date_order.map(DateOrder::from);
        Ok(ReadingRules { mapping, date_order, ..ReadingRules::default() })
    }
}
