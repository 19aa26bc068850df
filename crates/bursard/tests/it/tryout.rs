//! `bursard try`, as somebody types it who has a file and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Server, command};

/// A folder with files, and one for temporary files that has to be empty afterwards.
struct Desk {
    folder: TempDir,
    temporary: TempDir,
}

impl Desk {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let desk =
            Self { folder: tempfile::tempdir().unwrap(), temporary: tempfile::tempdir().unwrap() };
        for (name, bytes) in files {
            fs::write(desk.path(name), bytes).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `bursard try`, in the folder.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = command(self.folder.path());
        command.arg("try").args(arguments).current_dir(self.folder.path());
        let output = command.env("TMPDIR", self.temporary.path()).output().unwrap();
        assert_eq!(names(self.temporary.path()), [""; 0], "nothing is left behind");
        output
    }

    fn summary(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn output_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Invoices of a few suppliers; one of them stands there again, its number misread.
fn invoices() -> String {
    let mut text = String::from(
        "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Date,Invoice Amount,Entered By\n",
    );
    for at in 0..40 {
        let supplier = at % 8;
        let line = format!(
            "U{at},S{supplier},Supplier {supplier} Ltd,{}{:04},2026-0{}-{:02},{}.{:02},ann\n",
            ["A", "B", "C", "D"][supplier % 4],
            1000 + at * 37,
            1 + at % 9,
            1 + (at * 7) % 28,
            200 + at * 113,
            (at * 31) % 100,
        );
        text.push_str(&line);
    }
    text.push_str("U90,S3,Supplier 3 Ltd,X10983,2026-03-05,4812.37,ann\n");
    text.push_str("U91,S3,Supplier 3 Ltd,X1O983,2026-03-05,4812.37,ben\n");
    text
}

/// Nothing in the document is fetched, sent or run when it is opened.
fn stands_alone(html: &str) {
    for outside in [" src=", "url(", "@import", "<link", "<script", "<iframe", "<img", "<form"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.split("href=\"").skip(1).all(|link| link.starts_with('#')));
}

#[test]
fn a_planted_duplicate_is_found_in_a_small_file() {
    let desk = Desk::new(&[("export.csv", invoices().as_bytes())]);
    let summary = desk.summary(&["export.csv"]);
    let gravest = &summary["gravest"][0];
    assert_eq!(gravest["check"], "duplicate_invoices", "{summary:#}");
    let rows: Vec<&str> =
        gravest["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(rows, ["U90", "U91"]);
    assert_eq!(summary["files"][0]["type"], "APT");
    assert_eq!(summary["files"][0]["typeTold"], "by its columns");
    assert!(
        summary["notChecked"]
            .as_array()
            .unwrap()
            .iter()
            .any(|check| check["why"] == "no suppliers have been sent")
    );

    let html = desk.text("bursar-report.html");
    stands_alone(&html);
    for says in [
        "X10983",
        "£4,812.37",
        "at risk",
        "Entered Date",
        "no suppliers have been sent",
        "bursar-report.xlsx",
    ] {
        let says = says.trim_start_matches('£');
        assert!(html.contains(says), "{says}");
    }
    assert!(fs::read(desk.path("bursar-report.xlsx")).unwrap().starts_with(b"PK"));

    let output =
        desk.run(&["export.csv", "--report", "other.html", "--unit-title", "Harrow & Vale"]);
    let printed = output_text(&output);
    for says in [
        "transactions, by its columns",
        "derived: ",
        "1. ",
        "next: ",
        "legitimate if",
        "other.html",
        "other.xlsx",
    ] {
        assert!(printed.contains(says), "{says} is not in\n{printed}");
    }
    assert!(desk.text("other.html").contains("Harrow &#38; Vale"));
}

#[test]
fn without_a_file_a_made_organisation_is_tried() {
    let desk = Desk::new(&[]);
    let summary = desk.summary(&[]);
    let types: Vec<&str> = summary["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["Suppliers", "Suppliers", "Employees", "APT"]);
    // What takes a file of the operator is all that is not checked.
    let not_checked = summary["notChecked"].as_array().unwrap();
    let takes_a_file = |check: &Value| check["why"].as_str().unwrap().contains("(registers.");
    assert!(not_checked.iter().all(takes_a_file), "{summary:#}");
    assert!(summary["findings"].as_u64().unwrap() > 50, "{summary:#}");
    assert_eq!(summary["gravest"].as_array().unwrap().len(), 5);
    let html = desk.text("bursar-report.html");
    stands_alone(&html);
    assert!(html.contains("bursard try invoices.csv suppliers.csv employees.csv"));
    let mut left = names(desk.folder.path());
    left.sort();
    assert_eq!(left, ["bursar-report.html", "bursar-report.xlsx"]);
}

#[test]
fn what_cannot_be_read_is_left_out_with_a_sentence() {
    let invoices = invoices();
    let desk = Desk::new(&[
        ("good.csv", invoices.as_bytes()),
        ("invoices.csv", b"%PDF-1.7 not a list"),
        ("empty.csv", b""),
        ("colours.csv", b"Colour,Shape\nred,round\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n"),
        ("suppliers.csv", b"Colour,Shape\nred,round\n"),
    ]);
    for (arguments, code, says) in [
        (&["invoices.csv"][..], 2, "the content is a PDF"),
        (&["empty.csv"], 2, "empty"),
        (&["colours.csv"], 2, "say it with --as APT"),
        (&["picture.png"], 2, "must end in .csv"),
        (&["suppliers.csv"], 2, "no header row"),
        (&["no-such-file.csv"], 2, "cannot read no-such-file.csv"),
        (&["."], 2, "is a folder"),
        (
            &["good.csv", "empty.csv", "colours.csv", "--as", "APT", "--as", "Suppliers"],
            2,
            "once for each",
        ),
        (&["good.csv", "--report", "good.csv"], 2, "not written over"),
        (&["good.csv", "--keep", "."], 2, "not empty"),
        (&["good.csv", "invoices.csv", "picture.png"], 1, "left out: the content is a PDF"),
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", output_text(&output));
        assert!(output_text(&output).contains(says), "{arguments:?}: {}", output_text(&output));
        assert_eq!(desk.path("bursar-report.html").exists(), code == 1, "{arguments:?}");
    }
    let html = desk.text("bursar-report.html");
    assert!(html.contains("<b>Left out: invoices.csv.</b>"));
    assert_eq!(desk.text("good.csv"), invoices, "what was given is as it was");
}

#[test]
fn a_mapping_says_which_column_is_which_field() {
    let text =
        "Nr;Firma;Beleg;Tag;Wert\n1;A AG;R100;2026-01-05;510,20\n2;A AG;R100;2026-01-05;510,20\n";
    let mapping = "[columns]\n\"Nr\" = \"unique_id\"\n\"Firma\" = \"supplier_name\"\n\"Beleg\" = \
        \"invoice_number\"\n\"Tag\" = \"invoice_date\"\n\"Wert\" = \"invoice_amount\"\n";
    let desk = Desk::new(&[("data.csv", text.as_bytes()), ("map.toml", mapping.as_bytes())]);
    let summary = desk.summary(&["data.csv", "--mapping", "map.toml"]);
    let next = "bursard try data.csv --mapping map.toml --keep bursar-data";
    assert!(desk.text("bursar-report.html").contains(next));
    assert_eq!(summary["files"][0]["type"], "APT");
    assert_eq!(summary["files"][0]["state"]["rowsRead"], 2, "{summary:#}");
    let output = desk.run(&["data.csv", "--as", "APT", "--mapping", "data.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output_text(&output).contains("is not a mapping"), "{}", output_text(&output));
}

#[test]
fn what_a_list_lacks_is_taken_from_what_it_has() {
    let mut text = String::from("Supplier;Invoice No;Amount;Date paid\n");
    for at in 0..20 {
        let (supplier, number, amount, day) = (at % 5, 700 + at * 13, 90 + at, at + 1);
        let line = format!("Supplier {supplier};{number};{amount},50;{day:02}/01/2026\n");
        text.push_str(&line);
    }
    text.push_str("Supplier 3;90417;6321,75;28/01/2026\nSupplier 3;90417;6321,75;30/01/2026\n");
    let desk = Desk::new(&[("list.csv", text.as_bytes())]);
    let summary = desk.summary(&["list.csv"]);
    let rows = &summary["gravest"][0]["rows"];
    assert_eq!([&rows[0]["id"], &rows[1]["id"]], ["list.csv:22", "list.csv:23"], "{summary:#}");
    let derived: Vec<&str> = summary["files"][0]["derived"]
        .as_array()
        .unwrap()
        .iter()
        .map(|words| words.as_str().unwrap())
        .collect();
    assert!(derived.contains(&"Invoice Date from Paid Date"), "{derived:?}");
    assert!(
        derived.contains(&"Unique ID from the file's name and the line of each row"),
        "{derived:?}"
    );
    let output = desk.run(&["list.csv", "--strict"]);
    assert!(output_text(&output).contains("missing"), "{}", output_text(&output));
}

#[test]
fn what_is_kept_is_a_data_folder_that_a_server_goes_on_with() {
    let desk = Desk::new(&[("export.csv", invoices().as_bytes())]);
    let summary = desk.summary(&["export.csv", "--keep", "data", "--unit-title", "Harrow"]);
    assert_eq!(summary["kept"], "data", "{summary:#}");
    assert!(desk.text("bursar-report.html").contains("bursard --data-dir data serve"));
    let Desk { folder, .. } = desk;
    let server = Server::start_in(folder);
    let uploads = server.bursard(&["upload", "list", "--customer", "acme", "--json"]);
    let uploads: Value = serde_json::from_slice(&uploads.stdout).unwrap();
    assert_eq!(uploads["items"][0]["status"], "read", "{uploads:#}");
    let runs = server.bursard(&["check", "list", "--customer", "acme", "--json"]);
    let runs: Value = serde_json::from_slice(&runs.stdout).unwrap();
    assert_eq!(runs["items"][0]["status"], "done");
    assert_eq!(runs["items"][0]["findings"], summary["findings"]);
    assert!(server.first_lines.iter().any(|line| line.contains("welcome-link.txt")));
}

#[test]
fn a_field_that_all_files_took_from_another_is_so_in_later_ones() {
    let month = |name: &str, days: &[u32]| {
        let mut text = String::from("Document No;Supplier;Invoice No;Amount;Date paid\n");
        for day in days {
            let line =
                format!("D{name}{day};Supplier {day};{name}{day};9{day},50;{day:02}/01/2026\n");
            text.push_str(&line);
        }
        text
    };
    let (one, two) = (month("A", &[3, 14, 25]), month("B", &[4, 15, 26]));
    let desk = Desk::new(&[("one.csv", one.as_bytes()), ("two.csv", two.as_bytes())]);
    let summary = desk.summary(&["one.csv", "two.csv", "--as", "APT", "--keep", "data"]);
    assert_eq!(summary["kept"], "data", "{summary:#}");
    let server = Server::start_in(desk.folder);
    let rules = server.bursard(&["reading-rules", "show", "--customer", "acme", "--type", "APT"]);
    let rules = String::from_utf8(rules.stdout).unwrap();
    assert!(rules.contains("the field paid_date -> invoice_date"), "{rules}");
}

#[test]
fn a_tryout_that_is_stopped_leaves_nothing() {
    let desk = Desk::new(&[]);
    let mut command = command(desk.folder.path());
    command.arg("try").current_dir(desk.folder.path());
    command.env("TMPDIR", desk.temporary.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It has begun when its folder is there.
    while names(desk.temporary.path()).is_empty() {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(names(desk.temporary.path()), [""; 0]);
    assert_eq!(names(desk.folder.path()), [""; 0]);
}
