//! How a file is read before it is sent, where that is asked for.

use std::path::PathBuf;

use clap::Args;
use domain::reading::{empty_word, option_help, sheet_name};
use domain::{DateOrder, DecimalStyle, InvoiceSign, ReadingRules};
use extract::encoding_name;

use super::mapping_file;
use crate::report::failure::Failure;

/// The reading rules of a unit, given on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ReadArgs {
    #[arg(long, value_name = "FILE.toml", help_heading = "Checking", help = option_help::MAPPING)]
    pub mapping: Option<PathBuf>,
    #[arg(long, value_name = "dmy|mdy|ymd", help_heading = "Checking", help = option_help::DATE_ORDER)]
    pub date_order: Option<DateOrder>,
    #[arg(long, value_name = "NAME", help_heading = "Checking", value_parser = encoding_name, help = option_help::ENCODING)]
    pub encoding: Option<String>,
    #[arg(long, value_name = "point|comma", help_heading = "Checking", help = option_help::DECIMALS)]
    pub decimals: Option<DecimalStyle>,
    #[arg(long, value_name = "positive|negative", help_heading = "Checking", help = option_help::INVOICES)]
    pub invoices: Option<InvoiceSign>,
    #[arg(long, value_name = "NAME", help_heading = "Checking", value_parser = sheet_name, help = option_help::SHEET)]
    pub sheet: Option<String>,
    #[arg(long = "empty-word", value_name = "WORD", help_heading = "Checking", value_parser = empty_word, help = option_help::EMPTY_WORD)]
    pub empty_words: Vec<String>,
    #[arg(long, help_heading = "Checking", help = option_help::KEEP_TOTALS)]
    pub keep_totals: bool,
    #[arg(long, help_heading = "Checking", help = option_help::STRICT)]
    pub strict: bool,
}

impl ReadArgs {
    /// Reads the mapping that is named.
    pub fn load(&self) -> Result<ReadingRules, Failure> {
        let mapping = self.mapping.as_deref().map(mapping_file::read).transpose()?;
        Ok(ReadingRules {
            mapping,
            date_order: self.date_order,
            failed_per_mille_max: None,
            encoding: self.encoding.clone(),
            decimal_style: self.decimals,
            invoice_sign: self.invoices,
            sheet: self.sheet.clone(),
            empty_words: self.empty_words.clone(),
            keeps_totals: self.keep_totals,
            is_strict: self.strict,
            numbered_as: None,
        })
    }

    /// Checks what no parser of a command line has seen; an error says what is wrong.
    pub fn check(self) -> Result<Self, String> {
        let in_setting = |name: &str, why: String| format!("{name}: {why}");
        let encoding = self.encoding.as_deref().map(encoding_name).transpose();
        let sheet = self.sheet.as_deref().map(sheet_name).transpose();
        let words = self.empty_words.iter().map(|word| empty_word(word)).collect();
        let words: Result<Vec<String>, _> = words;
        Ok(Self {
            encoding: encoding.map_err(|why| in_setting("encoding", why.to_string()))?,
            sheet: sheet.map_err(|why| in_setting("sheet", why.to_string()))?,
            empty_words: words.map_err(|why| in_setting("empty-words", why.to_string()))?,
            ..self
        })
    }
}
