//! Statements as texts, workbooks and pages of a browser.

use std::fmt::Write as _;

use jiff::civil::date;

use super::layouts::{Cell, Layout, Sheet};

impl Sheet {
    fn rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        let header = std::iter::once(&self.header);
        self.above.iter().chain(header).chain(&self.lines).chain(&self.below)
    }
}

/// A text whose cells a sign splits.
pub(super) fn delimited(layout: &Layout, sheet: &Sheet, sign: char) -> Vec<u8> {
    let quoted = |cell: &Cell| {
        let text = layout.written(cell);
        if text.contains([sign, '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let mut text = String::new();
    for row in sheet.rows() {
        let mut cells: Vec<String> = row.iter().map(quoted).collect();
        // Programs write as many cells in each row, whatever stands there.
        cells.resize(cells.len().max(sheet.header.len()), String::new());
        text.push_str(&cells.join(&sign.to_string()));
        text.push('\n');
    }
    text.into_bytes()
}

/// A table of HTML under the name of a workbook, as some programs write it.
pub(super) fn page_of_a_browser(layout: &Layout, sheet: &Sheet) -> Vec<u8> {
    let mut page = "<html><head><meta charset=\"utf-8\"></head><body><table>".to_owned();
    for row in sheet.rows() {
        page.push_str("<tr>");
        for cell in row {
            write!(page, "<td>{}</td>", layout.written(cell)).unwrap();
        }
        page.push_str("</tr>");
    }
    (page + "</table></body></html>").into_bytes()
}

/// A workbook whose amounts are numbers and whose dates are days of its calendar.
pub(super) fn workbook(sheet: &Sheet) -> Vec<u8> {
    let mut rows = String::new();
    for (number, cells) in (1..).zip(sheet.rows()) {
        write!(rows, "<row r=\"{number}\">").unwrap();
        for (column, cell) in ('A'..='Z').zip(cells) {
            let place = format!("{column}{number}");
            match cell {
                Cell::Text(text) if text.is_empty() => Ok(()),
                Cell::Text(text) => write!(
                    rows,
                    "<c r=\"{place}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
                    text.replace('&', "&amp;")
                ),
                Cell::Money(pence) => {
                    let sign = if *pence < 0 { "-" } else { "" };
                    let (whole, part) = (pence.abs() / 100, pence.abs() % 100);
                    write!(rows, "<c r=\"{place}\"><v>{sign}{whole}.{part:02}</v></c>")
                }
                Cell::Day(day) => {
                    let serial = (*day - date(1899, 12, 30)).get_days();
                    write!(rows, "<c r=\"{place}\" s=\"1\"><v>{serial}</v></c>")
                }
            }
            .unwrap();
        }
        rows.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    stored(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override \
             PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
                .to_owned(),
        ),
        (
            "_rels/.rels",
            format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{relations}/styles\" Target=\"styles.xml\"/></Relationships>"),
        ),
        (
            "xl/styles.xml",
            format!("<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ])
}

/// A ZIP archive whose parts are as they are.
fn stored(parts: &[(&str, String)]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let mut crc = u32::MAX;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        !crc
    };
    let small = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let place = file.len();
        let bytes = content.as_bytes();
        let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5b];
        facts.extend(crc(bytes).to_le_bytes());
        facts.extend(long(bytes.len()));
        facts.extend(long(bytes.len()));
        facts.extend(small(name.len()));
        facts.extend(small(0));
        file.extend(b"PK\x03\x04");
        file.extend(&facts);
        file.extend(name.as_bytes());
        file.extend(bytes);
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&facts);
        list.extend([0; 10]);
        list.extend(long(place));
        list.extend(name.as_bytes());
    }
    let place = file.len();
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(small(parts.len()));
    file.extend(small(parts.len()));
    file.extend(long(list.len()));
    file.extend(long(place));
    file.extend(small(0));
    file
}
