//! Which parts of a package are the workbook's: sheets, shared strings, styles.
//!
//! Not for: cells, or which of the sheets is read (`choice`).

use std::io::{Read, Seek};

use super::choice::Visibility;
use super::limits::{Caps, SHEETS_MAX, SMALL_PART_BYTES_MAX, STRINGS_BYTES_MAX};
use super::number::DateSystem;
use super::package::Package;
use super::part::{Entry, Part};
use super::refusal::WorkbookRefusal;
use super::relations::{self, Relation};
use super::strings::SharedStrings;
use super::styles::Styles;
use super::xml::{Event, Tag, Xml, local, to_text};

/// All that cells refer to.
#[derive(Debug)]
pub(super) struct Workbook {
    pub(super) strings: SharedStrings,
    pub(super) styles: Styles,
    pub(super) system: DateSystem,
}

/// A sheet that may have rows.
#[derive(Debug)]
pub(super) struct ListedSheet {
    pub(super) name: String,
    pub(super) visible: Visibility,
    pub(super) entry: Entry,
}

impl Workbook {
    /// Reads the workbook with its sheets in their order.
    pub(super) fn read<S: Read + Seek>(
        source: &mut S,
        package: &Package,
        caps: Caps,
    ) -> Result<(Self, Vec<ListedSheet>), WorkbookRefusal> {
        let part = find_workbook(source, package)?;
        let relations = relations::read(source, package, &part)?;
        let (sheets, system) = read_sheet_list(source, package, &part, &relations)?;
        let strings = match relations::part_of_kind(package, &relations, "sharedStrings") {
            Some(entry) => SharedStrings::read(&mut open(source, entry, STRINGS_BYTES_MAX)?, caps)?,
            None => SharedStrings::default(),
        };
        let styles = match relations::part_of_kind(package, &relations, "styles") {
            Some(entry) => Styles::read(&mut open(source, entry, SMALL_PART_BYTES_MAX)?)?,
            None => Styles::default(),
        };
        Ok((Self { strings, styles, system }, sheets))
    }
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
    let relations = relations::read(source, package, "")?;
    let workbook = relations.into_iter().find(|relation| relation.kind == "officeDocument");
    match workbook {
        Some(workbook) if workbook.target.rsplit('.').next() == Some("bin") => {
            Err(WorkbookRefusal::NotAWorkbook { found: "it is a binary workbook (.xlsb)" })
        }
        Some(workbook) => Ok(workbook.target),
        None => Err(WorkbookRefusal::NotAWorkbook { found: "it is a ZIP archive of other files" }),
    }
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
    let mut lacks_part = false;
    loop {
        match xml.next()? {
            Event::Open(tag) if tag.name == b"workbookPr" => system = date_system(tag)?,
            Event::Open(tag) if tag.name == b"sheet" => {
                let (name, visible, id) = read_sheet_tag(tag)?;
                let relation = relations.iter().find(|relation| relation.id == id);
                match relation {
                    // Charts and dialogues have no rows.
                    Some(relation) if relation.kind != "worksheet" => {}
                    // Modules of macros are listed without a part; the sheets with rows are whole.
                    _ => match relation.and_then(|relation| package.entry(&relation.target)) {
                        Some(entry) => {
                            sheets.push(ListedSheet { name, visible, entry: entry.clone() });
                        }
                        None => lacks_part = true,
                    },
                }
                if sheets.len() > SHEETS_MAX {
                    return Err(relations::too_many_sheets());
                }
            }
            Event::End if sheets.is_empty() && lacks_part => return Err(missing()),
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
fn read_sheet_tag(tag: Tag<'_>) -> Result<(String, Visibility, String), WorkbookRefusal> {
    let (mut sheet, mut visible, mut id) = (String::new(), Visibility::Shown, String::new());
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            b"name" => sheet = to_text(value)?,
            b"state" if value != b"visible" => visible = Visibility::Hidden,
            // `r:id`, whatever the prefix; `sheetId` is another thing.
            name if name != b"id" && local(name) == b"id" => id = to_text(value)?,
            _ => {}
        }
    }
    sheet.retain(|character| !character.is_control());
    Ok((sheet, visible, id))
}
