//! Web pages with tables: any markup is read or refused, in whatever encoding the unit has settled.
//!
//! Not for: pages that no extract is; those have no table. Invariant: as in `promises`.

use domain::{FileFormat, ReadingRules};

use super::promises;

/// Settled by the unit, or left to the page.
const ENCODINGS: [Option<&str>; 4] = [None, Some("utf-8"), Some("windows-1252"), Some("shift_jis")];

pub fn run(input: &[u8]) {
    let [choice, content @ ..] = input else { return };
    let encoding = ENCODINGS[usize::from(choice / 3) % ENCODINGS.len()].map(str::to_owned);
    let rules = ReadingRules { encoding, ..ReadingRules::default() };
    let options = promises::options(*choice, FileFormat::Xls);
    let options = extract::Options { rules: &rules, ..options };
    let begin: &[u8] = if choice & 0x40 == 0 { b"<table>" } else { b"" };
    drop(promises::read(&[begin, content].concat(), &options));
}
