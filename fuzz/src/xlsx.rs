//! Workbooks: any bytes, and any part of an honest package, are read or refused.
//!
//! Not for: what cells hold; oracles say that. Invariant: as in `promises`.

use domain::FileFormat;

use super::{package, promises};

pub fn run(input: &[u8]) {
    let [choice, content @ ..] = input else { return };
    let options = promises::options(*choice, FileFormat::Xlsx);
    // A checksum is hardly ever guessed, so that whole packages are mostly refused for it.
    let bytes = match PARTS.get(usize::from(choice / 3) % (PARTS.len() + 1)) {
        Some((name, _)) => package::with_part(&PARTS, name, content),
        None => content.to_vec(),
    };
    drop(promises::read(&bytes, &options));
}

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
