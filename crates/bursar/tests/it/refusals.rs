//! Commands that cannot be carried out as they are typed, and the commands that print.

use crate::program::{Bursar, file, path_text, token};
use crate::server::{Act, Server, answer};

#[test]
fn slips_on_the_command_line_end_with_2_and_say_what_to_do() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let apt = file(&server, "apt.csv", b"a\n");
    let apt = path_text(&apt);
    let toml = file(&server, "bursar.toml", b"[defaults]\ntokn-file = 'x'\n");
    let cases: &[(&[&str], &str)] = &[
        (&["send", apt], "it is not said where to send"),
        (&["send", apt, "--url", "https://a"], "which customer"),
        (
            &["send", apt, "--url", "https://a", "--region", "uksouth", "--customer", "a"],
            "both --url and --region",
        ),
        (&["send", apt, "--url", "https://a", "--customer", "Acme"], "lower-case letters"),
        (&["send", apt, "--type", "apt"], "written exactly so"),
        (&["send", apt, "--region", "UK South"], "uksouth"),
        (&["send", apt, "--retries", "1000"], "1000"),
        (&["send", apt, "--token", "x"], "--token"),
        (
            &["send", apt, apt, "--url", "https://a", "--customer", "a", "--name", "b.csv"],
            "--name is for one file",
        ),
        (
            &["send", apt, "--url", "https://a", "--customer", "a", "--client-cert", apt],
            "--client-key",
        ),
        (
            &["send", apt, "--url", "https://a", "--customer", "a", "--proxy", "hunter2"],
            "http:// or socks5://",
        ),
        (&["send", apt, "--profile", "night"], "no profile \"night\""),
        (&["send", apt, "--config", path_text(&toml)], "tokn-file"),
        (&["send", apt, "--config", "/nowhere/bursar.toml"], "cannot be read"),
        (&["nonsense"], "nonsense"),
        (&[], "Usage"),
    ];
    for (args, words) in cases {
        let run = Bursar::bare().env("BURSAR_TOKEN", &token()).args(args.iter().copied()).run();
        assert_eq!(run.code, 2, "{args:?} {run:?}");
        assert!(run.err.contains(words), "{args:?} {run:?}");
        assert!(!run.err.contains("hunter2"), "{run:?}");
    }
}

#[test]
fn settings_come_from_flags_then_variables_then_the_profile() {
    let server = Server::start([Act::Answer(answer(201, &[], "{}"))]);
    let apt = file(&server, "apt_20261123.csv", b"a\n");
    let text = format!(
        "[defaults]\nurl = '{}'\nca-file = ['ca.pem']\ncustomer = 'one'\n[profile.two]\ncustomer = 'two'\n",
        server.url()
    );
    let toml = file(&server, "bursar.toml", text.as_bytes());
    let send = || {
        let bursar = Bursar::bare().env("BURSAR_TOKEN", &token());
        bursar.env("BURSAR_CONFIG", path_text(&toml)).args(["send"]).arg(&apt)
    };
    for (bursar, customer) in [
        (send(), "one"),
        (send().args(["--profile", "two"]), "two"),
        (send().env("BURSAR_PROFILE", "two"), "two"),
        (send().env("BURSAR_CUSTOMER", "three").args(["--profile", "two"]), "three"),
        (send().env("BURSAR_CUSTOMER", "three").args(["--customer", "four"]), "four"),
    ] {
        let run = bursar.run();
        assert_eq!(run.code, 0, "{run:?}");
        let head = server.got().last().unwrap().head.clone();
        let path = format!("/customers/{customer}/units/{customer}/Uploads/upload/APT/");
        assert!(head.contains(&path), "{head}");
    }
}

#[test]
fn the_printing_commands_print() {
    for (args, words) in [
        (&["help", "exit-codes"][..], "  24  the server answered with success, but not with 201"),
        (&["exit-codes"], "   3  nothing to send"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["completions", "bash"], "complete -F"),
        (&["completions", "powershell"], "Register-ArgumentCompleter"),
        (&["man"], ".TH bursar 1"),
    ] {
        let run = Bursar::bare().args(args.iter().copied()).run();
        assert_eq!(run.code, 0, "{args:?} {run:?}");
        assert!(run.out.contains(words), "{args:?} {run:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let run = Bursar::bare().args(["man"]).arg(folder.path()).run();
    assert_eq!(run.code, 0, "{run:?}");
    let page = std::fs::read_to_string(folder.path().join("bursar-send.1")).unwrap();
    assert!(page.contains("token"), "{page}");
}
