//! Numbers and texts as a file of an index has them: the least byte first, texts behind their length.
//!
//! Invariant: no more memory is taken than bytes have come, whatever a file says of its lengths.

use std::io::{self, Read, Write};

/// Bytes that are turned into numbers at a time.
const PIECE_BYTES: usize = 1 << 16;
/// Columns of a table and characters of their names, at the most: a file that says more is none of ours.
const NAMES_MAX: u32 = 1_000;

pub(super) fn write_number(to: &mut impl Write, number: u32) -> io::Result<()> {
    to.write_all(&number.to_le_bytes())
}

pub(super) fn write_count(to: &mut impl Write, count: usize) -> io::Result<()> {
    write_number(to, u32::try_from(count).map_err(invalid)?)
}

pub(super) fn write_text(to: &mut impl Write, text: &str) -> io::Result<()> {
    write_count(to, text.len())?;
    to.write_all(text.as_bytes())
}

/// Writes all, without how many there are: whoever reads them knows.
pub(super) fn write_all<const N: usize>(
    to: &mut impl Write,
    all: impl Iterator<Item = [u8; N]>,
) -> io::Result<()> {
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    for one in all {
        piece.extend_from_slice(&one);
        if piece.len() + N > PIECE_BYTES {
            to.write_all(&piece)?;
            piece.clear();
        }
    }
    to.write_all(&piece)
}

pub(super) fn write_numbers(to: &mut impl Write, all: &[u32]) -> io::Result<()> {
    write_all(to, all.iter().map(|number| number.to_le_bytes()))
}

pub(super) fn read_number(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

pub(super) fn read_count(from: &mut impl Read) -> io::Result<u32> {
    Some(read_number(from)?).filter(|count| *count <= NAMES_MAX).ok_or_else(not_ours)
}

pub(super) fn read_text(from: &mut impl Read) -> io::Result<String> {
    let length = read_count(from)?;
    read_long_text(from, length)
}

/// Memory is taken as bytes come, whatever length the file says.
pub(super) fn read_long_text(from: &mut impl Read, length: u32) -> io::Result<String> {
    let mut text = String::new();
    let read = from.take(u64::from(length)).read_to_string(&mut text)?;
    if read == length as usize { Ok(text) } else { Err(not_ours()) }
}

pub(super) fn read_all<T, const N: usize>(
    from: &mut impl Read,
    count: u32,
    number: impl Fn([u8; N]) -> T,
) -> io::Result<Vec<T>> {
    let (mut left, mut all) = (count as usize, Vec::new());
    let mut piece = vec![0; PIECE_BYTES - PIECE_BYTES % N];
    while left > 0 {
        let some = left.min(piece.len() / N);
        let bytes = &mut piece[..some * N];
        from.read_exact(bytes)?;
        let (numbers, _none) = bytes.as_chunks::<N>();
        all.extend(numbers.iter().map(|bytes| number(*bytes)));
        left -= some;
    }
    all.shrink_to_fit();
    Ok(all)
}

pub(super) fn read_numbers(from: &mut impl Read, count: u32) -> io::Result<Vec<u32>> {
    read_all(from, count, u32::from_le_bytes)
}

pub(super) fn not_ours() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn invalid(fault: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, fault)
}
