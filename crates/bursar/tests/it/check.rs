//! `bursar check` and `bursar send --check`, with made extracts.

use std::fs;
use std::path::Path;

use flate2::Crc;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Bursar, Run, file, path_text};
use crate::server::{Act, Server, answer};

const HEADER: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                      Supplier Name,Supplier Ref,Cost Centre\n";
const GOOD: &str = "1,INV-1,120.00,120.00,13/04/2019,14/04/2019,Acme Ltd,S1,C7\n";
const BAD: &str = "2,INV-2,34405..40,1.00,13/04/2019,14/04/2019,Acme Ltd,S1,C7\n";
const STAFF: &str = "Employee ID,Surname,Forenames,Start Date\n7,Doe,Zoë,31/02/2019\n";

/// So few of the rows are bad that the file is taken.
fn mostly_good() -> String {
    format!("{HEADER}{}{BAD}{}", GOOD.repeat(30), "Total,,3600.00,,,,,,\n")
}

fn folder_with(name: &str, content: &[u8]) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn check<'a>(path: &Path, args: impl IntoIterator<Item = &'a str>) -> Run {
    Bursar::bare().args(["check"]).arg(path).args(args).run()
}

#[test]
fn what_would_become_of_a_file_is_said_with_its_exit_code() {
    let all_bad = format!("{HEADER}{BAD}");
    let lacking = "Unique ID,Supplier Name,Invoice Amount\n1,Acme,1..0\n";
    let unclosed = format!("{HEADER}1,\"INV-1,120.00\n");
    for (name, content, code, words) in [
        ("apt.csv", format!("{HEADER}{GOOD}"), 0, "1 row ready, 0 set aside\n"),
        ("apt.csv", mostly_good(), 7, "30 rows ready, 1 set aside; skipped: 1 total"),
        ("apt.csv", all_bad, 8, "would be refused: 1 of 1 rows could not be used"),
        (
            "apt.csv",
            lacking.to_owned(),
            8,
            "the mandatory columns Invoice Number, Invoice Date are",
        ),
        ("apt.csv", lacking.to_owned(), 8, "\n  Add what is missing to the extract. Or say what"),
        ("apt.csv", lacking.to_owned(), 8, "\"1..0\"  not a number: two decimal points"),
        ("apt.csv", lacking.to_owned(), 8, "0 rows ready, 1 set aside; but the file would be"),
        ("apt.csv", unclosed, 8, "\n  Close it, or double it if it is text.\n"),
        ("apt.csv", "%PDF-1.7".to_owned(), 8, "the content is a PDF"),
        ("apt.csv", "a,b\n1,2\n".to_owned(), 8, "no header row"),
        ("apt.csv", HEADER.to_owned(), 3, "the file has a header and no rows"),
        ("apt.csv", HEADER.to_owned(), 3, "warning: "),
        ("apt.txt", HEADER.replace(',', ";"), 3, "UTF-8, semicolons, header in line 1"),
        ("apt.csv", String::new(), 3, "not checked: it is empty"),
        ("export.csv", "colour,shape\nred,round\n".to_owned(), 2, "--type APT"),
        (
            "export.csv",
            format!("{HEADER}{GOOD}"),
            0,
            "taken as APT, by its columns; to send it takes",
        ),
        ("export.csv", STAFF.to_owned(), 0, "taken as Employees, by its columns"),
        ("staff.csv", format!("{HEADER}{GOOD}"), 8, "though its columns speak of"),
        ("apt.pdf", HEADER.to_owned(), 2, "must end in .csv"),
    ] {
        let (_folder, path) = folder_with(name, content.as_bytes());
        let run = check(&path, []);
        assert_eq!(run.code, code, "{words}: {run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(words), "{words}: {run:?}");
    }
    let run = check(Path::new("absent/apt.csv"), []);
    assert_eq!(run.code, 4, "{run:?}");
    let piped = |args: &[&'static str]| {
        let input = format!("{HEADER}{GOOD}");
        let run = Bursar::bare().args(["check", "-"]).args(args.iter().copied());
        run.input(input.as_bytes()).run().code
    };
    assert_eq!((piped(&["--name", "apt.csv"]), piped(&[])), (0, 2));
}

#[test]
fn columns_formats_and_offending_lines_are_shown() {
    let (_folder, path) = folder_with("apt.csv", mostly_good().as_bytes());
    let run = check(&path, []);
    for words in [
        "Unique ID       ->  Unique ID       text\n",
        "Invoice Date    ->  Invoice Date    dates, day before month\n",
        "Invoice Amount  ->  Invoice Amount  amounts as 1,234.56\n",
        "Cost Centre     ->  -               kept as text\n",
        "  line 32  Invoice Amount  \"34405..40\"  not a number: two decimal points; write amounts",
        "\n       2,INV-2,34405..40,1.00,13/04/2019,14/04/2019,Acme Ltd,S1,C7\
         \n               ^^^^^^^^^\n",
        "  line 33  a total, not a row; skipped",
        "  Cost Centre  a column that is not one of ours;",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    let run = check(&path, ["--quiet"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (7, "", ""));
}

#[test]
fn more_problems_than_are_shown_are_counted() {
    let content = format!("{HEADER}{}", BAD.repeat(1_500));
    let (_folder, path) = folder_with("apt.csv", content.as_bytes());
    for (args, shown) in [(&[][..], 10), (&["--problems", "0"], 0), (&["--problems", "25"], 25)] {
        let run = check(&path, args.iter().copied());
        assert_eq!(run.out.matches("34405..40\"").count(), shown, "{}", run.out);
        assert!(run.out.contains("1,500 problems in all"), "{}", run.out);
        let kind = "1,500 × Invoice Amount: not a number: two decimal points";
        assert!(run.out.contains(kind), "{}", run.out);
    }
}

#[test]
fn rows_that_share_an_identifier_stand_in_one_place() {
    let row = |id: usize| format!("{id},INV-{id},5.00,1.00,13/04/2019,14/04/2019,Acme Ltd,S1,C7\n");
    let rows: String = (1..=40).chain(1..=40).map(row).collect();
    let (_folder, path) = folder_with("apt.csv", format!("{HEADER}{rows}").as_bytes());
    for (args, named, more) in [
        (&[][..], 10, " and 70 more (--problems names more, --json all)"),
        (&["--problems", "3"], 3, " and 77 more (--problems names more, --json all)"),
        (&["--problems", "100"], 80, "line 81 \"40\"\n"),
    ] {
        let run = check(&path, args.iter().copied());
        assert_eq!(run.out.matches("share an identifier").count(), 1, "{}", run.out);
        assert!(run.out.contains("(80 times)\n       also line 3 \"2\", line 4"), "{}", run.out);
        let also = run.out.lines().find(|line| line.starts_with("       also ")).unwrap();
        assert_eq!(also.matches("line ").count() + 1, named, "{also}");
        assert!(run.out.contains(more), "{}", run.out);
    }
    let run = check(&path, ["--json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    let notes = value["notes"].as_array().unwrap().iter();
    let shared = notes.filter(|note| note["reason"] == "shared_identifier");
    assert_eq!(shared.count(), 80, "{value}");
}

#[test]
fn personal_values_are_masked() {
    for args in [&["--type", "Employees"][..], &["--type", "Employees", "--json"]] {
        let (_folder, path) = folder_with("export.csv", STAFF.as_bytes());
        let run = check(&path, args.iter().copied());
        // A day that need not be there costs no row, and is not shown for all that.
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.out.contains("00/00/0000"), "{}", run.out);
        // The folder's name is chance, and may hold anything.
        let shown = format!("{}{}", run.out, run.err).replace(path.to_str().unwrap(), "FILE");
        for personal in ["Doe", "Zo", "31/02"] {
            assert!(!shown.contains(personal), "{run:?}");
        }
    }
    let (_folder, path) = folder_with("staff.csv", STAFF.replace("Doe", "").as_bytes());
    let run = check(&path, []);
    assert!(run.out.contains("       0,,xxx,00/00/0000\n         ^"), "{}", run.out);
}

#[test]
fn one_object_says_it_all() {
    for (content, code, ready, column) in [
        (mostly_good(), 7, Value::from(30), "invoice_amount"),
        ("a,b\n".to_owned(), 8, Value::Null, ""),
    ] {
        let (_folder, path) = folder_with("apt.csv", content.as_bytes());
        let run = check(&path, ["--json"]);
        let [line] = &run.out.lines().collect::<Vec<_>>()[..] else { panic!("{run:?}") };
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["exitCode"], code, "{value}");
        assert_eq!(value["rows"]["ready"], ready, "{value}");
        assert_eq!(value["columns"][2]["field"].as_str().unwrap_or_default(), column, "{value}");
        assert_eq!(value["failure"].is_null(), code == 7, "{value}");
        let members = value.as_object().unwrap();
        assert_eq!(members.len(), 15, "{value}");
        if code == 7 {
            let problem = &value["problems"][0];
            assert_eq!(problem["line"], 32);
            assert_eq!(problem["reason"], "two_decimal_points");
            assert_eq!(problem["what"], "not a number: two decimal points");
        }
    }
}

#[test]
fn the_order_of_a_date_that_leaves_it_open_can_be_said() {
    let open = GOOD.replace("13/04", "03/04").replace("14/04", "05/04");
    let (_folder, path) = folder_with("apt.csv", format!("{HEADER}{open}").as_bytes());
    for (order, words) in [("dmy", "day before month"), ("mdy", "month before day")] {
        let run = check(&path, ["--date-order", order]);
        assert!(run.out.contains(&format!("dates, {words} (assumed)")), "{}", run.out);
    }
}

#[test]
fn a_mapping_is_written_edited_and_used() {
    let german = "Schlüssel,Beleg,Betrag,Hausbetrag,Belegdat,Erfasst,Firma,Firmennr\n\
                  1,R-1,\"1.200,00\",\"1.200,00\",13.04.2019,14.04.2019,Acme GmbH,K1\n";
    let (folder, path) = folder_with("2022-P13.csv", german.as_bytes());
    let mapping = folder.path().join("mapping.toml");
    let run = check(&path, ["--type", "APT", "--write-mapping", path_text(&mapping)]);
    assert_eq!(run.code, 8, "{run:?}");
    // The command that is printed works as it stands.
    let (_, printed) = run.out.trim_end().split_once("edit it, then: bursar ").unwrap();
    let again = Bursar::bare().args(printed.split(' ')).run();
    assert_eq!(again.code, 8, "{printed}: {again:?}");
    let mut text = fs::read_to_string(&mapping).unwrap();
    for (header, field) in [
        ("Schlüssel", "unique_id"),
        ("Beleg", "invoice_number"),
        ("Betrag", "invoice_amount"),
        ("Hausbetrag", "base_amount"),
        ("Belegdat", "invoice_date"),
        ("Erfasst", "entered_date"),
        ("Firma", "supplier_name"),
        ("Firmennr", "supplier_ref"),
    ] {
        let line = text.lines().find(|line| line.starts_with(&format!("\"{header}\" = "))).unwrap();
        text = text.replace(line, &format!("\"{header}\" = \"{field}\""));
    }
    // What would follow from other fields has a column of its own now.
    let text = text.split("\n[fields]").next().unwrap().to_owned();
    fs::write(&mapping, &text).unwrap();
    let run = check(&path, ["--mapping", path_text(&mapping)]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("amounts as 1.234,56"), "{run:?}");

    let run = check(&path, ["--write-mapping", path_text(&mapping)]);
    assert_eq!(run.code, 6, "{run:?}");
    assert_eq!(fs::read_to_string(&mapping).unwrap(), text, "an edited mapping was written over");
    for (slip, code, words) in [
        ("[columns]\n\"Firma\" = \"suplier\"\n", 8, "the mapping names suplier"),
        ("[colums]\n", 2, "is not a mapping"),
    ] {
        fs::write(&mapping, slip).unwrap();
        let run = check(&path, ["--mapping", path_text(&mapping)]);
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
    }
}

#[test]
fn a_workbook_is_checked_by_its_rows() {
    let (_folder, path) = folder_with("apt.xlsx", &workbook(&format!("{HEADER}{GOOD}{BAD}")));
    let run = check(&path, []);
    assert_eq!(run.code, 8, "{run:?}");
    assert!(run.out.contains("apt.xlsx: APT, workbook, header in row 1\n"), "{}", run.out);
    assert!(
        run.out.contains("  row 3  Invoice Amount  \"34405..40\"  not a number"),
        "{}",
        run.out
    );
    assert!(!run.out.contains('^'), "{}", run.out);
}

#[test]
fn a_file_that_would_be_refused_is_not_sent_when_it_is_checked() {
    let all_bad = format!("{HEADER}{BAD}");
    for (content, args, code, sent, words) in [
        (format!("{HEADER}{GOOD}"), &["--check"][..], 0, 1, "received"),
        (mostly_good(), &["--check"], 0, 1, "warning: "),
        (HEADER.to_owned(), &["--check"], 0, 1, "warning: "),
        (mostly_good(), &["--check"], 0, 1, "30 rows ready, 1 set aside"),
        (all_bad.clone(), &["--check"], 8, 0, "not sent: 1 of 1 rows could not be used"),
        (all_bad.clone(), &["--check", "--json"], 8, 0, "\"exitCode\":8"),
        (all_bad.clone(), &[], 0, 1, "received"),
        (all_bad, &["--date-order", "dmy"], 2, 0, "Add --check"),
    ] {
        let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
        let path = file(&server, "apt.csv", content.as_bytes());
        let run = Bursar::send(&server).arg(&path).args(args.iter().copied()).run();
        assert_eq!(run.code, code, "{args:?} {run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(words), "{words}: {run:?}");
        assert_eq!(server.got().len(), sent, "{args:?} {run:?}");
    }
}

/// The cells of a simple text as a workbook: parts stored as they are, texts in their cells.
fn workbook(text: &str) -> Vec<u8> {
    let row = |line: &str| {
        let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        format!("<row>{}</row>", line.split(',').map(cell).collect::<String>())
    };
    let rows: String = text.lines().map(row).collect();
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r\" Type=\"made/{kind}\" Target=\"{target}\"/>\
             </Relationships>"
        )
    };
    let parts = [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "sheet.xml")),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"Data\" r:id=\"r\"/></sheets></workbook>".to_owned(),
        ),
        ("xl/sheet.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in &parts {
        let mut crc = Crc::new();
        crc.update(content.as_bytes());
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let name_size = u16::try_from(name.len()).unwrap().to_le_bytes();
        let offset = u32::try_from(zip.len()).unwrap().to_le_bytes();
        let head =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc.sum().to_le_bytes(), &size, &size].concat();
        zip.extend(b"PK\x03\x04");
        zip.extend([&head, &name_size[..], &[0; 2], name.as_bytes(), content.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\x00", &head[..], &name_size, &[0; 12]].concat());
        directory.extend([&offset[..], name.as_bytes()].concat());
    }
    let offset = u32::try_from(zip.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    zip.extend(directory);
    zip.extend([&b"PK\x05\x06\0\0\0\0\x04\0\x04\0"[..], &size, &offset, &[0; 2]].concat());
    zip
}
