//! Differences that were looked at and are right, or a matter of taste.

/// The other reader (or `refused`), the end of the file's name, and why it differs.
const KNOWN: [(&str, &str, &str); 15] = [
    ("calamine", "err_cell_empty.xlsx", SPACES),
    ("calamine", "formatted_inline_string.xlsx", SPACES),
    ("calamine", "testdateoverflow.xls", NO_DAY),
    ("calamine", "testdateoverflow.xlsx", NO_DAY),
    ("calamine", "testdateoverflow.xlsm", NO_DAY),
    ("openpyxl", "testdateoverflow.xlsx", NO_DAY),
    ("openpyxl", "testdateoverflow.xlsm", NO_DAY),
    (
        "openpyxl",
        "reveng1.xlsx",
        "openpyxl leaves _x0001_ as it is written; Excel shows what it stands for",
    ),
    (
        "calamine",
        "unknown_value_type.ods",
        "calamine leaves out a cell of a type that it does not know",
    ),
    ("refused", "biff4_no_format_no_window2.xls", "workbooks of Excel 4 are not read"),
    (
        "refused",
        "skip_empty_lines.xlsx",
        "made by hand: a cell of row 3 says that it stands in row 4",
    ),
    ("JSON", "location_coordinates.csv", "the JSON has another telephone number than the CSV"),
    (
        "csv",
        "pyexcel-0.7.6/tests/fixtures/bug_01.csv",
        "every cell is in single quotes, below a header in double ones",
    ),
    ("csv", "frictionless-5.21.0/data/escaping.csv", BLANKS),
    ("csv", "frictionless-5.21.0/data/issue-1109.csv", BLANKS),
];

const SPACES: &str =
    "calamine drops blanks at the ends of texts that do not ask to keep them; openpyxl keeps them";
const BLANKS: &str = "a blank stands before each quote that opens a cell; ours passes over it, csv takes both for text";
const NO_DAY: &str =
    "a number far beyond the last day, in a format of dates; ours shows the number";

/// Why the file is read otherwise than by that reader.
pub(super) fn reason(reader: &str, file: &str) -> Option<&'static str> {
    let mut known = KNOWN.iter();
    known.find(|(of, end, _)| *of == reader && file.ends_with(end)).map(|(_, _, why)| *why)
}
