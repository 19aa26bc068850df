//! A made organisation: suppliers, employees and three years of invoices, with known cases planted
//! in them, for trying Bursar on.
//!
//! Not for: reading anything; it only writes files.
//!
//! Invariant: the same plan writes the same bytes on every machine; nothing here reads the clock or
//! the system's randomness, and memory does not grow with the number of invoices.

mod bank;
mod billing;
mod calendar;
mod country;
mod draft;
mod employees;
mod invoice;
mod ledger;
mod names;
mod numbering;
mod organisation;
mod plants;
mod registry;
mod rng;
mod script;
mod suppliers;
mod table;
#[cfg(test)]
mod tests;
mod truth;
mod vat;

use std::io;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use calendar::{Calendar, Day};
use draft::Draft;
use rng::{Rng, Stream};

/// The days that lie between the two files of suppliers.
const EARLIER_DAYS: Day = 60;

/// The size of a sample, its seed and its last day.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    pub seed: u64,
    /// Rows of transactions.
    pub invoices: u64,
    /// Ordinary suppliers; those of the cases come on top.
    pub suppliers: usize,
    pub employees: usize,
    /// The last day of the three years.
    pub until: Date,
}

/// The files of a sample and the number of its cases.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub files: Vec<SampleFile>,
    /// Cases to be found.
    pub planted: usize,
    /// Cases that only look like some.
    pub innocent: usize,
}

/// A file of a sample.
#[derive(Debug, Serialize)]
pub struct SampleFile {
    pub name: String,
    pub rows: u64,
}

/// Writes all files into `folder`, over files of the same names.
pub fn write(folder: &Path, plan: &Plan) -> io::Result<Summary> {
    let calendar = Calendar::new(plan.until);
    let users = organisation::users(&mut Rng::new(plan.seed, Stream::Users), plan.invoices);
    let mut draft = Draft::new(plan, &calendar, &users);
    plants::plant(&mut draft);

    let mut files = Vec::new();
    let mut made = |name: String, rows| files.push(SampleFile { name, rows });
    let stamp = calendar.stamp(calendar.last);
    for day in [calendar.last - EARLIER_DAYS, calendar.last] {
        let name = format!("suppliers_{}.csv", calendar.stamp(day));
        let rows =
            suppliers::write(&folder.join(&name), day, &draft.suppliers, (&users, &calendar))?;
        made(name, rows);
    }
    let name = format!("employees_{stamp}.csv");
    let rows = employees::write(&folder.join(&name), &draft.employees, &calendar)?;
    made(name, rows);
    let name = format!("transactions_{stamp}.csv");
    let rows = ledger::write(&folder.join(&name), plan, &mut draft)?;
    made(name, rows);
    draft.truth.write(&folder.join("truth.json"), plan)?;
    let (planted, innocent) = draft.truth.counts();
    Ok(Summary { files, planted, innocent })
}
