//! Any table in any of the styles that extracts come in: what is read is what was written, or something is
//! said that tells whoever reads it to look.
//!
//! Not for: one style alone; the tests beside this one have each. Invariant: the writer knows nothing of the
//! reader, so that both would have to be wrong in the same way. `PROPTEST_CASES` sets how many tables.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use proptest::test_runner::{Config, TestCaseError, TestRng, TestRunner};

use self::file::{FileStyle, file_styles};
use self::table::{WrittenRow, rows};
use super::*;

mod amounts;
mod dates;
mod encodings;
mod file;
mod frame;
mod judge;
mod table;

/// Tables in 100 that are read as they were written, without a word being needed: a reader that says
/// something of all is no use.
const READ_PERCENT_MIN: u32 = 60;

#[test]
fn a_table_in_any_style_is_read_as_it_was_written_or_something_is_said() {
    let (all, right) = (AtomicU32::new(0), AtomicU32::new(0));
    let check = |(rows, style): (Vec<WrittenRow>, FileStyle)| {
        let file = style.write(&rows);
        let options = Options {
            failed_per_mille_max: 1_000,
            ..Options::new(FileType::Transactions, style.format())
        };
        let (kept, reading) = read_with(&file, &options);
        all.fetch_add(1, Relaxed);
        // A refusal is a sentence.
        let Ok(reading) = reading else { return Ok(()) };
        let wrong = judge::wrong_cells(&rows, &style.headers, &kept);
        right.fetch_add(u32::from(wrong.is_empty()), Relaxed);
        let silent: Vec<_> = wrong.iter().filter(|cell| !cell.is_said).map(judge::shown).collect();
        if silent.is_empty() {
            return Ok(());
        }
        let said: Vec<_> = kept.problems.iter().take(20).collect();
        let text = String::from_utf8_lossy(&file[..file.len().min(3_000)]);
        Err(TestCaseError::fail(format!(
            "{style:?}\n{text}\nsilently wrong: {silent:#?}\nsaid: {said:?}\nread as: {:?}",
            reading.columns
        )))
    };
    let config = Config { failure_persistence: None, ..Config::default() };
    // As many as are asked for are other ones each time; those of every build are the same.
    let mut runner = if std::env::var_os("PROPTEST_CASES").is_some() {
        TestRunner::new(config)
    } else {
        let same = TestRng::deterministic_rng(config.rng_algorithm);
        TestRunner::new_with_rng(config, same)
    };
    if let Err(failure) = runner.run(&(rows(), file_styles()), check) {
        panic!("{failure}");
    }
    let (all, right) = (all.into_inner(), right.into_inner());
    println!("{right} of {all} tables read as they were written");
    assert!(right * 100 >= all * READ_PERCENT_MIN, "only {right} of {all} were read as they were");
}
