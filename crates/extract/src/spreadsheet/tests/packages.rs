//! Packages that are unusual, and that spreadsheet programs open.

use super::made::{MadePackage, MadePart, SHEET, WORKBOOK, related, relation, worksheet};
use super::*;

/// What real writers do: Apache POI streams with Zip64 fields, old .NET programs write `\`.
#[test]
fn unusual_but_honest_packages_are_read() {
    let made = MadePackage::of_rows("<row r='1'><c r='A1'><v>1</v></c></row>");
    let changes: [fn(&mut MadePackage); 5] = [
        |made| made.parts.iter_mut().for_each(MadePart::stream),
        |made| made.parts.iter_mut().for_each(|part| part.zip64 = true),
        |made| {
            for part in &mut made.parts {
                part.name = part.name.replace('/', "\\");
                part.local_name.clone_from(&part.name);
            }
        },
        |made| {
            for part in &mut made.parts {
                part.name = part.name.to_uppercase();
                part.local_name.clone_from(&part.name);
            }
        },
        |made| {
            let marked = format!("\u{feff}{}", worksheet("<row><c><v>1</v></c></row>"));
            made.add(SHEET, &marked);
        },
    ];
    for change in changes {
        let mut changed = made.clone();
        change(&mut changed);
        assert_eq!(rows_of(&changed), texts(&[(1, &["1"])]));
    }
}

type Change = fn(&mut MadePackage);

/// What Excel opens though it is not as the standards say.
#[test]
fn packages_that_spreadsheet_programs_open_are_read() {
    const SAME: [&str; 3] = ["_rels/.rels", WORKBOOK, SHEET];
    let made = MadePackage::of_rows("<row r='1'><c r='A1' t='str'><v>ü</v></c></row>");
    let changes: [(&str, Change); 8] = [
        ("names in UTF-8, as one place says", |made| made.part(SHEET).flags |= 1 << 11),
        ("sizes behind the part, as its header says", |made| {
            made.part(SHEET).stream();
            made.part(SHEET).flags = 0;
        }),
        ("a slash before every name", |made| {
            for part in &mut made.parts {
                part.name = format!("/{}", part.name);
                part.local_name.clone_from(&part.name);
            }
        }),
        ("a target as a URL", |made| {
            let sheet = made.part(SHEET);
            sheet.name = "xl/worksheets/sheet 1.xml".to_owned();
            sheet.local_name.clone_from(&sheet.name);
            let list = relation("r1", "worksheet", "worksheets/sheet%201.xml");
            made.add("xl/_rels/workbook.xml.rels", &related(&list));
        }),
        ("a line end behind the package", |made| made.behind = b"\r\n".to_vec()),
        ("the long form of the end", |made| made.has_zip64_end = true),
        ("a module without a part", |made| {
            let sheets = "<sheets><sheet name='M' sheetId='9' r:id=''/><sheet name='Data' r:id='r1'/></sheets>";
            made.add(WORKBOOK, &format!("<workbook>{sheets}</workbook>"));
        }),
        ("UTF-16", |made| {
            for name in SAME {
                let part = made.part(name);
                let text = String::from_utf8(part.content.clone()).unwrap();
                let text = format!("\u{feff}{}", text.replace("UTF-8", "UTF-16"));
                let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                *part = MadePart::new(name, &bytes);
            }
        }),
    ];
    for (what, change) in changes {
        let mut changed = made.clone();
        change(&mut changed);
        assert_eq!(rows_of(&changed), texts(&[(1, &["ü"])]), "{what}");
    }
    let mut latin = made.clone();
    let text = String::from_utf8(latin.part(SHEET).content.clone()).unwrap();
    let text = text.replace("UTF-8", "ISO-8859-1");
    let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    *latin.part(SHEET) = MadePart::new(SHEET, &bytes);
    assert_eq!(rows_of(&latin), texts(&[(1, &["ü"])]));
    let mut named = made.with("docProps/x.xml", "x").bytes();
    while let Some(at) = named.windows(6).position(|bytes| bytes == b"/x.xml") {
        named[at + 1] = 0x82;
    }
    let rows = read_all(&mut open(std::io::Cursor::new(named)).unwrap()).unwrap();
    assert_eq!(rows, texts(&[(1, &["ü"])]));
}
