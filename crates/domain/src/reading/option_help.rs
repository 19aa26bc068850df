//! The help of options that say how files are read, in the words of both programs.
//!
//! Invariant: what both programs take is said once, here.

pub const MAPPING: &str = "Which column is which field, as bursar check --write-mapping writes it \
    [default: told by the headers]";
pub const DATE_ORDER: &str = "The order of day, month and year in dates that a file leaves open, \
    such as 03/04/2026 [default: dmy, unless earlier files tell otherwise]";
pub const ENCODING: &str =
    "The encoding of text files, such as windows-1250 or cp850 [default: told by each file]";
pub const DECIMALS: &str = "The decimal sign of amounts [default: told by each column]";
pub const INVOICES: &str = "The sign of invoices' amounts in the files; negative reverses the \
    sign of every amount [default: positive]";
pub const SHEET: &str =
    "The sheet of a workbook to read, by its name [default: the one whose columns are known]";
pub const EMPTY_WORD: &str = "A word that stands for an empty cell, such as tbc; may be repeated";
pub const KEEP_TOTALS: &str =
    "Skip no row that looks like a total: read it as a row, or set it aside";
pub const STRICT: &str =
    "Refuse a file that lacks a mandatory column, even where the field could be derived";
