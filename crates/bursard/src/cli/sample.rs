//! `bursard sample`, as typed.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::Format;

/// The invoices of a made organisation that nobody has said the size of.
pub(crate) const SAMPLE_INVOICES: u64 = 20_000;
/// Its last day.
pub(crate) const SAMPLE_UNTIL: Date = jiff::civil::date(2026, 9, 30);

#[derive(Debug, Args)]
pub(crate) struct Sampling {
    /// Folder to write into; files of the same names are overwritten
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Seed of the random numbers: the same seed, sizes and date write the same bytes
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// How many rows of transactions
    #[arg(
        long,
        default_value_t = SAMPLE_INVOICES,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(5_000..=50_000_000)
    )]
    pub(crate) invoices: u64,
    /// How many ordinary suppliers [default: one for 40 invoices]
    #[arg(long, value_name = "N", value_parser = parties())]
    pub(crate) suppliers: Option<u64>,
    /// How many employees [default: one for 50 invoices]
    #[arg(long, value_name = "N", value_parser = parties())]
    pub(crate) employees: Option<u64>,
    /// Last day of the three years, such as 2026-09-30
    #[arg(long, default_value_t = SAMPLE_UNTIL, value_name = "DATE", value_parser = last_day)]
    pub(crate) until: Date,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// Parses a number of suppliers or employees: what is planted needs some to hide among; the most is
/// more than the largest organisations have.
fn parties() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(100..=200_000)
}

fn last_day(text: &str) -> Result<Date, String> {
    let date = text.parse::<Date>().ok().filter(|date| (2000..2100).contains(&date.year()));
    date.ok_or_else(|| "write a day of this century as 2026-09-30".to_owned())
}
