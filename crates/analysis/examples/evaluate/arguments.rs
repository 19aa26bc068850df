//! What the program is told.

use std::error::Error;
use std::path::{Path, PathBuf};

use domain::{InvoiceLines, Mapping};

/// The kind of evaluation, and its sizes.
pub(crate) struct Arguments {
    pub(crate) seeds: Vec<u64>,
    pub(crate) each: usize,
    pub(crate) ledgers: Vec<PathBuf>,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) details: bool,
    pub(crate) threshold: Option<f64>,
    /// The reading of rows of one document, of a ledger whose Unique IDs are those of lines.
    pub(crate) invoice_lines: InvoiceLines,
    /// A Python that has `splink`: ours beside it over the same candidates, and nothing injected.
    pub(crate) splink: Option<PathBuf>,
    /// One seed, the invoice date kept, nothing ranked: while weights are set.
    pub(crate) is_short: bool,
}

impl Arguments {
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self {
            seeds: vec![1, 2, 3, 4, 5],
            each: 40,
            ledgers: Vec::new(),
            mapping: None,
            details: false,
            threshold: None,
            invoice_lines: InvoiceLines::default(),
            splink: None,
            is_short: false,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--seed" | "--seeds" => {
                    let seeds = value()?;
                    arguments.seeds = seeds.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--each" => arguments.each = value()?.parse()?,
                "--ledger" => arguments.ledgers.push(value()?.into()),
                "--mapping" => {
                    arguments.mapping = Some(toml::from_str(&std::fs::read_to_string(value()?)?)?);
                }
                "--threshold" => arguments.threshold = Some(value()?.parse()?),
                "--invoice-lines" => arguments.invoice_lines = value()?.parse()?,
                "--splink" => arguments.splink = Some(value()?.into()),
                "--details" => arguments.details = true,
                "--short" => arguments.is_short = true,
                other => return Err(format!("there is no option {other}").into()),
            }
        }
        if arguments.ledgers.is_empty() {
            arguments.ledgers = open_ledgers();
        }
        Ok(arguments)
    }
}

fn open_ledgers() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = match std::fs::read_dir(Path::new("../shared/data/open")) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_absent) => Vec::new(),
    };
    folders.sort();
    folders
}
