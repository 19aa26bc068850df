//! Help: lines to copy, and the API to read.

use std::io::Write as _;
use std::process::{Command, Stdio};

use domain::MemberRole;

use crate::browser::Browser;
use crate::desk::Desk;

/// As the browser copies it.
fn copied(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("<code id=\"line-{id}\">")).unwrap();
    let (line, _) = rest.split_once("</code>").unwrap();
    [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
        .into_iter()
        .fold(line.to_owned(), |line, (written, meant)| line.replace(written, meant))
}

/// Gives text to a program that only looks whether it understands it.
fn understands(program: &str, arguments: &[&str], text: &str) {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{program}: {text}");
}

#[tokio::test]
async fn lines_to_copy_are_filled_in_and_understood() {
    let desk = Desk::open().await;
    let mut viv = {
        Browser::ann(&desk).await;
        Browser::member(&desk, "viv@example.org", MemberRole::Viewer).await
    };
    let page = viv.get(&desk, "/at/acme/acme/help").await;
    let url =
        "https://localhost/customers/acme/units/acme/Uploads/upload/APT/invoices_20261123.csv";
    for id in ["curl", "powershell", "python"] {
        assert!(copied(&page.text, id).contains(url), "{id}");
    }
    let bursar = copied(&page.text, "bursar");
    assert!(bursar.contains("--url https://localhost --customer acme --unit acme --type APT"));
    understands("sh", &["-n"], &copied(&page.text, "curl"));
    let compile = "import ast, sys; ast.parse(sys.stdin.read())";
    understands("python3", &["-c", compile], &copied(&page.text, "python"));
    assert!(page.text.contains("An admin of the organisation makes one"));
    assert!(
        page.text.contains("<a class=\"help\" href=\"/at/acme/acme/help/findings\""),
        "who reads findings is led to what they say {}",
        page.text
    );
    for file_type in domain::FileType::ALL {
        assert!(page.text.contains(&format!("id=\"columns-{file_type}\"")));
        for column in file_type.spec().columns {
            assert!(page.text.contains(column.title), "{file_type} {}", column.title);
        }
    }
}

#[tokio::test]
async fn the_reference_has_every_operation_and_leads_to_every_schema() {
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    let page = ann.get(&desk, "/at/acme/acme/help/api").await;
    let document = server::http::openapi_document();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.text.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.text.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
    for link in page.text.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(page.text.contains(&format!("id=\"{target}\"")), "{target} leads nowhere");
    }
    assert!(page.text.contains("/customers/acme/units/acme/Uploads"));
}

/// A page shows lines to copy as code; nowhere else does it advise a flag of a command.
#[test]
fn flags_stand_in_code_only() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (begin, end) in [("<pre", "</pre>"), ("<code", "</code>")] {
            while let Some(from) = text.find(begin) {
                let to = from + text[from..].find(end).expect("code ends") + end.len();
                text.replace_range(from..to, "");
            }
        }
        assert!(!text.contains(" --"), "{}", path.display());
        looked_at += 1;
    }
    assert!(looked_at > 30);
}
