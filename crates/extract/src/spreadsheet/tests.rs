mod hostile;
pub(crate) mod made;
mod made_old;
mod ods;
mod old;
mod oracle;
mod packages;
mod same_rows;
mod values;
mod web;

use std::io::{Read, Seek};

use proptest::prelude::*;

use self::made::{MadePackage, MadeSheet, STRINGS, STYLES, WORKBOOK};
use super::limits::Caps;
use super::package::Package;
use super::{XlsxRecords, open_old};
use crate::error::ReadError;
use crate::headers::Matcher;
use crate::record::{Record, RecordSource};
use domain::FileType;
use domain::problem::{Problem, Reason};

fn matcher() -> Matcher {
    Matcher::new(FileType::Transactions, None).unwrap()
}

fn open<R: Read + Seek>(source: R) -> Result<XlsxRecords<R>, ReadError> {
    open_named(source, None)
}

fn open_named<R: Read + Seek>(
    mut source: R,
    sheet: Option<&str>,
) -> Result<XlsxRecords<R>, ReadError> {
    let package = Package::inspect(&mut source)?;
    XlsxRecords::open(source, &package, &matcher(), sheet)
}

/// Every record with its row number.
fn read_all(records: &mut dyn RecordSource) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    let mut record = Record::default();
    let mut all = Vec::new();
    while records.next(&mut record)? {
        all.push((record.line, record.cells().map(str::to_owned).collect()));
    }
    Ok(all)
}

fn rows_of(made: &MadePackage) -> Vec<(u64, Vec<String>)> {
    read_all(&mut open(made.reader()).unwrap()).unwrap()
}

fn texts(rows: &[(u64, &[&str])]) -> Vec<(u64, Vec<String>)> {
    rows.iter()
        .map(|(line, cells)| (*line, cells.iter().map(|&cell| cell.to_owned()).collect()))
        .collect()
}

#[test]
fn a_cell_reads_as_what_it_shows() {
    let strings = "<sst count='9' uniqueCount='4294967295'><si><t>Acme &amp; Söhne</t></si><si><r><t>Ric\
                   </t></r><r><t xml:space='preserve'>h </t></r><rPh><t>reading</t></rPh></si><si/>\
                   <si><t><![CDATA[<raw> & ]]>&#65;&#x42;</t></si></sst>";
    // 0 plain, 1 built-in date, 2 own date, 3 padded, 4 elapsed time, 5 time, 6 time or date
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm&quot;x&quot;'/>\
                  <numFmt numFmtId='165' formatCode='000000'/><numFmt numFmtId='166' \
                  formatCode='[&lt;1]h:mm;d/m/yyyy'/></numFmts><cellStyleXfs><xf numFmtId='14'\
                  /></cellStyleXfs><cellXfs><xf/><xf numFmtId='14'/><xf numFmtId='164'/><xf \
                  numFmtId='165'/><xf numFmtId='46'></xf><xf numFmtId='20'/><xf numFmtId='166'/></cellXfs></styleSheet>";
    let cases = [
        ("<c t='s'><v>0</v></c>", "Acme & Söhne"),
        ("<c t='s'><v>1</v></c>", "Rich "),
        ("<c t='s'><v>3</v></c>", "<raw> & AB"),
        ("<c t='inlineStr'><is><t>in &lt;line&gt;</t></is></c>", "in <line>"),
        ("<c t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r></is></c>", "ab"),
        ("<c t='str'><f>A1&amp;B1</f><v>formula's text</v></c>", "formula's text"),
        ("<c><f>SUM(A1:A9)</f><v>45.5</v></c>", "45.5"),
        ("<c t='str'><v>two_x000A_lines, _x005F_x000A_</v></c>", "two\nlines, _x000A_"),
        ("<c t='str'><v>a\r\nb\rc&#13;d_x000D_e</v></c>", "a\nb\nc\rd\re"),
        ("<c t='b'><v>1</v></c>", "TRUE"),
        ("<c t='b'><v>0</v></c>", "FALSE"),
        ("<c t='e'><v>#N/A</v></c>", "#N/A"),
        ("<c t='d'><v>2026-11-23T00:00:00Z</v></c>", "2026-11-23"),
        ("<c t='d'><v>2026-11-23T14:15:02.500</v></c>", "2026-11-23T14:15:02"),
        ("<c t='n'><v> 12 </v></c>", "12"),
        ("<c s='1'><v>46349</v></c>", "2026-11-23"),
        ("<c s='2'><v>46349.25</v></c>", "2026-11-23T06:00:00"),
        ("<c s='3'><v>4711</v></c>", "004711"),
        ("<c s='4'><v>1.5</v></c>", "36:00:00"),
        ("<c s='99'><v>46349</v></c>", "46349"),
        ("<x:c r=\"A1\" xmlns:x='main'><x:v>prefixed</x:v></x:c>", "prefixed"),
        (
            "<c r='a1'><v>1</v><extLst><y:v xmlns:y='other'>2</y:v><v xmlns='o'>3</v></extLst></c>",
            "1",
        ),
        ("<c t='b'><v>false</v></c>", "FALSE"),
        ("<c t='b'><v>True</v></c>", "TRUE"),
        ("<c t='inlineStr'><v>1.0</v><is><t>1.0</t></is></c>", "1.0"),
        ("<c t='inlineStr'><is><t>1.0</t></is><v>1.0</v></c>", "1.0"),
        ("<c s='5'><v>45366.5</v></c>", "2024-03-15T12:00:00"),
        ("<c s='6'><v>0.5</v></c>", "12:00:00"),
        ("<c s='6'><v>45366</v></c>", "2024-03-15"),
        ("<c r='A1' ><v >1&#46;5</v ></c >", "1.5"),
        ("<c t='str'><v>=HYPERLINK(\"x\")</v></c>", "=HYPERLINK(\"x\")"),
    ];
    for (cell, expected) in cases {
        let made = MadePackage::of_rows(&format!("<row r='1'>{cell}</row>"))
            .with(STRINGS, strings)
            .with(STYLES, styles);
        assert_eq!(rows_of(&made), texts(&[(1, &[expected])]), "{cell}");
    }
}

#[test]
fn rows_keep_their_numbers_and_missing_cells_are_empty() {
    let made = MadePackage::of_rows(
        "<row r='2'><c r='B2'><v>1</v></c></row><row r='3'/><row r='4'></row>\
         <row r='5'><c r='A5'><v>1</v></c><c r='D5'><v>4</v></c><c r='E5' s='1'/></row>\
         <row r='9'><c r='A9'/><c r='C9'><v></v></c></row><row><c><v>10</v></c><c><v>11</v></c></row>",
    );
    let expected = texts(&[
        (2, &["", "1"]),
        (5, &["1", "", "", "4"]),
        (9, &["", "", "", ""]),
        (10, &["10", "11", "", ""]),
    ]);
    assert_eq!(rows_of(&made), expected);
}

#[test]
fn a_rewound_workbook_reads_the_same() {
    let row = |row: usize| format!("<row r='{row}'><c r='A{row}'><v>{row}</v></c></row>");
    let made = MadePackage::of_rows(&(1..20_000).map(row).collect::<String>());
    let mut records = open(made.reader()).unwrap();
    let mut record = Record::default();
    for _ in 0..7_000 {
        assert!(records.next(&mut record).unwrap());
    }
    records.rewind().unwrap();
    let all = read_all(&mut records).unwrap();
    assert_eq!(all.len(), 19_999);
    records.rewind().unwrap();
    assert_eq!(read_all(&mut records).unwrap(), all);
    assert!(!records.next(&mut record).unwrap(), "behind the end it stays at the end");
}

#[test]
fn dates_follow_the_system_of_the_workbook() {
    let styles = "<s><cellXfs><xf numFmtId='22'/></cellXfs></s>";
    let old = "<workbook><workbookPr date1904='1'/><sheets><sheet name='a' r:id='r1'/></sheets></workbook>";
    let made = MadePackage::of_rows("<row><c s='0'><v>44887</v></c></row>").with(STYLES, styles);
    assert_eq!(rows_of(&made), texts(&[(1, &["2022-11-22"])]));
    let made = made.with(WORKBOOK, old);
    assert_eq!(rows_of(&made), texts(&[(1, &["2026-11-23"])]));
    // What Excel adds for itself has the same names in other namespaces.
    let extended = "<x:workbook xmlns:x='main'><x:workbookPr date1904='true'/><x:sheets><x:sheet name='a' \
                    r:id='r1'/></x:sheets><x:extLst><x15:workbookPr xmlns:x15='other'/><workbookPr/>\
                    </x:extLst></x:workbook>";
    assert_eq!(rows_of(&made.with(WORKBOOK, extended)), texts(&[(1, &["2026-11-23"])]));
}

#[test]
fn the_visible_sheet_with_known_columns_is_read_and_others_are_named() {
    let empty = "<row r='1'><c r='A1' s='1'/></row>";
    let one = "<row r='1'><c r='A1'><v>1</v></c></row>";
    let two = "<row r='1'><c r='A1'><v>2</v></c></row>";
    let known =
        "<row r='9'><c t='str'><v>Unique ID</v></c><c t='str'><v>Invoice Number</v></c></row>";
    let cases: [(&[MadeSheet<'_>], &str, Option<&str>); 6] = [
        (&[("A", "", one), ("B", "", known), ("C", "", known)], "Unique ID", Some("B; not A, C")),
        (&[("A", "", one), ("B", "state='hidden'", known)], "1", Some("A; not B (hidden)")),
        (&[("A", "", one)], "1", None),
        (&[("A", "", empty), ("B", "", one), ("C", "", empty)], "1", None),
        (&[("A", "state='hidden'", one), ("B", "", two)], "2", Some("B; not A (hidden)")),
        (
            &[("A", "state='visible'", one), ("B", "", two), ("C", "state='veryHidden'", two)],
            "1",
            Some("A; not B, C (hidden)"),
        ),
    ];
    for (sheets, first, others) in cases {
        let mut records = open(MadePackage::of_sheets(sheets).reader()).unwrap();
        assert_eq!(read_all(&mut records).unwrap()[0].1[0], first, "{sheets:?}");
        let named = records.notes().into_iter().find(|note| note.reason == Reason::ReadFirstSheet);
        assert_eq!(named.and_then(|note| note.value).as_deref(), others, "{sheets:?}");
    }
}

#[test]
fn a_sheet_that_is_named_is_read_hidden_or_not() {
    let one = "<row r='1'><c r='A1'><v>1</v></c></row>";
    let two = "<row r='1'><c r='A1'><v>2</v></c></row>";
    let made = MadePackage::of_sheets(&[("Cover", "", one), ("Übersicht", "state='hidden'", two)]);
    let read = |name| open_named(made.reader(), Some(name));
    for (name, first) in [("cover", "1"), (" übersicht ", "2")] {
        let mut records = read(name).unwrap();
        assert_eq!(read_all(&mut records).unwrap()[0].1, [first], "{name}");
        assert_eq!(records.notes(), [], "{name}");
    }
    let refused = read("Data").map(drop).unwrap_err().to_string();
    assert!(refused.contains("the workbook has Cover, Übersicht"), "{refused}");
}

#[test]
fn rows_and_cells_may_stand_in_any_order() {
    let made = MadePackage::of_rows(
        "<row r='1'><c r='C1'><v>3</v></c><c r='A1' s='0'><v>46349</v></c><c r='B1'><v>2</v></c></row>\
         <row r='4' hidden='1'><c r='b4'><v>5</v></c></row><row r='3'><c r='A3'><v>4</v></c></row>",
    );
    let made = made.with(STYLES, "<s><cellXfs><xf numFmtId='14'/><xf/></cellXfs></s>");
    let made_rows = [
        (1, &["2026-11-23", "1900-01-02", "1900-01-03"][..]),
        (4, &["", "1900-01-05", ""]),
        (3, &["1900-01-04", "", ""]),
    ];
    let mut records = open(made.reader()).unwrap();
    assert_eq!(read_all(&mut records).unwrap(), texts(&made_rows));
    let hidden: Vec<_> = records.notes().into_iter().map(|note| (note.line, note.value)).collect();
    assert_eq!(hidden, [(Some(4), Some("1 rows".to_owned()))]);
    records.rewind().unwrap();
    assert_eq!(read_all(&mut records).unwrap(), texts(&made_rows));
}

#[test]
fn what_is_left_alone_is_noted() {
    let row = "<row r='3'><c r='A3'><f>B1</f></c><c r='B3'><f>C1</f><v/></c></row>";
    let made = MadePackage::of_rows(row)
        .with("xl/vbaProject.bin", "")
        .with("xl/externalLinks/externalLink1.xml", "")
        .with("xl/connections.xml", "")
        .with("xl/embeddings/oleObject1.bin", "");
    let mut records = open(made.reader()).unwrap();
    read_all(&mut records).unwrap();
    let reasons: Vec<_> = records.notes().iter().map(|note| (note.reason, note.line)).collect();
    let expected = [
        (Reason::WorkbookMacros, None),
        (Reason::WorkbookLinks, None),
        (Reason::EmbeddedFiles, None),
        (Reason::UnsavedFormulas, Some(3)),
    ];
    assert_eq!(reasons, expected);
}

/// Bytes of which only so many can be had.
struct Failing(std::io::Cursor<Vec<u8>>, usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.1 == 0 {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let most = buffer.len().min(self.1);
        let read = self.0.read(&mut buffer[..most])?;
        self.1 -= read;
        Ok(read)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn bytes_that_cannot_be_had_are_no_fault_of_the_file() {
    let mut old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    old.resize(4_096, 0);
    for most in [7, 8, 100, 511] {
        let failing = Failing(std::io::Cursor::new(old.clone()), most);
        let refusal = open_old(failing, &matcher(), None).map(drop).unwrap_err();
        assert!(matches!(refusal, ReadError::Source(_)), "{most}: {refusal:?}");
    }
    let whole = open_old(std::io::Cursor::new(old), &matcher(), None).map(drop).unwrap_err();
    assert!(whole.to_string().contains("of the old .xls kind"), "{whole}");
}

#[test]
fn formats_that_are_no_numbers_are_damage() {
    let cell = MadePackage::of_rows("<row r='1'><c r='A1' s='x'><v>46349</v></c></row>");
    let refused = open(cell.reader()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("a format that is no number"), "{refused}");
    let mut style = MadePackage::of_rows("<row r='1'><c r='A1' s='0'><v>46349</v></c></row>");
    style.add(STYLES, "<styleSheet><cellXfs><xf numFmtId='date'/></cellXfs></styleSheet>");
    let refused = open(style.reader()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("something else than a number"), "{refused}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut package = b"PK\x03\x04".to_vec();
        package.extend(&bytes);
        for bytes in [bytes, package] {
            let _refused = open(std::io::Cursor::new(bytes)).is_err();
        }
    }

    /// Any change of one byte is read or refused; never a panic, and never more rows than there were.
    #[test]
    fn no_changed_byte_makes_it_panic(at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let row = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' s='1'><v>46349</v></c></row>";
        let made = MadePackage::of_rows(row)
            .with(STRINGS, "<sst><si><t>a &amp; b</t></si></sst>")
            .with(STYLES, "<s><cellXfs><xf/><xf numFmtId='14'/></cellXfs></s>");
        let mut bytes = made.bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let read = open(std::io::Cursor::new(bytes))
            .and_then(|mut records| read_all(&mut records));
        prop_assert!(read.is_err() || read.is_ok_and(|rows| rows.len() <= 1));
    }
}
