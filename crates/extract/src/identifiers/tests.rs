use proptest::prelude::*;

use super::*;
use crate::headers::Matcher;

fn joined(parts: &[&str]) -> Result<String, usize> {
    let mut record = Record::default();
    for part in parts {
        record.push_cell(part);
    }
    let positions: Vec<usize> = (0..parts.len()).collect();
    let mut joined = String::new();
    join(&record, &positions, &mut joined).map(|()| joined)
}

fn shared(identifiers: impl IntoIterator<Item = String>) -> SharedRows {
    let mut seen = Identifiers::default();
    for (line, identifier) in (2..).zip(identifiers) {
        seen.add(&identifier, line);
    }
    seen.shared(ProblemSelection::First)
}

#[test]
fn parts_stand_in_their_order() {
    for (parts, text) in [
        (&["1000", "2024", "19"][..], Ok("1000|2024|19")),
        (&[" 1000 ", "19"], Ok("1000|19")),
        (&["a|", "b"], Ok("a\\||b")),
        (&["a", "|b"], Ok("a|\\|b")),
        (&["a\\", "b"], Ok("a\\\\|b")),
        (&["1000", "  ", "19"], Err(1)),
    ] {
        assert_eq!(joined(parts).as_deref(), text.as_ref().map(|t| *t), "{parts:?}");
    }
}

proptest! {
    #[test]
    fn two_lists_of_parts_are_never_one(
        one in prop::collection::vec("[a|\\\\]{1,3}", 1..4),
        other in prop::collection::vec("[a|\\\\]{1,3}", 1..4),
    ) {
        let text = |parts: &[String]| joined(&parts.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(text(&one) == text(&other), one == other);
    }
}

#[test]
fn rows_that_share_are_found_with_their_lines() {
    let text = |ids: &[&str]| shared(ids.iter().map(|id| (*id).to_owned()));
    assert_eq!(text(&["1", "2", "3"]), SharedRows::default());
    assert_eq!(
        text(&["1", "2", "1", "3", "2", "1"]),
        SharedRows { rows: 5, lines: vec![2, 3, 4, 6, 7] }
    );
}

#[test]
fn of_very_many_the_first_are_listed() {
    let many = (0..=SHARED_IDENTIFIER_ROWS_MAX).flat_map(|id| [id.to_string(), id.to_string()]);
    let found = shared(many);
    assert_eq!(found.rows, 2 * (SHARED_IDENTIFIER_ROWS_MAX as u64 + 1));
    assert_eq!(found.lines.len(), SHARED_IDENTIFIER_ROWS_MAX);
    assert_eq!(found.lines.first(), Some(&2));
}

#[test]
fn memory_is_bounded_and_what_is_shared_is_found_all_the_same() {
    let rows = IDENTIFIERS_COMPARED_MAX * 2;
    // Every identifier is there twice.
    let mut seen = Identifiers::default();
    for line in 0..rows {
        seen.add(&(line / 2).to_string(), line as u64);
        assert!(seen.seen.len() < IDENTIFIERS_COMPARED_MAX);
    }
    let found = seen.shared(ProblemSelection::First);
    let off = found.rows.abs_diff(rows as u64);
    assert!(off * 50 < rows as u64, "{} of {rows}", found.rows);
    assert_eq!(found.lines.len(), SHARED_IDENTIFIER_ROWS_MAX);

    // One identifier for all.
    let mut seen = Identifiers::default();
    for line in 0..rows {
        seen.add("none", line as u64);
    }
    assert_eq!(seen.shared(ProblemSelection::First).rows, rows as u64);
}

#[test]
fn columns_beside_a_document_number_are_told() {
    let columns = |headers: &[&str]| -> Vec<Column> {
        Matcher::with_known_names(FileType::Suppliers).columns(headers.iter().copied())
    };
    let file = columns(&["BELNR", "GJAHR", "Company Code", "Reference"]);
    let found = IdentifierColumns::new(&file, &[0]);
    assert!(found.is_document_number);
    assert_eq!(found.may_repeat_by, ["GJAHR", "Company Code"]);
    let built = IdentifierColumns::new(&file, &[2, 1, 0]);
    assert!(!built.is_document_number && built.may_repeat_by.is_empty());
    assert_eq!(built.title(), "Company Code, GJAHR, BELNR");
    assert!(!IdentifierColumns::new(&columns(&["Unique ID", "Year"]), &[0]).is_document_number);
}
