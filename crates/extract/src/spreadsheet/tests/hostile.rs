//! Workbooks made to do harm: each is refused with a sentence that names the harm.

use super::made::{MadePackage, SHEET, STRINGS, STYLES, WORKBOOK, related, relation, worksheet};
use super::*;

const ROW: &str = "<row r='1'><c r='A1'><v>1</v></c></row>";

type Lie = fn(&mut MadePackage);

/// What reading to the end says; empty when nothing is refused.
fn refusal(bytes: Vec<u8>, caps: Caps) -> String {
    let mut source = std::io::Cursor::new(bytes);
    let opened = Package::inspect(&mut source)
        .and_then(|package| XlsxRecords::open_capped(source, &package, (&matcher(), None), caps));
    let mut records = match opened {
        Ok(records) => records,
        Err(refusal) => return refusal.to_string(),
    };
    read_all(&mut records).err().map(|refusal| refusal.to_string()).unwrap_or_default()
}

fn assert_refused(bytes: Vec<u8>, expected: &str) {
    let said = refusal(bytes, Caps::default());
    assert!(said.contains(expected), "expected {expected:?}, not {said:?}");
    let advice = ["ave it", "Send the rows"].into_iter().any(|advice| said.contains(advice));
    assert!(advice, "no advice in {said:?}");
}

#[test]
fn packages_that_lie_are_refused_before_anything_is_unpacked() {
    let cases: [(&str, Lie); 17] = [
        // X1: half a MiB that says it unpacks to 512.
        ("more than 100 times", |made| {
            let sheet = made.part(SHEET);
            sheet.packed = vec![0; 511 << 10];
            sheet.packed_bytes = 511 << 10;
            (sheet.inflated_bytes, sheet.local_inflated_bytes) = (512 << 20, 512 << 20);
        }),
        ("at most 67,108,864", |made| {
            made.add(STYLES, "<s/>");
            let styles = made.part(STYLES);
            (styles.inflated_bytes, styles.local_inflated_bytes) = (u32::MAX - 1, u32::MAX - 1);
        }),
        ("longer or shorter", |made| {
            let sheet = made.part(SHEET);
            (sheet.inflated_bytes, sheet.local_inflated_bytes) = (20, 20);
        }),
        ("longer or shorter", |made| {
            let sheet = made.part(SHEET);
            sheet.inflated_bytes += 1;
            sheet.local_inflated_bytes += 1;
        }),
        ("header differs", |made| made.part(SHEET).local_inflated_bytes += 1),
        ("header differs", |made| made.part(SHEET).local_name = "xl/worksheets/sheet9.xml".into()),
        ("longer or shorter", |made| made.part(SHEET).method = 0),
        ("packed with LZMA", |made| made.part(SHEET).method = 14),
        ("header differs", |made| made.part(SHEET).local_flags ^= 1 << 6),
        ("same place", |made| made.parts[1].offset = Some(0)),
        ("reaches outside", |made| made.parts[1].offset = Some(1 << 30)),
        ("reaches outside", |made| made.parts.last_mut().unwrap().packed_bytes += 1 << 20),
        ("more parts than it says", |made| made.count = Some(2)),
        ("ends too early", |made| made.count = Some(200)),
        ("more than 10,000 parts", |made| made.count = Some(u16::MAX)),
        ("have changed", |made| made.part(SHEET).crc ^= 1),
        ("with a password", |made| made.part(SHEET).flags |= 1),
    ];
    for (expected, change) in cases {
        let mut made = MadePackage::of_rows(ROW);
        change(&mut made);
        assert_refused(made.bytes(), expected);
    }
}

#[test]
fn names_that_lead_astray_are_refused() {
    for (name, expected) in [
        ("xl/../../up.xml", "outside the package"),
        ("xl\\..\\up.xml", "outside the package"),
        ("C:/up.xml", "outside the package"),
        ("xl/\u{1b}[2J.xml", "outside the package"),
        ("XL/WORKBOOK.XML", "the same name"),
    ] {
        assert_refused(MadePackage::of_rows(ROW).with(name, "x").bytes(), expected);
    }
    let mut linked = MadePackage::of_rows(ROW).with("xl/link", "/etc/passwd");
    linked.part("xl/link").attributes = 0o120_777 << 16;
    assert_refused(linked.bytes(), "link to somewhere else");
}

#[test]
fn other_files_are_refused_for_what_they_are() {
    let mut document = MadePackage::default();
    document.add("_rels/.rels", &related(&relation("w", "officeDocument", "word/document.xml")));
    document.add("word/document.xml", "<document/>");
    let mut binary = MadePackage::default();
    binary.add("_rels/.rels", &related(&relation("w", "officeDocument", "xl/workbook.bin")));
    let cut = MadePackage::of_rows(ROW).bytes();
    let cases = [
        (b"Invoice Number,Invoice Amount\n1,2\n".to_vec(), "does not begin like one"),
        (Vec::new(), "empty or very short"),
        (document.bytes(), "no visible sheet"),
        (binary.bytes(), ".xlsb"),
        (MadePackage::default().with("a.txt", "text").bytes(), "ZIP archive of other files"),
        (cut[..cut.len() - 30].to_vec(), "its end is missing"),
    ];
    for (bytes, expected) in cases {
        assert_refused(bytes, expected);
    }
}

#[test]
fn document_types_are_refused_in_every_part_that_is_read() {
    let laughs = "<!DOCTYPE lolz [<!ENTITY a 'lol'><!ENTITY b '&a;&a;'>]><x>&b;</x>";
    for part in ["_rels/.rels", "xl/_rels/workbook.xml.rels", WORKBOOK, SHEET, STRINGS, STYLES] {
        assert_refused(MadePackage::of_rows(ROW).with(part, laughs).bytes(), "document type");
    }
    // Plain references may be as many as they like.
    let many = format!("<row><c t='str'><v>{}</v></c></row>", "&amp;&#65;".repeat(10_000));
    let rows = rows_of(&MadePackage::of_rows(&many));
    assert_eq!(rows[0].1[0].len(), 20_000);
}

#[test]
fn sheets_that_are_not_well_made_are_refused() {
    let long_text = format!("<row><c t='str'><v>{}</v></c></row>", "x".repeat(140_000));
    let long_tag = format!("<row><c {}/></row>", "a='b' ".repeat(60_000));
    let wide = format!("<row>{}<c><v>1</v></c></row>", "<c/>".repeat(2_000));
    let cases = [
        ("<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>1</v></c></row>", "not where it belongs"),
        ("<row r='2'/><row r='1'/><row/>", "not where it belongs"),
        ("<row r='1048577'/>", "not where it belongs"),
        ("<row r='1'><c r='XFE1'/></row>", "not where it belongs"),
        ("<row r='1'><c r='A2'/></row>", "not where it belongs"),
        ("<row r='1'><c r='AAAAAAAAAA1'/></row>", "not where it belongs"),
        ("<row r='0'/>", "not where it belongs"),
        ("<row r='99999999999'/>", "not where it belongs"),
        (wide.as_str(), "beyond the 2,000 columns"),
        ("<row><c t='s'><v>0</v></c></row>", "a text that row 1 refers to is missing"),
        ("<row><c><v>&unknown;</v></c></row>", "an & that means nothing"),
        ("<row><c r=A1/></row>", "a tag of a part cannot be read"),
        ("<row><c><v>1</v>", "ends in the middle"),
        (long_text.as_str(), "32,767 characters"),
        (long_tag.as_str(), "markup is longer"),
    ];
    for (rows, expected) in cases {
        assert_refused(MadePackage::of_rows(rows).bytes(), expected);
    }
    let mut made = MadePackage::of_rows(ROW);
    let latin1 = worksheet("<row><c t='str'><v>M%ller</v></c></row>").replace('%', "\u{1}");
    let latin1: Vec<u8> = latin1.bytes().map(|byte| if byte == 1 { 0xfc } else { byte }).collect();
    *made.part(SHEET) = made::MadePart::new(SHEET, &latin1);
    assert_refused(made.bytes(), "UTF-8");
    let changing = "<a xmlns='x'><a xmlns='main'>".repeat(150);
    assert_refused(MadePackage::of_rows(&changing).bytes(), "changes its namespaces");
}

#[test]
fn floods_of_cells_end_at_the_caps() {
    let caps = Caps { cells: 1_000, empty_cells: 500, strings_memory: 4_000 };
    let empty = format!("<row>{}</row>", "<c/>".repeat(100)).repeat(6);
    let filled = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(100)).repeat(11);
    for (rows, expected) in [(empty, "over 500 cells with nothing"), (filled, "over 1,000 cells")] {
        let said = refusal(MadePackage::of_rows(&rows).bytes(), caps);
        assert!(said.contains(expected), "{said}");
    }
    let row = format!("<row>{}</row>", "<c/>".repeat(50) + &"<c><v>1</v></c>".repeat(50));
    assert_eq!(refusal(MadePackage::of_rows(&row.repeat(10)).bytes(), caps), "");
    for (count, expected) in [(500, ""), (501, "texts take more than 4,000 bytes")] {
        let strings = format!("<sst>{}</sst>", "<si><t>text</t></si>".repeat(count));
        let said = refusal(MadePackage::of_rows(ROW).with(STRINGS, &strings).bytes(), caps);
        assert_eq!(said.is_empty(), expected.is_empty(), "{count} texts: {said}");
        assert!(said.contains(expected), "{said}");
    }
}
