//! Text made fit for a CSV that people open in a spreadsheet.
//!
//! Not for: reading CSV (`extract`). Invariant: no cell written here is taken for a formula, whatever a
//! stranger's file holds.

use std::borrow::Cow;

/// Signs that make a spreadsheet take a cell for a formula, or full-width twins which some read as the
/// same, or a blank behind which some look for one.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// Signs that a cell may not hold bare: RFC 4180's own, and those at which spreadsheets of other countries
/// split.
const QUOTED: [char; 6] = [',', '"', '\r', '\n', ';', '\t'];

/// The text with an apostrophe before it where a spreadsheet would calculate it.
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_STARTS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text as a cell of a CSV (RFC 4180), made safe.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let cell = safe_cell(text);
    if cell.contains(QUOTED) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        cell
    }
}

/// One line of a CSV, with its line end; every cell is made safe.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<_> = cells.into_iter().map(csv_cell).collect();
    format!("{}\r\n", cells.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, safe) in [
            ("", ""),
            ("Acme", "Acme"),
            ("a=b", "a=b"),
            ("=1+1", "'=1+1"),
            ("+44 20", "'+44 20"),
            ("-12.50", "'-12.50"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("'=1", "'=1"),
        ] {
            assert_eq!(safe_cell(text), safe, "{text:?}");
        }
    }

    #[test]
    fn lines_are_quoted_where_they_must_be() {
        for (cells, line) in [
            (&["a", "", "b c"][..], "a,,b c\r\n"),
            (&["a,b", "say \"x\"", "1\n2"], "\"a,b\",\"say \"\"x\"\"\",\"1\n2\"\r\n"),
            (&["=a;b"], "\"'=a;b\"\r\n"),
            (&["\t"], "\"'\t\"\r\n"),
        ] {
            assert_eq!(csv_line(cells.iter().copied()), line);
        }
    }
}
