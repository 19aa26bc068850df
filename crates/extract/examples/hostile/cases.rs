//! Files made to do harm, and what each is answered. They are made while they are read, so that a
//! line of 1 GiB is nowhere whole.
//!
//! Not for: what is wrong with single rows. The example reads all of them and measures the memory; the
//! tests read those that take no time.

use std::io::{self, Read, Seek, SeekFrom, Write};

use domain::FileFormat;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Bytes, and how often they are repeated.
type Segment = (Vec<u8>, u64);

/// Reads segments one behind the other, and counts what it gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct MadeFile {
    segments: Vec<Segment>,
    at: u64,
    pub(crate) given: u64,
}

impl MadeFile {
    fn of(segments: &[(&[u8], u64)]) -> Self {
        let segments = segments.iter().map(|(bytes, times)| (bytes.to_vec(), *times)).collect();
        Self { segments, ..Self::default() }
    }

    fn len(&self) -> u64 {
        self.segments.iter().map(|(bytes, times)| bytes.len() as u64 * times).sum()
    }
}

impl Read for MadeFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut start = 0;
        for (bytes, times) in &self.segments {
            let length = bytes.len() as u64 * times;
            if self.at < start + length {
                let left = (start + length - self.at).min(buffer.len() as u64);
                let count = usize::try_from(left).expect("no more than the buffer holds");
                let within = usize::try_from((self.at - start) % bytes.len() as u64);
                let within = within.map_err(io::Error::other)?;
                for (place, byte) in
                    buffer[..count].iter_mut().zip(bytes.iter().cycle().skip(within))
                {
                    *place = *byte;
                }
                self.at += count as u64;
                self.given += count as u64;
                return Ok(count);
            }
            start += length;
        }
        Ok(0)
    }
}

impl Seek for MadeFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) format: FileFormat,
    /// Part of the sentence it is refused with; empty when it is read.
    pub(crate) said: &'static str,
    /// Long for a test: it has to be read or unpacked at length before it says what it is.
    pub(crate) is_long: bool,
    pub(crate) make: fn() -> MadeFile,
}

const HEADER: &[u8] =
    b"Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                        Supplier Name,Supplier Ref\n";
const ROW: &[u8] = b"1,A,1,1,2026-11-23,2026-11-23,Acme,S\n";
const GIB: u64 = 1 << 30;

/// A text that is quickly seen through, unless it is said to be long.
const fn text(name: &'static str, said: &'static str, make: fn() -> MadeFile) -> Case {
    Case { name, format: FileFormat::Csv, said, is_long: false, make }
}

const fn workbook(name: &'static str, said: &'static str, make: fn() -> MadeFile) -> Case {
    Case { name, format: FileFormat::Xlsx, said, is_long: false, make }
}

const fn long(case: Case) -> Case {
    Case { is_long: true, ..case }
}

pub(crate) const CASES: [Case; 33] = [
    text("nothing", "the file is empty", || MadeFile::of(&[])),
    text("a byte order mark alone", "the file is empty", || MadeFile::of(&[(b"\xef\xbb\xbf", 1)])),
    text("a header alone", "", || MadeFile::of(&[(HEADER, 1)])),
    text("line of 1 GiB", "the row at line 2 is longer", || {
        MadeFile::of(&[(HEADER, 1), (b"x", GIB)])
    }),
    text("header of 1 GiB", "the row at line 1 is longer", || MadeFile::of(&[(b"x", GIB)])),
    text("1 GiB of zero bytes", "the row at line 1 is longer", || MadeFile::of(&[(b"\0", GIB)])),
    text("UTF-16 line of 1 GiB", "the row at line 1 is longer", || {
        MadeFile::of(&[(b"\xff\xfe", 1), (b"x\0", GIB / 2)])
    }),
    text("line of 1 GiB that is no UTF-8", "the row at line 2 is longer", || {
        MadeFile::of(&[(HEADER, 1), (b"\xff", GIB)])
    }),
    text("unclosed quote", "a quote is opened at line 3", || {
        MadeFile::of(&[(HEADER, 1), (ROW, 1), (b"\"", 1), (ROW, GIB / 64)])
    }),
    text("1 GiB of quotes", "not closed", || MadeFile::of(&[(HEADER, 1), (b"\"", GIB)])),
    text("10,000,000 commas", "the row at line 2 has more than 2000 cells", || {
        MadeFile::of(&[(HEADER, 1), (b",", 10_000_000)])
    }),
    text("1,000,000 columns", "the row at line 1 has more than 2000 cells", || {
        MadeFile::of(&[(b"Supplier Name,", 1_000_000), (b"\n", 1), (ROW, 1)])
    }),
    long(text("1 GiB of blank lines", "", || MadeFile::of(&[(HEADER, 1), (b"\r\n", GIB / 2)]))),
    long(text("2,000,000 rows that fail", "rows could not be used", || {
        MadeFile::of(&[(HEADER, 1), (b"1,A,?,?,?,?,,\n", 2_000_000)])
    })),
    long(text("formulas", "", || {
        let row = b"=HYPERLINK(0),@A,-1,+1,2026-11-23,2026-11-23,=cmd|' /C calc'!A0,+S\n";
        MadeFile::of(&[(HEADER, 1), (row, 100_000)])
    })),
    text("a workbook named .csv", "name it .xlsx", || sheet(&[(b"<row/>", 1)])),
    workbook("a text named .xlsx", "not a workbook", || MadeFile::of(&[(HEADER, 1)])),
    workbook("encrypted workbook", "the workbook is encrypted", || compound("EncryptedPackage")),
    workbook("encrypted part", "the workbook is encrypted", || {
        package(&[Part { flags: 1, ..Part::packed(SHEET, b"") }])
    }),
    workbook("an old container in a ring", "leads back to itself", || compound("Workbook")),
    long(workbook("zip bomb", "more than 100 times", || bomb(512, 512))),
    workbook("zip bomb that lies about its size", "longer or shorter", || bomb(16, 1)),
    workbook("overlapping parts", "two parts lie in the same place", || {
        let part = Part::packed(SHEET, b"<worksheet/>");
        package(&[part.clone(), Part { offset: Some(0), name: STRINGS, ..part }])
    }),
    workbook("nested archive", "ZIP archive of other files", || {
        package(&[Part::packed("inner.xlsx", b"PK\x03\x04")])
    }),
    workbook("billion laughs", "document type", || {
        let laughs =
            b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><x>&b;</x>";
        with(Part::packed(SHEET, laughs))
    }),
    workbook("entity from elsewhere", "document type", || {
        let entity = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><sst>&a;</sst>";
        with(Part::packed(STRINGS, entity))
    }),
    workbook("cell of 1 GiB", "32,767 characters", || {
        sheet(&[(b"<row><c t='str'><v>", 1), (b"x", GIB)])
    }),
    workbook("tag of 1 GiB", "markup is longer", || sheet(&[(b"<row ", 1), (b"a='b' ", GIB / 6)])),
    workbook("row of 1,000,000 columns", "beyond the 2,000 columns", || {
        sheet(&[(b"<row>", 1), (b"<c><v>1</v></c>", 1_000_000)])
    }),
    long(workbook("25,000,000 empty cells", "cells with nothing in them", || {
        let row = [b"<row>".as_slice(), &b"<c s='1'/>".repeat(25), b"</row>"].concat();
        sheet(&[(&header_row(), 1), (&row, 1_000_000)])
    })),
    long(workbook("60,000,000 cells", "the sheet has over 50,000,000 cells", || {
        let row = [b"<row>".as_slice(), &b"<c><v>1</v></c>".repeat(60), b"</row>"].concat();
        sheet(&[(&header_row(), 1), (&row, 1_000_000)])
    })),
    long(workbook("1 GiB of different texts", "texts take more than", || {
        let text = format!("<si><t>{}</t></si>", "x".repeat(1_000));
        with(Part { stored: vec![(b"<sst>".to_vec(), 1), (text.into(), 1_000_000)], ..STORED })
    })),
    long(workbook("10,000,000 merged cells", "", || {
        let merged = b"<mergeCell ref='A1:B2'/>";
        sheet(&[
            (&header_row(), 1),
            (b"</sheetData><mergeCells>", 1),
            (merged, 10_000_000),
            (b"</mergeCells></worksheet>", 1),
        ])
    })),
];

const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

/// A part of a package, deflated or stored as it is made.
#[derive(Clone)]
struct Part {
    name: &'static str,
    packed: Option<Vec<u8>>,
    stored: Vec<Segment>,
    crc: u32,
    inflated: u64,
    flags: u16,
    /// Where the list of parts says it lies.
    offset: Option<u32>,
}

/// Shared texts that are stored.
const STORED: Part = Part {
    name: STRINGS,
    packed: None,
    stored: Vec::new(),
    crc: 0,
    inflated: 0,
    flags: 0,
    offset: None,
};

impl Part {
    fn packed(name: &'static str, content: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        let packed = encoder.write_all(content).and_then(|()| encoder.finish());
        let packed = Some(packed.expect("memory takes all"));
        let (crc, inflated) = (crc.sum(), content.len() as u64);
        Self { name, packed, crc, inflated, ..STORED }
    }

    fn segments(&self) -> Vec<Segment> {
        self.packed.as_ref().map_or_else(|| self.stored.clone(), |bytes| vec![(bytes.clone(), 1)])
    }
}

/// A sheet of so many MiB of blanks, deflated to little, which says that it is of so many.
fn bomb(holds: usize, says: u64) -> MadeFile {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    let packed = (0..holds).try_for_each(|_| encoder.write_all(&blanks));
    let packed = packed.and_then(|()| encoder.finish()).expect("memory takes all");
    with(Part { name: SHEET, packed: Some(packed), inflated: says << 20, ..STORED })
}

/// A workbook whose one sheet begins with these rows. The checksum is right when it is needed: where a
/// sheet without an end is refused before it, working it out would take longest of all.
fn sheet(rows: &[(&[u8], u64)]) -> MadeFile {
    let mut stored = vec![(b"<worksheet><sheetData>".to_vec(), 1)];
    stored.extend(rows.iter().map(|(bytes, times)| (bytes.to_vec(), *times)));
    let mut crc = Crc::new();
    if stored.last().is_some_and(|(last, _)| last.ends_with(b"</worksheet>")) {
        for (bytes, times) in &stored {
            (0..*times).for_each(|_| crc.update(bytes));
        }
    }
    with(Part { name: SHEET, stored, crc: crc.sum(), ..STORED })
}

fn header_row() -> Vec<u8> {
    let header = String::from_utf8_lossy(HEADER);
    let cell = |name: &str| format!("<c t='str'><v>{name}</v></c>");
    format!("<row>{}</row>", header.trim_end().split(',').map(cell).collect::<String>()).into()
}

/// A workbook with this part, and with those it cannot be without.
fn with(part: Part) -> MadeFile {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id='{id}' Type='made/{kind}' Target='{target}'/>")
    };
    let relations = |list: String| format!("<Relationships>{list}</Relationships>");
    let root = relations(relation("w", "officeDocument", "xl/workbook.xml"));
    let parts = relations(
        relation("r1", "worksheet", "worksheets/sheet1.xml")
            + &relation("r2", "sharedStrings", "sharedStrings.xml"),
    );
    let book = b"<workbook><sheets><sheet name='Data' r:id='r1'/></sheets></workbook>";
    let rows = b"<worksheet><sheetData><row><c t='s'><v>0</v></c></row></sheetData></worksheet>";
    let mut all = vec![
        Part::packed("_rels/.rels", root.as_bytes()),
        Part::packed("xl/_rels/workbook.xml.rels", parts.as_bytes()),
        Part::packed("xl/workbook.xml", book),
    ];
    if part.name != SHEET {
        all.push(Part::packed(SHEET, rows));
    }
    all.push(part);
    package(&all)
}

fn package(parts: &[Part]) -> MadeFile {
    let mut made = MadeFile::default();
    let mut directory = Vec::new();
    for part in parts {
        let offset = part.offset.unwrap_or_else(|| short(made.len()));
        let segments = part.segments();
        let packed = MadeFile { segments: segments.clone(), ..MadeFile::default() }.len();
        let inflated = if part.packed.is_some() { part.inflated } else { packed };
        let method = if part.packed.is_some() { 8_u16 } else { 0 };
        let sizes = [part.crc, short(packed), short(inflated)].map(u32::to_le_bytes).concat();
        let name_bytes = [u8::try_from(part.name.len()).expect("names are short"), 0];
        let head = [part.flags.to_le_bytes(), method.to_le_bytes(), [0; 2], [0; 2]].concat();
        let local = [b"PK\x03\x04\x14\0", &head[..], &sizes, &name_bytes, &[0; 2]].concat();
        made.segments.push(([&local[..], part.name.as_bytes()].concat(), 1));
        made.segments.extend(segments);
        directory.extend([b"PK\x01\x02\x14\0\x14\0", &head[..], &sizes, &name_bytes].concat());
        directory.extend([0; 12]);
        directory.extend(offset.to_le_bytes());
        directory.extend(part.name.as_bytes());
    }
    let count = u16::try_from(parts.len()).expect("few parts").to_le_bytes();
    let (start, bytes) = (short(made.len()), short(directory.len() as u64));
    let places = [bytes.to_le_bytes(), start.to_le_bytes()].concat();
    let end = [b"PK\x05\x06\0\0\0\0", &count[..], &count, &places, &[0; 2]].concat();
    made.segments.extend([(directory, 1), (end, 1)]);
    made
}

/// An Office file of the old container, whose directory goes on in a sector far from its first.
fn compound(stream: &str) -> MadeFile {
    const SECTOR: usize = 512;
    let mut file = vec![0; 6 * SECTOR];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    put(30, &9_u16.to_le_bytes());
    // The directory begins in sector 1; the table of sectors is sector 0.
    put(48, &1_u32.to_le_bytes());
    put(76, &0_u32.to_le_bytes());
    put(SECTOR + 4, &4_u32.to_le_bytes());
    put(SECTOR + 16, &0xffff_fffe_u32.to_le_bytes());
    let mut name = |entry: usize, name: &str| {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(entry, &units);
        put(entry + 64, &[u8::try_from(units.len() + 2).expect("names are short"), 0]);
    };
    name(2 * SECTOR, "Root Entry");
    name(5 * SECTOR + 128, stream);
    MadeFile::of(&[(&file, 1)])
}

fn short(size: u64) -> u32 {
    u32::try_from(size).expect("these packages are smaller than 4 GiB")
}
