//! A workbook and a text with the same rows give the same batches.

use std::io::Cursor;

use domain::{FileFormat, FileType};
use proptest::prelude::*;

use super::made::{MadePackage, STYLES};
use crate::read::tests::CollectingSink;
use crate::{Options, Reading};

const TEXT: &str = "\
Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,Supplier Name,\
Supplier Ref,PO Number,Colour
U1,0012,1234.56,1234.56,2026-11-23,2026-11-24T14:15:02,\"Smith, Jones & Co\",004711,4500000001,red
U2,A-2,-0.3,-0.3,2026-11-12,2026-11-12,\"Two
lines\",004712,,
U3,A-3,not a number,1,2026-11-13,2026-11-13,Acme,004713,,blue
";

/// Row 4 of the text is a line of row 3: the workbook leaves row 4 out.
const ROWS: &str = "\
<row r='2'><c t='str'><v>U1</v></c><c t='str'><v>0012</v></c><c><v>1234.5600000000001</v></c>\
<c><v>1.23456E+3</v></c><c s='1'><v>46349</v></c><c s='2'><v>46350.593773148146</v></c>\
<c t='inlineStr'><is><t>Smith, Jones &amp; Co</t></is></c><c s='3'><v>4711</v></c>\
<c><v>4500000001</v></c><c t='str'><v>red</v></c></row>\
<row r='3'><c t='str'><v>U2</v></c><c t='str'><v>A-2</v></c><c><v>-0.30000000000000004</v></c>\
<c><v>-0.3</v></c><c s='1'><v>46338</v></c><c s='1'><v>46338</v></c>\
<c t='str'><v>Two\nlines</v></c><c s='3'><v>4712</v></c></row>\
<row r='5'><c t='str'><v>U3</v></c><c t='str'><v>A-3</v></c><c t='str'><v>not a number</v></c>\
<c><v>1</v></c><c s='1'><v>46339</v></c><c s='1'><v>46339</v></c><c t='str'><v>Acme</v></c>\
<c s='3'><v>4713</v></c><c r='J5' t='str'><v>blue</v></c></row>";

const FORMATS: &str = "<s><numFmts><numFmt numFmtId='170' formatCode='000000'/></numFmts><cellXfs>\
                       <xf/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='170'/></cellXfs></s>";

fn workbook() -> Vec<u8> {
    let cell = |header: &str| format!("<c t='str'><v>{header}</v></c>");
    let headers: String = TEXT.lines().next().unwrap().split(',').map(cell).collect();
    let rows = format!("<row r='1'>{headers}</row>{ROWS}");
    MadePackage::of_rows(&rows).with(STYLES, FORMATS).bytes()
}

fn read(bytes: Vec<u8>, format: FileFormat) -> (Reading, CollectingSink) {
    let mut kept = CollectingSink::default();
    let mut options = Options::new(FileType::Transactions, format);
    options.failed_per_mille_max = 1_000;
    let reading = crate::read(Cursor::new(bytes), &options, &mut kept).unwrap();
    (reading, kept)
}

#[test]
fn a_workbook_reads_like_the_text_with_the_same_rows() {
    let (text_reading, text) = read(TEXT.as_bytes().to_vec(), FileFormat::Csv);
    let (reading, workbook) = read(workbook(), FileFormat::Xlsx);
    assert_eq!(reading.rows_read, 2);
    assert_eq!(reading.rows_set_aside, 1);
    // A number of a workbook does not show how texts write decimals.
    let columns = |reading: &Reading| -> Vec<_> {
        reading.columns.iter().map(|column| (column.header.clone(), column.field)).collect()
    };
    assert_eq!(columns(&reading), columns(&text_reading));
    assert_eq!(workbook.batches, text.batches);
    assert_eq!(workbook.problems, text.problems);
}

/// As a text with this delimiter.
fn delimited(records: &[Vec<String>], delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for record in records {
        writer.write_record(record).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// As a workbook of texts.
fn of_texts(records: &[Vec<String>]) -> Vec<u8> {
    let escaped = |cell: &str| cell.replace('&', "&amp;").replace('<', "&lt;");
    let cell = |cell: &String| format!("<c t='str'><v>{}</v></c>", escaped(cell));
    let row = |record: &Vec<String>| {
        format!("<row>{}</row>", record.iter().map(cell).collect::<String>())
    };
    MadePackage::of_rows(&records.iter().map(row).collect::<String>()).bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_rows_read_alike_however_they_come(
        rows in prop::collection::vec(
            prop::collection::vec("[ -^`-~äß€]{0,10}|[0-9]{1,3}[.,][0-9]{2}|[0-2][1-9]/0[1-9]/2019", 6),
            1..10,
        ),
    ) {
        let header = ["Unique ID", "Amount", "Paid Date", "Supplier Name", "Description", "Colour"];
        let header = header.map(str::to_owned).to_vec();
        let records: Vec<_> = std::iter::once(header).chain(rows).collect();
        let read = |bytes, format| {
            let mut kept = CollectingSink::default();
            let require = crate::Require::WhatIsThere;
            let options = Options::new(FileType::Transactions, format);
            let options = Options { require, failed_per_mille_max: 1_000, ..options };
            let reading = crate::read(Cursor::new(bytes), &options, &mut kept).unwrap();
            let cell = kept.problems.into_iter().filter(|problem| problem.line.is_some());
            (kept.batches, cell.collect::<Vec<_>>(), reading.rows_read, reading.rows_set_aside)
        };
        let comma = delimited(&records, b',');
        let expected = read(comma.clone().into_bytes(), FileFormat::Csv);
        let utf16 = |bytes_of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("\u{feff}{comma}").encode_utf16().flat_map(bytes_of).collect()
        };
        for (bytes, format) in [
            (delimited(&records, b'\t').into_bytes(), FileFormat::Tsv),
            (delimited(&records, b';').into_bytes(), FileFormat::Txt),
            (delimited(&records, b'|').into_bytes(), FileFormat::Txt),
            (comma.replace('\n', "\r\n").into_bytes(), FileFormat::Txt),
            (utf16(u16::to_le_bytes), FileFormat::Csv),
            (utf16(u16::to_be_bytes), FileFormat::Csv),
            (of_texts(&records), FileFormat::Xlsx),
        ] {
            prop_assert_eq!(&read(bytes, format), &expected, "{:?}", format);
        }
    }
}
