//! `cargo xtask prove reading`: a large file into a ledger, beside `DuckDB` on the same file in the same run,
//! and a day's extract into the ledger that came of it.
//!
//! Not for: CI; the figures hold for one machine, the ratios travel. Invariant: both read all rows with two
//! threads, in turn, and the medians are compared.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::files::{make_folder, remove_folder};
use crate::{cargo, output};

const TURNS: usize = 3;
/// A day's rows: three in four replace one that is there, anywhere in the ledger, the others are new.
const DAILY_ROWS: u64 = 10_000;
const OTHER_READERS: &str = "crates/analysis/examples/other_readers.py";
const DUCKDB: &str = "crates/analysis/examples/duckdb_reading.py";

/// The time and memory that one reading took.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    cpu_seconds: f64,
    peak_mib: f64,
}

pub(super) fn run(release: &Path, rows: &str) -> Result<(), String> {
    let rows: u64 = rows.parse().map_err(|_invalid| format!("{rows} is not a number of rows"))?;
    let (examples, folder) = (release.join("examples"), release.join("prove-reading"));
    make_folder(&folder)?;
    let file = folder.join(format!("{rows}.csv"));
    if !file.exists() {
        // Reading it once is how the example makes it.
        let mut make = Command::new(examples.join("csv_speed"));
        printed(make.arg(&file).arg(rows.to_string()))?;
    }
    let bytes = fs::metadata(&file).map_err(|fault| fault.to_string())?.len();
    output::say(&format!("{rows} rows, {bytes} bytes, two threads, {TURNS} turns"));

    let ledger = folder.join("ledger");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 1..=TURNS {
        remove_folder(&ledger)?;
        let read = printed(Command::new(examples.join("ledger_speed")).arg(&ledger).arg(&file))?;
        ours.push(cost(&read)?);
        say(&format!("bursar {turn}"), ours[turn - 1]);
        let target = folder.join("duckdb.parquet");
        if let Ok(read) = printed(Command::new("python3").arg(DUCKDB).arg(&file).arg(&target)) {
            theirs.push(cost(&read)?);
            say(&format!("duckdb {turn}"), theirs[turn - 1]);
        }
    }
    compare(&ours, &theirs);

    let daily = folder.join("daily.csv");
    write_daily(&file, &daily, rows).map_err(|fault| fault.to_string())?;
    let read = printed(Command::new(examples.join("ledger_speed")).arg(&ledger).arg(&daily))?;
    say(&format!("{DAILY_ROWS} rows into it"), cost(&read)?);
    output::say(read.trim());
    let table = ledger.join("acme/acme/transactions");
    match printed(Command::new("python3").arg(OTHER_READERS).arg(&table)) {
        Ok(counted) => output::say(counted.trim()),
        Err(_) => output::say("no other reader is there: pip install duckdb deltalake pyarrow"),
    }
    Ok(())
}

fn compare(ours: &[Cost], theirs: &[Cost]) {
    if theirs.is_empty() {
        output::say("DuckDB is not there to compare with: pip install duckdb");
        return;
    }
    for (what, of) in [
        ("wall time", (|cost: &Cost| cost.seconds) as fn(&Cost) -> f64),
        ("CPU", |cost: &Cost| cost.cpu_seconds),
        ("memory", |cost: &Cost| cost.peak_mib),
    ] {
        let (mine, other) = (median(ours, of), median(theirs, of));
        output::say(&format!(
            "{what:<9} {:.2} of DuckDB's ({mine:.2} to {other:.2})",
            mine / other
        ));
    }
}

fn median(all: &[Cost], of: fn(&Cost) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn say(who: &str, cost: Cost) {
    let Cost { seconds, cpu_seconds, peak_mib } = cost;
    output::say(&format!(
        "{who:<20} {seconds:>6.2} s wall {cpu_seconds:>6.2} s CPU {peak_mib:>5.0} MiB"
    ));
}

/// Every so-manieth line of the file as a new day has it, and some that it never had.
fn write_daily(file: &Path, daily: &Path, rows: u64) -> std::io::Result<()> {
    let known = DAILY_ROWS * 3 / 4;
    let every = (rows / known).max(1);
    let mut lines = BufReader::new(File::open(file)?).lines();
    let mut out = BufWriter::new(File::create(daily)?);
    writeln!(out, "{}", lines.next().unwrap_or_else(|| Ok(String::new()))?)?;
    let mut last = String::new();
    for (number, line) in (0_u64..).zip(lines) {
        let line = line?;
        if number % every == 0 && number / every < known {
            writeln!(out, "{line}")?;
            last = line;
        }
    }
    let rest = last.split_once(',').map_or("", |(_, rest)| rest);
    for new in known..DAILY_ROWS {
        writeln!(out, "NEW{new},{rest}")?;
    }
    out.flush()
}

/// The standard output of a program, whose errors are shown as they come.
fn printed(command: &mut Command) -> Result<String, String> {
    let done = command
        .stderr(Stdio::inherit())
        .current_dir(cargo::root())
        .output()
        .map_err(|fault| format!("{command:?} did not start: {fault}"))?;
    if !done.status.success() {
        return Err(format!("{command:?} failed"));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

fn cost(json: &str) -> Result<Cost, String> {
    Ok(Cost {
        seconds: member(json, "seconds")?,
        cpu_seconds: member(json, "cpu_seconds")?,
        peak_mib: member(json, "peak_mib")?,
    })
}

/// A number of a flat JSON object; the standard library has no more, and no more is needed.
fn member(json: &str, name: &str) -> Result<f64, String> {
    let behind = json.split(&format!("\"{name}\":")).nth(1).unwrap_or_default();
    let number: String =
        behind.trim_start().chars().take_while(|c| !matches!(c, ',' | '}')).collect();
    number.trim().parse().map_err(|_invalid| format!("there is no {name} in {json}"))
}
