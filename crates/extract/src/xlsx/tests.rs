mod hostile;
mod made;
mod oracle;
mod same_rows;

use std::io::{Read, Seek};

use proptest::prelude::*;

use self::made::{Made, MadeSheet, STRINGS, STYLES, WORKBOOK};
use super::number::{DateSystem, write_number};
use super::strings::decode_escapes;
use super::styles::{NumberFormat, from_code};
use super::*;

/// Every record with its row number.
fn read_all<R: Read + Seek>(
    records: &mut XlsxRecords<R>,
) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    let mut record = Record::default();
    let mut all = Vec::new();
    while records.next(&mut record)? {
        all.push((record.line, record.cells().map(str::to_owned).collect()));
    }
    Ok(all)
}

fn rows_of(made: &Made) -> Vec<(u64, Vec<String>)> {
    read_all(&mut XlsxRecords::open(made.reader()).unwrap()).unwrap()
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
    // 0 plain, 1 built-in date, 2 own date, 3 padded, 4 elapsed time
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm&quot;x&quot;'/>\
                  <numFmt numFmtId='165' formatCode='000000'/></numFmts><cellStyleXfs><xf numFmtId='14'\
                  /></cellStyleXfs><cellXfs><xf/><xf numFmtId='14'/><xf numFmtId='164'/><xf \
                  numFmtId='165'/><xf numFmtId='46'></xf></cellXfs></styleSheet>";
    let cases = [
        ("<c t='s'><v>0</v></c>", "Acme & Söhne"),
        ("<c t='s'><v>1</v></c>", "Rich "),
        ("<c t='s'><v>3</v></c>", "<raw> & AB"),
        ("<c t='inlineStr'><is><t>in &lt;line&gt;</t></is></c>", "in <line>"),
        ("<c t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r></is></c>", "ab"),
        ("<c t='str'><f>A1&amp;B1</f><v>formula's text</v></c>", "formula's text"),
        ("<c><f>SUM(A1:A9)</f><v>45.5</v></c>", "45.5"),
        ("<c t='str'><v>two_x000A_lines, _x005F_x000A_</v></c>", "two\nlines, _x000A_"),
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
        ("<x:c r=\"A1\" xmlns:x='y'><x:v>prefixed</x:v></x:c>", "prefixed"),
        ("<c r='A1' ><v >1&#46;5</v ></c >", "1.5"),
        ("<c t='str'><v>=HYPERLINK(\"x\")</v></c>", "=HYPERLINK(\"x\")"),
    ];
    for (cell, expected) in cases {
        let made = Made::of_rows(&format!("<row r='1'>{cell}</row>"))
            .with(STRINGS, strings)
            .with(STYLES, styles);
        assert_eq!(rows_of(&made), texts(&[(1, &[expected])]), "{cell}");
    }
}

#[test]
fn rows_keep_their_numbers_and_missing_cells_are_empty() {
    let made = Made::of_rows(
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
    let made = Made::of_rows(&(1..20_000).map(row).collect::<String>());
    let mut records = XlsxRecords::open(made.reader()).unwrap();
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
    let made = Made::of_rows("<row><c s='0'><v>44887</v></c></row>").with(STYLES, styles);
    assert_eq!(rows_of(&made), texts(&[(1, &["2022-11-22"])]));
    assert_eq!(rows_of(&made.with(WORKBOOK, old)), texts(&[(1, &["2026-11-23"])]));
}

#[test]
fn numbers_become_plain_decimals_and_iso_dates() {
    use NumberFormat::{Date, Padded, Plain, Time};
    let cases = [
        ("1234.5", Plain, "1234.5"),
        ("1234.5600000000001", Plain, "1234.56"),
        ("0.30000000000000004", Plain, "0.3"),
        ("-264795.53", Plain, "-264795.53"),
        ("10025.0", Plain, "10025"),
        ("007", Plain, "7"),
        ("-0", Plain, "0"),
        ("-0.00", Plain, "0"),
        (".5", Plain, "0.5"),
        ("1E+15", Plain, "1000000000000000"),
        ("2.15489E+13", Plain, "21548900000000"),
        ("1.0E-2", Plain, "0.01"),
        ("-9.9999999999999995E-7", Plain, "-0.000001"),
        ("123456789012345678", Plain, "123456789012345678"),
        ("999999999999999.9", Plain, "1000000000000000"),
        ("1.7976931348623157E+309", Plain, "1.7976931348623157E+309"),
        ("not a number", Plain, "not a number"),
        ("12", Padded(5), "00012"),
        ("-12", Padded(5), "-12"),
        ("1234567", Padded(5), "1234567"),
        ("1", Date, "1900-01-01"),
        ("59", Date, "1900-02-28"),
        ("60", Date, "1900-02-29"),
        ("61", Date, "1900-03-01"),
        ("45351", Date, "2024-02-29"),
        ("46349.593773148146", Date, "2026-11-23T14:15:02"),
        ("46348.9999999999", Date, "2026-11-23"),
        ("2958465", Date, "9999-12-31"),
        ("2958466", Date, "2958466"),
        ("-1", Date, "-1"),
        ("0.5", Date, "12:00:00"),
        ("0.5", Time, "12:00:00"),
        ("1.25", Time, "30:00:00"),
    ];
    for (raw, format, expected) in cases {
        let mut text = String::new();
        write_number(raw, format, DateSystem::From1900, &mut text);
        assert_eq!(text, expected, "{raw} as {format:?}");
    }
}

#[test]
fn format_codes_say_what_a_number_is() {
    use NumberFormat::{Date, Padded, Plain, Time};
    let cases = [
        ("General", Plain),
        ("0.00", Plain),
        ("#,##0.00_);[Red](#,##0.00)", Plain),
        ("\"days: \"0", Plain),
        ("\\d0", Plain),
        ("[$£-809]#,##0.00", Plain),
        ("[DBNum1]0", Plain),
        ("0.00E+00", Plain),
        ("@", Plain),
        ("0", Plain),
        ("00000", Padded(5)),
        ("0000000000", Padded(10)),
        ("dd/mm/yyyy", Date),
        ("[$-409]mmmm\\ d\\,\\ yyyy;@", Date),
        ("mmm", Date),
        ("d.m.yy h:mm", Date),
        ("h:mm AM/PM", Time),
        ("[h]:mm:ss", Time),
        ("[mm]", Time),
        ("0;dd", Plain),
    ];
    for (code, expected) in cases {
        assert_eq!(from_code(code), expected, "{code}");
    }
}

#[test]
fn escaped_characters_are_decoded() {
    for (text, expected) in [
        ("a_b", "a_b"),
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x00", "_x00"),
        ("_xD800_", "_xD800_"),
        ("_xzzzz__x0041_", "_xzzzz_A"),
        ("__x0041_ü_x", "_Aü_x"),
    ] {
        assert_eq!(decode_escapes(text), expected, "{text}");
    }
}

#[test]
fn the_first_visible_sheet_with_values_is_read_and_others_are_named() {
    let empty = "<row r='1'><c r='A1' s='1'/></row>";
    let one = "<row r='1'><c r='A1'><v>1</v></c></row>";
    let two = "<row r='1'><c r='A1'><v>2</v></c></row>";
    let cases: [(&[MadeSheet<'_>], &str, Option<&str>); 4] = [
        (&[("A", "", one)], "1", None),
        (&[("A", "", empty), ("B", "", one), ("C", "", empty)], "1", None),
        (&[("A", "state='hidden'", one), ("B", "", two)], "2", Some("A (hidden)")),
        (
            &[("A", "state='visible'", one), ("B", "", two), ("C", "state='veryHidden'", two)],
            "1",
            Some("B, C (hidden)"),
        ),
    ];
    for (sheets, first, others) in cases {
        let mut records = XlsxRecords::open(Made::of_sheets(sheets).reader()).unwrap();
        assert_eq!(read_all(&mut records).unwrap()[0].1, [first], "{sheets:?}");
        let named = records.notes().into_iter().find(|note| note.reason == Reason::ReadFirstSheet);
        assert_eq!(named.and_then(|note| note.value).as_deref(), others, "{sheets:?}");
    }
}

#[test]
fn what_is_left_alone_is_noted() {
    let row = "<row r='3'><c r='A3'><f>B1</f></c><c r='B3'><f>C1</f><v/></c></row>";
    let made = Made::of_rows(row)
        .with("xl/vbaProject.bin", "")
        .with("xl/externalLinks/externalLink1.xml", "")
        .with("xl/connections.xml", "")
        .with("xl/embeddings/oleObject1.bin", "");
    let mut records = XlsxRecords::open(made.reader()).unwrap();
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

/// What real writers do: Apache POI streams with Zip64 fields, old .NET programs write `\`.
#[test]
fn unusual_but_honest_packages_are_read() {
    let made = Made::of_rows("<row r='1'><c r='A1'><v>1</v></c></row>");
    let changes: [fn(&mut Made); 5] = [
        |made| made.parts.iter_mut().for_each(made::MadePart::stream),
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
            let marked = format!("\u{feff}{}", made::worksheet("<row><c><v>1</v></c></row>"));
            made.add(made::SHEET, &marked);
        },
    ];
    for change in changes {
        let mut changed = made.clone();
        change(&mut changed);
        assert_eq!(rows_of(&changed), texts(&[(1, &["1"])]));
    }
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
    let mut old = compound::SIGNATURE.to_vec();
    old.resize(4_096, 0);
    for most in [8, 100, 519] {
        let failing = Failing(std::io::Cursor::new(old.clone()), most);
        let refusal = XlsxRecords::open(failing).map(drop).unwrap_err();
        assert!(matches!(refusal, ReadError::Source(_)), "{most}: {refusal:?}");
    }
    let whole = XlsxRecords::open(std::io::Cursor::new(old)).map(drop).unwrap_err();
    assert!(whole.to_string().contains("of the old .xls kind"), "{whole}");
}

#[test]
fn formats_that_are_no_numbers_are_damage() {
    let cell = Made::of_rows("<row r='1'><c r='A1' s='x'><v>46349</v></c></row>");
    let refused = read_all(&mut XlsxRecords::open(cell.reader()).unwrap()).unwrap_err();
    assert!(refused.to_string().contains("a format that is no number"), "{refused}");
    let mut style = Made::of_rows("<row r='1'><c r='A1' s='0'><v>46349</v></c></row>");
    style.add(STYLES, "<styleSheet><cellXfs><xf numFmtId='date'/></cellXfs></styleSheet>");
    let refused = XlsxRecords::open(style.reader()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("something else than a number"), "{refused}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut package = b"PK\x03\x04".to_vec();
        package.extend(&bytes);
        for bytes in [bytes, package] {
            let _refused = XlsxRecords::open(std::io::Cursor::new(bytes)).is_err();
        }
    }

    /// Any change of one byte is read or refused; never a panic, and never more rows than there were.
    #[test]
    fn no_changed_byte_makes_it_panic(at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let row = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' s='1'><v>46349</v></c></row>";
        let made = Made::of_rows(row)
            .with(STRINGS, "<sst><si><t>a &amp; b</t></si></sst>")
            .with(STYLES, "<s><cellXfs><xf/><xf numFmtId='14'/></cellXfs></s>");
        let mut bytes = made.bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let read = XlsxRecords::open(std::io::Cursor::new(bytes))
            .and_then(|mut records| read_all(&mut records));
        prop_assert!(read.is_err() || read.is_ok_and(|rows| rows.len() <= 1));
    }
}
