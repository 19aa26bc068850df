//! Which parts of a package are the workbook's: sheets, shared strings, styles, and which sheet is read.
//!
//! Not for: cells. Links to other files are never followed; a target is only looked up in the package.
//!
//! Invariant: the sheet that is read is the first visible one with a value in it, and every other sheet
//! with values is named.

use std::io::{Read, Seek};

use super::limits::{
    Caps, PEEK_BYTES, PEEKED_SHEETS_MAX, SHEET_BYTES_MAX, SHEETS_MAX, SMALL_PART_BYTES_MAX,
    STRINGS_BYTES_MAX,
};
use super::number::DateSystem;
use super::package::Package;
use super::part::{Entry, Part};
use super::refusal::WorkbookRefusal;
use super::strings::SharedStrings;
use super::styles::Styles;
use super::xml::{Event, Tag, Xml, local, to_text};

/// All that cells refer to.
#[derive(Debug)]
pub(super) struct Workbook {
    pub(super) strings: SharedStrings,
    pub(super) styles: Styles,
    pub(super) system: DateSystem,
    /// The sheet to read.
    pub(super) sheet: Entry,
    /// Names of the other sheets with values in them.
    pub(super) other_sheets: Vec<String>,
}

impl Workbook {
    pub(super) fn read<S: Read + Seek>(
        source: &mut S,
        package: &Package,
        caps: Caps,
    ) -> Result<Self, WorkbookRefusal> {
        let part = find_workbook(source, package)?;
        let relations = read_relations(source, package, &part)?;
        let (sheets, system) = read_sheet_list(source, package, &part, &relations)?;
        let (sheet, other_sheets) = choose_sheet(source, sheets)?;
        let strings = match part_of_kind(package, &relations, "sharedStrings") {
            Some(entry) => SharedStrings::read(&mut open(source, entry, STRINGS_BYTES_MAX)?, caps)?,
            None => SharedStrings::default(),
        };
        let styles = match part_of_kind(package, &relations, "styles") {
            Some(entry) => Styles::read(&mut open(source, entry, SMALL_PART_BYTES_MAX)?)?,
            None => Styles::default(),
        };
        Ok(Self { strings, styles, system, sheet, other_sheets })
    }
}

/// What a part refers to, and as what.
#[derive(Debug)]
struct Relation {
    id: String,
    /// The last word of the type: `worksheet`, `sharedStrings`; the rest differs between the two
    /// editions of the standard.
    kind: String,
    /// A part's name.
    target: String,
}

#[derive(Debug)]
struct ListedSheet {
    name: String,
    visible: bool,
    entry: Entry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Empty,
    Filled,
}

fn open<'s, S: Read + Seek>(
    source: &'s mut S,
    entry: &Entry,
    bytes_max: u64,
) -> Result<Xml<&'s mut S>, WorkbookRefusal> {
    Ok(Xml::new(Part::open(source, entry, bytes_max)?))
}

fn find_workbook<S: Read + Seek>(
    source: &mut S,
    package: &Package,
) -> Result<String, WorkbookRefusal> {
    if package.entry("mimetype").is_some() {
        return Err(WorkbookRefusal::NotAWorkbook { found: "it is an OpenDocument file" });
    }
    let relations = read_relations(source, package, "")?;
    let workbook = relations.into_iter().find(|relation| relation.kind == "officeDocument");
    match workbook {
        Some(workbook) if workbook.target.rsplit('.').next() == Some("bin") => {
            Err(WorkbookRefusal::NotAWorkbook { found: "it is a binary workbook (.xlsb)" })
        }
        Some(workbook) => Ok(workbook.target),
        None => Err(WorkbookRefusal::NotAWorkbook { found: "it is a ZIP archive of other files" }),
    }
}

/// The relations of `part`, or of the package itself when it is empty.
fn read_relations<S: Read + Seek>(
    source: &mut S,
    package: &Package,
    part: &str,
) -> Result<Vec<Relation>, WorkbookRefusal> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let name = format!("{folder}/_rels/{file}.rels");
    let Some(entry) = package.entry(name.trim_start_matches('/')) else {
        return Ok(Vec::new());
    };
    let mut xml = open(source, entry, SMALL_PART_BYTES_MAX)?;
    let mut relations = Vec::new();
    loop {
        match xml.next()? {
            Event::Open(tag) if tag.name == b"Relationship" => {
                relations.extend(read_relation(tag, folder)?);
                if relations.len() > 2 * SHEETS_MAX {
                    return Err(too_many_sheets());
                }
            }
            Event::End => return Ok(relations),
            _ => {}
        }
    }
}

/// None for what lies outside the package.
fn read_relation(tag: Tag<'_>, folder: &str) -> Result<Option<Relation>, WorkbookRefusal> {
    let (mut id, mut kind, mut target) = (String::new(), String::new(), String::new());
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            b"Id" => id = to_text(value)?,
            b"Type" => kind = to_text(value)?,
            b"Target" => target = to_text(value)?,
            b"TargetMode" if value == b"External" => return Ok(None),
            _ => {}
        }
    }
    let kind = kind.rsplit_once('/').map_or(kind.as_str(), |(_, last)| last).to_owned();
    Ok(Some(Relation { id, kind, target: part_name(folder, &target) }))
}

/// The part a target means, seen from `folder`; a target that leads outside means no part.
fn part_name(folder: &str, target: &str) -> String {
    let (start, target) = match target.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (folder, target),
    };
    let mut names: Vec<&str> = start.split('/').filter(|name| !name.is_empty()).collect();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.join("/")
}

fn part_of_kind<'p>(package: &'p Package, relations: &[Relation], kind: &str) -> Option<&'p Entry> {
    let relation = relations.iter().find(|relation| relation.kind == kind)?;
    package.entry(&relation.target)
}

fn read_sheet_list<S: Read + Seek>(
    source: &mut S,
    package: &Package,
    part: &str,
    relations: &[Relation],
) -> Result<(Vec<ListedSheet>, DateSystem), WorkbookRefusal> {
    let missing = || WorkbookRefusal::damaged("a part that it refers to is missing");
    let entry = package.entry(part).ok_or_else(missing)?;
    let mut xml = open(source, entry, SMALL_PART_BYTES_MAX)?;
    let mut sheets = Vec::new();
    let mut system = DateSystem::From1900;
    loop {
        match xml.next()? {
            Event::Open(tag) if tag.name == b"workbookPr" => system = date_system(tag)?,
            Event::Open(tag) if tag.name == b"sheet" => {
                let (name, visible, id) = read_sheet_tag(tag)?;
                let relation = relations.iter().find(|relation| relation.id == id);
                let relation = relation.ok_or_else(missing)?;
                // Charts and dialogues have no rows.
                if relation.kind == "worksheet" {
                    let entry = package.entry(&relation.target).ok_or_else(missing)?.clone();
                    sheets.push(ListedSheet { name, visible, entry });
                }
                if sheets.len() > SHEETS_MAX {
                    return Err(too_many_sheets());
                }
            }
            Event::End => return Ok((sheets, system)),
            _ => {}
        }
    }
}

fn date_system(tag: Tag<'_>) -> Result<DateSystem, WorkbookRefusal> {
    for attribute in tag.attributes() {
        if let (b"date1904", b"1" | b"true" | b"on") = attribute? {
            return Ok(DateSystem::From1904);
        }
    }
    Ok(DateSystem::From1900)
}

/// Name, whether it is visible, and the relation's id.
fn read_sheet_tag(tag: Tag<'_>) -> Result<(String, bool, String), WorkbookRefusal> {
    let (mut sheet, mut visible, mut id) = (String::new(), true, String::new());
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            b"name" => sheet = to_text(value)?,
            b"state" => visible = value == b"visible",
            // `r:id`, whatever the prefix; `sheetId` is another thing.
            name if name != b"id" && local(name) == b"id" => id = to_text(value)?,
            _ => {}
        }
    }
    sheet.retain(|character| !character.is_control());
    Ok((sheet, visible, id))
}

fn choose_sheet<S: Read + Seek>(
    source: &mut S,
    sheets: Vec<ListedSheet>,
) -> Result<(Entry, Vec<String>), WorkbookRefusal> {
    let mut chosen: Option<Entry> = None;
    let mut empty: Option<Entry> = None;
    let mut others = Vec::new();
    for (index, sheet) in sheets.into_iter().enumerate() {
        let content = match (&chosen, sheet.visible) {
            (None, true) => peek(source, &sheet.entry)?,
            // What is only named does no harm by being damaged.
            _ if index < PEEKED_SHEETS_MAX => {
                peek(source, &sheet.entry).unwrap_or_else(|_damaged| Content::Filled)
            }
            _ => Content::Filled,
        };
        match (content, sheet.visible) {
            (Content::Filled, true) if chosen.is_none() => chosen = Some(sheet.entry),
            (Content::Filled, true) => others.push(sheet.name),
            (Content::Filled, false) => others.push(format!("{} (hidden)", sheet.name)),
            (Content::Empty, _) => {
                empty.get_or_insert(sheet.entry);
            }
        }
    }
    let chosen = chosen.or(empty);
    let none = WorkbookRefusal::NotAWorkbook { found: "it has no visible sheet" };
    chosen.ok_or(none).map(|sheet| (sheet, others))
}

/// Whether a value stands in the sheet's beginning; a sheet with a long empty beginning counts as filled.
fn peek<S: Read + Seek>(source: &mut S, entry: &Entry) -> Result<Content, WorkbookRefusal> {
    let mut xml = open(source, entry, SHEET_BYTES_MAX)?;
    let mut in_value = false;
    while xml.produced() <= PEEK_BYTES {
        match xml.next()? {
            Event::Open(tag) => in_value = matches!(tag.name, b"v" | b"t"),
            Event::Text(_) | Event::Verbatim(_) if in_value => return Ok(Content::Filled),
            Event::Close(b"sheetData") | Event::End => return Ok(Content::Empty),
            Event::Close(_) => in_value = false,
            Event::Text(_) | Event::Verbatim(_) => {}
        }
    }
    Ok(Content::Filled)
}

fn too_many_sheets() -> WorkbookRefusal {
    WorkbookRefusal::too_large(format!("it has more than {SHEETS_MAX} sheets"))
}
