//! What reading an upload came to, as the API, the operator's commands and the uploader show it.
//!
//! The reading itself is done by hand here, so that every outcome can be had.

use std::process::Command;

use domain::problem::{Level, Reason};
use domain::{HoldReason, Problem, ProblemCount, ReadingRules, Remedy, RowCounts, UploadState};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Config, DatabaseUrl, JobKind, NextJobs, ObjectsUrl, Store};

use crate::harness::{CUSTOMER, JsonAnswer as _, Server, sibling};

const PLACE: [&str; 2] = ["--customer", CUSTOMER];
const CSV_HEAD: &str = "line,column,value,reason,level,message,advice\r\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn send(server: &Server, rest: &str) -> Value {
    let token = server.token();
    let answer = server.post(&token, rest).body(format!("Supplier\n{rest}\n")).send().await;
    answer.unwrap().json_value().await
}

fn problem(line: u64, value: &str) -> Problem {
    Problem {
        line: Some(line),
        column: Some("Invoice Date".to_owned()),
        value: Some(value.to_owned()),
        reason: Reason::NoSuchDay,
        level: Level::SetAside,
    }
}

fn counts(count: u64) -> Vec<ProblemCount> {
    let Problem { column, reason, level, .. } = problem(1, "");
    vec![ProblemCount { column, reason, level, count }]
}

fn refused() -> UploadState {
    UploadState::Refused {
        at: Timestamp::now(),
        reason: "no header row; add one".to_owned(),
        remedy: Some(Remedy::MapColumns),
    }
}

fn held() -> UploadState {
    let rows = RowCounts { rows_read: 3, made_inactive: 640, ..RowCounts::default() };
    let reason = HoldReason::ManyInactive { active_before: 900 };
    UploadState::Held { at: Timestamp::now(), rows, reason }
}

fn read() -> UploadState {
    let rows = RowCounts { rows_read: 1200, rows_set_aside: 3, ..RowCounts::default() };
    UploadState::Read { at: Timestamp::now(), ledger_version: 1, rows }
}

/// Reads whatever is next, to this end.
async fn read_next(server: &Server, problems: &[Problem], total: u64, end: UploadState) {
    let config = Config {
        database: DatabaseUrl::Sqlite(server.data_dir().join("bursar.db")),
        objects: ObjectsUrl::Local(server.data_dir().join("objects")),
    };
    let store = Store::open_existing(&config).await.unwrap();
    let (system, now) = (store.system(), Timestamp::now());
    let lease = SignedDuration::from_secs(60);
    let job = system.claim_job(&JobKind::ALL, now, lease, 7).await.unwrap().expect("a job waits");
    system.begin_reading(&job, now).await.unwrap();
    system.keep_problems(&job, (problems, &counts(total)), &ReadingRules::default()).await.unwrap();
    system.finish_reading(&job, end, NextJobs::default(), now).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn problems_come_in_pages_or_as_one_csv() {
    let server = Server::start_receiving_only();
    let token = server.token();
    let receipt = send(&server, "APT/a_20261123.csv").await;
    let problems: Vec<_> = (2..7).map(|line| problem(line, "=1+1")).collect();
    read_next(&server, &problems, 5, read()).await;
    let upload = server.get_json(&token, receipt["links"]["self"].as_str().unwrap()).await;
    assert_eq!((&upload["status"], &upload["rowsRead"]), (&json!("read"), &json!(1200)));

    let path = receipt["links"]["problems"].as_str().unwrap();
    let (mut lines, mut next) = (Vec::new(), format!("{path}?limit=2"));
    loop {
        let page = server.get_json(&token, &next).await;
        assert_eq!(page["total"], 5);
        assert_eq!(page["counts"][0]["count"], 5);
        assert_eq!(page["items"][0]["message"], "no such day");
        lines.extend(page["items"].as_array().unwrap().iter().map(|item| item["line"].clone()));
        match page["next"].as_u64() {
            Some(after) => next = format!("{path}?limit=2&after={after}"),
            None => break,
        }
    }
    assert_eq!(lines, [2, 3, 4, 5, 6]);

    let row = |line| {
        format!(
            "{line},Invoice Date,'=1+1,no_such_day,set_aside,no such day,correct the date in the ERP\r\n"
        )
    };
    let expected = CSV_HEAD.to_owned() + &(2..7).map(row).collect::<String>();
    for (query, accept) in [("?format=csv", "*/*"), ("", "text/csv")] {
        let request = server.client().get(server.url(&format!("{path}{query}")));
        let answer = request.bearer_auth(&token).header("Accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
        let name = format!(
            "attachment; filename=\"{}_problems.csv\"",
            upload["uploadId"].as_str().unwrap()
        );
        assert_eq!(answer.headers()["content-disposition"], name.as_str());
        assert_eq!(text(&answer.bytes().await.unwrap()), expected);
    }
    for bad in ["?limit=0", "?format=pdf", "?after=x", "?page=2", "?format=csv&limit=3"] {
        let request = server.client().get(server.url(&format!("{path}{bad}"))).bearer_auth(&token);
        assert_eq!(request.send().await.unwrap().status(), 400, "{bad}");
    }
    let missing = path.replace("upl_0", "upl_1");
    let request = server.client().get(server.url(&missing)).bearer_auth(&token);
    assert_eq!(request.send().await.unwrap().status(), 404);

    assert_eq!(saved_csv(&server, &upload, &["--wait"]), expected);
}

/// The problems of an upload as the uploader writes them to standard output.
fn saved_csv(server: &Server, upload: &Value, more: &[&str]) -> String {
    let id = upload["uploadId"].as_str().unwrap();
    let saved = Command::new(sibling("bursar"))
        .args(["uploads", id, "--problems", "--csv", "-"])
        .args(more)
        .args(["--url", &server.url(""), "--customer", CUSTOMER])
        .arg("--ca-file")
        .arg(server.authority())
        .arg("--token-file")
        .arg(server.token_file())
        .env("NO_PROXY", "localhost")
        .output()
        .unwrap();
    assert!(saved.status.success(), "{}", text(&saved.stderr));
    text(&saved.stdout)
}

#[tokio::test]
async fn the_csv_has_every_bad_row_of_twenty_thousand() {
    const ROWS: u64 = 20_000;
    let server = Server::start();
    let token = server.token();
    let header = "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Date,Invoice Amount";
    let row = |number: u64| format!("\nU{number},S1,Acme,{number},2026-01-02,much");
    let file = header.to_owned() + &(0..ROWS).map(row).collect::<String>();
    let receipt = server.post(&token, "APT/bad_20261123.csv").body(file).send().await.unwrap();
    let receipt = receipt.json_value().await;
    let upload = receipt["links"]["self"].as_str().unwrap();
    while server.get_json(&token, upload).await["status"] != "refused" {
        tokio::task::yield_now().await;
    }
    let path = receipt["links"]["problems"].as_str().unwrap();
    let first = server.get_json(&token, path).await;
    assert_eq!(first["counts"][0]["count"], ROWS, "{first}");
    let csv = server.client().get(server.url(&format!("{path}?format=csv"))).bearer_auth(&token);
    let csv = text(&csv.send().await.unwrap().bytes().await.unwrap());
    assert_eq!(saved_csv(&server, &receipt, &[]), csv);
    let of_rows = csv.lines().filter(|line| line.contains(",not_a_number,"));
    let lines: Vec<u64> =
        of_rows.map(|row| row.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(lines, (2..ROWS + 2).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_operator_looks_and_decides() {
    let server = Server::start_receiving_only();
    let id = async |rest: &str| send(&server, rest).await["uploadId"].as_str().unwrap().to_owned();
    let upload = |command: &str, id: &str, more: &[&str]| {
        let output = server.bursard(&[&["upload", command, id], &PLACE[..], more].concat());
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    };
    let bad = id("APT/bad_20261123.csv").await;
    read_next(&server, &[problem(2, "31/02/2019")], 1, refused()).await;
    let wrong = id("Suppliers/wrong_20261123.csv").await;
    read_next(&server, &[], 0, held()).await;

    let list = server.bursard(&[&["upload", "list"], &PLACE[..]].concat());
    let listed = text(&list.stdout);
    assert!(listed.contains(&bad) && listed.contains("held"), "{listed}");
    for (command, id, more, code, says) in [
        ("show", &bad, &[][..], 0, "no header row; add one"),
        ("show", &bad, &["--json"], 0, "\"status\": \"refused\""),
        ("show", &wrong, &[], 0, "upload release|refuse upl_"),
        ("problems", &bad, &[], 0, "line 2  Invoice Date  \"31/02/2019\"  no such day; correct"),
        ("problems", &bad, &["--json"], 0, "\"total\": 1"),
        ("problems", &wrong, &[], 0, "no problems"),
        ("release", &bad, &[], 1, "is refused, and this is for uploads that are held"),
        ("show", &wrong, &[], 0, "640 of 900 active suppliers are not in it"),
        ("show", &bad, &["--unit", "other"], 1, "bursard upload list --customer acme --unit other"),
        ("refuse", &wrong, &[], 2, "--reason"),
        ("refuse", &wrong, &["--reason", "half a list"], 0, "is refused; the ledger stays"),
        ("show", &wrong, &[], 0, "half a list"),
        ("read-again", &wrong, &[], 0, "will be read again"),
        (
            "read-again",
            &wrong,
            &[],
            1,
            "received, and this is for uploads that are refused or held",
        ),
    ] {
        let (exit, said) = upload(command, id, more);
        assert_eq!(exit, code, "{command}: {said}");
        assert!(said.contains(says), "{command}: {says}: {said}");
    }
    read_next(&server, &[], 0, held()).await;
    let doctor = server.bursard(&["doctor"]);
    assert!(doctor.status.success(), "{}", text(&doctor.stdout));
    assert!(text(&doctor.stdout).contains("1 held"), "{}", text(&doctor.stdout));
    let (exit, said) = upload("release", &wrong, &[]);
    assert_eq!(exit, 0, "{said}");
    assert!(upload("show", &wrong, &[]).1.contains("status        received"));
}

#[test]
fn how_a_unit_is_read_is_shown_set_and_cleared() {
    let server = Server::start_receiving_only();
    let mapping = server.folder.path().join("mapping.toml");
    std::fs::write(&mapping, "[columns]\n\"Beleg\" = \"invoice_number\"\n").unwrap();
    let wrong = server.folder.path().join("wrong.toml");
    std::fs::write(&wrong, "[columns]\n\"Beleg\" = \"voucher\"\n").unwrap();
    let (mapping, wrong) = (mapping.to_str().unwrap(), wrong.to_str().unwrap());
    for (command, more, code, says) in [
        ("show", &[][..], 0, "day_first (as usual)"),
        (
            "set",
            &["--mapping", mapping, "--date-order", "month_first"],
            0,
            "\"Beleg\" -> invoice_number",
        ),
        ("set", &["--failed-per-mille", "10"], 0, "10 at most"),
        ("show", &[], 0, "month_first"),
        ("show", &["--json"], 0, "\"Beleg\": \"invoice_number\""),
        (
            "set",
            &["--mapping", wrong],
            2,
            "APT has no field voucher (of \"Beleg\"); its fields are",
        ),
        ("set", &["--date-order", "myd"], 2, "day_first"),
        ("set", &[], 2, "nothing to set"),
        (
            "set",
            &["--encoding", "CP1250", "--invoices", "negative", "--empty-word", "tbc", "--strict"],
            0,
            "windows-1250",
        ),
        ("set", &["--encoding", "ebcdic"], 2, "shift_jis"),
        ("clear", &["encoding", "empty-word"], 0, "as each file tells (as usual)"),
        ("show", &[], 0, "negative"),
        ("show", &["--unit", "nosuch"], 2, "bursard unit add acme nosuch"),
        ("clear", &[], 0, "as usual"),
        ("show", &[], 0, "none: columns are known by their names"),
    ] {
        let arguments = [&["reading-rules", command, "--type", "APT"], &PLACE[..], more].concat();
        let output = server.bursard(&arguments);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command}: {said}");
        assert!(said.contains(says), "{command}: {says}: {said}");
    }
}

#[test]
fn workers_need_a_deployment_and_somebody_to_work() {
    let nowhere = tempfile::tempdir().unwrap();
    let output = crate::harness::bursard(nowhere.path(), &["work"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("bursard serve"), "{}", text(&output.stderr));
    let output = Server::start_receiving_only().bursard(&["work"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("limits.workers"), "{}", text(&output.stderr));
}
