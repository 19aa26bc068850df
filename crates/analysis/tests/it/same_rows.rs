//! The same rows, however they are written, are the same ledger.

use domain::{FileFormat, FileType};

use crate::site::{FileToRead, NOW, Row, Site};

const HEADER: [&str; 8] = [
    "Unique ID",
    "Invoice Number",
    "Invoice Amount",
    "Base Amount",
    "Invoice Date",
    "Entered Date",
    "Supplier Name",
    "Supplier Ref",
];
const ROWS: [[&str; 8]; 3] = [
    ["1", "INV-1", "1234.50", "1234.50", "02/03/2026", "25/03/2026", "Müller & Söhne", "S1"],
    ["2", "0002", "-7.25", "-7.25", "28/02/2026", "01/03/2026", "Smith; Jones", "S2"],
    ["3", "A\"3", "10", "10.00", "01/01/2026", "02/01/2026", "Tab, and comma", "S3"],
];

fn delimited(delimiter: &str) -> String {
    let cell = |text: &&str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: &[&str; 8]| cells.iter().map(cell).collect::<Vec<_>>().join(delimiter);
    let lines: Vec<String> = std::iter::once(&HEADER).chain(&ROWS).map(line).collect();
    lines.join("\r\n") + "\r\n"
}

async fn ledger_of(format: FileFormat, bytes: &[u8]) -> Vec<Row> {
    let site = Site::new();
    let read = FileToRead { format, ..FileToRead::csv(FileType::Transactions, bytes) };
    site.pending(read).await.commit(NOW).await.unwrap();
    site.rows(FileType::Transactions).await
}

#[tokio::test]
async fn every_way_of_writing_rows_gives_the_same_ledger() {
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(delimited(",").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let files: [(FileFormat, Vec<u8>); 5] = [
        (FileFormat::Tsv, delimited("\t").into_bytes()),
        (FileFormat::Txt, delimited(";").into_bytes()),
        (FileFormat::Txt, delimited("|").into_bytes()),
        (FileFormat::Csv, utf16),
        (FileFormat::Xlsx, workbook()),
    ];
    let expected = ledger_of(FileFormat::Csv, delimited(",").as_bytes()).await;
    assert_eq!(expected.len(), 3);
    assert!(!expected[0]["supplier_name"].is_empty());
    for (format, bytes) in files {
        assert_eq!(ledger_of(format, &bytes).await, expected, "{format:?}");
    }
}

/// The least a workbook needs; texts in the cells themselves.
fn workbook() -> Vec<u8> {
    use std::io::Write as _;
    let cell = |text: &&str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
    };
    let row =
        |cells: &[&str; 8]| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
    let rows: String = std::iter::once(&HEADER).chain(&ROWS).map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut zip = zip_of_stored(&parts);
    zip.flush().unwrap();
    zip
}

/// A zip archive without compression (APPNOTE 6.3.3: local headers, central directory, its end).
fn zip_of_stored(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let offset = u32::try_from(archive.len()).unwrap();
        let size = u32::try_from(content.len()).unwrap();
        let mut common = Vec::new();
        for half in [20_u16, 0, 0, 0, 0x21] {
            common.extend(half.to_le_bytes());
        }
        common.extend(crc32(content.as_bytes()).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        archive.extend(0x0403_4b50_u32.to_le_bytes());
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(content.as_bytes());
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let begin = u32::try_from(archive.len()).unwrap();
    let count = u16::try_from(parts.len()).unwrap();
    archive.extend(&directory);
    archive.extend(0x0605_4b50_u32.to_le_bytes());
    archive.extend([0; 4]);
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    };
    !bytes.iter().fold(!0, step)
}
