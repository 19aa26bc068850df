//! Workbooks of Excel 5 to 2003: any bytes, any records and any stream in a container are read or refused.
//!
//! Not for: what cells hold; oracles say that. Invariant: as in `promises`.

use domain::FileFormat;

use super::old::{self, Sectors, Version};
use super::promises;

/// Records that a byte stands for; the first parts those before the sheet from those in it.
pub const RECORDS: [u16; 24] = [
    0xffff, // the sheet begins
    0x0006, // formula
    0x000a, // end
    0x0022, // system of dates
    0x003c, // goes on with the one before
    0x0042, // code page
    0x0085, // a sheet's name
    0x00bd, // many numbers
    0x00be, // many empty cells
    0x00d6, // a text with fonts
    0x00e0, // a cell's format
    0x00fc, // shared texts
    0x00fd, // one of them
    0x0201, // an empty cell
    0x0203, // number
    0x0204, // text
    0x0205, // true, false or an error
    0x0207, // the text of a formula
    0x0208, // row
    0x027e, // number in four bytes
    0x041e, // format
    0x0809, // beginning
    0x002f, // password
    0x00e5, // merged cells
];

pub fn run(input: &[u8]) {
    let [choice, content @ ..] = input else { return };
    let options = promises::options(*choice, FileFormat::Xls);
    let made = |version| {
        let (globals, sheet) = records(content);
        old::stream(version, &globals, &sheet)
    };
    let bytes = match choice / 3 % 8 {
        0 => content.to_vec(),
        1 => made(Version::Excel97),
        2 => made(Version::Excel5),
        3 => old::container(&made(Version::Excel97), Sectors::Small),
        4 => old::container(&made(Version::Excel97), Sectors::Of512),
        5 => old::container(&made(Version::Excel97), Sectors::Of4096),
        6 => old::container(&made(Version::Excel5), Sectors::Small),
        _ => old::container(content, Sectors::Small),
    };
    drop(promises::read(&bytes, &options));
}

/// Each record is which of [`RECORDS`], its length, and so many bytes, fewer at the end.
fn records(mut content: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut globals, mut sheet) = (Vec::new(), Vec::new());
    let mut is_in_sheet = false;
    while let [which, length, rest @ ..] = content {
        let (data, behind) = rest.split_at(usize::from(*length).min(rest.len()));
        content = behind;
        match RECORDS[usize::from(*which) % RECORDS.len()] {
            0xffff => is_in_sheet = true,
            id if is_in_sheet => sheet.extend(old::record(id, data)),
            id => globals.extend(old::record(id, data)),
        }
    }
    (globals, sheet)
}
