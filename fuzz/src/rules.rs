//! Reading rules: any that are kept as JSON are kept the same again, and any file is read or refused by them.
//!
//! Not for: how people type them. Invariant: as in `promises`.

use domain::{FileFormat, ReadingRules};
use extract::Options;

use super::promises;

pub fn run(input: &[u8]) {
    let [choice, input @ ..] = input else { return };
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (kept, file) = input.split_at(end);
    let Ok(rules) = serde_json::from_slice::<ReadingRules>(kept) else { return };
    let again = serde_json::to_vec(&rules).expect("rules are texts and numbers");
    let again = serde_json::from_slice::<ReadingRules>(&again).expect("they were written so");
    assert_eq!(again, rules, "written and read again");
    let usual = promises::options(*choice, FileFormat::Csv);
    let options = Options {
        require: usual.require,
        ..Options::by_rules(usual.file_type, FileFormat::Csv, &rules)
    };
    drop(promises::read(file.trim_ascii_start(), &options));
}
