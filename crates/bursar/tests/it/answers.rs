//! Each answer a server may give: the exit code and the words.

use serde_json::Value;

use crate::program::{Bursar, file, token};
use crate::server::{Act, Server, answer};

const PROBLEM: &str = "Content-Type: application/problem+json";
const HTML: &str = "Content-Type: text/html";

#[test]
fn every_answer_has_its_exit_code_and_its_words() {
    let page = "<html><body>413 Request Entity Too Large</body></html>";
    let said = r#"{"detail":"The file type may be APT.","requestId":"req_9"}"#;
    let elsewhere = "Location: https://login.example/";
    let cases: &[(u16, &[&str], &str, i32, &str)] = &[
        (201, &[], r#"{"uploadId":"upl_1","new":{"member":1}}"#, 0, "upl_1"),
        (201, &[], "", 0, "201 without a receipt"),
        (201, &["Content-Type: text/plain"], "thanks", 0, "201 without a receipt"),
        (200, &[], "{}", 24, "Only 201 means"),
        (202, &[], "", 24, "Only 201 means"),
        (204, &[], "", 24, "Only 201 means"),
        (301, &[elsewhere], "", 23, "points to https://login.example/"),
        (302, &[elsewhere], "", 23, "never followed"),
        (307, &[elsewhere], "", 23, "never followed"),
        (308, &[], "", 23, "points to somewhere else"),
        (400, &[], "", 20, "the file type in the URL is not allowed"),
        (400, &[PROBLEM], said, 20, "The file type may be APT"),
        (401, &[], "", 12, "bursar token inspect"),
        (403, &[], "", 13, "--customer, --unit and --type"),
        (404, &[PROBLEM], said, 20, "Request: req_9"),
        (405, &[], "", 20, "--url"),
        (407, &[], "", 34, "user name and password"),
        (409, &[], "", 20, "conflicts with another"),
        (411, &[], "", 20, "proxy"),
        (413, &[], "", 21, "Split the extract"),
        (413, &[HTML], page, 21, "came from a proxy or an edge"),
        (415, &[], "", 22, "text/csv is right"),
        (418, &[], "", 20, "refuses the request"),
        (422, &[], "", 20, "--url"),
        (431, &[], "", 20, "too long"),
        (507, &[], "", 26, "no room"),
        (501, &[], "", 26, "Send again later"),
        (525, &["CF-RAY: 8a1"], "", 26, "cf-ray 8a1"),
    ];
    for (status, headers, body, code, words) in cases {
        let server = Server::start([Act::Answer(answer(*status, headers, body))]);
        let run = Bursar::send(&server).arg(file(&server, "invoices.csv", b"a,b\n")).run();
        assert_eq!(run.code, *code, "{status} {run:?}");
        let shown = format!("{}{}", run.out, run.err);
        assert!(
            shown.contains(words) || (*words == "upl_1" && shown.contains(words)),
            "{status} {run:?}"
        );
        assert_eq!(server.got().len(), 1, "{status} was tried again");
        if *code != 0 {
            let lines: Vec<&str> = run.err.lines().collect();
            assert!(lines.iter().any(|line| line.starts_with("not sent: ")), "{run:?}");
            assert!(lines.last().unwrap().starts_with("  "), "the next step: {run:?}");
            assert_eq!(run.out, "", "{run:?}");
        }
    }
}

#[test]
fn the_request_is_to_the_letter_of_the_vendors_page() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let path = file(&server, "invoices 20261123.csv", b"a,b\n1,2\n");
    let run = Bursar::send(&server).arg(path).args(["--unit", "acmeuk"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let [got] = &server.got()[..] else { panic!() };
    let mut lines: Vec<&str> = got.head.trim_end().lines().collect();
    let first =
        "POST /customers/acme/units/acmeuk/Uploads/upload/APT/invoices_20261123.csv HTTP/1.1";
    assert_eq!(lines.remove(0), first);
    lines.sort_unstable();
    let authorization = format!("authorization: Bearer {}", token());
    let host = format!("host: localhost:{}", server.address.port());
    let agent = format!("user-agent: bursar/{}", env!("CARGO_PKG_VERSION"));
    // Beyond the page, for servers that know it: the same for every try of one file.
    lines.retain(|line| !line.starts_with("idempotency-key: "));
    assert_eq!(
        lines,
        [authorization.as_str(), "content-length: 8", "content-type: text/csv", &host, &agent]
    );
    assert_eq!(got.body, b"a,b\n1,2\n");
}

#[test]
fn changes_to_the_name_and_a_guessed_type_are_said() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let path = file(&server, "vendor master.csv", b"a\n");
    let run = Bursar::send(&server).arg(&path).run();
    for words in [
        "vendor_master_2",
        "special characters were replaced",
        "a timestamp was added",
        "taken as Suppliers",
    ] {
        assert!(run.err.contains(words), "{words}: {run:?}");
    }
    assert!(
        server.got()[0].head.contains("/Suppliers/vendor_master_2"),
        "{:?}",
        server.got()[0].head
    );
    let run = Bursar::send(&server).arg(&path).args(["--quiet"]).run();
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
}

#[test]
fn a_receipt_for_other_bytes_is_no_receipt() {
    let zero = "0".repeat(64);
    let field = "Repr-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    for (headers, body) in [
        (&[][..], format!(r#"{{"sha256":"{zero}"}}"#)),
        (&[], r#"{"bytes":3}"#.to_owned()),
        (&[field], "{}".to_owned()),
    ] {
        let server = Server::start([Act::Answer(answer(201, headers, &body))]);
        let run = Bursar::send(&server).arg(file(&server, "apt.csv", b"a,b\n")).run();
        assert_eq!(run.code, 25, "{run:?}");
    }
}

#[test]
fn json_is_one_object_per_file() {
    let server = Server::start([
        Act::Answer(answer(201, &[], r#"{"uploadId":"upl_1"}"#)),
        Act::Answer(answer(415, &[], "")),
    ]);
    let first = file(&server, "apt_20261123.csv", b"abc");
    let second = file(&server, "staff_20261123.csv", b"abc");
    let third = file(&server, "empty_apt.csv", b"");
    let run = Bursar::send(&server).args(["--json"]).arg(&first).arg(&second).arg(&third).run();
    assert_eq!(run.code, 1, "{run:?}");
    let reports: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [sent, refused, empty] = &reports[..] else { panic!("{run:?}") };
    assert_eq!(sent["sent"], true);
    assert_eq!(sent["receipt"]["uploadId"], "upl_1");
    assert_eq!(sent["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!((&sent["status"], &sent["tries"]), (&201.into(), &1.into()));
    assert_eq!((&refused["sent"], &refused["exitCode"]), (&false.into(), &22.into()));
    assert_eq!((&refused["fileType"], &refused["status"]), (&"Employees".into(), &415.into()));
    assert!(refused["failure"]["next"].as_str().unwrap().contains("text/csv"), "{refused}");
    assert_eq!((&empty["exitCode"], &empty["tries"]), (&3.into(), &0.into()));
    let names = |report: &Value| {
        let mut names: Vec<String> = report.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert!(reports.iter().all(|report| names(report) == names(sent)), "{run:?}");
}

#[test]
fn a_dry_run_sends_nothing_and_masks_the_token() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let path = file(&server, "apt_20261123.csv", b"abc");
    let run = Bursar::send(&server).args(["--dry-run"]).arg(&path).run();
    assert_eq!(run.code, 0, "{run:?}");
    for words in [
        "POST https://localhost:",
        "authorization: Bearer …",
        "content-length: 3",
        "ba7816bf",
        "nothing was sent",
    ] {
        assert!(run.out.contains(words), "{words}: {run:?}");
    }
    let run = Bursar::send(&server).args(["--dry-run", "--json"]).arg(&path).run();
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&report["dryRun"], &report["sent"]), (&true.into(), &false.into()));
    assert_eq!(report["headers"]["content-type"], "text/csv");
    // The outbox could not keep it, and a retry would send none.
    let run = Bursar::send(&server).args(["--content-type", "text/csv; of=é"]).arg(&path).run();
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("--content-type cannot stand in a header"), "{run:?}");
    assert_eq!(server.got().len(), 0);
}
