//! `bursard reading-rules` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::reading::{empty_word, option_help, sheet_name};
use domain::{DateOrder, DecimalStyle, FileType, InvoiceSign};
use extract::encoding_name;

use super::{Format, UnitArgs};

/// The ledger whose reading rules a command is about.
#[derive(Debug, Args)]
pub(crate) struct RulesPlace {
    #[command(flatten)]
    pub(crate) place: UnitArgs,
    /// Type of the files: APT, Suppliers, Employees, IMS or Payments
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) file_type: FileType,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReadingRulesCommand {
    /// Show how the files of a type are read
    Show {
        #[command(flatten)]
        of: RulesPlace,
        #[command(flatten)]
        format: Format,
    },
    /// Change the settings that are given, and leave the others; they count for all files read from now on
    Set {
        #[command(flatten)]
        of: RulesPlace,
        #[command(flatten)]
        rules: Box<RuleArgs>,
    },
    /// Set settings back to their defaults: those that are named, or all
    Clear {
        #[command(flatten)]
        of: RulesPlace,
        /// Settings to set back [default: all]
        #[arg(value_name = "SETTING")]
        settings: Vec<RuleName>,
    },
}

/// The rules that are set; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
pub(crate) struct RuleArgs {
    #[arg(long, value_name = "FILE.toml", help = option_help::MAPPING)]
    pub(crate) mapping: Option<PathBuf>,
    #[arg(long, value_name = "dmy|mdy|ymd", help = option_help::DATE_ORDER)]
    pub(crate) date_order: Option<DateOrder>,
    /// How many rows in 1,000 may fail before a file is refused whole [default: 50]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub(crate) failed_per_mille: Option<u32>,
    #[arg(long, value_name = "NAME", value_parser = encoding_name, help = option_help::ENCODING)]
    pub(crate) encoding: Option<String>,
    #[arg(long, value_name = "point|comma", help = option_help::DECIMALS)]
    pub(crate) decimals: Option<DecimalStyle>,
    #[arg(long, value_name = "positive|negative", help = option_help::INVOICES)]
    pub(crate) invoices: Option<InvoiceSign>,
    #[arg(long, value_name = "NAME", value_parser = sheet_name, help = option_help::SHEET)]
    pub(crate) sheet: Option<String>,
    #[arg(long = "empty-word", value_name = "WORD", value_parser = empty_word, help = option_help::EMPTY_WORD)]
    pub(crate) empty_words: Vec<String>,
    #[arg(long, help = option_help::KEEP_TOTALS)]
    pub(crate) keep_totals: bool,
    #[arg(long, help = option_help::STRICT)]
    pub(crate) strict: bool,
}

/// A setting of reading by the name of its flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    Mapping,
    DateOrder,
    FailedPerMille,
    Encoding,
    Decimals,
    Invoices,
    Sheet,
    EmptyWord,
    KeepTotals,
    Strict,
}
