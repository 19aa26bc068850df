//! The process that reads a PDF, as the server starts it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn read(pdf: &[u8]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_bursard"))
        .arg("read-pdf")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(pdf).unwrap();
    process.wait_with_output().unwrap()
}

/// A page that draws a form, which writes a word and draws the form by the name in `again`.
fn pdf(again: &str) -> Vec<u8> {
    let stream = |dictionary: &str, content: &str| {
        let length = content.len();
        format!("<< {dictionary} /Length {length} >>\nstream\n{content}\nendstream")
    };
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F 4 0 R >> \
                /XObject << /X 6 0 R >> >>";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
         /Resources << /XObject << /X 6 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
        stream("", "/X Do"),
        stream(form, &format!("BT /F 9 Tf 40 700 Td (Statement) Tj ET {again}")),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let table = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    let size = objects.len() + 1;
    write!(file, "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").unwrap();
    file
}

#[test]
fn a_pdf_is_read_or_refused() {
    let whole = read(&pdf(""));
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let said: serde_json::Value = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!(said["table"][0]["cells"][0], "Statement");
    let none = read(b"no PDF at all");
    assert!(none.status.success());
    let said: serde_json::Value = serde_json::from_slice(&none.stdout).unwrap();
    assert!(said["refused"].as_str().unwrap().contains("CSV"), "{said}");
}

#[test]
fn a_form_that_draws_itself_ends_no_other_process() {
    let ended = read(&pdf("/X Do"));
    assert!(!ended.status.success());
    assert!(ended.stdout.is_empty());
}
