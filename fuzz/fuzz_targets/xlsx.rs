//! Workbooks: any bytes, and any part of an honest package, are read or refused.
#![no_main]

use domain::FileFormat;
use flate2::Crc;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [choice, content @ ..] = input else { return };
    let options = promises::options(*choice, FileFormat::Xlsx);
    // A checksum is hardly ever guessed, so that whole packages are mostly refused for it.
    let bytes = match PARTS.get(usize::from(choice / 3) % (PARTS.len() + 1)) {
        Some((name, _)) => package(name, content),
        None => content.to_vec(),
    };
    let _read_or_refused = promises::read(&bytes, &options);
});

const PARTS: [(&str, &str); 6] = [
    (
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData><row r='1'><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row r='2'>\
         <c s='1'><v>45000</v></c><c><v>1.5</v></c></row></sheetData></worksheet>",
    ),
    ("xl/sharedStrings.xml", "<sst><si><t>Invoice Date</t></si><si><t>Amount</t></si></sst>"),
    ("xl/styles.xml", "<styleSheet><cellXfs><xf/><xf numFmtId='14'/></cellXfs></styleSheet>"),
    (
        "xl/workbook.xml",
        "<workbook><workbookPr/><sheets><sheet name='Data' r:id='r1'/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id='r1' Type='m/worksheet' Target='worksheets/sheet1.xml'/>\
         <Relationship Id='r2' Type='m/sharedStrings' Target='sharedStrings.xml'/>\
         <Relationship Id='r3' Type='m/styles' Target='styles.xml'/></Relationships>",
    ),
    (
        "_rels/.rels",
        "<Relationships><Relationship Id='w' Type='m/officeDocument' Target='xl/workbook.xml'/>\
         </Relationships>",
    ),
];

/// An honest package of stored parts, in which one holds `content`.
fn package(changed: &str, content: &[u8]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, usual) in PARTS {
        let bytes = if name == changed { content } else { usual.as_bytes() };
        let mut crc = Crc::new();
        crc.update(bytes);
        let size = u32::try_from(bytes.len()).expect("inputs are small");
        let name_bytes = u16::try_from(name.len()).expect("names are short").to_le_bytes();
        let mut head = vec![20, 0];
        head.extend([0; 8]);
        head.extend([crc.sum(), size, size].map(u32::to_le_bytes).concat());
        head.extend([name_bytes, [0; 2]].concat());
        directory.extend([b"PK\x01\x02\x14\0", &head[..], &[0; 10]].concat());
        directory.extend(u32::try_from(out.len()).expect("inputs are small").to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend([b"PK\x03\x04", &head[..], name.as_bytes(), bytes].concat());
    }
    let places = [directory.len(), out.len()].map(|place| u32::try_from(place).expect("a fuzzed package is small"));
    let count = [u8::try_from(PARTS.len()).expect("few"), 0];
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count].concat());
    out.extend(places.map(u32::to_le_bytes).concat());
    out.extend([0; 2]);
    out
}
