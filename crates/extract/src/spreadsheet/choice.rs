//! Which sheet of a workbook is read.
//!
//! Not for: reading it. A few rows of each sheet are looked at.
//!
//! Invariant: the sheet is the one that is named; else of the visible ones with values the first of those in
//! which most mandatory columns, then most columns at all, are known. Every other sheet with values is named.

use domain::problem::{Problem, Reason};

use super::refusal::WorkbookRefusal;
use crate::headers::{HeaderWorth, Matcher};
use crate::limits::HEADER_SEARCH_RECORDS;
use crate::problem::shown;
use crate::record::Record;

/// The outcome of asking for the next of the first rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstRows {
    Row,
    /// A row as well, and no more need be seen.
    LongEnough,
    End,
}

/// The visibility of a sheet: people see it, or they do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    Shown,
    Hidden,
}

/// The sheet that is read, and those that are not.
#[derive(Debug)]
pub(super) struct ChosenSheet {
    /// The place in the list.
    pub(super) index: usize,
    pub(super) name: String,
    /// Names of the other sheets with values in them.
    pub(super) others: Vec<String>,
}

/// A sheet whose first rows were looked at.
#[derive(Debug)]
pub(super) struct PeekedSheet {
    pub(super) name: String,
    pub(super) visible: Visibility,
    pub(super) content: Result<SheetContent, WorkbookRefusal>,
}

/// The content of a sheet, as its first rows tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SheetContent {
    Empty,
    Filled(HeaderWorth),
}

/// The sheet with this name, in any case.
pub(super) fn named(names: Vec<String>, wanted: &str) -> Result<ChosenSheet, WorkbookRefusal> {
    let normal = |name: &str| name.trim().to_lowercase();
    let index = names.iter().position(|name| normal(name) == normal(wanted));
    match index {
        Some(index) => Ok(ChosenSheet { index, name: names[index].clone(), others: Vec::new() }),
        None => Err(WorkbookRefusal::NoSuchSheet { wanted: wanted.to_owned(), names }),
    }
}

/// Chooses the sheet whose columns are known best.
pub(super) fn choose(sheets: Vec<PeekedSheet>) -> Result<ChosenSheet, WorkbookRefusal> {
    let mut best: Option<(HeaderWorth, usize)> = None;
    let mut empty = None;
    let mut filled = Vec::new();
    let mut damage = None;
    let mut names = Vec::new();
    for (index, PeekedSheet { name, visible, content }) in sheets.into_iter().enumerate() {
        match content {
            Ok(SheetContent::Empty) if visible == Visibility::Shown => {
                empty.get_or_insert(index);
            }
            Ok(SheetContent::Empty) => {}
            Ok(SheetContent::Filled(worth)) => {
                filled.push(index);
                if visible == Visibility::Shown && best.is_none_or(|(most, _)| most < worth) {
                    best = Some((worth, index));
                }
            }
            // A damaged sheet does no harm beside one that is known.
            Err(refusal) => {
                filled.push(index);
                if visible == Visibility::Shown {
                    damage.get_or_insert(refusal);
                }
            }
        }
        names.push((name, visible));
    }
    let is_known = best.is_some_and(|(worth, _)| worth > HeaderWorth::default());
    match damage {
        Some(refusal) if !is_known => return Err(refusal),
        _ => {}
    }
    let none = WorkbookRefusal::NotAWorkbook { found: "it has no visible sheet" };
    let index = best.map(|(_, index)| index).or(empty).ok_or(none)?;
    filled.retain(|other| *other != index);
    let name = |other: &usize| match &names[*other] {
        (name, Visibility::Shown) => name.clone(),
        (name, Visibility::Hidden) => format!("{name} (hidden)"),
    };
    let others = filled.iter().map(name).collect();
    Ok(ChosenSheet { index, name: names[index].0.clone(), others })
}

/// Says which sheet was read where others have content too.
pub(super) fn note(chosen: &ChosenSheet) -> Option<Problem> {
    if chosen.others.is_empty() {
        return None;
    }
    let read = format!("{}; not {}", chosen.name, chosen.others.join(", "));
    let value = Some(shown(&read, None));
    Some(Problem { value, ..Problem::of_file(Reason::ReadFirstSheet) })
}

/// Looks at the first rows, which `next` gives while it has some; it says too whether the sheet has been
/// looked at for long enough. A sheet with a long empty beginning counts as filled.
pub(super) fn peek(
    visible: Visibility,
    matcher: &Matcher,
    mut next: impl FnMut(&mut Record) -> Result<FirstRows, WorkbookRefusal>,
) -> Result<SheetContent, WorkbookRefusal> {
    let mut records = Vec::new();
    let mut is_filled = false;
    // Of a hidden sheet the name is enough.
    while visible == Visibility::Shown || !is_filled {
        let mut record = Record::default();
        let found = next(&mut record)?;
        if found == FirstRows::End {
            break;
        }
        is_filled |= record.cells().any(|cell| !cell.is_empty());
        records.push(record);
        if found == FirstRows::LongEnough || records.len() == HEADER_SEARCH_RECORDS {
            is_filled = true;
            break;
        }
    }
    if !is_filled {
        return Ok(SheetContent::Empty);
    }
    let header = matcher.find(records.iter().map(Record::cells));
    Ok(SheetContent::Filled(header.map(|header| header.worth()).unwrap_or_default()))
}
