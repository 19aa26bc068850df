//! A file followed until the server has read it, and its problems.

use serde_json::{Value, json};

use crate::program::{Bursar, Run, file, path_text, token};
use crate::server::{Act, Server, answer};

const ID: &str = "upl_01k00000000000000000000000";
const JSON: &[&str] = &["Content-Type: application/json"];

fn upload(state: &Value) -> Act {
    let mut upload = json!({
        "uploadId": ID, "customer": "acme", "unit": "acme", "fileType": "Suppliers",
        "fileName": "suppliers_20261123.csv", "bytes": 4, "receivedAt": "2026-11-23T10:00:00Z",
    });
    upload.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
    Act::Answer(answer(200, JSON, &upload.to_string()))
}

fn received() -> Act {
    upload(&json!({ "status": "received" }))
}

fn reading() -> Act {
    upload(&json!({ "status": "reading", "since": "2026-11-23T10:00:01Z" }))
}

fn read() -> Act {
    upload(&json!({
        "status": "read", "at": "2026-11-23T10:00:02Z", "ledgerVersion": 3, "rowsRead": 1200,
        "rowsSetAside": 2, "nonRows": 1, "rowsReplaced": 0, "madeInactive": 7,
    }))
}

fn held() -> Act {
    upload(&json!({
        "status": "held", "at": "2026-11-23T10:00:02Z", "rowsRead": 3, "rowsSetAside": 0,
        "nonRows": 1, "rowsReplaced": 0, "madeInactive": 640, "activeBefore": 900,
    }))
}

fn held_for_other_invoices() -> Act {
    let row = |line: u64, name: &str| {
        json!({
            "line": line, "supplierRef": "S1", "supplierName": name, "invoiceNumber": "RE23",
            "invoiceAmount": "5442.29", "invoiceDate": null,
        })
    };
    upload(&json!({
        "status": "held", "at": "2026-11-23T10:00:02Z", "rowsRead": 20, "rowsSetAside": 0,
        "nonRows": 1, "rowsReplaced": 20, "madeInactive": 0, "holdReason": "reusedIdentifiers",
        "reusedIdentifiers": {
            "rows": 12, "columns": ["BELNR"], "mayRepeatBy": ["GJAHR"],
            "examples": [{ "uniqueId": "19", "before": row(2, "Harrow"), "after": row(7, "Ivel\u{1b}") }],
        },
    }))
}

fn refused() -> Act {
    let reason = "no header row was found; add one";
    upload(&json!({ "status": "refused", "at": "2026-11-23T10:00:02Z", "reason": reason }))
}

fn item(line: u64, value: &str) -> Value {
    json!({
        "line": line, "column": "Start Date", "value": value, "reason": "no_such_day",
        "level": "set_aside", "message": "no such day", "advice": "correct the date in the ERP",
    })
}

fn problems(items: &[Value], total: u64, next: Option<u64>) -> Act {
    let count = json!({
        "column": "Start Date", "reason": "no_such_day", "level": "set_aside", "count": total,
        "message": "no such day",
    });
    let mut page = json!({ "items": items, "counts": [count], "total": total });
    if let Some(next) = next {
        page["next"] = next.into();
    }
    Act::Answer(answer(200, JSON, &page.to_string()))
}

fn uploads(server: &Server, args: &[&str]) -> Run {
    Bursar::bare()
        .env("BURSAR_TOKEN", &token())
        .args(["uploads", "--wait-second-ms", "1", ID])
        .args(args.iter().copied())
        .at(server)
        .run()
}

#[test]
fn all_files_leave_before_the_first_is_waited_for() {
    let receipt = || Act::Answer(answer(201, JSON, &json!({ "uploadId": ID }).to_string()));
    let none = || problems(&[], 0, None);
    let server =
        Server::start([receipt(), receipt(), reading(), read(), none(), refused(), none()]);
    let files = ["a.csv", "b.csv"].map(|name| file(&server, name, b"Supplier Ref\n"));
    let run = Bursar::send(&server)
        .args(["--type", "Suppliers", "--wait"])
        .args(files.iter().map(|path| path_text(path)))
        .run();
    let methods: Vec<String> = server
        .got()
        .iter()
        .map(|request| request.head.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(methods, ["POST", "POST", "GET", "GET", "GET", "GET", "GET"], "{run:?}");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("2 of 2 files sent"), "{run:?}");
}

#[test]
fn each_end_has_its_exit_code_and_its_words() {
    let none = || problems(&[], 0, None);
    let one = || problems(&[item(7, "31/02/2019")], 2, Some(0));
    let unwilling = || Act::Answer(answer(503, &[], ""));
    let cases: Vec<(Vec<Act>, i32, &[&str])> = vec![
        (
            vec![received(), unwilling(), reading(), read(), one()],
            0,
            &[
                "read  suppliers_20261123.csv  upl_01k",
                "1,200 rows read, 2 set aside; 7 made inactive",
                "line 7  Start Date  \"31/02/2019\"  no such day; correct the date in the ERP",
                "2 × Start Date: no such day",
                "--problems",
            ],
        ),
        (vec![read(), none()], 0, &["in the ledger from version 3"]),
        (
            vec![reading(), refused(), none()],
            50,
            &["refused: no header row was found; add one\n  Nothing of it is in the ledger. Mend"],
        ),
        (
            vec![held(), none()],
            51,
            &[
                "held: 640 of 900 active suppliers are not in it",
                "bursard upload release upl_01k00000000000000000000000 --customer acme --unit acme",
            ],
        ),
        (
            vec![received()],
            52,
            &["after 2.0 s it is received, waiting to be read", "bursar uploads --wait upl_01k"],
        ),
        (vec![upload(&json!({ "status": "checked" }))], 52, &["\"checked\"", "as new as"]),
        (
            vec![read(), Act::Answer(answer(403, &[], ""))],
            0,
            &["1,200 rows read", "warning: its problems cannot be shown: 403"],
        ),
        (vec![Act::Answer(answer(404, &[], ""))], 20, &["bursar uploads lists", "goes on"]),
        (vec![Act::Answer(answer(200, &[], "<html>"))], 20, &["--url", "goes on"]),
    ];
    for (acts, code, words) in cases {
        let server = Server::start(acts);
        let run = uploads(&server, &["--wait", "--wait-max", "2s"]);
        assert_eq!(run.code, code, "{run:?}");
        let shown = format!("{}{}", run.out, run.err);
        for words in words {
            assert!(shown.contains(words), "{words}: {run:?}");
        }
    }
}

#[test]
fn one_upload_is_shown_as_it_is_whatever_it_is() {
    for (act, words) in [
        (reading(), "being read  suppliers_20261123.csv"),
        (held(), "640 of 900 active suppliers"),
        (refused(), "no header row was found; add one"),
    ] {
        let server = Server::start([act]);
        let run = uploads(&server, &[]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.out.contains(words), "{run:?}");
        let line = format!("GET /customers/acme/units/acme/Uploads/{ID} HTTP/1.1");
        assert_eq!(server.got()[0].head.lines().next(), Some(line.as_str()));
    }
}

#[test]
fn json_is_one_object_with_the_same_members() {
    let mut members = Vec::new();
    for (acts, args, code) in [
        (vec![refused(), problems(&[item(7, "x")], 1, None)], &["--wait"][..], 50),
        (vec![received()], &[], 0),
        (vec![Act::Answer(answer(404, &[], ""))], &[], 20),
    ] {
        let server = Server::start(acts);
        let run = uploads(&server, &[args, &["--json"]].concat());
        assert_eq!(run.code, code, "{run:?}");
        let report: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(report["exitCode"], code);
        assert_eq!(report["uploadId"], ID);
        let mut names: Vec<String> = report.as_object().unwrap().keys().cloned().collect();
        names.sort();
        members.push(names);
        if code == 50 {
            assert_eq!(report["upload"]["status"], "refused");
            assert_eq!(report["problems"]["items"][0]["line"], 7);
            assert!(report["failure"]["what"].as_str().unwrap().contains("no header row"));
        }
    }
    assert!(members.iter().all(|names| *names == members[0]), "{members:?}");
}

#[test]
fn problems_that_are_kept_are_shown_page_by_page() {
    let server = Server::start([
        read(),
        problems(&[item(7, "=1+1"), item(8, "a,\"b\"")], 900, Some(1)),
        problems(&[item(9, "31/02/2019")], 900, None),
    ]);
    let run = uploads(&server, &["--problems"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.out.matches("\n  line ").count() + 1, 3, "{run:?}");
    let all = format!("all of them: bursar uploads {ID} --problems --csv problems.csv");
    assert!(run.out.contains(&all), "{run:?}");
    assert!(server.got()[2].head.contains("/problems?limit=500&after=1 "), "{run:?}");
}

const HEADINGS: &str = "line,column,value,reason,level,message,advice\r\n";

/// A CSV of problems as a server makes it.
fn csv(body: &str) -> Act {
    Act::Answer(answer(200, &["Content-Type: text/csv; charset=utf-8; header=present"], body))
}

#[test]
fn all_problems_are_the_csv_of_the_server() {
    let body = format!("{HEADINGS}7,Start Date,\"a\r\nb\",x,set_aside,m,a\r\n8,,,x,note,m,a\r\n");
    let lost = answer(200, &["Content-Type: text/csv"], &body)[..90].to_vec();
    // One that broke off is asked for once more.
    let server = Server::start([read(), Act::AnswerAndClose(lost), csv(&body)]);
    let path = server.folder.path().join("problems.csv");
    let run = uploads(&server, &["--problems", "--csv", path_text(&path)]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("2 problems in "), "{run:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), body);
    let line = format!("GET /customers/acme/units/acme/Uploads/{ID}/problems?format=csv HTTP/1.1");
    assert_eq!(server.got()[2].head.lines().next(), Some(line.as_str()));
    let server = Server::start([read(), csv(&body)]);
    let run = uploads(&server, &["--problems", "--csv", "-"]);
    assert_eq!((run.code, run.out.as_str()), (0, body.as_str()), "{run:?}");
}

#[test]
fn a_server_without_a_csv_is_asked_page_by_page() {
    let pages = || {
        [
            problems(&[item(7, "=1+1"), item(8, "a,\"b\"")], 3, Some(1)),
            problems(&[item(9, "31/02/2019")], 3, None),
        ]
    };
    let expected = format!(
        "{HEADINGS}7,Start Date,'=1+1,no_such_day,set_aside,no such day,correct the date in the ERP\r\n\
        8,Start Date,\"a,\"\"b\"\"\",no_such_day,set_aside,no such day,correct the date in the ERP\r\n\
        9,Start Date,31/02/2019,no_such_day,set_aside,no such day,correct the date in the ERP\r\n"
    );
    let [first, _] = pages();
    for unknown in [Act::Answer(answer(400, &[], "")), Act::Answer(answer(406, &[], "")), first] {
        let server = Server::start([vec![read(), unknown], pages().to_vec()].concat());
        let path = server.folder.path().join("problems.csv");
        let run = uploads(&server, &["--problems", "--csv", path_text(&path)]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.out.contains("3 problems in "), "{run:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    }
}

#[test]
fn a_csv_that_cannot_be_whole_does_not_appear() {
    let cut = answer(200, &["Content-Type: text/csv"], HEADINGS);
    let cut = Act::AnswerAndClose(cut[..cut.len() - 9].to_vec());
    for (acts, code) in [
        (
            vec![read(), problems(&[item(7, "x")], 2, Some(0)), Act::Answer(answer(403, &[], ""))],
            13,
        ),
        (vec![read(), cut], 33),
        (vec![read(), Act::Answer(answer(404, &[], ""))], 20),
    ] {
        let server = Server::start(acts);
        let path = server.folder.path().join("problems.csv");
        let run = uploads(&server, &["--problems", "--csv", path_text(&path)]);
        assert_eq!(run.code, code, "{run:?}");
        assert!(!path.exists(), "{run:?}");
    }
    let server = Server::start([read(), csv(HEADINGS)]);
    let run = uploads(&server, &["--problems", "--csv", "/no/such/folder/problems.csv"]);
    assert_eq!(run.code, 6, "{run:?}");
}

#[test]
fn a_file_is_sent_and_followed() {
    let receipt = || Act::Answer(answer(201, JSON, &json!({ "uploadId": ID }).to_string()));
    for (acts, code, words) in [
        (vec![receipt(), reading(), read(), problems(&[], 0, None)], 0, "1,200 rows read"),
        (vec![receipt(), held(), problems(&[], 0, None)], 51, "held: 640 of 900"),
        (
            vec![receipt(), held_for_other_invoices(), problems(&[], 0, None)],
            51,
            "held: 12 of the 20 rows it would replace are other invoices",
        ),
        (vec![receipt(), refused(), problems(&[], 0, None)], 50, "refused: no header row"),
        (vec![receipt(), received()], 52, "not seen read: after 2.0 s"),
        (vec![Act::Answer(answer(201, &[], ""))], 52, "leave --wait out"),
        (vec![Act::Answer(answer(415, &[], ""))], 22, "not sent: 415"),
    ] {
        for json in [false, true] {
            let server = Server::start(acts.clone());
            let path = file(&server, "suppliers_20261123.csv", b"a,b\n");
            let run = Bursar::send(&server).args(["--wait", "--wait-max", "2s"]).arg(path);
            let run = if json { run.args(["--json"]) } else { run }.run();
            assert_eq!(run.code, code, "{run:?}");
            if json {
                let report: Value = serde_json::from_str(&run.out).unwrap();
                assert_eq!(report["exitCode"], code);
                assert_eq!(report["sent"], code != 22, "{report}");
                assert_eq!(report["upload"].is_null(), !matches!(acts.len(), 2..), "{report}");
            } else {
                let shown = format!("{}{}", run.out, run.err);
                assert!(shown.contains(words), "{words}: {run:?}");
            }
        }
    }
}

#[test]
fn what_does_not_go_together_is_said() {
    for (args, words) in [
        (&["uploads", "--wait"][..], "none is named"),
        (&["uploads", "--problems"], "<UPLOAD|--problems"),
        (&["uploads", ID, "--limit", "3"], "--limit"),
        (&["uploads", ID, "--wait", "--wait-max", "soon"], "90s, 10m or 2h"),
        (&["uploads", "upl_1"], "upl"),
    ] {
        let run = Bursar::bare().args(args.iter().copied()).run();
        assert_eq!(run.code, 2, "{run:?}");
        let is_said = words.split('|').any(|words| run.err.contains(words));
        assert!(is_said, "{words}: {run:?}");
    }
}
