//! The operator's commands.

use crate::harness::{Server, bursard, command};

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
        (&["token", "issue", "--customer", "globex", "--role", "owner"], "admin or screening"),
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

/// Sends a form as a browser does from a page of the server, signed in or not.
async fn submit(server: &Server, link: &str, fields: &'static str) -> u16 {
    let (_, path) = link.trim().split_once("https://localhost:").unwrap();
    let (_, path) = path.split_once('/').unwrap();
    let request = server.client().post(server.url(&format!("/{path}"))).body(fields);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    request.header("Sec-Fetch-Site", "same-origin").send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn nobody_is_locked_out_for_good() {
    let server = Server::start();
    let link = |arguments: &[&str]| {
        let output = server.bursard(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let listed = || {
        let listed = server.bursard(&["user", "list", "--json"]);
        serde_json::from_slice::<serde_json::Value>(&listed.stdout).unwrap()
    };
    // A second customer has a first admin.
    let made = link(&["customer", "add", "globex", "--admin", "gail@globex.example"]);
    assert!(made.starts_with(&server.url("/")), "by the port that is listened on: {made}");
    let password =
        "name=G&new_password=correct+horse+staple&new_password_again=correct+horse+staple";
    assert!(submit(&server, &made, password).await < 400);
    let gail = &listed()[0];
    assert_eq!(gail["email"], "gail@globex.example");
    assert_eq!(
        gail["memberships"][0],
        serde_json::json!({ "customer": "globex", "role": "admin" })
    );
    // Whoever forgot their password, or lost their telephone, comes back in.
    let reset = link(&["user", "reset", "gail@globex.example", "--codes-off"]);
    assert!(submit(&server, &reset, password).await < 400);
    assert_eq!(submit(&server, &reset, password).await, 409, "a link works once");
    // The only admin stays one, until there is another.
    let refused = server.bursard(&["user", "disable", "gail@globex.example"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("make another admin first"), "{refused:?}");
    let invited = link(&["user", "invite", "hal@globex.example", "--customer", "globex"]);
    assert!(submit(&server, &invited, password).await < 400);
    for arguments in [
        &["user", "promote", "hal@globex.example", "--customer", "globex"][..],
        &["user", "disable", "gail@globex.example"],
    ] {
        assert!(server.bursard(arguments).status.success(), "{arguments:?}");
    }
    assert!(!listed()[0]["disabledAt"].is_null());
    let refused = server.bursard(&["user", "reset", "gail@globex.example"]);
    assert!(text(&refused.stderr).contains("bursard user enable"), "{refused:?}");
    assert!(server.bursard(&["user", "enable", "gail@globex.example"]).status.success());
    assert!(listed()[0]["disabledAt"].is_null());
    let table = text(&server.bursard(&["user", "list", "--customer", "globex"]).stdout);
    assert_eq!(table.matches("globex (admin)").count(), 2, "{table}");
    // A role in one unit, and running the server, which gives none.
    assert!(server.bursard(&["unit", "add", "globex", "uk"]).status.success());
    for arguments in [
        &["user", "invite", "uma@globex.example", "--customer", "globex", "--unit", "uk"][..],
        &["user", "promote", "gail@globex.example", "--operator"],
    ] {
        let output = server.bursard(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
    assert_eq!(listed()[0]["isOperator"], true);
    assert!(server.bursard(&["user", "demote", "gail@globex.example"]).status.success());
    assert_eq!(listed()[0]["isOperator"], false);
    for (arguments, says) in [
        (&["user", "reset", "nobody@globex.example"][..], "user invite"),
        (&["user", "invite", "nobody", "--customer", "globex"], "e-mail address"),
        (&["user", "invite", "a@b.example", "--customer", "nosuch"], "customer add nosuch"),
        (&["user", "promote", "hal@globex.example", "--customer", "nosuch"], "customer list"),
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
fn a_variable_that_sets_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    command.arg("check-config").env("BURSARD_LISTENN", "0.0.0.0:1").env("BURSARD_REGION", "uk");
    let shown = command.output().unwrap();
    assert!(shown.status.success() && text(&shown.stdout).contains("region = \"uk\""), "{shown:?}");
    assert!(text(&shown.stderr).contains("BURSARD_LISTENN is no setting"), "{shown:?}");
    assert!(!text(&shown.stderr).contains("BURSARD_REGION"), "{shown:?}");
}

#[test]
fn who_is_invited_and_has_not_come_is_listed() {
    let server = Server::start();
    assert!(
        server
            .bursard(&["customer", "add", "contoso", "--admin", "gail@contoso.example"])
            .status
            .success()
    );
    let of_contoso = server.bursard(&["user", "list", "--customer", "contoso"]);
    let said = text(&of_contoso.stderr);
    assert!(said.starts_with("contoso has no members yet\n"), "{said}");
    assert!(
        said.contains("invited: gail@contoso.example, as admin of contoso, by operator, until "),
        "{said}"
    );
    let all = text(&server.bursard(&["user", "list"]).stderr);
    assert!(all.contains("gail@contoso.example") && all.contains("by the first start"), "{all}");
    let json =
        server.bursard(&["user", "list", "--customer", "contoso", "--invited", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json[0]["email"], "gail@contoso.example", "{json}");
    let unknown = server.bursard(&["user", "list", "--customer", "nosuch"]);
    assert!(text(&unknown.stderr).contains("bursard customer list"), "{unknown:?}");
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
fn a_stolen_key_is_retired() {
    let server = Server::start();
    let only = server.bursard(&["key", "retire", "k1"]);
    assert!(text(&only.stderr).contains("bursard key rotate"), "{only:?}");
    assert!(server.bursard(&["key", "rotate"]).status.success());
    let unknown = server.bursard(&["key", "retire", "k9"]);
    assert!(text(&unknown.stderr).contains("there are k2, k1"), "{unknown:?}");
    for said in ["k1 is retired", "k1 was retired before"] {
        let retired = text(&server.bursard(&["key", "retire", "k1"]).stdout);
        assert!(retired.starts_with(said), "{retired}");
    }
}

#[test]
fn what_ends_with_a_key_is_said_before_and_after() {
    let server = Server::start();
    server.token();
    assert!(server.bursard(&["key", "rotate"]).status.success());
    server.token();
    let checkpoints = server.data_dir().join("audit-checkpoints.txt");
    let checkpoint = text(&server.bursard(&["audit", "checkpoint"]).stdout);
    let lines = |arguments: &[&str]| -> Vec<Vec<String>> {
        let table = text(&server.bursard(arguments).stdout);
        let words = |line: &str| {
            line.split("  ")
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        table.lines().skip(1).map(words).collect()
    };
    let keys = lines(&["key", "list"]);
    let standings = |keys: &[Vec<String>]| -> Vec<(String, String, String)> {
        keys.iter().map(|key| (key[0].clone(), key[3].clone(), key[4].clone())).collect()
    };
    let of = |key: &str, standing: &str, tokens: &str| {
        (key.to_owned(), standing.to_owned(), tokens.to_owned())
    };
    assert_eq!(standings(&keys), [of("k2", "signs", "1"), of("k1", "verifies", "1")]);
    // The newest: the one before signs again.
    let retired = server.bursard(&["key", "retire", "k2"]);
    assert!(
        text(&retired.stderr).starts_with("1 access token that worked until now"),
        "{retired:?}"
    );
    let keys = standings(&lines(&["key", "list"]));
    assert!(keys[0].1.starts_with("retired "), "{keys:?}");
    assert_eq!(keys[1], of("k1", "signs", "1"));
    let tokens = lines(&["token", "list"]);
    let standing: Vec<&str> = tokens.iter().map(|token| token[1].as_str()).collect();
    assert_eq!(standing, ["key retired", "good"], "{tokens:?}");
    let listed = text(&server.bursard(&["restored", "list"]).stdout);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let doctor = text(&server.bursard(&["doctor"]).stdout);
    assert!(doctor.contains("k1 signs, 1 in use, 1 retired"), "{doctor}");

    // What it signed before it was retired is still read, from the file and as it is.
    let kept = std::fs::read_to_string(&checkpoints).unwrap();
    assert!(kept.lines().count() >= 2, "one more at its retirement: {kept}");
    for held in [checkpoint.trim(), checkpoints.to_str().unwrap()] {
        let whole = server.bursard(&["audit", "verify", "--holds", held]);
        assert!(whole.status.success(), "{whole:?}");
        let is_of_k2 = held == checkpoint.trim();
        assert_eq!(
            text(&whole.stderr).contains("signed by k2, which was retired on"),
            is_of_k2,
            "{whole:?}"
        );
    }
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
    assert_eq!(exported(last - 1), ["unit.add", "audit.verify", "audit.export"]);
    assert_eq!(exported(last + 1), ["audit.export", "audit.export"]);
    assert_eq!(verify()["entries"], last + 3);
    let said = text(&server.bursard(&["audit", "verify"]).stdout);
    assert!(said.starts_with("whole: "), "{said}");

    // What was kept elsewhere has to be there still.
    let held = format!("{last}:{}", before["end"].as_str().unwrap());
    let checkpoint = text(&server.bursard(&["audit", "checkpoint"]).stdout);
    let file = server.folder.path().join("checkpoints.txt");
    std::fs::write(&file, format!("{checkpoint}\n")).unwrap();
    let file = file.to_str().unwrap();
    let whole = server.bursard(&["audit", "verify", "--holds", &held, "--holds", file]);
    assert!(whole.status.success(), "{whole:?}");
    let other = format!("{last}:{}", "0".repeat(64));
    let replaced = server.bursard(&["audit", "verify", "--holds", &other]);
    assert_eq!(replaced.status.code(), Some(1));
    assert!(text(&replaced.stdout).contains("written anew"), "{replaced:?}");
    std::fs::write(file, checkpoint.replace('.', ".A")).unwrap();
    let forged = server.bursard(&["audit", "verify", "--holds", file]);
    assert_eq!(forged.status.code(), Some(2));
    assert!(text(&forged.stderr).contains("line 1 cannot be used"), "{forged:?}");
    let kept = server.data_dir().join("audit-checkpoints.txt");
    let kept = kept.to_str().unwrap();
    assert!(server.bursard(&["audit", "verify", "--holds", kept]).status.success(), "{kept}");
}

#[tokio::test]
async fn whatever_a_command_takes_out_or_changes_is_in_the_log() {
    let server = Server::start();
    let token = server.token();
    let rows = "Supplier Ref,Supplier Name\nS1,Acme Ltd\n";
    let sent = server.post(&token, "Suppliers/a_20261123.csv").body(rows).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    server.all_read(&token).await;
    server.exported("Suppliers");
    let copy = server.folder.path().join("copy");
    for arguments in [
        &["customer", "add", "other"][..],
        &["unit", "add", "other", "uk"],
        &["key", "rotate"],
        &["key", "retire", "k1"],
        &["check", "run", "--customer", "acme", "--unit", "acme"],
        &["user", "invite", "hal@contoso.example", "--customer", "other", "--role", "viewer"],
        &["backup", copy.to_str().unwrap()],
    ] {
        let done = server.bursard(arguments);
        assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
    }
    let log = text(&server.bursard(&["audit", "export"]).stdout);
    for what in [
        "token.issue",
        "upload.received",
        "ledger.export",
        "customer.add",
        "unit.add",
        "key.add",
        "key.retire",
        "run.ask",
        "member.invite",
        "backup.make",
        "audit.export",
    ] {
        assert!(log.contains(&format!("\"what\":\"{what}\"")), "{what}: {log}");
    }
    assert!(!log.contains(&token));
}

#[test]
fn a_password_on_the_command_line_is_said_and_not_shown() {
    let server = Server::start();
    let database = "postgres://bursar:hunter2@127.0.0.1:1/bursar";
    let shown = server.bursard(&["--database", database, "check-config"]);
    let (out, err) = (text(&shown.stdout), text(&shown.stderr));
    assert!(err.contains("the password in --database can be read by everybody"), "{err}");
    assert!(!out.contains("hunter2") && !err.contains("hunter2"), "{out}{err}");
}
