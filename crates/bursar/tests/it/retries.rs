//! What is tried again, how often, and with what body.

use std::time::{Duration, Instant};

use crate::program::{Bursar, file};
use crate::server::{Act, Server, answer};

/// Large enough that it does not fit into the buffers between the two ends.
const LARGE: usize = 24 * 1024 * 1024;

#[test]
fn what_is_temporary_is_tried_again_with_the_same_bytes() {
    let good = Act::Answer(answer(201, &[], "{}"));
    for (first, tries) in [
        (vec![500, 500, 500], 4),
        (vec![408, 425, 429], 4),
        (vec![502, 503, 504], 4),
        (vec![520, 524, 530], 4),
    ] {
        let mut acts: Vec<Act> =
            first.iter().map(|status| Act::Answer(answer(*status, &[], ""))).collect();
        acts.push(good.clone());
        let server = Server::start(acts);
        let run = Bursar::send(&server).arg(file(&server, "apt.csv", b"a,b\n1,2\n")).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.err.contains("trying again in"), "{run:?}");
        assert_eq!(server.got().len(), tries);
        assert!(server.got().iter().all(|got| got.body == b"a,b\n1,2\n"));
        let first_lines: Vec<_> =
            server.got().iter().map(|got| got.head.lines().next().unwrap().to_owned()).collect();
        assert!(first_lines.iter().all(|line| *line == first_lines[0]), "one name for all tries");
    }
}

#[test]
fn patience_ends() {
    let server = Server::start([Act::Answer(answer(503, &[], ""))]);
    let path = file(&server, "apt.csv", b"a\n");
    let run = Bursar::send(&server).args(["--retries", "2"]).arg(&path).run();
    assert_eq!((run.code, server.got().len()), (26, 3), "{run:?}");
    assert!(run.err.contains("Tried 3 times."), "{run:?}");
    let run = Bursar::send(&server).args(["--retries", "0"]).arg(&path).run();
    assert_eq!((run.code, server.got().len()), (26, 4), "{run:?}");
}

#[test]
fn retry_after_is_honoured_in_both_forms_and_capped() {
    for (field, waits) in [
        ("Retry-After: 2", "trying again in 2.0 s"),
        ("Retry-After: 99999999", "trying again in 300 s"),
        ("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", "trying again in 0.0 s"),
        ("Retry-After: Fri, 31 Dec 2999 23:59:59 GMT", "trying again in 300 s"),
        ("Retry-After: tomorrow", "trying again in"),
    ] {
        let server = Server::start([
            Act::Answer(answer(429, &[field], "")),
            Act::Answer(answer(201, &[], "{}")),
        ]);
        let run = Bursar::send(&server).arg(file(&server, "apt.csv", b"a\n")).run();
        assert_eq!(run.code, 0, "{field} {run:?}");
        assert!(run.err.contains(waits), "{field} {run:?}");
    }
}

#[test]
fn a_cut_connection_is_tried_again() {
    let server =
        Server::start([Act::Cut(0), Act::Cut(100_000), Act::Answer(answer(201, &[], "{}"))]);
    let content = vec![b'x'; LARGE];
    let run = Bursar::send(&server).arg(file(&server, "apt.csv", &content)).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.err.contains("the connection was lost"), "{run:?}");
    assert_eq!(server.got().len(), 3);
    assert!(server.got()[2].body == content);

    let server = Server::start([Act::Cut(10)]);
    let path = file(&server, "apt.csv", &content);
    let run = Bursar::send(&server).args(["--retries", "1"]).arg(path).run();
    assert_eq!(run.code, 33, "{run:?}");
}

#[test]
fn silence_ends_by_the_clock() {
    let server = Server::start([Act::KeepSilent]);
    let path = file(&server, "apt.csv", b"a\n");
    let run = Bursar::send(&server).args(["--timeout", "1", "--retries", "0"]).arg(path).run();
    assert_eq!(run.code, 32, "{run:?}");
    assert!(run.err.contains("nothing moved for 1 s"), "{run:?}");
}

#[test]
fn an_early_refusal_is_read_while_the_body_is_still_being_sent() {
    let said = r#"{"detail":"The token was revoked."}"#;
    let content = vec![b'x'; LARGE];
    for status in [401, 413] {
        let early = answer(status, &["Connection: close"], said);
        for act in [Act::AnswerEarly(early.clone()), Act::AnswerAndClose(early)] {
            let server = Server::start([act]);
            let path = file(&server, "apt.csv", &content);
            let run = Bursar::send(&server).arg(path).run();
            assert_eq!(run.code, if status == 401 { 12 } else { 21 }, "{run:?}");
            assert!(run.err.contains("The token was revoked"), "{run:?}");
            assert_eq!(server.got().len(), 1);
        }
    }
}

#[test]
fn a_refusal_comes_before_a_large_body_leaves() {
    let server = Server::start([Act::AnswerEarly(answer(401, &["Connection: close"], ""))]);
    let content = vec![b'x'; LARGE];
    let run = Bursar::send(&server).arg(file(&server, "apt.csv", &content)).run();
    assert_eq!(run.code, 12, "{run:?}");
    let [got] = &server.got()[..] else { panic!() };
    assert!(got.head.contains("expect: 100-continue"), "{}", got.head);
    assert_eq!(got.body.len(), 0, "the body waited for 100 Continue");
}

#[test]
fn a_server_that_does_not_know_expectations_gets_the_file_without() {
    let server = Server::start([
        Act::AnswerEarly(answer(417, &["Connection: close"], "")),
        Act::Answer(answer(201, &[], "{}")),
    ]);
    let content = vec![b'x'; LARGE];
    let path = file(&server, "apt.csv", &content);
    let run = Bursar::send(&server).args(["--retries", "0"]).arg(path).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!server.got()[1].head.contains("expect:"), "{}", server.got()[1].head);
    assert!(server.got()[1].body == content);
}

#[test]
fn a_201_before_the_whole_file_is_no_receipt() {
    let server = Server::start([Act::AnswerAndClose(answer(201, &["Connection: close"], "{}"))]);
    let path = file(&server, "apt.csv", &vec![b'x'; LARGE]);
    let run = Bursar::send(&server).arg(path).run();
    assert_eq!(run.code, 25, "{run:?}");
}

#[test]
fn waiting_is_shortened_for_these_tests() {
    let server = Server::start([
        Act::Answer(answer(503, &["Retry-After: 300"], "")),
        Act::Answer(answer(201, &[], "{}")),
    ]);
    let begin = Instant::now();
    let run = Bursar::send(&server).arg(file(&server, "apt.csv", b"a\n")).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(begin.elapsed() >= Duration::from_millis(300), "it did not wait");
}
