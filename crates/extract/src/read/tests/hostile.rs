//! Files made to do harm, through the one way in: refused with a sentence, after little of them.

use super::*;

#[path = "../../../examples/hostile/cases.rs"]
mod cases;

/// Read of a file before it is refused: the longest record, a block more, and what is looked at twice.
const GIVEN_MAX: u64 = 4 << 20;

#[test]
fn harm_is_refused_with_a_sentence_and_after_little() {
    for case in cases::CASES.iter().filter(|case| !case.is_long) {
        let mut made = (case.make)();
        let options = Options::new(FileType::Transactions, case.format);
        let said = match read(&mut made, &options, &mut CollectingSink::default()) {
            Ok(_) => String::new(),
            Err(refused @ ReadError::Refused(_)) => refused.to_string(),
            Err(other) => panic!("{}: {other:?}", case.name),
        };
        assert!(said.contains(case.said), "{}: {said:?}", case.name);
        assert_eq!(said.is_empty(), case.said.is_empty(), "{}: {said:?}", case.name);
        assert!(made.given < GIVEN_MAX, "{}: {} bytes were read", case.name, made.given);
    }
}

#[test]
fn what_means_something_to_other_programs_is_data() {
    let cells = [
        "=HYPERLINK(\"http://x\";\"y\")",
        "@SUM(A1)",
        "+1-1",
        "＝1",
        "-",
        ";=1",
        "<script>",
        "a\0b",
        "a\u{feff}b",
        "a\u{2028}b",
        "\u{202e}gpj",
        "\u{1b}[2J",
    ];
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["Unique ID", "Amount", "Supplier Name"]).unwrap();
    for cell in cells {
        writer.write_record(["1", "-12.30", cell]).unwrap();
    }
    let (kept, reading) = read_csv(&String::from_utf8(writer.into_inner().unwrap()).unwrap());
    assert_eq!(kept.column("supplier_name"), cells);
    assert_eq!(kept.column("invoice_amount"), ["-123000"; 12]);
    assert_eq!(reading.rows_set_aside, 0);
}
