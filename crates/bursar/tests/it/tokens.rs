//! Where a token may come from, what may be wrong with it, and what the token commands print.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Bursar, file, path_text, token, token_of};
use crate::server::{Act, Server, answer};

fn server() -> Server {
    Server::start([Act::Answer(answer(201, &[], "{}"))])
}

fn private(server: &Server, name: &str, content: &str) -> PathBuf {
    let path = file(server, name, content.as_bytes());
    set_mode(&path, 0o600);
    path
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}

fn send(server: &Server) -> Bursar {
    let path = file(server, "apt.csv", b"a\n");
    Bursar::bare().args(["send", "--wait-second-ms", "1"]).at(server).arg(path)
}

fn authorization(server: &Server) -> String {
    let head = server.got().last().unwrap().head.clone();
    head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap().to_owned()
}

#[test]
fn each_source_of_a_token_works() {
    let server = server();
    let pasted = private(&server, "token.txt", &format!("\u{feff}\"{}\"\r\n\r\n", token()));
    private(&server, "bursar-token", &token());
    // As Windows PowerShell 5.1 writes it.
    let utf16 = format!("\u{feff}{}\r\n", token());
    let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let powershell = file(&server, "powershell.txt", &utf16);
    set_mode(&powershell, 0o600);
    let config = file(&server, "bursar.toml", b"[defaults]\ntoken-file = 'token.txt'\n");
    let path = path_text(&pasted);
    let command = format!("cat {path}");
    let folder = path_text(server.folder.path());
    for run in [
        send(&server).args(["--token-file", path]).run(),
        send(&server).args(["--token-file", path_text(&powershell)]).run(),
        send(&server).args(["--token-command", &command]).run(),
        send(&server).env("BURSAR_TOKEN", &token()).run(),
        send(&server).env("BURSAR_TOKEN_FILE", path).run(),
        send(&server).env("CREDENTIALS_DIRECTORY", folder).run(),
        send(&server).args(["--config", path_text(&config)]).run(),
    ] {
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(authorization(&server), token());
    }
    let run = send(&server).args(["--token-file", path]).run();
    for words in
        ["a byte order mark (U+FEFF) at position 1", "a quotation mark", "a carriage return"]
    {
        assert!(run.err.contains(words), "{words} {run:?}");
    }
}

#[test]
fn each_fault_of_a_token_is_told_and_nothing_is_sent() {
    let server = server();
    let whole = token();
    let (front, back) = whole.split_at(40);
    for (text, code, words) in [
        (format!("{front}\u{200b}{back}"), 10, "a zero-width space (U+200B) at position 41 of"),
        (format!("{front}\n{back}"), 10, "a line feed (U+000A) at position 41"),
        (format!("{front}ä{back}"), 10, "at position 41 of"),
        (front.to_owned(), 10, "parts between its dots"),
        ("a.b.c".to_owned(), 10, "not JSON in base64url"),
        (" \r\n".to_owned(), 10, "the token is empty"),
        ("x".repeat(5000), 10, "at most 4096 are taken"),
        ("x".repeat(70_000), 10, "too long to hold just a token"),
        (token_of(r#"{"exp":1500000000}"#), 11, "expired on 14 Jul 2017 02:40 UTC"),
        (token_of(r#"{"nbf":32472144000}"#), 11, "valid only from"),
    ] {
        let path = private(&server, "token.txt", &text);
        let run = send(&server).args(["--token-file", path_text(&path), "--dry-run"]).run();
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.err.contains(words), "{words} {run:?}");
        assert!(run.err.starts_with("not sent: "), "{run:?}");
        assert!(!run.err.contains(&back[20..40]), "a part of the token was printed: {run:?}");
    }
    let run = send(&server).run();
    assert_eq!(run.code, 10, "{run:?}");
    assert!(run.err.contains("there is no access token"), "{run:?}");
    for (command, words) in [("exit 3", "the token command failed"), ("true", "the token is empty")]
    {
        let run = send(&server).args(["--token-command", command]).run();
        assert_eq!(run.code, 10, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
    }
    assert_eq!(server.got().len(), 0);
}

#[cfg(unix)]
#[test]
fn a_token_file_that_others_may_read_is_refused() {
    let server = server();
    let path = private(&server, "token.txt", &token());
    for mode in [0o640, 0o604, 0o644, 0o660] {
        set_mode(&path, mode);
        let run = send(&server).args(["--token-file", path_text(&path)]).run();
        assert_eq!(run.code, 10, "{run:?}");
        assert!(run.err.contains(&format!("chmod 600 {}", path.display())), "{run:?}");
    }
}

#[test]
fn a_token_that_ends_soon_is_warned_of_even_when_quiet() {
    let server = server();
    let soon = jiff::Timestamp::now().as_second() + 5 * 86_400 + 60;
    let token = token_of(&format!(r#"{{"exp":{soon}}}"#));
    let run = send(&server).env("BURSAR_TOKEN", &token).args(["--quiet"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.err.contains("warning: the access token expires in 5 days"), "{run:?}");
}

#[test]
fn inspect_shows_what_a_token_says_and_never_the_token() {
    let server = server();
    let pasted = format!("Bearer {}\n", token());
    let run = Bursar::bare().args(["token", "inspect", "-"]).input(pasted.as_bytes()).run();
    assert_eq!(run.code, 0, "{run:?}");
    for words in [
        "customer/acme",
        "EdDSA",
        "the word Bearer at position 1",
        "valid until",
        "only the server can tell",
    ] {
        assert!(run.out.contains(words), "{words} {run:?}");
    }
    let late = private(&server, "late.txt", &token_of(r#"{"exp":1500000000}"#));
    let run = Bursar::bare().args(["token", "inspect"]).arg(&late).run();
    assert_eq!(run.code, 11, "{run:?}");
    assert!(run.out.contains("refused (401): it expired"), "{run:?}");
    let run = Bursar::bare().env("BURSAR_TOKEN", &token()).args(["token", "inspect"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let unsigned = "eyJhbGciOiJub25lIn0.e30.";
    let run = Bursar::bare().args(["token", "inspect", "-"]).input(unsigned.as_bytes()).run();
    assert!(run.out.contains("it is not signed"), "{run:?}");
}

#[test]
fn clean_prints_the_token_and_says_what_went() {
    let pasted = format!("\u{feff} \u{201c}{}\u{201d}\u{a0}\r\n", token());
    let run =
        Bursar::bare().args(["token", "clean", "-"]).input(pasted.as_bytes()).run_unsearched();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.out, format!("{}\n", token()));
    assert!(run.err.contains("a no-break space (U+00A0)"), "{run:?}");
    let broken = pasted.replace('.', ".\u{200b}");
    let run = Bursar::bare().args(["token", "clean", "-"]).input(broken.as_bytes()).run();
    assert_eq!((run.code, run.out.as_str()), (10, ""), "{run:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_desktop_there_is_no_keyring_and_that_is_said() {
    let server = server();
    let path = private(&server, "token.txt", &token());
    let expired = private(&server, "old.txt", &token_of(r#"{"exp":1000000000}"#));
    // No bus of any session is where this says.
    let nowhere = "unix:path=/nowhere/bus";
    for (args, code, words) in [
        (vec!["store", path_text(&path)], 10, "keyring"),
        (vec!["store", path_text(&expired)], 11, "expired on 9 Sep 2001"),
        (vec!["forget", "--profile", "uk"], 10, "keyring"),
        (vec!["inspect"], 10, "there is no access token"),
    ] {
        let run = Bursar::bare()
            .env("DBUS_SESSION_BUS_ADDRESS", nowhere)
            .args(["token"])
            .args(args.iter().copied())
            .run();
        assert_eq!(run.code, code, "{args:?} {run:?}");
        assert!(run.err.contains(words), "{args:?} {run:?}");
    }
    assert!(server.got().is_empty());
}
