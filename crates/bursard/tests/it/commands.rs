//! The operator's commands.

use crate::harness::{Server, bursard};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_first_start_says_what_it_made_and_what_to_do_next() {
    let server = Server::start();
    let said = server.first_lines.join("\n");
    for thing in
        ["data folder", "certificate", "signing key", "customer", "ready https://localhost"]
    {
        assert!(said.contains(thing), "{thing} is not in\n{said}");
    }
}

#[test]
fn customers_and_units_are_added_and_listed() {
    let server = Server::start();
    assert!(server.bursard(&["customer", "add", "globex"]).status.success());
    assert!(server.bursard(&["unit", "add", "globex", "uk"]).status.success());
    assert_eq!(text(&server.bursard(&["customer", "list"]).stdout), "acme\nglobex\n");
    let units = server.bursard(&["unit", "list", "globex", "--json"]);
    let units: Vec<String> = serde_json::from_slice(&units.stdout).unwrap();
    assert_eq!(units, ["globex", "uk"]);
    for (arguments, says) in [
        (&["customer", "add", "globex"][..], "globex"),
        (&["customer", "add", "Globex"], "lower-case"),
        (&["unit", "add", "nosuch", "uk"], "nosuch"),
        (&["token", "issue", "--customer", "nosuch"], "customer add nosuch"),
        (&["token", "issue", "--customer", "globex", "--unit", "fr"], "unit add globex fr"),
        (&["token", "issue", "--customer", "globex", "--valid-for", "99y"], "five years"),
        (&["token", "issue", "--customer", "globex", "--role", "owner"], "analyst or admin"),
        (
            &["token", "issue", "--customer", "globex", "--role", "viewer", "--type", "APT"],
            "sends nothing",
        ),
    ] {
        let output = server.bursard(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn doctor_is_good_on_a_running_server_and_says_what_to_do_on_none() {
    let server = Server::start();
    let output = server.bursard(&["doctor"]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    let nowhere = tempfile::tempdir().unwrap();
    let output = bursard(nowhere.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("bursard serve"), "{}", text(&output.stdout));
    assert!(!nowhere.path().join("data").exists(), "looking makes nothing");
}

#[test]
fn the_settings_in_force_are_shown() {
    let server = Server::start_with("[limits]\nuploads_max = 7\n");
    let shown = text(&server.bursard(&["check-config"]).stdout);
    assert!(shown.contains("limits.uploads_max = 7"), "{shown}");
}

#[test]
fn a_run_is_asked_for_and_listed() {
    let server = Server::start_receiving_only();
    let ask = || server.bursard(&["check", "run", "--customer", "acme", "--json"]);
    let id = |output: std::process::Output| {
        let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        run["runId"].as_str().unwrap().to_owned()
    };
    let asked = id(ask());
    assert_eq!(id(ask()), asked, "one waits already");
    let list = text(&server.bursard(&["check", "list", "--customer", "acme"]).stdout);
    assert!(list.contains(&asked) && list.contains("waiting"), "{list}");
    let unknown = server.bursard(&["check", "run", "--customer", "nosuch"]);
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
    assert!(text(&unknown.stderr).contains("bursard unit list nosuch"), "{unknown:?}");
}

#[test]
fn the_audit_log_is_verified_and_written_out() {
    let server = Server::start();
    assert!(server.bursard(&["unit", "add", "acme", "uk"]).status.success());
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let verify = || json(&text(&server.bursard(&["audit", "verify", "--json"]).stdout));
    let before = verify();
    assert_eq!(before["whole"], true, "{before}");
    let last = before["entries"].as_u64().unwrap();
    let exported = |after: u64| {
        let after = after.to_string();
        let lines = text(&server.bursard(&["audit", "export", "--after", &after]).stdout);
        let what = |line| json(line)["entry"]["what"].as_str().unwrap().to_owned();
        lines.lines().map(what).collect::<Vec<_>>()
    };
    assert_eq!(exported(last - 1), ["unit.add", "audit.export"]);
    assert_eq!(exported(last), ["audit.export", "audit.export"]);
    assert_eq!(verify()["entries"], last + 2);
    let said = text(&server.bursard(&["audit", "verify"]).stdout);
    assert!(said.starts_with("whole: "), "{said}");
}
