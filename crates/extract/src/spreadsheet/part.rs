//! One part of the package as a stream of inflated bytes.
//!
//! Not for: what the bytes mean, or whether the package may be trusted; see `package`.
//!
//! Invariant: never more bytes come out than the directory declared, and the end is only reported when
//! length and checksum were right.

use std::io::{Read, Seek, SeekFrom};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::limits::{INFLATE_RATIO_FREE, INFLATE_RATIO_MAX};
use super::refusal::{WorkbookRefusal, grouped};

/// Packed bytes taken from the source at once.
const INPUT_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    /// By its number in the ZIP format; only refused when the part is needed.
    Other(u16),
}

/// Where a part lies in the package, and what the directory says of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) packed_bytes: u64,
    pub(super) inflated_bytes: u64,
    /// Of the first packed byte.
    pub(super) offset: u64,
}

#[derive(Debug)]
pub(super) struct Part<R> {
    source: R,
    entry: Entry,
    inflate: Decompress,
    input: Box<[u8]>,
    input_start: usize,
    input_end: usize,
    packed_left: u64,
    produced: u64,
    crc: Crc,
    finished: bool,
}

impl<R: Read + Seek> Part<R> {
    /// Refused at once when the part says of itself that it is too large.
    pub(super) fn open(source: R, entry: &Entry, bytes_max: u64) -> Result<Self, WorkbookRefusal> {
        check_size(entry, bytes_max)?;
        let mut part = Self {
            source,
            entry: entry.clone(),
            inflate: Decompress::new(false),
            input: vec![0; INPUT_BYTES].into_boxed_slice(),
            input_start: 0,
            input_end: 0,
            packed_left: 0,
            produced: 0,
            crc: Crc::new(),
            finished: false,
        };
        part.restart()?;
        Ok(part)
    }

    /// Back to the first byte.
    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        self.source.seek(SeekFrom::Start(self.entry.offset))?;
        self.inflate.reset(false);
        self.input_start = 0;
        self.input_end = 0;
        self.packed_left = self.entry.packed_bytes;
        self.produced = 0;
        self.crc = Crc::new();
        self.finished = false;
        Ok(())
    }

    /// Inflated bytes given out so far.
    pub(super) fn produced(&self) -> u64 {
        self.produced
    }

    /// Bytes written to `out`; 0 at the end only.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<usize, WorkbookRefusal> {
        while !self.finished {
            self.take_input()?;
            let count = match self.entry.method {
                Method::Stored => self.copy(out),
                Method::Deflated | Method::Other(_) => self.inflate(out)?,
            };
            self.produced += count as u64;
            if self.produced > self.entry.inflated_bytes {
                return Err(length_differs());
            }
            self.crc.update(&out[..count]);
            if self.finished {
                self.check_end()?;
            }
            if count > 0 {
                return Ok(count);
            }
        }
        Ok(0)
    }

    fn take_input(&mut self) -> Result<(), WorkbookRefusal> {
        if self.input_start == self.input_end && self.packed_left > 0 {
            let wanted = usize::try_from(self.packed_left.min(INPUT_BYTES as u64))
                .expect("no more than the buffer holds");
            self.source.read_exact(&mut self.input[..wanted])?;
            self.packed_left -= wanted as u64;
            self.input_start = 0;
            self.input_end = wanted;
        }
        Ok(())
    }

    fn copy(&mut self, out: &mut [u8]) -> usize {
        let count = out.len().min(self.input_end - self.input_start);
        out[..count].copy_from_slice(&self.input[self.input_start..self.input_start + count]);
        self.input_start += count;
        self.finished = self.input_start == self.input_end && self.packed_left == 0;
        count
    }

    fn inflate(&mut self, out: &mut [u8]) -> Result<usize, WorkbookRefusal> {
        let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
        let input = &self.input[self.input_start..self.input_end];
        let status = self
            .inflate
            .decompress(input, out, FlushDecompress::None)
            .map_err(|_corrupt| broken(&self.entry))?;
        let step = |after: u64, before: u64| {
            usize::try_from(after - before).expect("no more than the buffers hold")
        };
        let taken = step(self.inflate.total_in(), taken);
        let given = step(self.inflate.total_out(), given);
        self.input_start += taken;
        self.finished = status == Status::StreamEnd;
        // Nothing moved: the packed bytes end before the part does.
        if taken == 0 && given == 0 && !self.finished {
            return Err(broken(&self.entry));
        }
        Ok(given)
    }

    fn check_end(&self) -> Result<(), WorkbookRefusal> {
        let all_taken = self.input_start == self.input_end && self.packed_left == 0;
        if self.produced != self.entry.inflated_bytes || !all_taken {
            return Err(length_differs());
        }
        if self.crc.sum() != self.entry.crc {
            return Err(broken(&self.entry));
        }
        Ok(())
    }
}

fn check_size(entry: &Entry, bytes_max: u64) -> Result<(), WorkbookRefusal> {
    if let Method::Other(code) = entry.method {
        return Err(WorkbookRefusal::Packed { how: packing(code) });
    }
    let (packed, inflated) = (entry.packed_bytes, entry.inflated_bytes);
    if inflated > bytes_max {
        return Err(WorkbookRefusal::too_large(format!(
            "{} unpacks to {} bytes, and at most {} are read",
            entry.name,
            grouped(inflated),
            grouped(bytes_max)
        )));
    }
    if inflated > INFLATE_RATIO_FREE && inflated / INFLATE_RATIO_MAX > packed {
        return Err(WorkbookRefusal::too_large(format!(
            "{} unpacks from {} to {} bytes, more than {INFLATE_RATIO_MAX} times",
            entry.name,
            grouped(packed),
            grouped(inflated)
        )));
    }
    Ok(())
}

/// The name in the ZIP format (APPNOTE 4.4.5).
const fn packing(code: u16) -> &'static str {
    match code {
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "XZ",
        _ => "a method of its own",
    }
}

fn length_differs() -> WorkbookRefusal {
    WorkbookRefusal::Unsafe { what: "a part is longer or shorter than the package says" }
}

fn broken(entry: &Entry) -> WorkbookRefusal {
    WorkbookRefusal::damaged(format!("the bytes of {} have changed since it was saved", entry.name))
}
