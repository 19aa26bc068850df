//! Jobs that read files before they are sent, and hear what the server made of them afterwards.

use std::fs;

use serde_json::{Value, json};

use crate::desk::Desk;
#[cfg(unix)]
use crate::desk::{free_port, get, wait_for_words};

const HEADER: &str = "Unique ID,Invoice Number,Invoice Amount,Base Amount,Invoice Date,Entered Date,\
                      Supplier Name,Supplier Ref\n";
const GOOD: &str = "1,INV-1,120.00,120.00,13/04/2019,14/04/2019,Acme Ltd,S1\n";
const BAD: &str = "2,INV-2,34405..40,1.00,13/04/2019,14/04/2019,Acme Ltd,S1\n";
const WAITING: &str = "[job.night]\ntype = 'APT'\nwait = true\nwait-max = '2s'\nafter = 'move'\n\
                       move-to = 'sent'\n[job.night.source]\nglob = 'out/*.csv'\n";
const REFUSING: &str = "[job.night]\ntype = 'APT'\nwait = true\nafter = 'move'\nmove-to = 'sent'\n\
                        refused-to = 'refused'\n[job.night.source]\nglob = 'out/*.csv'\n";

/// As the server shows an upload.
fn upload(id: &str, state: &Value) -> (u16, String) {
    let mut upload = json!({
        "uploadId": id, "customer": "acme", "unit": "acme", "fileType": "APT",
        "fileName": "apt_1.csv", "bytes": 4, "receivedAt": "2026-11-23T10:00:00Z",
    });
    upload.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
    (200, upload.to_string())
}

fn received() -> Value {
    json!({ "status": "received" })
}

fn read(rows_set_aside: u64) -> Value {
    json!({
        "status": "read", "at": "2026-11-23T10:00:02Z", "ledgerVersion": 3, "rowsRead": 1200,
        "rowsSetAside": rows_set_aside, "nonRows": 1, "rowsReplaced": 0, "madeInactive": 0,
    })
}

fn held() -> Value {
    json!({ "status": "held", "at": "2026-11-23T10:00:02Z", "madeInactive": 640, "activeBefore": 900 })
}

fn refused() -> Value {
    json!({ "status": "refused", "at": "2026-11-23T10:00:02Z", "reason": "no header row was found" })
}

impl Desk {
    /// Says this of every upload from now on.
    fn says(&self, state: Value) {
        self.server.tell(move |id, _| upload(id, &state));
    }

    fn files_in(&self, folder: &str) -> usize {
        fs::read_dir(self.path(folder)).map_or(0, Iterator::count)
    }
}

#[test]
fn each_outcome_has_its_exit_code_its_words_and_its_folder() {
    // What is said, then the exit code, words, and how many files lie in out, sent and refused.
    for (state, code, words, places) in [
        (read(0), 0, "night: 1 received, 1 read\n", (0, 1, 0)),
        (read(2), 7, "which: bursar uploads upl_1 --problems", (0, 1, 0)),
        (read(2), 7, "1 received, 1 read; 2 rows set aside\n", (0, 1, 0)),
        (refused(), 50, "refused: no header row was found\n", (0, 0, 1)),
        (refused(), 50, "it is now in ", (0, 0, 1)),
        (held(), 51, "held: 640 of 900 active rows", (1, 0, 0)),
        (received(), 52, "1 file received and not read within 2.0 s", (1, 0, 0)),
    ] {
        let desk = Desk::new(&REFUSING.replace("wait = true", "wait = true\nwait-max = '2s'"));
        desk.put("out/apt_1.csv", "a\n1\n");
        desk.says(state.clone());
        let run = desk.run(&["--once"]);
        assert_eq!(run.code, code, "{state} {run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(words), "{words} {run:?}");
        let found = (desk.files_in("out"), desk.files_in("sent"), desk.files_in("refused"));
        assert_eq!(found, places, "{state} {run:?}");
        let run = desk.run(&["--once", "--json"]);
        let told: Value = serde_json::from_str(run.out.lines().last().unwrap()).unwrap();
        let again = if code >= 51 { code } else { 3 };
        assert_eq!((run.code, &told["exitCode"]), (again, &json!(again)), "{state} {run:?}");
        assert_eq!(desk.server.requests(), 1, "sent again: {state} {run:?}");
    }
}

#[test]
fn what_is_decided_later_is_heard_by_a_later_run() {
    for first in [held(), received()] {
        let desk = Desk::new(WAITING);
        desk.put("out/apt_1.csv", "a\n1\n");
        desk.says(first);
        assert!(desk.run(&["--once"]).code > 50);
        desk.says(read(0));
        let run = desk.run(&["--once"]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.err.contains("night: 0 received, 1 received before, 1 read"), "{run:?}");
        assert_eq!((desk.files_in("out"), desk.files_in("sent")), (0, 1), "{run:?}");
        assert_eq!(desk.server.requests(), 1);
    }
}

#[test]
fn a_refused_file_without_a_folder_stays_and_is_not_sent_again_and_again() {
    let desk = Desk::new(WAITING);
    desk.put("out/apt_1.csv", "a\n1\n");
    desk.says(refused());
    let run = desk.run(&["--once"]);
    assert_eq!(run.code, 50, "{run:?}");
    assert!(run.err.contains("it stays where it is"), "{run:?}");
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.requests()), (50, 1), "{run:?}");
    assert_eq!(run.err, "night: 0 received, 1 refused\n", "said once");
    // Mended.
    desk.put("out/apt_1.csv", "a,b\n1,2\n");
    desk.says(read(0));
    let run = desk.run(&["--once"]);
    assert_eq!((run.code, desk.server.requests()), (0, 2), "{run:?}");
    assert_eq!((desk.files_in("out"), desk.files_in("sent")), (0, 1), "{run:?}");
}

#[test]
fn a_server_that_does_not_tell_is_no_failure() {
    for (status, body) in
        [(404, ""), (405, ""), (403, ""), (200, "<html>sign in</html>"), (200, "[]")]
    {
        let desk = Desk::new(WAITING);
        for name in ["apt_1", "apt_2"] {
            desk.put(&format!("out/{name}.csv"), &format!("a\n{name}\n"));
        }
        desk.server.tell(move |_, _| (status, body.to_owned()));
        let run = desk.run(&["--once"]);
        assert_eq!(run.code, 0, "{status} {body} {run:?}");
        assert_eq!(run.err.matches("warning: night: what became of").count(), 1, "{run:?}");
        assert_eq!((desk.files_in("out"), desk.files_in("sent")), (0, 2), "{run:?}");
        let run = desk.run(&["--once"]);
        assert_eq!((run.code, run.err.as_str()), (3, "night: 0 received\n"), "{run:?}");
    }
    // It may tell at another time.
    let desk = Desk::new(WAITING);
    desk.put("out/apt_1.csv", "a\n1\n");
    desk.server.tell(|_, _| (503, String::new()));
    let run = desk.run(&["--once"]);
    assert_eq!(run.code, 26, "{run:?}");
    assert_eq!((desk.files_in("out"), desk.files_in("sent")), (1, 0), "{run:?}");
    desk.says(read(0));
    assert_eq!(desk.run(&["--once"]).code, 0);
    assert_eq!(desk.files_in("sent"), 1);
}

#[test]
fn one_slow_reading_keeps_no_other_outcome_waiting() {
    let job = |name: &str| WAITING.replace("night", name).replace("out/*", &format!("out/{name}*"));
    let desk = Desk::new(&format!("{}{}", job("a"), job("b")));
    desk.put("out/a.csv", "a\n1\n");
    desk.put("out/b.csv", "a\n2\n");
    desk.server.tell(|id, _| upload(id, &if id == "upl_1" { received() } else { read(0) }));
    let run = desk.run(&["--once"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("a: 1 received, 1 not seen read"), "{run:?}");
    assert!(run.err.contains("b: 1 received, 1 read"), "{run:?}");
    assert_eq!(desk.names().len(), 2);
}

#[test]
fn a_file_is_read_before_it_is_sent() {
    let checked = "[job.night]\ntype = 'APT'\ncheck = true\nafter = 'delete'\n";
    let source = "[job.night.source]\nglob = 'out/*.csv'\n";
    let good = format!("{HEADER}{GOOD}");
    let mostly_good = format!("{HEADER}{}{BAD}", GOOD.repeat(30));
    let all_bad = format!("{HEADER}{BAD}");
    for (more, content, code, sent, words) in [
        ("", &good, 0, 1, "night: 1 received\n"),
        ("", &mostly_good, 7, 1, "30 rows ready, 1 set aside"),
        ("", &all_bad, 8, 0, "apt_1_20261124T0000.csv: not sent: 1 of 1 rows could not be used"),
        ("", &HEADER.to_owned(), 3, 0, "it has 0 rows, and min-rows is 1"),
        ("min-rows = 0\n", &HEADER.to_owned(), 0, 1, "night: 1 received\n"),
        ("min-rows = 2\n", &good, 3, 0, "it has 1 row, and min-rows is 2"),
        ("mapping = 'absent.toml'\n", &good, 2, 0, "absent.toml cannot be read"),
    ] {
        for refused_to in ["", "refused-to = 'refused'\n"] {
            let desk = Desk::new(&format!("{checked}{more}{refused_to}{source}"));
            desk.put("out/apt_1_20261124T0000.csv", content);
            let run = desk.run(&["--once"]);
            assert_eq!((run.code, desk.server.requests()), (code, sent), "{content} {run:?}");
            assert!(run.err.contains(words), "{words} {run:?}");
            if code == 2 {
                assert_eq!(desk.run(&["--check"]).code, 2);
                continue;
            }
            let is_moved = usize::from(sent == 0 && !refused_to.is_empty());
            let stays = usize::from(sent == 0) - is_moved;
            assert_eq!(
                (desk.files_in("out"), desk.files_in("refused")),
                (stays, is_moved),
                "{run:?}"
            );
            let run = desk.run(&["--once"]);
            assert_eq!(run.code, if stays == 1 { code } else { 3 }, "{run:?}");
            // What lies there still is named each time: whoever runs a job once hears nothing else of it.
            assert_eq!(run.err.contains("not sent: "), stays == 1, "{run:?}");
            assert_eq!(desk.server.requests(), sent, "{run:?}");
            // A folder for them that comes later takes it.
            desk.config(&format!("{checked}{more}refused-to = 'refused'\n{source}"));
            let run = desk.run(&["--once"]);
            assert_eq!(run.code, if stays == 1 { code } else { 3 }, "{run:?}");
            let found = (desk.files_in("out"), desk.files_in("refused"));
            assert_eq!(found, (0, usize::from(sent == 0)), "{run:?}");
        }
    }
}

#[test]
fn what_has_too_few_rows_is_not_sent() {
    let command = |text: &str, more: &str| {
        format!(
            "[job.made]\ntype = 'Suppliers'\nname = 'suppliers.csv'\n{more}\
             [job.made.source]\ncommand = \"printf '{text}'\"\n"
        )
    };
    for (jobs, code, sent, words) in [
        (command("a,b\\n1,2\\n", ""), 0, 1, "made: 1 received\n"),
        (command("a,b\\n", ""), 3, 0, "made: not sent: the command gave 0 rows, and min-rows is 1"),
        (command("a,b\\n", ""), 3, 0, "made: 0 received, 1 with too few rows"),
        (command("a,b\\n1,2\\n", "min-rows = 2\n"), 3, 0, "1 row, and min-rows is 2"),
        (command("a,b\\n", "min-rows = 0\n"), 0, 1, "made: 1 received\n"),
        (command("", ""), 3, 0, "made: not sent: it is empty"),
        (command("", "min-rows = 0\n"), 3, 0, "made: 0 received\n"),
        (command("a,b\\n1,2\\n", "check = true\n"), 8, 0, "made: not sent: no header row"),
        // What another job sends well does not hide it.
        (
            format!(
                "{}[job.other]\n[job.other.source]\nglob = 'out/apt*.csv'\n",
                command("a\\n", "")
            ),
            3,
            1,
            "other: 1 received\n",
        ),
    ] {
        let desk = Desk::new(&jobs);
        desk.put("out/apt_1.csv", "a\n1\n");
        let run = desk.run(&["--once"]);
        assert_eq!((run.code, desk.server.requests()), (code, sent), "{jobs} {run:?}");
        assert!(run.err.contains(words), "{words} {run:?}");
        assert_eq!(desk.files_in("outbox/spool"), 0, "{jobs}");
    }
}

#[test]
fn who_waits_for_the_end_is_told_beside_the_log() {
    let desk = Desk::new(&format!(
        "[service]\nlog = 'bursar.log'\n{WAITING}[job.gone.source]\nfolder = 'gone'\n"
    ));
    desk.put("out/apt_1.csv", "a\n1\n");
    desk.says(read(2));
    let run = desk.run(&["--once"]);
    assert_eq!(run.code, 1, "{run:?}");
    let log = fs::read_to_string(desk.path("bursar.log")).unwrap();
    for words in [
        "night: 1 received, 1 read; 2 rows set aside",
        "night: apt_1",
        "gone: not done: the folder ",
    ] {
        assert!(run.err.contains(words), "{words} {run:?}");
        assert!(log.contains(words), "{words} {log}");
    }
    assert!(!run.err.contains("ledger from version") && log.contains("ledger from version"));
    let quiet = desk.run(&["--once", "--quiet", "night"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (3, "", ""), "{quiet:?}");
}

#[cfg(unix)]
#[test]
fn a_service_that_is_killed_goes_on_waiting() {
    let port = free_port();
    let service =
        format!("[service]\nlog = 'bursar.log'\nrescan-seconds = 1\nhealth = '127.0.0.1:{port}'\n");
    let source = "folder = 'out'\nready = 'rename'\npattern = ";
    let waiting = REFUSING.replace("glob = 'out/*.csv'", &format!("{source}'apt*'"));
    let other = format!("[job.other]\ntype = 'Suppliers'\n[job.other.source]\n{source}'sup*'\n");
    let desk = Desk::new(&format!("{service}{waiting}{other}"));
    desk.says(received());
    desk.put("out/apt_1.csv", "a\n1\n");
    let running = desk.serve();
    desk.server.wait_until_asked("upl_1", 3);
    // While it is followed, others go on.
    desk.put("out/apt_2.csv", "a\n2\n");
    desk.put("out/sup_1.csv", "a\n3\n");
    desk.server.wait_for(3);
    running.kill();
    assert_eq!(desk.files_in("sent"), 0);
    desk.server.tell(|id, _| upload(id, &if id == "upl_1" { read(0) } else { refused() }));
    let running = desk.serve();
    wait_for_words(&desk.path("bursar.log"), "night: read  apt_1.csv  upl_1");
    wait_for_words(&desk.path("bursar.log"), "it is now in ");
    assert_eq!((desk.files_in("sent"), desk.files_in("refused")), (1, 1));
    let (mut status, mut health) = get(port);
    // It is counted after it is said.
    while health["jobs"]["night"]["refused"] != 1 {
        (status, health) = get(port);
    }
    assert_eq!((status, &health["status"]), (503, &json!("failing")), "{health}");
    assert!(health["jobs"]["night"]["failure"].as_str().unwrap().contains("refused what it holds"));
    assert_eq!(health["jobs"]["night"]["awaited"], 0, "{health}");
    assert!(health["jobs"]["other"]["failure"].is_null(), "{health}");
    assert_eq!(running.stop(), Some(0));
    // One that was on its way when it was killed is sent again under its own name.
    assert_eq!(desk.names().len(), 3);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_sent_ails_its_job_until_it_goes() {
    let port = free_port();
    let desk = Desk::new(&format!(
        "[service]\nlog = 'bursar.log'\nrescan-seconds = 1\nhealth = '127.0.0.1:{port}'\n\
         [job.night]\ntype = 'APT'\ncheck = true\n\
         [job.night.source]\nfolder = 'out'\nready = 'rename'\n"
    ));
    let bad = desk.put("out/apt_1.csv", &format!("{HEADER}{BAD}"));
    let running = desk.serve();
    let wait = |expected: (u16, &str)| {
        wait_for_words(&desk.path("bursar.log"), "not sent: 1 of 1");
        loop {
            let (status, health) = get(port);
            if (status, health["status"].as_str().unwrap()) == expected {
                return health;
            }
        }
    };
    wait((503, "failing"));
    let first = wait((503, "failing"))["jobs"]["night"]["lastRound"].clone();
    // Later rounds have nothing to do, and do not forget it.
    loop {
        let health = wait((503, "failing"));
        if health["jobs"]["night"]["lastRound"] != first {
            break;
        }
    }
    desk.put("coming", HEADER);
    fs::rename(desk.path("coming"), bad).unwrap();
    let health = wait((200, "warning"));
    assert!(health["jobs"]["night"]["warning"].as_str().unwrap().contains("has no rows"));
    fs::remove_file(desk.path("out/apt_1.csv")).unwrap();
    wait((200, "ok"));
    assert_eq!(running.stop(), Some(0));
    let log = fs::read_to_string(desk.path("bursar.log")).unwrap();
    assert_eq!(log.matches("not sent: 1 of 1").count(), 1, "{log}");
    assert_eq!(desk.server.requests(), 0);
}
