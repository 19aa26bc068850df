//! XML Spreadsheet 2003: any markup in a workbook, and any behind its first bytes, is read or refused.
//!
//! Not for: what cells hold. Invariant: as in `promises`.

use domain::FileFormat;

use super::promises;

pub fn run(input: &[u8]) {
    let [choice, content @ ..] = input else { return };
    let options = promises::options(*choice, FileFormat::Xls);
    let (head, tail) = match choice / 3 % 3 {
        0 => ("<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", ""),
        1 => (WORKBOOK, "</Workbook>"),
        _ => (SHEET, "</Table></Worksheet></Workbook>"),
    };
    let bytes = [head.as_bytes(), content, tail.as_bytes()].concat();
    drop(promises::read(&bytes, &options));
}

const WORKBOOK: &str = "<?xml version='1.0'?><Workbook \
    xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
    xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>";

const SHEET: &str = "<?xml version='1.0'?><Workbook \
    xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
    xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='Data'><Table><Row>\
    <Cell><Data ss:Type='String'>Unique ID</Data></Cell>\
    <Cell><Data ss:Type='String'>Invoice Date</Data></Cell>\
    <Cell><Data ss:Type='String'>Amount</Data></Cell></Row>";
