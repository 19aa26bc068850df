//! Our check beside Splink 5 on `DuckDB` over the same candidate blocks, in one run.
//!
//! Invariant: reading is left out of both sides; learning and scoring are in both.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

use evidence::entities::company_name::canonical;
use evidence::invoice_number::InvoiceNumber;
use evidence::text_key;

use crate::header::Header;

/// The answer of the other program.
#[derive(serde::Deserialize)]
pub(crate) struct Splink {
    pub(crate) train_seconds: f64,
    pub(crate) score_seconds: f64,
    pub(crate) shown: u64,
    pub(crate) peak_mib: u64,
}

const SCRIPT: &str = include_str!("splink_invoices.py");
/// Amounts of so many invoices of several suppliers are rare; `check.sql` says so too.
const RARE: std::ops::RangeInclusive<usize> = 2..=4;

/// Runs the script with a Python that has `splink` and `duckdb`.
pub(crate) fn splink(python: &Path, headers: &[Header]) -> Result<Splink, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let table = folder.path().join("invoices.csv");
    write(headers, &table)?;
    let done = Command::new(python).args(["-c", SCRIPT]).arg(&table).output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
    }
    let said = String::from_utf8(done.stdout)?;
    let line = said.lines().rfind(|line| line.starts_with('{')).unwrap_or_default();
    Ok(serde_json::from_str(line)?)
}

fn write(headers: &[Header], to: &Path) -> Result<(), Box<dyn Error>> {
    let mut parties: HashMap<String, usize> = HashMap::new();
    let mut amounts: HashMap<i64, (usize, usize, bool)> = HashMap::new();
    let mut party_of = Vec::with_capacity(headers.len());
    for header in headers {
        let next = parties.len();
        let party = *parties.entry(canonical(&header.supplier_name).squeezed()).or_insert(next);
        party_of.push(party);
        let seen = amounts.entry(header.amount).or_insert((0, party, false));
        seen.0 += 1;
        seen.2 |= seen.1 != party;
    }
    let mut out = BufWriter::new(File::create(to)?);
    writeln!(
        out,
        "place,party,amount,number,number_key,merged_key,stem_key,rare_amount,invoiced,entered,keyed_by,paid_day,description"
    )?;
    for (place, (header, party)) in headers.iter().zip(party_of).enumerate() {
        let number = InvoiceNumber::new(&header.number);
        let key = |text: &str| {
            // As signed numbers, which is what DuckDB reads by default.
            if number.is_usable() { (text_key(text) >> 1).to_string() } else { String::new() }
        };
        let rare = amounts
            .get(&header.amount)
            .filter(|(count, _, several)| *several && RARE.contains(count));
        let amount = if header.amount == 0 { String::new() } else { header.amount.to_string() };
        writeln!(
            out,
            "{place},{party},{amount},{},{},{},{},{},{},{},{},{},{}",
            number.plain,
            key(&number.plain),
            key(number.merged()),
            key(&InvoiceNumber::stem(&header.number)),
            rare.map(|_| amount.clone()).unwrap_or_default(),
            header.invoiced,
            header.entered,
            text_key(&header.user) >> 1,
            header.paid.map(|day| day.to_string()).unwrap_or_default(),
            text_key(&header.description) >> 1,
        )?;
    }
    Ok(out.flush()?)
}
