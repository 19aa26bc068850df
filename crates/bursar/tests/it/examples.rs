//! The scripts in `examples/`, run as they stand.

use std::path::Path;
use std::process::{Command, Output};

use crate::program::{file, token};
use crate::server::{Act, Server, answer};

const SCRIPTS: [(&str, &str); 2] = [("sh", "upload.sh"), ("python3", "upload.py")];

/// Runs a script over a file of this name, with a token file of these bytes.
fn run_script(
    server: &Server,
    (program, script): (&str, &str),
    token_file: &[u8],
    name: &str,
) -> Output {
    Command::new(program)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(script))
        .arg(file(server, name, b"a,b\n1,2\n"))
        .env("BURSAR_URL", server.url())
        .env("BURSAR_CUSTOMER", "acme")
        .env("BURSAR_TYPE", "APT")
        .env("BURSAR_TOKEN_FILE", file(server, "token.txt", token_file))
        .env("BURSAR_CA_FILE", server.ca())
        .env("NO_PROXY", "localhost")
        .output()
        .unwrap()
}

#[test]
fn scripts_send_a_file_and_tell_a_refusal() {
    for (program, script) in SCRIPTS {
        for (status, body, code) in [
            (201, r#"{"uploadId":"upl_1"}"#, 0),
            (415, r#"{"detail":"no such media type"}"#, 1),
            (200, "{}", 1),
        ] {
            let server = Server::start([Act::Answer(answer(status, &["Connection: close"], body))]);
            let pasted = format!("\u{feff}{}\r\n", token());
            let done = run_script(&server, (program, script), pasted.as_bytes(), "my invoices.csv");
            assert_eq!(done.status.code(), Some(code), "{script} {status} {done:?}");
            assert!(String::from_utf8_lossy(&done.stdout).contains(body), "{script} {done:?}");
            let [got] = &server.got()[..] else { panic!("{script} {status}") };
            let start = "POST /customers/acme/units/acme/Uploads/upload/APT/my_invoices_20";
            assert!(got.head.starts_with(start), "{script} {}", got.head);
            assert!(got.head.contains(&format!("Bearer {}\r\n", token())), "{script}");
            assert!(
                got.head.to_ascii_lowercase().contains("content-type: text/csv\r\n"),
                "{script}"
            );
            assert_eq!(got.body, b"a,b\n1,2\n", "{script}");
        }
    }
}

#[test]
fn scripts_take_a_token_in_utf16_and_a_name_without_an_ending() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    };
    let (line, marked) = (format!("{}\r\n", token()), format!("\u{feff}{}\r\n", token()));
    for script in SCRIPTS {
        for written in [
            utf16(&marked, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
            utf16(&line, u16::to_le_bytes),
        ] {
            let server = Server::start([Act::Answer(answer(201, &["Connection: close"], "{}"))]);
            let done = run_script(&server, script, &written, "noext");
            assert_eq!(done.status.code(), Some(0), "{script:?} {done:?}");
            let [got] = &server.got()[..] else { panic!("{script:?}") };
            assert!(got.head.contains(&format!("Bearer {}\r\n", token())), "{script:?}");
            let path = got.head.split(' ').nth(1).unwrap();
            let name = path.rsplit('/').next().unwrap();
            assert!(name.starts_with("noext_20") && !name.contains('.'), "{script:?} {name}");
        }
    }
    let server = Server::start([Act::Answer(answer(201, &["Connection: close"], "{}"))]);
    let done = run_script(&server, SCRIPTS[1], "Zugangsschlüssel".as_bytes(), "apt.csv");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{said}");
    assert!(said.starts_with("not sent: ") && said.lines().count() == 1, "{said}");
}

/// The headings of an example are ones that a server knows, and it can be wrapped as a job does.
#[test]
fn queries_give_headings_that_are_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sql");
    let mut seen = 0;
    for item in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = item.path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".sql") else { continue };
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(';'), "{name}: a comment or the end holds a semicolon");
        let headings: Vec<&str> =
            text.split("AS \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let line =
            headings.iter().map(|heading| format!("\"{heading}\"")).collect::<Vec<_>>().join(",");
        let cells = headings
            .iter()
            .map(|heading| if heading.contains("Date") { "2026-01-02" } else { "1" });
        let rows = format!("{line}\n{}\n", cells.collect::<Vec<_>>().join(","));
        let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
        let file = file(&server, "made.csv", rows.as_bytes());
        let file_type = if stem.ends_with("suppliers") { "Suppliers" } else { "APT" };
        let run = crate::program::Bursar::bare()
            .args(["check", "--type", file_type, "--json"])
            .arg(file)
            .run();
        let said: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let columns = said["columns"].as_array().unwrap_or_else(|| panic!("{name} {run:?}"));
        let unknown: Vec<_> = columns.iter().filter(|column| column["field"].is_null()).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        assert_eq!(columns.len(), headings.len(), "{name}");
        seen += 1;
    }
    assert_eq!(seen, 8);
}

/// Settings, schedules and the queries they name, as far as a database that has none of their tables.
#[cfg(unix)]
#[test]
fn jobs_over_databases_are_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/databases.toml");
    let folder = tempfile::tempdir().unwrap();
    let (database, pass) = (folder.path().join("empty.db"), folder.path().join("pass"));
    std::fs::write(&database, "").unwrap();
    let script = format!("#!/bin/sh\necho sqlite://{}\n", database.display());
    std::fs::write(&pass, script).unwrap();
    std::fs::set_permissions(&pass, std::fs::Permissions::from_mode(0o700)).unwrap();
    let search = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let run = crate::program::Bursar::bare()
        .env("BURSAR_TOKEN", &token())
        .env("PATH", &search)
        .args(["run", "--check", "--config", crate::program::path_text(&path)])
        .run();
    let jobs = std::fs::read_to_string(&path).unwrap().matches("\n[job.").count() / 2;
    assert_eq!(run.code, 4, "{run:?}");
    let proved = run.out.matches("good  [job.").count()
        + run.err.matches("the query cannot be run: (code: 1) ").count();
    assert_eq!(proved, jobs, "{run:?}");
}
