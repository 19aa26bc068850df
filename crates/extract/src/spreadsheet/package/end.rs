//! The end of a ZIP file, which says where the list of its parts lies.
//!
//! Not for: the list. Invariant: what is returned lies inside the file, before its end.

use std::io::{Read, Seek};

use super::super::limits::{DIRECTORY_BYTES_MAX, ENTRIES_MAX};
use super::super::refusal::{WorkbookRefusal, grouped};
use super::{Fields, IN_ZIP64, dishonest, read_at};

const END_SIGNATURE: &[u8] = b"PK\x05\x06";
pub(super) const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: usize = 65_535;
const IN_ZIP64_COUNT: u16 = u16::MAX;
const ZIP64_LOCATOR_SIGNATURE: u32 = 0x0706_4b50;
const ZIP64_LOCATOR_BYTES: usize = 20;
const ZIP64_END_SIGNATURE: u32 = 0x0606_4b50;
const ZIP64_END_BYTES: usize = 56;

/// Where the list of parts lies, and how long it is.
#[derive(Debug)]
pub(super) struct End {
    pub(super) directory_offset: u64,
    pub(super) directory_bytes: u64,
    pub(super) entries: u64,
}

pub(super) fn find_end<S: Read + Seek>(
    source: &mut S,
    length: u64,
) -> Result<End, WorkbookRefusal> {
    let tail_bytes_max = END_BYTES + COMMENT_BYTES_MAX;
    let tail_bytes = usize::try_from(length.min(tail_bytes_max as u64)).expect("a short tail");
    let tail_offset = length - tail_bytes as u64;
    let tail = read_at(source, tail_offset, tail_bytes)?;
    let at = end_in(&tail).ok_or_else(|| WorkbookRefusal::damaged("its end is missing"))?;
    let mut fields = Fields(&tail[at + END_SIGNATURE.len()..]);
    let (disk, directory_disk) = (fields.u16()?, fields.u16()?);
    let (here, entries) = (fields.u16()?, fields.u16()?);
    let (directory_bytes, directory_offset) = (fields.u32()?, fields.u32()?);
    let end_offset = tail_offset + at as u64;
    let mut end = End {
        directory_offset: directory_offset.into(),
        directory_bytes: directory_bytes.into(),
        entries: entries.into(),
    };
    let is_masked =
        entries == IN_ZIP64_COUNT || directory_bytes == IN_ZIP64 || directory_offset == IN_ZIP64;
    if is_masked && let Some(full) = find_zip64_end(source, end_offset)? {
        end = full;
    } else if disk != 0 || directory_disk != 0 || here != entries {
        return Err(dishonest("the package is in several pieces"));
    }
    if end.entries > ENTRIES_MAX as u64 {
        return Err(WorkbookRefusal::too_large(format!(
            "it has more than {} parts",
            grouped(ENTRIES_MAX as u64)
        )));
    }
    if end.directory_bytes > DIRECTORY_BYTES_MAX {
        return Err(WorkbookRefusal::too_large("the list of its parts alone is too long"));
    }
    let reach = end.directory_offset.checked_add(end.directory_bytes);
    if reach.is_none_or(|reach| reach > end_offset) {
        return Err(dishonest("the list of its parts reaches outside the file"));
    }
    Ok(end)
}

/// Where the end begins. Its comment should reach to the last byte; where none does, something was added
/// behind it (a line end by a script, zeros by a mainframe), and the last that fits is the end.
fn end_in(tail: &[u8]) -> Option<usize> {
    let comment_end = |at: usize| {
        let comment = usize::from(u16::from_le_bytes([tail[at + 20], tail[at + 21]]));
        at + END_BYTES + comment
    };
    let ends =
        || (0..=tail.len() - END_BYTES).rev().filter(|&at| tail[at..].starts_with(END_SIGNATURE));
    let exact = ends().find(|&at| comment_end(at) == tail.len());
    exact.or_else(|| ends().find(|&at| comment_end(at) < tail.len()))
}

/// The end with its numbers in full, which stands before the usual one.
fn find_zip64_end<S: Read + Seek>(
    source: &mut S,
    end_offset: u64,
) -> Result<Option<End>, WorkbookRefusal> {
    let Some(locator_offset) = end_offset.checked_sub(ZIP64_LOCATOR_BYTES as u64) else {
        return Ok(None);
    };
    let locator = read_at(source, locator_offset, ZIP64_LOCATOR_BYTES)?;
    let mut fields = Fields(&locator);
    if fields.u32()? != ZIP64_LOCATOR_SIGNATURE {
        return Ok(None);
    }
    let (_disk, offset) = (fields.u32()?, fields.u64()?);
    if offset.checked_add(ZIP64_END_BYTES as u64).is_none_or(|end| end > locator_offset) {
        return Err(dishonest("the list of its parts reaches outside the file"));
    }
    let record = read_at(source, offset, ZIP64_END_BYTES)?;
    let mut fields = Fields(&record);
    if fields.u32()? != ZIP64_END_SIGNATURE {
        return Err(WorkbookRefusal::damaged("the list of its parts cannot be read"));
    }
    let (_length, _versions) = (fields.u64()?, fields.u32()?);
    let (disk, directory_disk) = (fields.u32()?, fields.u32()?);
    let (here, entries) = (fields.u64()?, fields.u64()?);
    let (directory_bytes, directory_offset) = (fields.u64()?, fields.u64()?);
    if disk != 0 || directory_disk != 0 || here != entries {
        return Err(dishonest("the package is in several pieces"));
    }
    Ok(Some(End { directory_offset, directory_bytes, entries }))
}
