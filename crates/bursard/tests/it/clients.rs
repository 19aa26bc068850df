//! The contract through the clients people have: `bursar`, curl and Python's standard library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aws_lc_rs::digest::{SHA256, digest};
use domain::Sha256Digest;
use serde_json::Value;

use crate::harness::{CUSTOMER, Server, sibling};

/// A real council's ledger, read in place; its eight files together are 19 MB.
const SHEFFIELD: &str = "../../../shared/data/open/uk_sheffield_2011-2012";
/// Writes a workbook of the lines of a CSV file, with nothing but the standard library.
const TO_XLSX: &str = r#"
import csv, sys, zipfile
from xml.sax.saxutils import escape
source, target = sys.argv[1:]
rows = csv.reader(open(source, encoding="latin-1", newline=""))
row = lambda cells: "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(c)}</t></is></c>' for c in cells) + "</row>"
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
package = "http://schemas.openxmlformats.org/package/2006"
office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
    z.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Ledger" sheetId="1" r:id="r1"/></sheets></workbook>')
    z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
    z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>' + "".join(map(row, rows)) + "</sheetData></worksheet>")
"#;

fn sha256(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    Sha256Digest::from_bytes(digest.as_ref().try_into().unwrap()).to_string()
}

/// The ledger as CSV, as TXT with tabs and as XLSX; made-up rows where the real ones are not at hand.
fn ledger(folder: &Path) -> Vec<PathBuf> {
    let mut text = Vec::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(SHEFFIELD);
    if let Ok(entries) = fs::read_dir(&source) {
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            text.extend(fs::read(file).unwrap());
        }
    } else {
        println!("{} is absent: made-up rows are sent instead", source.display());
        for row in 0..200_000 {
            text.extend(
                format!("2026-11-23,{row},Made Up Supplies {},{row}.10\n", row % 977).bytes(),
            );
        }
    }
    let files = ["ledger_20261123.csv", "ledger_20261123.txt", "ledger_20261123.xlsx"];
    let [csv, txt, xlsx] = files.map(|name| folder.join(name));
    fs::write(&csv, &text).unwrap();
    fs::write(
        &txt,
        text.iter().map(|byte| if *byte == b',' { b'\t' } else { *byte }).collect::<Vec<_>>(),
    )
    .unwrap();
    let made = Command::new("python3").args(["-c", TO_XLSX]).args([&csv, &xlsx]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    vec![csv, txt, xlsx]
}

/// The JSON objects a client printed, whatever it says round them.
fn receipt(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let said = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    let (begin, end) = (text.find('{').expect(&said), text.rfind('}').expect(&said));
    serde_json::from_str(&text[begin..=end]).unwrap()
}

fn example(server: &Server, program: &str, script: &str, file: &Path) -> Output {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    Command::new(program)
        .arg(examples.join(script))
        .arg(file)
        .env("BURSAR_URL", server.url(""))
        .env("BURSAR_CUSTOMER", CUSTOMER)
        .env("BURSAR_UNIT", CUSTOMER)
        .env("BURSAR_TYPE", "APT")
        .env("BURSAR_TOKEN_FILE", server.token_file())
        .env("BURSAR_CA_FILE", server.authority())
        .output()
        .unwrap()
}

fn bursar(server: &Server, command: &str, arguments: &[&str]) -> Output {
    Command::new(sibling("bursar"))
        .args([command, "--url", &server.url(""), "--customer", CUSTOMER, "--json", "--ca-file"])
        .arg(server.authority())
        .arg("--token-file")
        .arg(server.token_file())
        .args(arguments)
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_real_ledger_arrives_whole_through_every_client() {
    // Nothing is read meanwhile: what was refused would be taken again.
    let server = Server::start_receiving_only();
    let folder = tempfile::tempdir().unwrap();
    for file in ledger(folder.path()) {
        let digest = sha256(&fs::read(&file).unwrap());
        let by_curl = receipt(&example(&server, "sh", "upload.sh", &file));
        let by_python = receipt(&example(&server, "python3", "upload.py", &file));
        let sent = bursar(&server, "send", &["--type", "APT", file.to_str().unwrap()]);
        let by_bursar = receipt(&sent);
        assert_eq!(by_curl["sha256"], *digest);
        let mut repeated = by_curl.clone();
        repeated["repeated"] = true.into();
        assert_eq!(by_python, repeated, "a repeat gives the same receipt and says so");
        assert_eq!(by_bursar["receipt"]["uploadId"], by_curl["uploadId"], "{by_bursar}");
        let id = by_curl["uploadId"].as_str().unwrap();
        let stored = server.object_files().into_iter().find(|path| path.ends_with(id)).unwrap();
        assert_eq!(sha256(&fs::read(stored).unwrap()), digest);
    }
    let listed = receipt(&bursar(&server, "uploads", &[]));
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
}

#[test]
fn the_examples_say_what_was_refused() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger_20261123.csv");
    fs::write(&file, "%PDF-1.7 this is no ledger").unwrap();
    for (program, script) in [("sh", "upload.sh"), ("python3", "upload.py")] {
        let output = example(&server, program, script, &file);
        assert!(!output.status.success(), "{script}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("a PDF"), "{script}: {said}");
    }
}
