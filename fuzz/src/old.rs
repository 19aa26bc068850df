//! Workbooks of Excel 5 to 2003: their records, the stream of them, and the container round it.
//!
//! Not for: what a record means. Invariant: lengths, offsets and chains of sectors are right, as a fuzzer
//! hardly ever guesses them.

/// The two kinds of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Excel5,
    Excel97,
}

/// The way in which a container holds its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sectors {
    Of512,
    Of4096,
    /// In small sectors of 64 bytes, as short streams are.
    Small,
}

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const BOUND_SHEET: u16 = 0x0085;
/// A stream that is shorter lies in small sectors.
const SMALL_STREAM_BYTES: usize = 4_096;
const FREE: u32 = u32::MAX;
const END: u32 = 0xffff_fffe;
const OF_TABLE: u32 = 0xffff_fffd;

/// A record with its number and length.
pub fn record(id: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("records are short");
    [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// A stream of one sheet: `globals` are the records before it, `sheet` those in it.
pub fn stream(version: Version, globals: &[u8], sheet: &[u8]) -> Vec<u8> {
    let (number, name): (u16, &[u8]) = match version {
        Version::Excel5 => (0x0500, b"\x04Data"),
        Version::Excel97 => (0x0600, b"\x04\0Data"),
    };
    let begin = |kind: u16| {
        let fields = [number, kind, 0, 0, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
        record(BOF, &fields[..if version == Version::Excel97 { 16 } else { 8 }])
    };
    let listed = |offset: usize| {
        let offset = u32::try_from(offset).expect("inputs are small").to_le_bytes();
        record(BOUND_SHEET, &[&offset[..], &[0, 0], name].concat())
    };
    let head = [&begin(5), globals].concat();
    let offset = head.len() + listed(0).len() + record(EOF, &[]).len();
    let end = record(EOF, &[]);
    [&head[..], &listed(offset), &end, &begin(0x10), sheet, &end].concat()
}

/// The stream in a container, as a stream called Workbook.
pub fn container(stream: &[u8], sectors: Sectors) -> Vec<u8> {
    let shift: u8 = if sectors == Sectors::Of4096 { 12 } else { 9 };
    let sector = 1_usize << shift;
    let is_small = sectors == Sectors::Small && stream.len() < SMALL_STREAM_BYTES;
    let bytes = if is_small { stream.len() } else { stream.len().max(SMALL_STREAM_BYTES) };
    let mut data = stream.to_vec();
    data.resize(bytes.next_multiple_of(sector), 0);
    // The table, the directory, the table of small sectors where there are some, the stream.
    let entries = sector / size_of::<u32>();
    let data_sectors = data.len() / sector;
    let tables = (data_sectors + 4).div_ceil(entries - 1);
    let directory_at = tables;
    let first = tables + 1 + usize::from(is_small);
    let mut table: Vec<u32> = vec![OF_TABLE; tables];
    table.resize(first, END);
    table.extend((first..first + data_sectors).map(|at| number(at + 1)));
    if let Some(last) = table.last_mut() {
        *last = END;
    }
    table.resize(tables * entries, FREE);
    let mut out = header(shift, tables, directory_at, is_small.then_some(directory_at + 1));
    out.resize(sector, 0);
    push_numbers(&mut out, &table);
    let (root, workbook) = if is_small {
        (entry("Root Entry", 5, number(first), data.len()), entry("Workbook", 2, 0, bytes))
    } else {
        (entry("Root Entry", 5, END, 0), entry("Workbook", 2, number(first), bytes))
    };
    let mut directory = [root, workbook].concat();
    directory.resize(sector, 0);
    out.extend(directory);
    if is_small {
        let count = bytes.div_ceil(64).max(1);
        let mut small: Vec<u32> = (1..count).map(number).collect();
        small.push(END);
        small.resize(entries, FREE);
        push_numbers(&mut out, &small);
    }
    out.extend(data);
    out
}

fn header(shift: u8, tables: usize, directory_at: usize, small_at: Option<usize>) -> Vec<u8> {
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(24, 0);
    header.extend([0x3e, 0, if shift == 12 { 4 } else { 3 }, 0, 0xfe, 0xff, shift, 0, 6, 0]);
    header.resize(44, 0);
    push_numbers(&mut header, &[number(tables), number(directory_at), 0]);
    push_numbers(
        &mut header,
        &[
            number(SMALL_STREAM_BYTES),
            small_at.map_or(END, number),
            u32::from(small_at.is_some()),
            END,
            0,
        ],
    );
    let listed: Vec<u32> = (0..tables).map(number).collect();
    push_numbers(&mut header, &listed);
    header.resize(512, 0xff);
    header
}

fn entry(name: &str, kind: u8, first: u32, bytes: usize) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.extend([0; 2]);
    let length = u8::try_from(entry.len()).expect("names are short");
    entry.resize(64, 0);
    entry.extend([length, 0, kind, 1]);
    entry.resize(76, 0xff);
    push_numbers(&mut entry, &[if kind == 5 { 1 } else { FREE }]);
    entry.resize(116, 0);
    push_numbers(&mut entry, &[first, number(bytes), 0]);
    entry
}

fn number(value: usize) -> u32 {
    u32::try_from(value).expect("inputs are small")
}

fn push_numbers(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}
