//! Workbooks made for tests, honest by default; every field a liar could change can be changed.

use std::io::{Cursor, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

pub(crate) const WORKBOOK: &str = "xl/workbook.xml";
pub(crate) const SHEET: &str = "xl/worksheets/sheet1.xml";
pub(crate) const STRINGS: &str = "xl/sharedStrings.xml";
pub(crate) const STYLES: &str = "xl/styles.xml";

/// One part, and what directory and header say of it.
#[derive(Debug, Clone)]
pub(crate) struct MadePart {
    pub(crate) name: String,
    pub(crate) local_name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) packed: Vec<u8>,
    pub(crate) crc: u32,
    pub(crate) packed_bytes: u32,
    pub(crate) inflated_bytes: u32,
    pub(crate) local_inflated_bytes: u32,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// Of the part's own header.
    pub(crate) local_flags: u16,
    pub(crate) attributes: u32,
    /// Put before the part's true place, to make two of them overlap.
    pub(crate) offset: Option<u32>,
    /// Sizes in Zip64 fields, as Apache POI's streaming writer has them.
    pub(crate) zip64: bool,
}

/// A package in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct MadePackage {
    pub(crate) parts: Vec<MadePart>,
    /// Says another number of parts than there are.
    pub(crate) count: Option<u16>,
    /// The end in its long form as well, with masks in the short one.
    pub(crate) has_zip64_end: bool,
    pub(crate) behind: Vec<u8>,
}

/// Name, further attributes, rows.
pub(crate) type MadeSheet<'a> = (&'a str, &'a str, &'a str);

impl MadePart {
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let inflated_bytes = u32::try_from(content.len()).unwrap();
        Self {
            name: name.to_owned(),
            local_name: name.to_owned(),
            content: content.to_vec(),
            crc: crc.sum(),
            packed_bytes: u32::try_from(packed.len()).unwrap(),
            packed,
            inflated_bytes,
            local_inflated_bytes: inflated_bytes,
            method: 8,
            flags: 0,
            local_flags: 0,
            attributes: 0,
            offset: None,
            zip64: false,
        }
    }

    /// Sizes and checksum behind the part, as writers that stream do.
    pub(crate) fn stream(&mut self) {
        self.flags |= 1 << 3;
        self.local_flags |= 1 << 3;
        self.local_inflated_bytes = 0;
    }

    fn write_local(&self, out: &mut Vec<u8>) {
        let streamed = self.local_flags & (1 << 3) != 0;
        let known = |value: u32| if streamed { 0 } else { value };
        let masked = |value: u32| if self.zip64 { u32::MAX } else { value };
        out.extend(b"PK\x03\x04\x14\x00");
        out.extend(self.local_flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(known(self.crc).to_le_bytes());
        out.extend(masked(known(self.packed_bytes)).to_le_bytes());
        out.extend(masked(self.local_inflated_bytes).to_le_bytes());
        out.extend(u16::try_from(self.local_name.len()).unwrap().to_le_bytes());
        out.extend([0; 2]);
        out.extend(self.local_name.as_bytes());
        out.extend(&self.packed);
        if streamed {
            out.extend(b"PK\x07\x08");
            for value in [self.crc, self.packed_bytes, self.inflated_bytes] {
                out.extend(value.to_le_bytes());
            }
        }
    }

    fn write_listed(&self, offset: u32, out: &mut Vec<u8>) {
        let masked = |value: u32| if self.zip64 { u32::MAX } else { value };
        let mut extra = Vec::new();
        if self.zip64 {
            extra.extend([1, 0, 16, 0]);
            extra.extend(u64::from(self.inflated_bytes).to_le_bytes());
            extra.extend(u64::from(self.packed_bytes).to_le_bytes());
        }
        out.extend(b"PK\x01\x02\x14\x03\x14\x00");
        out.extend(self.flags.to_le_bytes());
        out.extend(self.method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(self.crc.to_le_bytes());
        out.extend(masked(self.packed_bytes).to_le_bytes());
        out.extend(masked(self.inflated_bytes).to_le_bytes());
        out.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        out.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        out.extend([0; 6]);
        out.extend(self.attributes.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend(self.name.as_bytes());
        out.extend(extra);
    }
}

impl MadePackage {
    /// One sheet called Data; `rows` is what stands inside `sheetData`.
    pub(crate) fn of_rows(rows: &str) -> Self {
        Self::of_sheets(&[("Data", "", rows)])
    }

    pub(crate) fn of_sheets(sheets: &[MadeSheet<'_>]) -> Self {
        let mut made = Self::default();
        let mut list = String::new();
        let mut relations = relation("s", "sharedStrings", "sharedStrings.xml")
            + &relation("y", "styles", "/xl/styles.xml");
        for (index, (name, attributes, rows)) in sheets.iter().enumerate() {
            let number = index + 1;
            list.push_str(&made_sheet(name, number, attributes));
            let file = format!("worksheets/sheet{number}.xml");
            relations += &relation(&format!("r{number}"), "worksheet", &file);
            made.add(&format!("xl/{file}"), &worksheet(rows));
        }
        made.add("_rels/.rels", &related(&relation("w", "officeDocument", WORKBOOK)));
        made.add("xl/_rels/workbook.xml.rels", &related(&relations));
        made.add(WORKBOOK, &format!("<workbook><workbookPr/><sheets>{list}</sheets></workbook>"));
        made
    }

    pub(crate) fn with(mut self, name: &str, content: &str) -> Self {
        self.add(name, content);
        self
    }

    pub(crate) fn add(&mut self, name: &str, content: &str) {
        self.parts.retain(|part| part.name != name);
        self.parts.push(MadePart::new(name, content.as_bytes()));
    }

    pub(crate) fn part(&mut self, name: &str) -> &mut MadePart {
        self.parts.iter_mut().find(|part| part.name == name).unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut directory = Vec::new();
        for part in &self.parts {
            let offset = part.offset.unwrap_or(u32::try_from(out.len()).unwrap());
            part.write_listed(offset, &mut directory);
            part.write_local(&mut out);
        }
        let directory_offset = u32::try_from(out.len()).unwrap();
        let directory_bytes = u32::try_from(directory.len()).unwrap();
        let count = self.count.unwrap_or(u16::try_from(self.parts.len()).unwrap());
        out.extend(directory);
        let masked = |value: u32| if self.has_zip64_end { u32::MAX } else { value };
        if self.has_zip64_end {
            let end_offset = out.len() as u64;
            out.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0");
            out.extend([0; 12]);
            for value in [count.into(), count.into(), directory_bytes, directory_offset] {
                out.extend(u64::from(value).to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(end_offset.to_le_bytes());
            out.extend([1, 0, 0, 0]);
        }
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(masked(directory_bytes).to_le_bytes());
        out.extend(masked(directory_offset).to_le_bytes());
        out.extend([0; 2]);
        out.extend(&self.behind);
        out
    }

    pub(crate) fn reader(&self) -> Cursor<Vec<u8>> {
        Cursor::new(self.bytes())
    }
}

pub(crate) fn worksheet(rows: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"main\"><dimension \
         ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData><mergeCells/></worksheet>"
    )
}

pub(crate) fn related(relations: &str) -> String {
    format!("<Relationships>{relations}</Relationships>")
}

pub(crate) fn relation(id: &str, kind: &str, target: &str) -> String {
    format!(
        r#"<Relationship Id="{id}" Type="http://made/relationships/{kind}" Target="{target}"/>"#
    )
}

fn made_sheet(name: &str, number: usize, attributes: &str) -> String {
    format!(r#"<sheet name="{name}" sheetId="{number}" {attributes} r:id="r{number}"/>"#)
}
