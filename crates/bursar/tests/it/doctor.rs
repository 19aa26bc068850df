//! `bursar doctor` and `bursar service`: each step says good, or what to do.

use crate::program::{Bursar, Run, file, path_text, token, token_of};
use crate::server::{Act, Presents, Server, answer};

fn doctor(server: &Server, token: &str, more: &[&str]) -> Run {
    Bursar::bare()
        .env("BURSAR_TOKEN", token)
        .args(["doctor", "--wait-second-ms", "1", "--retries", "0"])
        .at(server)
        .args(more.iter().copied())
        .run()
}

fn acts(date: &str, status: u16) -> Vec<Act> {
    // The handshake alone, the clock, the list.
    let clock = Act::Answer(answer(404, &[&format!("Date: {date}"), "Connection: close"], ""));
    vec![Act::KeepSilent, clock, Act::Answer(answer(status, &[], r#"{"items":[]}"#))]
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[test]
fn each_step_says_good_or_what_to_do() {
    let far = token();
    let soon = jiff::Timestamp::now().as_second() + 3 * 86_400 + 60;
    let soon = token_of(&format!(r#"{{"exp":{soon}}}"#));
    let late = token_of(r#"{"exp":1500000000}"#);
    let cases = [
        (
            "all is well",
            Presents::Good,
            acts(&now(), 200),
            &far,
            0,
            "good  rights    the token is taken",
        ),
        (
            "no list",
            Presents::Good,
            acts(&now(), 404),
            &far,
            0,
            "good  rights    this service has no list",
        ),
        ("refused", Presents::Good, acts(&now(), 401), &far, 12, "BAD   rights    401"),
        (
            "clock",
            Presents::Good,
            acts("Sun, 06 Nov 1994 08:49:37 GMT", 200),
            &far,
            15,
            "s ahead of the server's",
        ),
        (
            "soon",
            Presents::Good,
            acts(&now(), 200),
            &soon,
            14,
            "BAD   token     the access token expires in 3 days",
        ),
        (
            "late",
            Presents::Good,
            acts(&now(), 200),
            &late,
            11,
            "BAD   token     the access token expired",
        ),
        (
            "expired",
            Presents::Expired,
            acts(&now(), 200),
            &far,
            41,
            "BAD   tls       the certificate of localhost",
        ),
    ];
    for (what, presents, acts, token, code, words) in cases {
        let server = Server::presenting(presents, acts);
        let run = doctor(&server, token, &[]);
        assert!(run.out.contains(words), "{what} {run:?}");
        let fitting = run.code == code || (presents == Presents::Expired && run.code == 41);
        assert!(fitting, "{what} {run:?}");
        assert!(run.out.contains("good  outbox"), "{what} {run:?}");
    }
}

#[test]
fn files_are_looked_at_as_a_dry_run_does() {
    let server = Server::presenting(Presents::Good, acts(&now(), 200));
    let good = file(&server, "apt 1.csv", b"a\n");
    let page = file(&server, "apt_2.csv", b"<!doctype html><title>x</title>");
    let run = doctor(&server, &token(), &[path_text(&good), path_text(&page), "--json"]);
    assert_eq!(run.code, 8, "{run:?}");
    assert!(run.out.contains("would be sent as APT apt_1_2"), "{run:?}");
    assert!(run.out.contains("HTML"), "{run:?}");
    for line in run.out.lines() {
        let step: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(step["step"].is_string() && step["good"].is_boolean(), "{step}");
    }
    let run = Bursar::bare().args(["doctor"]).run();
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_token_is_told_what_a_server_would_say() {
    let claims = r#"{"iss":"bursar","customer":"acme","units":["acmeuk"],"types":["APT"],"exp":32472144000}"#;
    let inspect = |claims: &str, more: &[&str]| {
        let bursar = Bursar::bare().args(["token", "inspect", "-"]).args(more.iter().copied());
        bursar.input(token_of(claims).as_bytes()).run()
    };
    for (more, words) in [
        (
            &["--customer", "acme", "--unit", "acmeuk", "--type", "APT"][..],
            "nothing in its claims stands",
        ),
        (&["--customer", "other", "--unit", "acmeuk"], "403: it is for acme, not for other"),
        (&["--customer", "acme"], "403: it is for the units acmeuk, not for acme"),
        (&["--type", "Suppliers"], "403: it is for APT, not for Suppliers"),
    ] {
        let run = inspect(claims, more);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.out.contains(words), "{words} {run:?}");
    }
    let viewer = r#"{"customer":"acme","role":"viewer","exp":32472144000}"#;
    assert!(inspect(viewer, &[]).out.contains("role_insufficient"));
    assert!(inspect(r#"{"exp":32472144000}"#, &[]).out.contains("only its own server can tell"));
}

#[test]
fn a_service_text_is_printed_for_each_system() {
    for (system, words) in
        [("systemd", "[Service]"), ("launchd", "<plist"), ("windows", "sc.exe create Bursar")]
    {
        let run = Bursar::bare().args(["service", "install", "--print", "--for", system]).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.out.contains(words), "{run:?}");
    }
}

#[test]
fn a_service_that_cannot_be_is_refused() {
    for (args, what, next) in [
        (&["service", "install", "--for", "windows"][..], "cannot be installed on this", "--print"),
        (
            &["service", "install", "--print", "--for", "windows", "--token-file", "t.txt"],
            "Windows hands no access token",
            "token-file = ",
        ),
        (
            &["service", "install", "--print", "--for", "windows", "--config", "bursar.toml"],
            "not a whole path",
            "Write it from its root",
        ),
        (&["run", "--as-service"], "service manager of Windows alone", "sc.exe start Bursar"),
    ] {
        let run = Bursar::bare().args(args.iter().copied()).run();
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(what) && run.err.contains(next), "{run:?}");
    }
}
