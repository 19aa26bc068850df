use proptest::prelude::*;

use super::*;
use crate::text::dialect::DELIMITERS;

const COMMAS: Dialect = Dialect::new(b',');

fn last(text: &str) -> Piece<'_> {
    Piece { text, is_last: true }
}

/// The records of a text, or none when a quote stays open.
fn split(text: &str, delimiter: u8) -> Option<Vec<Vec<String>>> {
    let (mut at, mut records) = (0, Vec::new());
    let mut found = Record::default();
    loop {
        match step(last(&text[at..]), Dialect::new(delimiter), &mut found) {
            Step::Record { end, .. } => {
                at += end;
                records.push(found.cells().map(str::to_owned).collect());
            }
            Step::Blank { end, .. } => at += end,
            Step::End => return Some(records),
            Step::CutInQuotes { .. } => return None,
            Step::Cut => panic!("the last text is cut only by a quote"),
            Step::TooWide => panic!("too wide"),
        }
    }
}

fn oracle(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn records_and_cells() {
    for (text, records) in [
        ("", vec![]),
        ("\n\r\n\r", vec![]),
        ("a,b\nc,d", vec![vec!["a", "b"], vec!["c", "d"]]),
        ("a,b\r\nc,d\r\n", vec![vec!["a", "b"], vec!["c", "d"]]),
        ("a,b\rc,d\r", vec![vec!["a", "b"], vec!["c", "d"]]),
        ("a,\n\n,b", vec![vec!["a", ""], vec!["", "b"]]),
        ("\"a,b\",c", vec![vec!["a,b", "c"]]),
        ("\"a\nb\",c", vec![vec!["a\nb", "c"]]),
        ("\"say \"\"hi\"\"\",c", vec![vec!["say \"hi\"", "c"]]),
        ("\"\",\"\"\"\"", vec![vec!["", "\""]]),
        ("\"a\"b,c", vec![vec!["ab", "c"]]),
        ("\"a\"\"b\"c\"d,e", vec![vec!["a\"bc\"d", "e"]]),
        ("a\"b\",c", vec![vec!["a\"b\"", "c"]]),
        ("ä,\"ö,ü\"", vec![vec!["ä", "ö,ü"]]),
    ] {
        assert_eq!(split(text, b',').unwrap(), records, "{text:?}");
        assert_eq!(oracle(text, b','), records, "{text:?}");
    }
    assert_eq!(split("a,\"b\nc", b','), None);
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let text = "\r\na\r\n\"b\nc\r\nd\re\"\n\n\rf";
    let (mut at, mut line, mut lines) = (0, 1, Vec::new());
    let mut found = Record::default();
    loop {
        let (end, within) = match step(last(&text[at..]), COMMAS, &mut found) {
            Step::Blank { end, lines } => (end, lines),
            Step::Record { end, lines: within } => {
                lines.push((line, found.cell(0).to_owned()));
                (end, within)
            }
            _ => break,
        };
        line += within;
        at += end;
    }
    let expected = [(2, "a"), (3, "b\nc\r\nd\re"), (9, "f")];
    assert_eq!(lines, expected.map(|(line, cell)| (line, cell.to_owned())));
}

#[test]
fn the_record_stands_as_it_stood() {
    let mut found = Record::default();
    step(last("a,\"b\"\"c\",\"d\"\ne"), COMMAS, &mut found);
    assert_eq!(found.raw(), "a,\"b\"\"c\",\"d\"");
    assert_eq!(found.cells().collect::<Vec<_>>(), ["a", "b\"c", "d"]);
    assert_eq!(found.range_in_raw(2), Some(10..11));
    assert_eq!(found.range_in_raw(1), None, "its text stands nowhere in the file");
}

#[test]
fn a_record_of_too_many_cells_is_told() {
    let commas = ",".repeat(CELLS_MAX - 1);
    let mut found = Record::default();
    assert!(matches!(step(last(&commas), COMMAS, &mut found), Step::Record { .. }));
    let commas = ",".repeat(CELLS_MAX);
    assert_eq!(step(last(&commas), COMMAS, &mut found), Step::TooWide);
}

proptest! {
    #[test]
    fn agrees_with_the_oracle(text in "[a\"\"\",\n\r;\t\0\x0b\x0c,ä]{0,60}", delimiter in prop::sample::select(&DELIMITERS[..])) {
        // The oracle closes a quote at the end; here it is refused.
        if let Some(records) = split(&text, delimiter) {
            prop_assert_eq!(records, oracle(&text, delimiter));
        }
    }

    #[test]
    fn a_cut_changes_nothing(text in "[a\",\n\r;]{0,40}", cut in 0_usize..40) {
        let cut = cut.min(text.len());
        let mut found = Record::default();
        let piece = Piece { text: &text[..cut], is_last: false };
        let first = step(piece, COMMAS, &mut found);
        let cells: Vec<String> = found.cells().map(str::to_owned).collect();
        if let Step::Record { .. } = first {
            prop_assert_eq!(step(last(&text), COMMAS, &mut found), first);
            prop_assert_eq!(found.cells().collect::<Vec<_>>(), cells);
        }
    }
}
