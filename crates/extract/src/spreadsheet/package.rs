//! The ZIP container of a workbook, looked through before anything in it is unpacked.
//!
//! Not for: ZIP files in general. Signatures, comments and times are of no interest; Zip64 is understood
//! as far as the streaming writers of Apache POI and .NET use it for small files.
//!
//! Invariant: a [`Package`] has distinct, plain names; its parts lie apart from each other inside the
//! file; the directory and the headers before the parts say the same of all that could make two readers
//! unpack different bytes. Nothing is unpacked to disk, so a name is a name and leads nowhere.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use super::part::{Entry, Method};
use super::refusal::WorkbookRefusal;

mod end;
use end::{END_BYTES, End, find_end};

#[derive(Debug)]
pub(super) struct Package {
    /// By name in lower case: part names differ in more than case.
    entries: BTreeMap<String, Entry>,
}

const DIRECTORY_SIGNATURE: u32 = 0x0201_4b50;
const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
const LOCAL_BYTES: usize = 30;
/// "The true value stands in the Zip64 field."
const IN_ZIP64: u32 = u32::MAX;
const ZIP64_FIELD: u16 = 0x0001;
const FLAG_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const FLAG_SIZES_FOLLOW: u16 = 1 << 3;
const MADE_ON_UNIX: u16 = 3;
const UNIX_TYPE_BITS: u32 = 0o170_000;
const UNIX_SYMLINK: u32 = 0o120_000;

impl Package {
    /// Reads the directory and every part's header; unpacks nothing.
    pub(super) fn inspect<S: Read + Seek>(source: &mut S) -> Result<Self, WorkbookRefusal> {
        let length = source.seek(SeekFrom::End(0))?;
        check_signature(source, length)?;
        let end = find_end(source, length)?;
        let mut listed = read_directory(source, &end)?;
        listed.sort_unstable_by_key(|listed| listed.header_offset);
        let mut entries = BTreeMap::new();
        let mut free_from = 0;
        for mut listed in listed {
            if listed.header_offset < free_from {
                return Err(dishonest("two parts lie in the same place"));
            }
            if listed.header_offset >= end.directory_offset {
                return Err(dishonest("a part reaches outside the file"));
            }
            listed.entry.offset = check_local(source, &listed)?;
            free_from = listed
                .entry
                .offset
                .checked_add(listed.entry.packed_bytes)
                .filter(|end_of_part| *end_of_part <= end.directory_offset)
                .ok_or_else(|| dishonest("a part reaches outside the file"))?;
            let key = listed.entry.name.to_ascii_lowercase();
            if entries.insert(key, listed.entry).is_some() {
                return Err(dishonest("two parts have the same name"));
            }
        }
        Ok(Self { entries })
    }

    /// `name` in any case; blanks and the like may be written as in a URL.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        let exact = self.entries.get(&name.to_ascii_lowercase());
        exact.or_else(|| self.entries.get(&without_percents(name)?.to_ascii_lowercase()))
    }

    /// Returns `true` when a part's name begins so; `prefix` in lower case.
    pub(super) fn has_under(&self, prefix: &str) -> bool {
        let next = self.entries.range(prefix.to_owned()..).next();
        next.is_some_and(|(name, _)| name.starts_with(prefix))
    }

    /// Returns `true` when a part's name ends so; `suffix` in lower case.
    pub(super) fn has_named(&self, suffix: &str) -> bool {
        self.entries.keys().any(|name| name.ends_with(suffix))
    }
}

/// An entry as the directory has it; `offset` in `entry` is known only after its own header was read.
#[derive(Debug)]
struct DirectoryEntry {
    entry: Entry,
    header_offset: u64,
    flags: u16,
    method_code: u16,
    raw_name: Vec<u8>,
}

fn dishonest(what: &'static str) -> WorkbookRefusal {
    WorkbookRefusal::Unsafe { what }
}

fn check_signature<S: Read + Seek>(source: &mut S, length: u64) -> Result<(), WorkbookRefusal> {
    let mut first = [0; 8];
    source.rewind()?;
    if length < END_BYTES as u64 {
        return Err(WorkbookRefusal::NotAWorkbook { found: "it is empty or very short" });
    }
    source.read_exact(&mut first)?;
    if !first.starts_with(b"PK") {
        return Err(WorkbookRefusal::NotAWorkbook { found: "it does not begin like one" });
    }
    Ok(())
}

fn read_directory<S: Read + Seek>(
    source: &mut S,
    end: &End,
) -> Result<Vec<DirectoryEntry>, WorkbookRefusal> {
    let length = usize::try_from(end.directory_bytes).expect("below its limit");
    let bytes = read_at(source, end.directory_offset, length)?;
    let mut fields = Fields(&bytes);
    let mut listed = Vec::new();
    for _ in 0..end.entries {
        listed.push(read_directory_entry(&mut fields)?);
    }
    if !fields.0.is_empty() {
        return Err(dishonest("it has more parts than it says"));
    }
    Ok(listed)
}

fn read_directory_entry(fields: &mut Fields<'_>) -> Result<DirectoryEntry, WorkbookRefusal> {
    if fields.u32()? != DIRECTORY_SIGNATURE {
        return Err(WorkbookRefusal::damaged("the list of its parts cannot be read"));
    }
    let made_by = fields.u16()? >> 8;
    let _version_needed = fields.u16()?;
    let flags = fields.u16()?;
    let method_code = fields.u16()?;
    let _time_and_date = fields.u32()?;
    let crc = fields.u32()?;
    let (packed, inflated) = (fields.u32()?, fields.u32()?);
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let _disk_and_internal = fields.u32()?;
    let attributes = fields.u32()?;
    let offset = fields.u32()?;
    let raw_name = fields.take(name.into())?.to_vec();
    let mut zip64 = Fields(zip64_field(fields.take(extra.into())?));
    fields.take(comment.into())?;
    // The Zip64 field holds, in this order, only those values that are masked.
    let mut full = |value: u32| match value {
        IN_ZIP64 => zip64.u64(),
        value => Ok(u64::from(value)),
    };
    let (inflated_bytes, packed_bytes, header_offset) =
        (full(inflated)?, full(packed)?, full(offset)?);
    if flags & FLAG_ENCRYPTED != 0 {
        return Err(WorkbookRefusal::Encrypted);
    }
    if made_by == MADE_ON_UNIX && (attributes >> 16) & UNIX_TYPE_BITS == UNIX_SYMLINK {
        return Err(dishonest("a part is a link to somewhere else"));
    }
    let method = match method_code {
        0 if packed_bytes != inflated_bytes => {
            return Err(dishonest("a part is longer or shorter than the package says"));
        }
        0 => Method::Stored,
        8 => Method::Deflated,
        code => Method::Other(code),
    };
    let name = plain_name(&raw_name)?;
    let entry = Entry { name, method, crc, packed_bytes, inflated_bytes, offset: 0 };
    Ok(DirectoryEntry { entry, header_offset, flags, method_code, raw_name })
}

/// Compares the header before the part with the directory; where the packed bytes begin.
fn check_local<S: Read + Seek>(
    source: &mut S,
    listed: &DirectoryEntry,
) -> Result<u64, WorkbookRefusal> {
    let unlike = || dishonest("a part's own header differs from the list of parts");
    let header = read_at(source, listed.header_offset, LOCAL_BYTES)?;
    let mut fields = Fields(&header);
    if fields.u32()? != LOCAL_SIGNATURE {
        return Err(unlike());
    }
    let _version_needed = fields.u16()?;
    let (flags, method_code) = (fields.u16()?, fields.u16()?);
    let _time_and_date = fields.u32()?;
    let (crc, packed, inflated) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let (name, extra) = (fields.u16()?, fields.u16()?);
    let mut raw_name = vec![0; name.into()];
    source.read_exact(&mut raw_name)?;
    // Other flags tell nothing of the bytes: that names are UTF-8 is often said in one place only, and where
    // sizes stand decides about this header alone.
    let is_same = (flags ^ listed.flags) & FLAG_ENCRYPTED == 0 && method_code == listed.method_code;
    if !is_same || raw_name != listed.raw_name {
        return Err(unlike());
    }
    // A writer that streams puts zeros here and the truth behind the part; Zip64 masks.
    let may_be_unknown = flags & FLAG_SIZES_FOLLOW != 0;
    let agrees = |here: u32, there: u64| {
        u64::from(here) == there || here == IN_ZIP64 || (may_be_unknown && here == 0)
    };
    if !agrees(packed, listed.entry.packed_bytes)
        || !agrees(inflated, listed.entry.inflated_bytes)
        || !(crc == listed.entry.crc || (may_be_unknown && crc == 0))
    {
        return Err(unlike());
    }
    let header_bytes = LOCAL_BYTES as u64 + u64::from(name) + u64::from(extra);
    Ok(listed.header_offset + header_bytes)
}

/// Old .NET programs write `\` between folders, and some libraries begin each name with `/`. Names in a code
/// page of DOS belong to no part that is needed: their letters only have to stay apart.
fn plain_name(raw: &[u8]) -> Result<String, WorkbookRefusal> {
    let name = match str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_of_a_code_page) => raw.iter().map(|&byte| letter(byte)).collect(),
    };
    let name = name.replace('\\', "/").trim_start_matches('/').to_owned();
    let leaves = |folder: &str| folder == ".." || folder == "." || folder.contains(':');
    if name.is_empty() || name.chars().any(char::is_control) || name.split('/').any(leaves) {
        return Err(dishonest("a part's name points outside the package"));
    }
    Ok(name)
}

/// A character for a byte of an unknown code page: beyond ASCII one for private use.
fn letter(byte: u8) -> char {
    const PRIVATE_USE: u32 = 0xe000;
    if byte.is_ascii() {
        return byte.into();
    }
    char::from_u32(PRIVATE_USE + u32::from(byte)).expect("a character for private use")
}

/// The name with its percents resolved; none where there are none, or what they stand for is no text.
fn without_percents(name: &str) -> Option<String> {
    let mut parts = name.split('%');
    let mut decoded = parts.next()?.as_bytes().to_vec();
    for part in parts {
        decoded.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        decoded.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(decoded).ok().filter(|decoded| decoded != name)
}

/// Empty when there is none.
fn zip64_field(extra: &[u8]) -> &[u8] {
    let mut fields = Fields(extra);
    while let (Ok(id), Ok(length)) = (fields.u16(), fields.u16()) {
        match fields.take(length.into()) {
            Ok(field) if id == ZIP64_FIELD => return field,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    &[]
}

/// `bytes` was checked against a limit, or is one.
fn read_at<S: Read + Seek>(
    source: &mut S,
    offset: u64,
    bytes: usize,
) -> Result<Vec<u8>, WorkbookRefusal> {
    source.seek(SeekFrom::Start(offset))?;
    let mut buffer = vec![0; bytes];
    source.read_exact(&mut buffer)?;
    Ok(buffer)
}

/// Little-endian fields, front to back.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], WorkbookRefusal> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(ends_too_early)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WorkbookRefusal> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(ends_too_early)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u16(&mut self) -> Result<u16, WorkbookRefusal> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, WorkbookRefusal> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, WorkbookRefusal> {
        self.array().map(u64::from_le_bytes)
    }
}

fn ends_too_early() -> WorkbookRefusal {
    WorkbookRefusal::damaged("the list of its parts ends too early")
}
