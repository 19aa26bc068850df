//! The encoding of web pages: the unit's word, or a guess that is said; and what a wrong one left in a text.

use super::*;
use crate::limits::{BLOCK_BYTES, INFERENCE_RECORDS};

const HEADER: &str = "<table><tr><th>Unique ID</th><th>Supplier Name</th></tr>";
/// In cp850.
const ROWS: &[u8] =
    b"<tr><td>1</td><td>M\x81ller</td></tr><tr><td>2</td><td>B\x84ckerei K\x94ln</td></tr></table>";

fn read_page(page: &[u8], encoding: Option<&str>) -> (CollectingSink, Result<Reading, ReadError>) {
    let encoding = encoding.map(str::to_owned);
    let rules = ReadingRules { encoding, ..ReadingRules::default() };
    let options = Options::by_rules(FileType::Transactions, FileFormat::Xls, &rules);
    read_with(page, &Options { require: Require::WhatIsThere, ..options })
}

fn guessed(kept: &CollectingSink) -> Option<&str> {
    let mut said = kept.problems.iter().filter(|said| said.reason == Reason::CodePageGuessed);
    said.next().and_then(|said| said.value.as_deref())
}

#[test]
fn a_web_page_is_in_the_encoding_of_the_unit_or_in_one_that_is_guessed_and_said() {
    let page = [HEADER.as_bytes(), ROWS].concat();
    for (encoding, said) in [(Some("cp850"), None), (None, Some("cp850: Müller, Bäckerei Köln"))]
    {
        let (kept, reading) = read_page(&page, encoding);
        assert_eq!(reading.unwrap().rows_read, 2);
        assert_eq!(kept.column("supplier_name"), ["Müller", "Bäckerei Köln"], "{encoding:?}");
        assert_eq!(guessed(&kept), said, "{encoding:?}");
    }
    let unknown = read_page(&page, Some("klingon")).1.unwrap_err();
    assert!(matches!(unknown, ReadError::Refused(Refusal::UnknownEncoding(_))), "{unknown}");
}

#[test]
fn a_web_page_is_guessed_by_all_of_it() {
    let plain = "<tr><td>0</td><td>Acme</td></tr>";
    let rows = usize::try_from(INFERENCE_RECORDS).unwrap() + BLOCK_BYTES / plain.len();
    let plain = plain.repeat(rows + 1);
    let (kept, reading) = read_page(&[HEADER.as_bytes(), plain.as_bytes(), ROWS].concat(), None);
    assert_eq!(reading.unwrap().rows_read, kept.rows() as u64);
    assert_eq!(kept.restarts, 1, "its beginning tells nothing");
    assert_eq!(kept.column("supplier_name").last().unwrap(), "Bäckerei Köln");
    assert_eq!(guessed(&kept), Some("cp850: Müller, Bäckerei Köln"));

    // Blocks end within characters of two bytes.
    let utf8 =
        format!("{HEADER}{}</table>", "<tr><td>ä</td><td>Öl</td></tr>".repeat(BLOCK_BYTES / 16));
    let (kept, _) = read_page(utf8.as_bytes(), None);
    assert_eq!((kept.restarts, guessed(&kept)), (0, None));
    assert!(kept.column("supplier_name").iter().all(|name| name == "Öl"));
}

#[test]
fn control_characters_of_a_wrong_code_page_are_shown() {
    let (kept, _) = read_csv("Unique ID,Supplier Name\n1,M\u{81}ller\n2,Caf\u{e9}\u{a0}Nord\n");
    let said = kept.problems.iter().find(|said| said.reason == Reason::UnseenCharacters);
    let value = said.and_then(|said| said.value.as_deref()).unwrap_or_default();
    assert!(value.contains("ller") && !value.contains("Nord"), "{value}");
}
