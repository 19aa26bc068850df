//! What an Office file of the old container is: a workbook that is encrypted, or one of the old kind.
//!
//! Not for: reading either; this only looks for the name of a stream, so that the sender is told the
//! right thing to do. Invariant: reads a bounded number of sectors, wherever the file points.

use std::io::{self, Read, Seek, SeekFrom};

use super::refusal::WorkbookRefusal;

/// Old Office files, and the wrapping of encrypted new ones.
pub(super) const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Sectors of the directory that are looked at: an encrypted workbook has a dozen streams, four to a
/// sector.
const DIRECTORY_SECTORS_MAX: usize = 64;
const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// Where the entry says how long its name is, in bytes with the closing zero.
const NAME_LENGTH_AT: usize = 64;
/// Sector numbers from here on are marks, such as the end of a chain.
const MARKS: u32 = 0xffff_fffa;

/// Why it is refused; the general sentence when the container says nothing of what it holds or ends early.
/// Bytes that cannot be had are no fault of the file's.
pub(super) fn refusal<S: Read + Seek>(source: &mut S) -> WorkbookRefusal {
    match look(source) {
        Ok(found) => found.unwrap_or(WorkbookRefusal::Locked),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => WorkbookRefusal::Locked,
        Err(error) => error.into(),
    }
}

fn look<S: Read + Seek>(source: &mut S) -> io::Result<Option<WorkbookRefusal>> {
    let mut header = [0; HEADER_BYTES];
    source.rewind()?;
    source.read_exact(&mut header)?;
    let sector_bytes = match header[30] {
        9 => 1 << 9,
        12 => 1 << 12,
        _ => return Ok(None),
    };
    let mut sector = number_at(&header, 48);
    for _ in 0..DIRECTORY_SECTORS_MAX {
        if sector >= MARKS {
            break;
        }
        let mut entries = vec![0; sector_bytes];
        source.seek(SeekFrom::Start(start(sector, sector_bytes)))?;
        source.read_exact(&mut entries)?;
        for entry in entries.chunks_exact(ENTRY_BYTES) {
            match name(entry).as_str() {
                "EncryptedPackage" => return Ok(Some(WorkbookRefusal::Encrypted)),
                "Workbook" | "Book" => return Ok(Some(WorkbookRefusal::OldKind)),
                _ => {}
            }
        }
        let Some(next) = behind(source, &header, sector, sector_bytes)? else { break };
        sector = next;
    }
    Ok(None)
}

/// The sector that follows in the chain, as the table of sectors has it. The header lists the first 109
/// sectors of that table, and a directory lies in those.
fn behind<S: Read + Seek>(
    source: &mut S,
    header: &[u8; HEADER_BYTES],
    sector: u32,
    sector_bytes: usize,
) -> io::Result<Option<u32>> {
    const LISTED_AT: usize = 76;
    const LISTED: usize = 109;
    let numbers = sector_bytes / size_of::<u32>();
    let place = sector as usize;
    if place / numbers >= LISTED {
        return Ok(None);
    }
    let table = number_at(header, LISTED_AT + place / numbers * size_of::<u32>());
    let within = (place % numbers * size_of::<u32>()) as u64;
    let mut next = [0; size_of::<u32>()];
    source.seek(SeekFrom::Start(start(table, sector_bytes) + within))?;
    source.read_exact(&mut next)?;
    Ok(Some(u32::from_le_bytes(next)))
}

/// The header takes the place of one sector.
fn start(sector: u32, sector_bytes: usize) -> u64 {
    (u64::from(sector) + 1) * sector_bytes as u64
}

fn number_at(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}

/// Up to 32 characters of UTF-16, the last of them a zero.
fn name(entry: &[u8]) -> String {
    let bytes = usize::from(u16::from_le_bytes([entry[NAME_LENGTH_AT], entry[NAME_LENGTH_AT + 1]]));
    let units = entry[..bytes.saturating_sub(2).min(NAME_LENGTH_AT)].chunks_exact(2);
    let units: Vec<u16> = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    String::from_utf16_lossy(&units)
}
