//! The container of Office before 2007: streams in chains of sectors, as on a disk of that time.
//!
//! Not for: what the streams hold. Invariant: a chain is no longer than the file, so that it cannot go
//! round in a ring, and nothing is allocated by a number the file declares.

use std::io::{self, Read, Seek, SeekFrom};

use domain::signatures::COMPOUND;

use super::limits::{DIRECTORY_SECTORS_MAX, OLD_WORKBOOK_BYTES_MAX};
use super::refusal::{WorkbookRefusal, grouped};

/// Old Office files, and the wrapping of encrypted new ones.
const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// Where the entry says how long its name is, in bytes with the closing zero.
const NAME_LENGTH_AT: usize = 64;
/// Sector numbers from here on are marks, such as the end of a chain.
const MARKS: u32 = 0xffff_fffa;
/// Streams shorter than this lie in small sectors.
const SMALL_STREAM_BYTES: u64 = 4_096;
const SMALL_SECTOR_BYTES: u64 = 64;
const ROOT: u8 = 5;

/// Where the workbook's stream lies in the file.
#[derive(Debug)]
pub(super) struct Extents {
    /// Offsets of its pieces, all but the last of `piece_bytes`.
    pub(super) pieces: Vec<u64>,
    pub(super) piece_bytes: u64,
    pub(super) bytes: u64,
}

/// Finds the workbook; a file without a container is one itself.
pub(super) fn find_workbook<S: Read + Seek>(source: &mut S) -> Result<Extents, WorkbookRefusal> {
    let bytes = source.seek(SeekFrom::End(0))?;
    if bytes > OLD_WORKBOOK_BYTES_MAX {
        return Err(WorkbookRefusal::too_large(format!(
            "of an old workbook at most {} bytes are read",
            grouped(OLD_WORKBOOK_BYTES_MAX)
        )));
    }
    let mut header = [0; HEADER_BYTES];
    source.rewind()?;
    // A source may give the header in pieces of any size.
    let (signature, rest) = header.split_at_mut(COMPOUND.len());
    match source.read_exact(signature) {
        Ok(()) if signature == COMPOUND => {}
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
        _ => return Ok(Extents { pieces: vec![0], piece_bytes: bytes, bytes }),
    }
    source.read_exact(rest).map_err(|error| damaged_as_locked(error.into()))?;
    Container::open(source, &header, bytes)?.find_workbook().map_err(damaged_as_locked)
}

struct Container<'s, S> {
    source: &'s mut S,
    file_bytes: u64,
    sector_bytes: u64,
    /// The sector that follows each.
    next: Vec<u32>,
    first_directory: u32,
    first_small_table: u32,
}

/// An entry of the directory.
struct Stream {
    name: String,
    kind: u8,
    first: u32,
    bytes: u64,
}

impl<'s, S: Read + Seek> Container<'s, S> {
    fn open(
        source: &'s mut S,
        header: &[u8; HEADER_BYTES],
        file_bytes: u64,
    ) -> Result<Self, WorkbookRefusal> {
        let sector_bytes = match header[30] {
            9 => 1 << 9,
            12 => 1 << 12,
            _ => return Err(WorkbookRefusal::Locked),
        };
        let mut container = Self {
            source,
            file_bytes,
            sector_bytes,
            next: Vec::new(),
            first_directory: number_at(header, 48),
            first_small_table: number_at(header, 60),
        };
        container.read_table(header).map_err(damaged_as_locked)?;
        Ok(container)
    }

    /// The table of sectors, whose own sectors are listed in the header and in sectors behind that.
    fn read_table(&mut self, header: &[u8; HEADER_BYTES]) -> Result<(), WorkbookRefusal> {
        const LISTED_AT: usize = 76;
        const LIST_GOES_ON_AT: usize = 68;
        let mut listed: Vec<u32> = numbers(&header[LISTED_AT..]).collect();
        let mut more = number_at(header, LIST_GOES_ON_AT);
        for _ in 0..self.sectors_max() {
            if more >= MARKS {
                break;
            }
            let mut list: Vec<u32> = numbers(&self.sector(more)?).collect();
            more = list.pop().unwrap_or(MARKS);
            listed.append(&mut list);
        }
        for sector in listed.into_iter().filter(|sector| *sector < MARKS) {
            if self.next.len() as u64 > self.sectors_max() {
                break;
            }
            let sector = self.sector(sector)?;
            self.next.extend(numbers(&sector));
        }
        Ok(())
    }

    fn find_workbook(mut self) -> Result<Extents, WorkbookRefusal> {
        let streams = self.read_directory()?;
        let named = |name: &str| streams.iter().find(|stream| stream.name == name);
        if named("EncryptedPackage").is_some() {
            return Err(WorkbookRefusal::Encrypted);
        }
        let Some(workbook) = named("Workbook").or_else(|| named("Book")) else {
            let is_word = named("WordDocument").is_some();
            return Err(if is_word {
                WorkbookRefusal::NotAWorkbook { found: "it is a Word document (.doc)" }
            } else {
                WorkbookRefusal::Locked
            });
        };
        if workbook.bytes >= SMALL_STREAM_BYTES {
            let pieces = self.chain(workbook.first)?;
            let pieces = pieces.into_iter().map(|sector| self.offset(sector)).collect();
            return Self::extents(pieces, self.sector_bytes, workbook.bytes);
        }
        let root = streams.iter().find(|stream| stream.kind == ROOT);
        let home = self.chain(root.map_or(MARKS, |root| root.first))?;
        let mut next = Vec::new();
        for sector in self.chain(self.first_small_table)? {
            next.extend(numbers(&self.sector(sector)?));
        }
        let per_sector = self.sector_bytes / SMALL_SECTOR_BYTES;
        let small = |number: u32| {
            let sector = *home.get(usize::try_from(u64::from(number) / per_sector).ok()?)?;
            let within = u64::from(number) % per_sector * SMALL_SECTOR_BYTES;
            Some(self.offset(sector) + within)
        };
        let pieces = follow(&next, workbook.first)?.into_iter().map_while(small).collect();
        Self::extents(pieces, SMALL_SECTOR_BYTES, workbook.bytes)
    }

    fn extents(pieces: Vec<u64>, piece_bytes: u64, bytes: u64) -> Result<Extents, WorkbookRefusal> {
        if pieces.len() as u64 * piece_bytes < bytes {
            return Err(WorkbookRefusal::damaged("it ends in the middle"));
        }
        Ok(Extents { pieces, piece_bytes, bytes })
    }

    fn read_directory(&mut self) -> Result<Vec<Stream>, WorkbookRefusal> {
        let mut streams = Vec::new();
        for sector in self.chain(self.first_directory)?.into_iter().take(DIRECTORY_SECTORS_MAX) {
            for entry in self.sector(sector)?.chunks_exact(ENTRY_BYTES) {
                streams.push(Stream {
                    name: name(entry),
                    kind: entry[66],
                    first: number_at(entry, 116),
                    bytes: number_at(entry, 120).into(),
                });
            }
        }
        Ok(streams)
    }

    fn chain(&self, first: u32) -> Result<Vec<u32>, WorkbookRefusal> {
        follow(&self.next, first)
    }

    fn sector(&mut self, sector: u32) -> Result<Vec<u8>, WorkbookRefusal> {
        let offset = self.offset(sector);
        if offset >= self.file_bytes {
            return Err(WorkbookRefusal::damaged("it ends in the middle"));
        }
        self.source.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        self.source.by_ref().take(self.sector_bytes).read_to_end(&mut bytes)?;
        // The last sector may be cut where it holds nothing.
        bytes.resize(usize::try_from(self.sector_bytes).expect("4,096 at most"), 0);
        Ok(bytes)
    }

    /// The header takes the place of one sector.
    fn offset(&self, sector: u32) -> u64 {
        (u64::from(sector) + 1) * self.sector_bytes
    }

    fn sectors_max(&self) -> u64 {
        self.file_bytes / self.sector_bytes
    }
}

/// The sectors of a chain, as the table of followers has them.
fn follow(next: &[u32], first: u32) -> Result<Vec<u32>, WorkbookRefusal> {
    let mut chain = Vec::new();
    let mut sector = first;
    while sector < MARKS {
        let Some(follower) = next.get(sector as usize) else { break };
        if chain.len() > next.len() {
            return Err(WorkbookRefusal::Unsafe { what: "a part of it leads back to itself" });
        }
        chain.push(sector);
        sector = *follower;
    }
    Ok(chain)
}

/// A container that ends early does not say which of two it holds.
fn damaged_as_locked(refusal: WorkbookRefusal) -> WorkbookRefusal {
    match refusal {
        WorkbookRefusal::Damaged { .. } => WorkbookRefusal::Locked,
        refusal => refusal,
    }
}

fn number_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let number = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    bytes.chunks_exact(size_of::<u32>()).map(number)
}

/// Up to 32 characters of UTF-16, the last of them a zero.
fn name(entry: &[u8]) -> String {
    let bytes = usize::from(u16::from_le_bytes([entry[NAME_LENGTH_AT], entry[NAME_LENGTH_AT + 1]]));
    let units = entry[..bytes.saturating_sub(2).min(NAME_LENGTH_AT)].chunks_exact(2);
    let units: Vec<u16> = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    String::from_utf16_lossy(&units)
}
