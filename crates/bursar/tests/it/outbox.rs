//! What the outbox remembers: over failures, crashes and several programs at once, each file arrives,
//! and none twice unless that was asked for.

mod destinations;

use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::counting::Counting;
use crate::program::{Bursar, Run, file, path_text};
use crate::server::{Act, Server, answer};

fn receipt() -> Act {
    Act::Answer(answer(201, &[], r#"{"uploadId":"upl_1"}"#))
}

fn refusal(status: u16) -> Act {
    Act::Answer(answer(status, &[], ""))
}

fn send(server: &Server, outbox: &Path) -> Bursar {
    Bursar::send(server).env("BURSAR_OUTBOX", path_text(outbox)).args(["--retries", "0"])
}

fn outbox(outbox: &Path, args: &[&str]) -> Run {
    Bursar::bare()
        .env("BURSAR_OUTBOX", path_text(outbox))
        .args(["outbox"])
        .args(args.iter().copied())
        .run()
}

fn retry(server: &Server, outbox: &Path, args: &[&str]) -> Run {
    Bursar::bare()
        .env("BURSAR_OUTBOX", path_text(outbox))
        .env("BURSAR_TOKEN", &crate::program::token())
        .args(["outbox", "retry", "--retries", "0", "--wait-second-ms", "1"])
        .at(server)
        .args(args.iter().copied())
        .run()
}

fn states(folder: &Path) -> Vec<String> {
    let run = outbox(folder, &["list", "--all", "--json"]);
    let state = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["state"].as_str().unwrap().to_owned()
    };
    run.out.lines().map(state).collect()
}

fn head(server: &Server, request: usize) -> (String, String) {
    let got = server.got()[request].head.clone();
    let line = got.lines().next().unwrap().to_owned();
    let key = got.lines().find(|line| line.starts_with("idempotency-key: ")).unwrap().to_owned();
    (line, key)
}

#[test]
fn nothing_is_sent_twice_unless_asked() {
    let server = Server::start([receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!((run.code, server.got().len()), (0, 1), "{run:?}");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!((run.code, server.got().len()), (0, 1), "{run:?}");
    assert!(run.out.contains("upl_1") && run.out.contains("not sent again"), "{run:?}");
    // Touched, or a copy elsewhere: the same bytes under the same name.
    file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).args(["--json"]).arg(&path).run();
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&report["sent"], &report["exitCode"]), (&false.into(), &0.into()), "{run:?}");
    assert!(report["receivedBefore"].is_string(), "{run:?}");
    assert_eq!(server.got().len(), 1);
    let run = send(&server, folder.path()).args(["--again"]).arg(&path).run();
    assert_eq!((run.code, server.got().len()), (0, 2), "{run:?}");
    assert_ne!(head(&server, 0).1, head(&server, 1).1, "asked for, it is another upload");
    file(&server, "apt.csv", b"a\n2\n");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!((run.code, server.got().len()), (0, 3), "other bytes: {run:?}");
    let other = file(&server, "apt_2.csv", b"a\n2\n");
    let run = send(&server, folder.path()).arg(&other).run();
    assert_eq!((run.code, server.got().len()), (0, 4), "another name: {run:?}");
    let run = send(&server, folder.path()).args(["--unit", "acmeuk"]).arg(&other).run();
    assert_eq!((run.code, server.got().len()), (0, 5), "another unit: {run:?}");
}

fn bodies(server: &Server) -> Vec<String> {
    server.got().into_iter().map(|got| String::from_utf8(got.body).unwrap()).collect()
}

#[test]
fn a_state_that_comes_back_is_sent() {
    let server = Server::start([receipt()]);
    let folder = tempfile::tempdir().unwrap();
    for (content, requests) in
        [("a\n1\n", 1), ("a\n2\n", 2), ("a\n1\n", 3), ("a\n1\n", 3), ("a\n2\n", 4)]
    {
        let path = file(&server, "apt.csv", content.as_bytes());
        let run = send(&server, folder.path()).arg(&path).run();
        assert_eq!((run.code, server.got().len()), (0, requests), "{content} {run:?}");
    }
    assert_eq!(bodies(&server), ["a\n1\n", "a\n2\n", "a\n1\n", "a\n2\n"]);
}

#[test]
fn files_of_one_name_leave_in_the_order_in_which_they_came() {
    let states_of_a_day = [b"a\n1\n", b"a\n2\n", b"a\n1\n"];
    let order = ["a\n1\n", "a\n2\n", "a\n1\n"];
    let waiting = |server: &Server, folder: &Path, count: usize| {
        for content in &states_of_a_day[..count] {
            let run = send(server, folder).args(["-", "--name", "apt.csv"]).input(*content).run();
            assert_eq!(run.code, 26, "{run:?}");
        }
    };
    // By themselves, side by side as far as that goes; each sending meets the first of them only.
    let mut acts = vec![refusal(503); 3];
    acts.push(receipt());
    let server = Server::start(acts);
    let folder = tempfile::tempdir().unwrap();
    waiting(&server, folder.path(), 3);
    let run = retry(&server, folder.path(), &["--parallel", "4"]);
    assert_eq!((run.code, &bodies(&server)[3..]), (0, &order.map(str::to_owned)[..]), "{run:?}");
    // Before another of that name.
    let server = Server::start([refusal(503), refusal(503), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    waiting(&server, folder.path(), 2);
    let path = file(&server, "apt.csv", states_of_a_day[2]);
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!((run.code, &bodies(&server)[2..]), (0, &order.map(str::to_owned)[..]), "{run:?}");
    assert_eq!(states(folder.path()), ["received"; 3]);
    // What cannot leave is not overtaken.
    let server = Server::start([refusal(503)]);
    let folder = tempfile::tempdir().unwrap();
    waiting(&server, folder.path(), 3);
    let run = retry(&server, folder.path(), &["--parallel", "4"]);
    assert_eq!((run.code, server.got().len()), (26, 4), "{run:?}");
    assert!(run.err.contains("1, an earlier file of this name, goes first"), "{run:?}");
    assert_eq!(states(folder.path()), ["waiting"; 3]);
}

#[test]
fn a_receipt_of_an_earlier_upload_is_said_to_be_one() {
    let repeated = r#"{"uploadId":"upl_1","repeated":true,"receivedAt":"2026-11-23T14:15:02Z"}"#;
    let server = Server::start([
        Act::Answer(answer(201, &[], r#"{"uploadId":"upl_1","repeated":false}"#)),
        Act::Answer(answer(201, &[], repeated)),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).arg(&path).run();
    assert!(run.code == 0 && !run.out.contains("before"), "{run:?}");
    let run = send(&server, folder.path()).args(["--again"]).arg(&path).run();
    let words = "the server received it before on 23 Nov 2026 14:15 UTC";
    assert!(run.code == 0 && run.out.contains(words), "{run:?}");
    assert!(run.err.contains("--again makes no second upload"), "{run:?}");
    for (again, expected) in [(true, Value::from(true)), (false, Value::Null)] {
        let args: &[&str] = if again { &["--json", "--again"] } else { &["--json"] };
        let run = send(&server, folder.path()).args(args.iter().copied()).arg(&path).run();
        let report: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((&report["repeated"], &report["sent"]), (&expected, &again.into()), "{run:?}");
    }
    // The vendor's service does not say it.
    let server = Server::start([receipt()]);
    let path = file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).args(["--json"]).arg(&path).run();
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&report["repeated"], &report["sent"]), (&Value::Null, &true.into()), "{run:?}");
}

#[test]
fn what_failed_for_a_while_waits_and_goes_on_under_its_name_and_key() {
    let server = Server::start([refusal(503), refusal(503), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 26, "{run:?}");
    assert!(run.err.contains("waits in the outbox as 1"), "{run:?}");
    assert_eq!(states(folder.path()), ["waiting"]);
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 26, "{run:?}");
    let run = retry(&server, folder.path(), &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(states(folder.path()), ["received"]);
    assert_eq!(head(&server, 0), head(&server, 1));
    assert_eq!(head(&server, 0), head(&server, 2));
    let run = retry(&server, folder.path(), &[]);
    assert_eq!((run.code, server.got().len()), (3, 3), "{run:?}");
    let run = outbox(folder.path(), &["list", "--all"]);
    assert!(run.out.contains("received  apt_2"), "{run:?}");
    assert!(run.err.contains("1 received"), "{run:?}");
}

#[test]
fn what_is_refused_for_good_waits_for_a_person() {
    let server = Server::start([refusal(415), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 22, "{run:?}");
    assert_eq!(states(folder.path()), ["failed"]);
    let run = outbox(folder.path(), &["list"]);
    for words in ["failed    apt_2", "exit code 22, tried 1 time", "text/csv"] {
        assert!(run.out.contains(words), "{words} {run:?}");
    }
    let run = outbox(folder.path(), &["drop", "1"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(states(folder.path()), ["dropped"]);
    assert_eq!(outbox(folder.path(), &["drop", "1"]).code, 2);
    assert_eq!(outbox(folder.path(), &["drop", "7"]).code, 2);
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 0, "a dropped file counts as new: {run:?}");
    assert_eq!(states(folder.path()), ["received", "dropped"]);
    assert_eq!(retry(&server, folder.path(), &["2"]).code, 2, "it was received");
}

#[test]
fn a_later_try_takes_the_media_type_that_is_asked_for_now() {
    let server = Server::start([refusal(415), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let run = send(&server, folder.path()).args(["--content-type", "text/x"]).arg(&path).run();
    assert_eq!(run.code, 22, "{run:?}");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(head(&server, 0), head(&server, 1), "one name and one key");
    for (request, content_type) in [(0, "text/x"), (1, "text/csv")] {
        let head = server.got()[request].head.clone();
        assert!(head.contains(&format!("content-type: {content_type}\r\n")), "{head}");
    }
}

#[test]
fn flags_of_files_are_refused_where_none_is_named() {
    let server = Server::start([receipt()]);
    for command in [&["outbox", "retry"][..], &["uploads"], &["findings"]] {
        for flag in [&["--type", "APT"][..], &["--content-type", "text/x"], &["--no-timestamp"]] {
            let args = command.iter().chain(flag.iter()).copied();
            let run = Bursar::bare()
                .env("BURSAR_TOKEN", &crate::program::token())
                .args(args)
                .at(&server)
                .run();
            assert_eq!(run.code, 2, "{run:?}");
            assert!(run.err.contains(&format!("{} is for files", flag[0])), "{run:?}");
        }
    }
    assert_eq!(server.got().len(), 0);
}

#[test]
fn a_file_that_changed_meanwhile_is_not_sent_in_its_place() {
    let server = Server::start([refusal(503), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    assert_eq!(send(&server, folder.path()).arg(&path).run().code, 26);
    file(&server, "apt.csv", b"a\n1\n2\n");
    let run = retry(&server, folder.path(), &[]);
    assert_eq!((run.code, server.got().len()), (5, 1), "{run:?}");
    assert_eq!(states(folder.path()), ["failed"]);
}

#[test]
fn what_was_piped_is_kept_until_it_is_received() {
    let server = Server::start([refusal(500), receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let piped = |content: &[u8]| {
        let bursar = send(&server, folder.path()).args(["-", "--name", "apt.csv"]);
        bursar.input(content).run()
    };
    let kept = || std::fs::read_dir(folder.path().join("spool")).unwrap().count();
    assert_eq!(piped(b"a\n1\n").code, 26);
    assert_eq!((kept(), states(folder.path())), (1, vec!["waiting".to_owned()]));
    // The job ran again and wrote the same: still one.
    let run = piped(b"a\n1\n");
    assert_eq!((run.code, kept()), (0, 0), "{run:?}");
    assert_eq!(server.got()[1].body, b"a\n1\n");
    assert_eq!(states(folder.path()), ["received"]);
    let run = piped(b"");
    assert_eq!((run.code, kept()), (3, 0), "{run:?}");
}

#[test]
fn a_killed_program_loses_nothing_and_the_next_goes_on_at_once() {
    let (begun, wait) = mpsc::channel();
    let begun = Mutex::new(begun);
    let tell = Arc::new(move || begun.lock().unwrap().send(()).unwrap());
    let hang = Arc::new(Mutex::new(()));
    let held = hang.lock().unwrap();
    let until = Arc::clone(&hang);
    let server = Server::start([
        Act::Meanwhile(
            Arc::new(move || {
                tell();
                drop(until.lock().unwrap());
            }),
            answer(201, &[], "{}"),
        ),
        receipt(),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&server, "apt.csv", b"a\n1\n");
    let (mut child, _own) = send(&server, folder.path()).arg(&path).spawn();
    wait.recv().unwrap();
    assert_eq!(states(folder.path()), ["sending"]);
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 9, "{run:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    drop(held);
    assert_eq!(states(folder.path()), ["waiting"], "its lock went with it");
    let run = send(&server, folder.path()).arg(&path).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(head(&server, 0), head(&server, 1), "one name and one key");
}

#[test]
fn several_programs_at_once_send_each_file_once() {
    let server = Server::start([receipt()]);
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = (0..12)
        .map(|number| {
            file(&server, &format!("apt_{number}.csv"), format!("a\n{number}\n").as_bytes())
        })
        .collect();
    let children: Vec<_> = (0..4)
        .map(|_| {
            let bursar = send(&server, folder.path()).args(["--parallel", "3"]);
            files.iter().fold(bursar, Bursar::arg).spawn()
        })
        .collect();
    for (mut child, _own) in children {
        child.wait().unwrap();
    }
    let mut bodies: Vec<_> = server.got().into_iter().map(|got| got.body).collect();
    bodies.sort();
    bodies.dedup();
    assert_eq!((bodies.len(), server.got().len()), (12, 12));
    assert_eq!(states(folder.path()), vec!["received"; 12]);
}

#[test]
fn a_rate_is_kept() {
    let server = Server::start([receipt()]);
    let path = file(&server, "apt.csv", &vec![b'x'; 300_000]);
    let begin = std::time::Instant::now();
    let run = Bursar::send(&server).args(["--limit-rate", "400k"]).arg(&path).run();
    assert_eq!(run.code, 0, "{run:?}");
    // The last piece leaves when those before it have had their time.
    assert!(begin.elapsed().as_millis() >= 500, "{:?}", begin.elapsed());
    assert_eq!(server.got()[0].body.len(), 300_000);
}

#[test]
fn an_outbox_that_cannot_be_used_stops_before_anything_is_sent() {
    let server = Server::start([receipt()]);
    let path = file(&server, "apt.csv", b"a\n");
    let taken = file(&server, "taken", b"not a folder");
    let damaged = tempfile::tempdir().unwrap();
    std::fs::write(damaged.path().join("outbox.sqlite3"), vec![b'x'; 4096]).unwrap();
    for folder in [taken.as_path(), damaged.path()] {
        let run = send(&server, folder).arg(&path).run();
        assert_eq!(run.code, 6, "{run:?}");
        assert!(run.err.contains(path_text(folder)), "{run:?}");
    }
    let run = send(&server, Path::new("")).arg(&path).run();
    assert_eq!(run.code, 6, "no HOME: {run:?}");
    assert!(run.err.contains("--outbox"), "{run:?}");
    assert_eq!(server.got().len(), 0);
}

#[test]
fn files_follow_one_another_over_kept_connections() {
    for (parallel, connections) in [("1", 1..=1), ("4", 1..=4)] {
        let server = Counting::start();
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> = (0..24)
            .map(|number| {
                let path = folder.path().join(format!("apt_{number}.csv"));
                std::fs::write(&path, format!("Unique ID\n{number}\n")).unwrap();
                path
            })
            .collect();
        let send = Bursar::bare()
            .env("BURSAR_TOKEN", &crate::program::token())
            .args(["send", "--url", &server.url(), "--customer", "acme", "--type", "APT"])
            .args(["--parallel", parallel]);
        let run = paths.iter().fold(send, Bursar::arg).run();
        assert_eq!((run.code, server.requests()), (0, 24), "{run:?}");
        assert!(connections.contains(&server.connections()), "{}", server.connections());
    }
}
