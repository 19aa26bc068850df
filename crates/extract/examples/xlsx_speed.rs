//! How fast a full workbook is read, and in how much memory: makes one, reads it, prints both.
//!
//! Not for: deciding anything; the figures hold for one machine. Run it in release:
//! `cargo run --release -p extract --example xlsx_speed -- 1000000`.

#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::error::Error;
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::time::Instant;

use arrow_array::RecordBatch;
use domain::{FileFormat, FileType};
use extract::{Options, Place, Problem, Sink, SinkError};
use flate2::write::DeflateEncoder;
use flate2::{Compression, CrcWriter};

/// Takes rows and forgets them.
struct Forget;

impl Sink for Forget {
    fn batch(&mut self, _batch: RecordBatch) -> Result<(), SinkError> {
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        println!("{problem:?}");
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        println!("read once more");
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(100_000), |rows| rows.parse::<u64>())?;
    let path = std::env::temp_dir().join(format!("xlsx_speed_{}.xlsx", std::process::id()));
    let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
    // Unix keeps the open file; elsewhere it stays behind in the temporary folder.
    fs::remove_file(&path).unwrap_or_else(|_kept_then| ());
    write_workbook(&mut file, rows)?;
    println!("{rows} rows of 13 columns in {} bytes", file.stream_position()?);
    let begun = Instant::now();
    let options = Options::new(FileType::Transactions, FileFormat::Xlsx);
    let reading = extract::read(&mut file, &options, &mut Forget)?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} read and {} set aside in {seconds:.2} s",
        reading.rows_read, reading.rows_set_aside
    );
    println!("{:.0} rows/s, {}", f64::from(u32::try_from(rows)?) / seconds, peak_memory());
    Ok(())
}

fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_else(|_no_linux| String::new());
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    peak.split_whitespace().collect::<Vec<_>>().join(" ")
}

const HEADERS: [&str; 13] = [
    "Unique ID",
    "Invoice Number",
    "Invoice Amount",
    "Invoice Amount Currency",
    "Base Amount",
    "Description",
    "PO Number",
    "Invoice Date",
    "Entered Date",
    "Paid Date",
    "Supplier Name",
    "Supplier Ref",
    "User ID",
];
const SUPPLIERS: u64 = 5_000;
/// Shared texts before those of the rows: headers, one currency, suppliers' names and references.
const FIXED_TEXTS: u64 = 14 + 2 * SUPPLIERS;

/// Three different shared texts a row, dates by style, as a spreadsheet program saves it.
fn write_workbook(file: &mut File, rows: u64) -> Result<(), Box<dyn Error>> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationship Id="{id}" Type="made/{kind}" Target="{target}"/>"#)
    };
    let relations = |list: String| format!("<Relationships>{list}</Relationships>");
    let mut zip = Zip { file, directory: Vec::new(), parts: 0 };
    let root = relations(relation("w", "officeDocument", "xl/workbook.xml"));
    zip.part("_rels/.rels", |out| out.write_all(root.as_bytes()))?;
    let parts = relation("r1", "worksheet", "worksheets/sheet1.xml")
        + &relation("r2", "sharedStrings", "sharedStrings.xml")
        + &relation("r3", "styles", "styles.xml");
    let parts = relations(parts);
    zip.part("xl/_rels/workbook.xml.rels", |out| out.write_all(parts.as_bytes()))?;
    zip.part("xl/workbook.xml", |out| {
        out.write_all(br#"<workbook><sheets><sheet name="Data" r:id="r1"/></sheets></workbook>"#)
    })?;
    zip.part("xl/styles.xml", |out| {
        out.write_all(br#"<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>"#)
    })?;
    zip.part("xl/sharedStrings.xml", |out| write_strings(out, rows))?;
    zip.part("xl/worksheets/sheet1.xml", |out| write_sheet(out, rows))?;
    zip.finish()
}

fn write_strings(out: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    write!(out, "<sst>")?;
    for text in HEADERS.iter().chain(&["GBP"]) {
        write!(out, "<si><t>{text}</t></si>")?;
    }
    for at in 0..SUPPLIERS {
        write!(out, "<si><t>Supplier {at} Limited</t></si><si><t>S{at:06}</t></si>")?;
    }
    for row in 0..rows {
        write!(out, "<si><t>UID-{row:09}</t></si><si><t>INV/{}</t></si>", row * 7)?;
        write!(out, "<si><t>Goods and services for order {row}</t></si>")?;
    }
    write!(out, "</sst>")
}

fn write_sheet(out: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    write!(out, "<worksheet><sheetData><row r=\"1\">")?;
    for (letter, text) in ('A'..).zip(0..HEADERS.len()) {
        write!(out, "<c r=\"{letter}1\" t=\"s\"><v>{text}</v></c>")?;
    }
    write!(out, "</row>")?;
    for row in 0..rows {
        let (at, own, supplier) = (row + 2, FIXED_TEXTS + 3 * row, 14 + 2 * (row % SUPPLIERS));
        let (pounds, pence, day) = (row % 99_991, 10 + row % 90, 45_000 + row % 900);
        write!(out, r#"<row r="{at}" spans="1:13"><c r="A{at}" t="s"><v>{own}</v></c>"#)?;
        write!(out, r#"<c r="B{at}" t="s"><v>{}</v></c>"#, own + 1)?;
        write!(out, r#"<c r="C{at}"><v>{pounds}.{pence}00000000000001</v></c>"#)?;
        write!(out, r#"<c r="D{at}" t="s"><v>13</v></c><c r="E{at}"><v>{pounds}.{pence}</v></c>"#)?;
        write!(out, r#"<c r="F{at}" t="s"><v>{}</v></c>"#, own + 2)?;
        write!(out, r#"<c r="G{at}"><v>{}</v></c>"#, 4_500_000_000 + row)?;
        for (letter, days) in [('H', 0), ('I', 3), ('J', 30)] {
            write!(out, r#"<c r="{letter}{at}" s="1"><v>{}</v></c>"#, day + days)?;
        }
        write!(out, r#"<c r="K{at}" t="s"><v>{supplier}</v></c>"#)?;
        write!(out, r#"<c r="L{at}" t="s"><v>{}</v></c>"#, supplier + 1)?;
        write!(out, r#"<c r="M{at}" t="inlineStr"><is><t>user{}</t></is></c></row>"#, row % 40)?;
    }
    write!(out, "</sheetData></worksheet>")
}

/// The little of ZIP that a workbook needs.
struct Zip<'a> {
    file: &'a mut File,
    directory: Vec<u8>,
    parts: u16,
}

impl Zip<'_> {
    fn part(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Box<dyn Error>> {
        let start = self.file.stream_position()?;
        // Deflated, sizes and checksum behind the part.
        let head = [20, 0, 8, 0, 8, 0, 0, 0, 0, 0];
        let name_bytes = u16::try_from(name.len())?.to_le_bytes();
        self.file.write_all(b"PK\x03\x04")?;
        self.file.write_all(&head)?;
        self.file.write_all(&[0; 12])?;
        self.file.write_all(&[name_bytes, [0, 0]].concat())?;
        self.file.write_all(name.as_bytes())?;
        let data = self.file.stream_position()?;
        let encoder = DeflateEncoder::new(&mut *self.file, Compression::fast());
        let mut out = std::io::BufWriter::with_capacity(1 << 16, CrcWriter::new(encoder));
        content(&mut out)?;
        let counted = out.into_inner().map_err(|error| error.to_string())?;
        let (crc, inflated) = (counted.crc().sum(), counted.crc().amount());
        counted.into_inner().finish()?;
        let packed = u32::try_from(self.file.stream_position()? - data)?;
        let sizes = [crc, packed, inflated].map(u32::to_le_bytes).concat();
        self.file.write_all(b"PK\x07\x08")?;
        self.file.write_all(&sizes)?;
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(head);
        self.directory.extend(sizes);
        self.directory.extend(name_bytes);
        self.directory.extend([0; 12]);
        self.directory.extend(u32::try_from(start)?.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.parts += 1;
        Ok(())
    }

    fn finish(self) -> Result<(), Box<dyn Error>> {
        let offset = u32::try_from(self.file.stream_position()?)?;
        self.file.write_all(&self.directory)?;
        self.file.write_all(b"PK\x05\x06\0\0\0\0")?;
        self.file.write_all(&[self.parts.to_le_bytes(); 2].concat())?;
        self.file.write_all(&u32::try_from(self.directory.len())?.to_le_bytes())?;
        self.file.write_all(&offset.to_le_bytes())?;
        self.file.write_all(&[0; 2])?;
        Ok(())
    }
}
