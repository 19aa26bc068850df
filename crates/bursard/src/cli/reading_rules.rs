//! `bursard reading-rules` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::reading::{empty_word, sheet_name};
use domain::{DateOrder, DecimalStyle, FileType, InvoiceSign};
use extract::encoding_name;

use super::{Format, UnitArgs};

/// The ledger whose reading rules a command is about.
#[derive(Debug, Args)]
pub(crate) struct RulesPlace {
    #[command(flatten)]
    pub(crate) place: UnitArgs,
    /// APT, Suppliers, Employees, IMS or Payments
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
    /// Change what is given, and leave the rest as it is; for all that is read from now on
    Set {
        #[command(flatten)]
        of: RulesPlace,
        #[command(flatten)]
        rules: Box<RuleArgs>,
    },
    /// Read them as usual again, in everything or in what is named
    Clear {
        #[command(flatten)]
        of: RulesPlace,
        /// What is as usual again [default: everything]
        #[arg(value_name = "SETTING")]
        settings: Vec<RuleName>,
    },
}

/// The rules that are set; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
pub(crate) struct RuleArgs {
    /// Which header is which field, as `bursar check --write-mapping` writes it
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) mapping: Option<PathBuf>,
    /// Which comes first where a file leaves it open
    #[arg(long, value_name = "dmy|mdy|ymd")]
    pub(crate) date_order: Option<DateOrder>,
    /// Failed rows in 1,000 above which a file is refused whole
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub(crate) failed_per_mille: Option<u32>,
    /// The encoding of text files, such as windows-1250 or cp850 [usual: as each file tells]
    #[arg(long, value_name = "NAME", value_parser = encoding_name)]
    pub(crate) encoding: Option<String>,
    /// The decimal sign of amounts [usual: as each column tells]
    #[arg(long, value_name = "point|comma")]
    pub(crate) decimals: Option<DecimalStyle>,
    /// The sign that amounts of invoices have in the files; negative turns every amount round
    #[arg(long, value_name = "positive|negative")]
    pub(crate) invoices: Option<InvoiceSign>,
    /// The sheet of workbooks that is read, by its name [usual: the one whose columns are known]
    #[arg(long, value_name = "NAME", value_parser = sheet_name)]
    pub(crate) sheet: Option<String>,
    /// A word that stands for nothing, such as tbc; may be repeated, and replaces those set before
    #[arg(long = "empty-word", value_name = "WORD", value_parser = empty_word)]
    pub(crate) empty_words: Vec<String>,
    /// Take no record for a total: one that looks like it is a row or set aside
    #[arg(long)]
    pub(crate) keep_totals: bool,
    /// Refuse a file that lacks a mandatory column, also where the field could be derived
    #[arg(long)]
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
