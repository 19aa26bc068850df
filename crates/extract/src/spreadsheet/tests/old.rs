//! Workbooks of Excel 5 to 2003.

use std::io::Cursor;

use calamine::{Data, Reader, Xls};

use super::made_old::{container, fields, record, stream, text};
use super::*;

type Rows = Vec<(u64, Vec<String>)>;

fn read(bytes: Vec<u8>) -> Result<(Rows, Vec<Problem>), ReadError> {
    let mut opened = open_old(Cursor::new(bytes), &matcher(), None)?;
    let rows = read_all(opened.records.as_mut())?;
    Ok((rows, opened.records.notes()))
}

/// A cell record: its place, its style, and what it holds.
fn cell(id: u16, (row, column, style): (u16, u16, u16), data: &[u8]) -> Vec<u8> {
    record(id, &[&fields(&[row, column, style])[..], data].concat())
}

/// Formats: plain, a date, a padded number.
fn globals() -> Vec<u8> {
    let format = |id: u16, code: &str| record(0x041e, &[&fields(&[id])[..], &text(code)].concat());
    let style = |format: u16| record(0x00e0, &fields(&[0, format, 0, 0, 0, 0, 0, 0, 0, 0]));
    // Two texts, the second of which goes on in another record with narrower characters.
    let shared =
        [&[2, 0, 0, 0, 2, 0, 0, 0][..], &text("Łódź"), &[4, 0, 1], &fields(&[0x3a9, 0x3a9])]
            .concat();
    [
        format(164, "dd/mm/yyyy"),
        format(165, "00000"),
        style(0),
        style(164),
        style(165),
        record(0x00fc, &shared),
        record(0x003c, &[0, b'a', b'b']),
    ]
    .concat()
}

fn first_sheet() -> Vec<u8> {
    let number = |value: f64| value.to_le_bytes();
    let formula = |result: [u8; 8]| [&result[..], &[0; 8]].concat();
    [
        record(0x0208, &[&fields(&[1, 0, 9, 0, 0, 0])[..], &[0x20, 0, 0, 0]].concat()),
        cell(0x00fd, (0, 0, 0), &[0, 0, 0, 0]),
        cell(0x00fd, (0, 1, 0), &[1, 0, 0, 0]),
        cell(0x0203, (1, 0, 0), &number(1234.5)),
        cell(0x0203, (1, 1, 1), &number(45_366.0)),
        cell(0x027e, (1, 2, 2), &(42_u32 << 2 | 2).to_le_bytes()),
        cell(0x027e, (1, 3, 0), &((-1250_i32 << 2).cast_unsigned() | 3).to_le_bytes()),
        // Row 3: two numbers side by side from column B.
        record(
            0x00bd,
            &[&fields(&[2, 1, 0])[..], &[6, 0, 0, 0, 0, 0], &[10, 0, 0, 0, 2, 0]].concat(),
        ),
        cell(0x0205, (3, 0, 0), &[1, 0]),
        cell(0x0205, (3, 1, 0), &[0x2a, 1]),
        cell(0x0204, (3, 2, 0), &text("label")),
        cell(0x0006, (4, 0, 0), &formula(number(7.0))),
        cell(0x0006, (4, 1, 0), &formula([0, 0, 0, 0, 0, 0, 0xff, 0xff])),
        record(0x0207, &text("a + b")),
        cell(0x0006, (4, 2, 0), &formula([1, 0, 0, 0, 0, 0, 0xff, 0xff])),
        cell(0x0201, (5, 0, 0), &[]),
    ]
    .concat()
}

fn made() -> Vec<u8> {
    stream(&globals(), &[("Sheet", 0, first_sheet())])
}

#[test]
fn cells_of_every_record_are_read() {
    let expected = texts(&[
        (1, &["Łódź", "ΩΩab"]),
        (2, &["1234.5", "2024-03-15", "00042", "-12.5"]),
        (3, &["", "1", "2", ""]),
        (4, &["TRUE", "#N/A", "label", ""]),
        (5, &["7", "a + b", "FALSE", ""]),
    ]);
    for bytes in [made(), container("Workbook", &made()), container("Book", &made())] {
        let (rows, notes) = read(bytes).unwrap();
        assert_eq!(rows, expected);
        assert_eq!(notes[0].reason, Reason::HiddenRows);
        assert_eq!(notes[0].line, Some(2));
    }
}

#[test]
fn workbooks_before_excel_97_have_texts_in_a_code_page() {
    let bof = |kind: u16| record(0x0809, &fields(&[0x0500, kind, 0, 0]));
    let label = [&fields(&[5])[..], b"\xa3\xf3d\x9f!"].concat();
    let sheet = [bof(0x10), cell(0x0204, (0, 0, 0), &label), record(0x000a, &[])].concat();
    let entry =
        |offset: u32| record(0x0085, &[&offset.to_le_bytes()[..], &[0, 0, 1], b"S"].concat());
    let head = [bof(5), record(0x0042, &fields(&[1250]))].concat();
    let offset = u32::try_from(head.len() + entry(0).len() + 4).unwrap();
    let bytes = [head, entry(offset), record(0x000a, &[]), sheet].concat();
    assert_eq!(read(bytes).unwrap().0, texts(&[(1, &["Łódź!"])]));
}

#[test]
fn the_sheet_with_known_columns_is_read_from_old_workbooks_too() {
    let sheet = |value: &str| cell(0x0204, (0, 0, 0), &text(value));
    let sheets = [
        ("Cover", 0, sheet("Hello")),
        ("Hidden", 1, sheet("Unique ID")),
        ("Data", 0, sheet("Unique ID")),
    ];
    let (rows, notes) = read(stream(&[], &sheets)).unwrap();
    assert_eq!(rows, texts(&[(1, &["Unique ID"])]));
    assert_eq!(notes[0].value.as_deref(), Some("Data; not Cover, Hidden (hidden)"));
}

#[test]
fn a_shared_text_whose_fonts_are_missing_takes_none_of_the_next_record() {
    // One character and five changes of font, of which nothing is there.
    let shared = [&[2, 0, 0, 0, 2, 0, 0, 0][..], &[1, 0, 8, 5, 0, b'a']].concat();
    let globals = [record(0x00fc, &shared), record(0x003d, &[0; 2])].concat();
    let sheet = cell(0x00fd, (0, 0, 0), &[0, 0, 0, 0]);
    let (rows, _) = read(stream(&globals, &[("S", 0, sheet)])).unwrap();
    assert_eq!(rows, texts(&[(1, &["a"])]));
}

#[test]
fn old_workbooks_that_cannot_be_read_say_why() {
    let mut ring = container("Workbook", &made());
    ring[512 + 3 * 4..512 + 4 * 4].copy_from_slice(&2_u32.to_le_bytes());
    let password = stream(&record(0x002f, &[0; 6]), &[("S", 0, first_sheet())]);
    let lost = stream(&[], &[("S", 0, first_sheet())]);
    let twice = cell(0x0203, (1, 0, 0), &[0; 8]);
    let twice = [&twice[..], &cell(0x0203, (2, 0, 0), &[0; 8]), &twice].concat();
    let cut = made();
    for (bytes, expected) in [
        (container("EncryptedPackage", &[]), "encrypted with a password"),
        (container("WordDocument", &[]), "Word document"),
        (container("Other", &[]), "protected with a password or"),
        (password, "encrypted with a password"),
        (ring, "leads back to itself"),
        (lost, "a text that row 1 refers to is missing"),
        (stream(&[], &[("S", 0, twice)]), "not where it belongs"),
        (cut[..cut.len() - 60].to_vec(), "ends in the middle"),
        (b"\x09\x08\x08\0".to_vec(), "ends in the middle"),
    ] {
        let refused = read(bytes).map(drop).unwrap_err().to_string();
        assert!(refused.contains(expected), "expected {expected:?}, not {refused:?}");
    }
}

/// Row, column and text of every cell that is not empty, as calamine has them.
fn by_calamine(bytes: Vec<u8>) -> Vec<(u64, usize, String)> {
    let mut workbook = Xls::new(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range("Sheet").unwrap();
    let (top, left) = range.start().unwrap();
    let text = |value: &Data| match value {
        Data::Bool(value) => value.to_string().to_uppercase(),
        value => value.to_string(),
    };
    let cells = range.used_cells();
    cells
        .map(|(row, column, value)| {
            (row as u64 + u64::from(top) + 1, column + left as usize, text(value))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_cells_are_those_calamine_reads(
        values in proptest::collection::vec((0..3_u16, -1e9..1e9_f64, any::<i16>(), "[ -~äΩ€]{1,20}"), 1..30),
    ) {
        let mut cells = Vec::new();
        for ((kind, number, whole, label), at) in values.iter().zip(0_u16..) {
            let place = (at / 4, at % 4, 0);
            cells.extend(match kind {
                0 => cell(0x0203, place, &((number * 100.0).round() / 100.0).to_le_bytes()),
                1 => cell(0x027e, place, &((i32::from(*whole) << 2).cast_unsigned() | 2).to_le_bytes()),
                _ => cell(0x0204, place, &text(label)),
            });
        }
        let bytes = container("Workbook", &stream(&[], &[("Sheet", 0, cells)]));
        let ours: Vec<_> = read(bytes.clone())
            .unwrap()
            .0
            .into_iter()
            .flat_map(|(row, cells)| {
                cells.into_iter().enumerate().map(move |(column, text)| (row, column, text))
            })
            .filter(|(_, _, text)| !text.is_empty())
            .collect();
        prop_assert_eq!(ours, by_calamine(bytes));
    }

    #[test]
    fn no_changed_byte_of_an_old_workbook_makes_it_panic(
        at in any::<proptest::sample::Index>(), byte in any::<u8>(),
    ) {
        for mut bytes in [made(), container("Workbook", &made())] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _read = read(bytes).is_ok();
        }
    }
}
