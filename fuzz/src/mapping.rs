//! Mapping files: any text is a mapping or is none, a mapping written again is the same, and no file is
//! read otherwise than its check says.
//!
//! Not for: which header is known (`headers`). Invariant: as in `promises`.

use domain::{FileFormat, Mapping};
use extract::{Options, Require, check_mapping};

use super::promises;

/// Stands between the mapping and the file.
const BETWEEN: &str = "\n---\n";

/// The file where the input has none.
const FILE: &str = "Unique ID,Amount,Amount,Invoice Date,Company Code,Document No,Supplier Name,Betrag\n\
    1,12.50,3,05/03/2024,100,INV-1,Acme,\"1.234,50\"\n2,x,,06/03/2024,,INV-2,Smith,7\n,,,,,,,\n";

pub fn run(input: &[u8]) {
    let [choice, text @ ..] = input else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (text, file) = text.split_once(BETWEEN).unwrap_or((text, FILE));
    let Ok(mapping) = toml::from_str::<Mapping>(text) else { return };
    let again = toml::to_string(&mapping).expect("tables of texts are TOML");
    assert_eq!(toml::from_str(&again).as_ref(), Ok(&mapping), "written and read again");
    let options = promises::options(*choice, FileFormat::Csv);
    let options = Options { mapping: Some(&mapping), ..options };
    let is_sound = check_mapping(options.file_type, &mapping).is_ok();
    for require in [Require::Mandatory, Require::WhatIsThere] {
        let options = Options { require, ..options.clone() };
        let read = promises::read(file.as_bytes(), &options);
        assert!(is_sound || read.is_none(), "read by a mapping that is refused");
    }
}
