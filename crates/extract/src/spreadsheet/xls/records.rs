//! The records of a workbook's stream, one after the other.
//!
//! Not for: what they mean. Invariant: memory is one record, 64 KiB at most, and one block.

use std::io::{Read, Seek, SeekFrom};

use super::super::compound::Extents;
use super::super::refusal::WorkbookRefusal;

/// The records that are understood, by their numbers in [MS-XLS] 2.3 and the format before it.
pub(super) mod id {
    pub(in super::super) const FORMULA: u16 = 0x0006;
    pub(in super::super) const EOF: u16 = 0x000a;
    pub(in super::super) const DATE_MODE: u16 = 0x0022;
    pub(in super::super) const FILE_PASS: u16 = 0x002f;
    pub(in super::super) const CONTINUE: u16 = 0x003c;
    pub(in super::super) const CODE_PAGE: u16 = 0x0042;
    pub(in super::super) const BOUND_SHEET: u16 = 0x0085;
    pub(in super::super) const MUL_RK: u16 = 0x00bd;
    pub(in super::super) const RSTRING: u16 = 0x00d6;
    pub(in super::super) const XF: u16 = 0x00e0;
    pub(in super::super) const SST: u16 = 0x00fc;
    pub(in super::super) const LABEL_SST: u16 = 0x00fd;
    pub(in super::super) const NUMBER: u16 = 0x0203;
    pub(in super::super) const LABEL: u16 = 0x0204;
    pub(in super::super) const BOOL_ERR: u16 = 0x0205;
    pub(in super::super) const STRING: u16 = 0x0207;
    pub(in super::super) const ROW: u16 = 0x0208;
    pub(in super::super) const RK: u16 = 0x027e;
    pub(in super::super) const FORMAT: u16 = 0x041e;
    pub(in super::super) const BOF: u16 = 0x0809;
}

/// Bytes taken from the source at once.
const BLOCK_BYTES: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct BiffRecords<R> {
    source: R,
    extents: Extents,
    /// Where in the stream the next byte is.
    at: u64,
    block: Vec<u8>,
    /// Where in the stream the block begins.
    block_at: u64,
    data: Vec<u8>,
    bytes_read: u64,
    /// A record that was looked at and not taken.
    kept: Option<u16>,
}

impl<R: Read + Seek> BiffRecords<R> {
    pub(super) fn new(source: R, extents: Extents) -> Self {
        let (block, data) = (Vec::new(), Vec::new());
        Self { source, extents, at: 0, block, block_at: 0, data, bytes_read: 0, kept: None }
    }

    pub(super) fn go_to(&mut self, offset: u64) -> Result<(), WorkbookRefusal> {
        if offset >= self.extents.bytes {
            return Err(WorkbookRefusal::damaged("a sheet of it is gone"));
        }
        (self.at, self.kept) = (offset, None);
        Ok(())
    }

    /// The number of the next record, whose bytes are [`Self::data`]; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<u16>, WorkbookRefusal> {
        if let Some(kept) = self.kept.take() {
            return Ok(Some(kept));
        }
        let mut header = [0; 4];
        if self.extents.bytes - self.at < header.len() as u64 {
            return Ok(None);
        }
        self.read(&mut header)?;
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        let mut data = std::mem::take(&mut self.data);
        data.resize(length, 0);
        let read = self.read(&mut data);
        self.data = data;
        read?;
        Ok(Some(u16::from_le_bytes([header[0], header[1]])))
    }

    /// Returns `true` when the next record goes on with the one before; if so, its bytes are there.
    pub(super) fn goes_on(&mut self) -> Result<bool, WorkbookRefusal> {
        match self.next()? {
            Some(id::CONTINUE) => Ok(true),
            other => {
                self.kept = other;
                Ok(false)
            }
        }
    }

    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    fn read(&mut self, out: &mut [u8]) -> Result<(), WorkbookRefusal> {
        let mut written = 0;
        while written < out.len() {
            let within = self.at.checked_sub(self.block_at).and_then(|at| usize::try_from(at).ok());
            let rest = within.and_then(|within| self.block.get(within..)).unwrap_or_default();
            if rest.is_empty() {
                self.fill()?;
                continue;
            }
            let count = rest.len().min(out.len() - written);
            out[written..written + count].copy_from_slice(&rest[..count]);
            written += count;
            self.at += count as u64;
        }
        self.bytes_read += out.len() as u64;
        Ok(())
    }

    /// Reads the pieces from the next byte on, as far as they follow each other in the file.
    fn fill(&mut self) -> Result<(), WorkbookRefusal> {
        let early = || WorkbookRefusal::damaged("it ends in the middle");
        if self.at >= self.extents.bytes {
            return Err(early());
        }
        let Extents { pieces, piece_bytes, bytes } = &self.extents;
        let piece = usize::try_from(self.at / piece_bytes).expect("as many as there are pieces");
        let within = self.at % piece_bytes;
        let start = *pieces.get(piece).ok_or_else(early)?;
        let mut length = piece_bytes - within;
        for (piece, before) in pieces[piece + 1..].iter().zip(&pieces[piece..]) {
            if *piece != before + piece_bytes || length >= BLOCK_BYTES as u64 {
                break;
            }
            length += piece_bytes;
        }
        let length = length.min(BLOCK_BYTES as u64).min(bytes - self.at);
        self.block.resize(usize::try_from(length).expect("a block at most"), 0);
        self.block_at = self.at;
        self.source.seek(SeekFrom::Start(start + within))?;
        if let Err(error) = self.source.read_exact(&mut self.block) {
            self.block.clear();
            return Err(error.into());
        }
        Ok(())
    }
}

/// Little-endian fields of a record, front to back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], WorkbookRefusal> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| WorkbookRefusal::damaged("a record of it is too short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WorkbookRefusal> {
        let taken = self.take(N)?;
        Ok(taken.try_into().expect("as many as were taken"))
    }

    pub(super) fn u8(&mut self) -> Result<u8, WorkbookRefusal> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, WorkbookRefusal> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, WorkbookRefusal> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, WorkbookRefusal> {
        self.array().map(f64::from_le_bytes)
    }
}
