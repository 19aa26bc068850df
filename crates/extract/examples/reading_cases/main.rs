//! Whether files as ERPs, databases and spreadsheets really write them are read as they should be: each
//! is read as a server would, and compared with what `cases.toml` says is right for it.
//!
//! Not for: files of ours; those are in the tests. The files themselves are not kept here, as they are
//! many and some are large. `cargo xtask reading-cases`, or `cargo run -p extract --example
//! reading_cases -- FOLDER`; with the name of a case behind the folder, everything that was read of it
//! is printed.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

mod expectation;
mod outcome;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use expectation::{Cases, Expectation};
use outcome::Outcome;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name the folder with the files")?);
    let only = arguments.next();
    let cases: Cases = toml::from_str(include_str!("cases.toml"))?;
    let (mut right, mut wrong, mut absent) = (0, 0, 0);
    for case in &cases.case {
        if only.as_ref().is_some_and(|only| !case.file.starts_with(only)) {
            continue;
        }
        let path = folder.join(&case.file);
        if !path.is_file() {
            absent += 1;
            println!("{:<48} not there", case.file);
            continue;
        }
        let outcome = match Outcome::of(&path, case) {
            Ok(outcome) => outcome,
            Err(error) => {
                wrong += 1;
                println!("{:<48} WRONG   {error}", case.file);
                continue;
            }
        };
        if only.is_some() {
            println!("{outcome}");
        }
        let faults = case.faults(&outcome);
        if faults.is_empty() {
            right += 1;
            println!("{:<48} right   {}", case.file, outcome.in_short());
        } else {
            wrong += 1;
            println!("{:<48} WRONG   {}", case.file, outcome.in_short());
            for fault in faults {
                println!("    {fault}");
            }
        }
    }
    println!("{right} right, {wrong} wrong, {absent} not there");
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
