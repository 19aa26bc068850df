//! What the parts of a package refer to.
//!
//! Not for: following links to other files; a target is only looked up in the package.

use std::io::{Read, Seek};

use super::limits::{SHEETS_MAX, SMALL_PART_BYTES_MAX};
use super::package::Package;
use super::part::{Entry, Part};
use super::refusal::WorkbookRefusal;
use super::xml::{Event, Tag, Xml, to_text};

/// A reference of one part to another, and its kind.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of the type: `worksheet`, `sharedStrings`; the rest differs between the two
    /// editions of the standard.
    pub(super) kind: String,
    /// A part's name.
    pub(super) target: String,
}

/// Reads the relations of `part`, or of the package itself when it is empty.
pub(super) fn read<S: Read + Seek>(
    source: &mut S,
    package: &Package,
    part: &str,
) -> Result<Vec<Relation>, WorkbookRefusal> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let name = format!("{folder}/_rels/{file}.rels");
    let Some(entry) = package.entry(name.trim_start_matches('/')) else {
        return Ok(Vec::new());
    };
    let mut xml = Xml::new(Part::open(source, entry, SMALL_PART_BYTES_MAX)?);
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

/// Reads a relation; none for what lies outside the package.
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
    let target = target.replace('\\', "/");
    let (start, target) = match target.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (folder, target.as_str()),
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

pub(super) fn part_of_kind<'p>(
    package: &'p Package,
    relations: &[Relation],
    kind: &str,
) -> Option<&'p Entry> {
    let relation = relations.iter().find(|relation| relation.kind == kind)?;
    package.entry(&relation.target)
}

pub(super) fn too_many_sheets() -> WorkbookRefusal {
    WorkbookRefusal::too_large(format!("it has more than {SHEETS_MAX} sheets"))
}
