//! Which sheet of a workbook is read.
//!
//! Not for: reading it. A few rows of each sheet are looked at.
//!
//! Invariant: the sheet is the one that is named; else of the visible ones with values the first of those in
//! which most mandatory columns, then most columns at all, are known. Every other sheet with values is named.

use std::io::{Read, Seek};

use super::limits::{Caps, PEEK_BYTES, PEEKED_SHEETS_MAX, SHEET_BYTES_MAX};
use super::part::{Entry, Part};
use super::refusal::WorkbookRefusal;
use super::sheet::Sheet;
use super::workbook::{ListedSheet, Workbook};
use super::xml::Xml;
use crate::headers::{HeaderWorth, Matcher};
use crate::limits::HEADER_SEARCH_RECORDS;
use crate::record::Record;

/// The sheet that is read, and those that are not.
#[derive(Debug)]
pub(super) struct ChosenSheet {
    pub(super) name: String,
    pub(super) entry: Entry,
    /// Names of the other sheets with values in them.
    pub(super) others: Vec<String>,
}

/// What the first rows of a sheet tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Empty,
    Filled(HeaderWorth),
}

/// The sheet with this name, in any case.
pub(super) fn named(
    sheets: Vec<ListedSheet>,
    wanted: &str,
) -> Result<ChosenSheet, WorkbookRefusal> {
    let normal = |name: &str| name.trim().to_lowercase();
    let names = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let sheet = sheets.into_iter().find(|sheet| normal(&sheet.name) == normal(wanted));
    let sheet =
        sheet.ok_or_else(|| WorkbookRefusal::NoSuchSheet { wanted: wanted.to_owned(), names })?;
    Ok(ChosenSheet { name: sheet.name, entry: sheet.entry, others: Vec::new() })
}

/// The sheet whose columns are known best.
pub(super) fn choose<S: Read + Seek>(
    source: &mut S,
    workbook: &Workbook,
    sheets: &[ListedSheet],
    matcher: &Matcher,
) -> Result<ChosenSheet, WorkbookRefusal> {
    let mut best: Option<(HeaderWorth, usize)> = None;
    let mut empty = None;
    let mut filled = Vec::new();
    let mut damage = None;
    for (index, sheet) in sheets.iter().enumerate() {
        let content = match index {
            0..PEEKED_SHEETS_MAX => look(source, workbook, sheet, matcher),
            // Nobody has looked, so that it is named at least.
            _ => Ok(Content::Filled(HeaderWorth::default())),
        };
        match content {
            Ok(Content::Empty) if sheet.visible => {
                empty.get_or_insert(index);
            }
            Ok(Content::Empty) => {}
            Ok(Content::Filled(worth)) => {
                filled.push(index);
                if sheet.visible && best.is_none_or(|(most, _)| most < worth) {
                    best = Some((worth, index));
                }
            }
            // A damaged sheet does no harm beside one that is known.
            Err(refusal) => {
                filled.push(index);
                if sheet.visible {
                    damage.get_or_insert(refusal);
                }
            }
        }
    }
    let is_known = best.is_some_and(|(worth, _)| worth > HeaderWorth::default());
    match damage {
        Some(refusal) if !is_known => return Err(refusal),
        _ => {}
    }
    let none = WorkbookRefusal::NotAWorkbook { found: "it has no visible sheet" };
    let chosen = best.map(|(_, index)| index).or(empty).ok_or(none)?;
    filled.retain(|index| *index != chosen);
    let name = |index: &usize| match &sheets[*index] {
        ListedSheet { name, visible: true, .. } => name.clone(),
        ListedSheet { name, .. } => format!("{name} (hidden)"),
    };
    let others = filled.iter().map(name).collect();
    let ListedSheet { name, entry, .. } = &sheets[chosen];
    Ok(ChosenSheet { name: name.clone(), entry: entry.clone(), others })
}

/// A sheet with a long empty beginning counts as filled.
fn look<S: Read + Seek>(
    source: &mut S,
    workbook: &Workbook,
    listed: &ListedSheet,
    matcher: &Matcher,
) -> Result<Content, WorkbookRefusal> {
    let part = Part::open(source, &listed.entry, SHEET_BYTES_MAX)?;
    let mut sheet = Sheet::new(Xml::new(part), Caps::default());
    let mut records = Vec::new();
    let mut is_filled = false;
    // Of a hidden sheet the name is enough.
    while records.len() < HEADER_SEARCH_RECORDS && (listed.visible || !is_filled) {
        let mut record = Record::default();
        if !sheet.next(workbook, &mut record)? {
            break;
        }
        is_filled |= record.cells().any(|cell| !cell.is_empty());
        records.push(record);
        if sheet.bytes_read() > PEEK_BYTES {
            is_filled = true;
            break;
        }
    }
    if records.len() == HEADER_SEARCH_RECORDS {
        is_filled = true;
    }
    if !is_filled {
        return Ok(Content::Empty);
    }
    let header = matcher.find(records.iter().map(Record::cells));
    Ok(Content::Filled(header.map(|header| header.worth()).unwrap_or_default()))
}
