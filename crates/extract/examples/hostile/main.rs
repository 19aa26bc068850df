//! Whether files made to do harm are refused with a sentence, and in how much memory: reads each and
//! prints a row for it. Ends with an error when one is not answered as it should be.
//!
//! Not for: speed. Run it in release: `cargo run --release -p extract --example hostile`; with `quick`
//! behind, without those that take seconds.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use domain::FileType;
use extract::{NullSink, Options};

mod cases;

/// Reading any file has to stay below.
const PEAK_MIB_MAX: u64 = 256;

fn main() -> ExitCode {
    let mut is_well = true;
    println!("{:<34} {:>8} {:>9} {:>7}  answer", "file", "peak MiB", "read MiB", "s");
    let is_quick = std::env::args().nth(1).is_some_and(|word| word == "quick");
    for case in cases::CASES.iter().filter(|case| !(is_quick && case.is_long)) {
        let mut made = (case.make)();
        let given_before = made.given;
        reset_peak();
        let begun = Instant::now();
        let options = Options::new(FileType::Transactions, case.format);
        let said = match extract::read(&mut made, &options, &mut NullSink) {
            Ok(reading) => format!("({} rows read)", reading.rows_read),
            Err(refused) => refused.to_string(),
        };
        let seconds = begun.elapsed().as_secs_f64();
        let peak = peak_mib();
        let read = (made.given - given_before) >> 20;
        let is_answered = match case.said {
            "" => said.starts_with('('),
            expected => said.contains(expected),
        };
        let is_fine = is_answered && peak < PEAK_MIB_MAX;
        is_well &= is_fine;
        let mark = if is_fine { "" } else { "NOT AS IT SHOULD BE: " };
        println!("{:<34} {peak:>8} {read:>9} {seconds:>7.2}  {mark}{said}", case.name);
    }
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Linux forgets the peak when told so; elsewhere there is none to show.
fn reset_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap_or_else(|_no_linux| ());
}

fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_else(|_no_linux| String::new());
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}
