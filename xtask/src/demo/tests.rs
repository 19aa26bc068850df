use super::*;

#[test]
fn the_url_is_the_word_after_ready() {
    for (line, url) in [
        ("ready https://localhost:8443", Some("https://localhost:8443")),
        ("ready https://localhost:4711   region local   SQLite", Some("https://localhost:4711")),
        ("made  customer acme, unit acme", None),
        ("already https://localhost:1", None),
        ("ready", None),
        ("", None),
    ] {
        assert_eq!(behind(line, "ready"), url, "{line:?}");
    }
}

#[test]
fn the_first_key_is_that_of_the_gravest() {
    let listed =
        "at risk  prob  title    key\n1.00 GBP  97%  A fnd b  fnd_01\n2.00 GBP  9%  C  fnd_02\n";
    assert_eq!(first_key(listed), Some("fnd_01"));
    assert_eq!(first_key("nothing to decide"), None);
}

/// Programs made of shell, in a folder of their own.
#[cfg(unix)]
fn programs(name: &str, bursard: &str, bursar: &str) -> PathBuf {
    // Written by another process: a file this one holds open for writing, even in a child it is just
    // starting for another test, cannot be run.
    const WRITE: &str = "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 700 \"$1\"";
    let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    for (program, text) in [("bursard", bursard), ("bursar", bursar)] {
        let status = Command::new("sh")
            .args(["-c", WRITE, "sh"])
            .arg(folder.join(program))
            .arg(text)
            .status();
        assert!(status.is_ok_and(|status| status.success()));
    }
    folder
}

#[cfg(unix)]
#[test]
fn the_uploader_is_given_the_url_the_token_and_the_authority() {
    let folder = programs(
        "whole",
        "case $1 in serve) mkdir \"$3\"; echo https://localhost:1/welcome/x > \"$3/welcome-link.txt\"; \
         echo made x; echo ready https://localhost:1 region local; read never;; \
         *) echo a.b.c;; esac",
        // Fails unless each of them is where it is said to be.
        "test \"$3\" = https://localhost:1 && test \"$(cat \"$9\")\" = a.b.c",
    );
    let demo = Demo::begin(&folder).expect("the server gets ready");
    assert_eq!(demo.link, "https://localhost:1/welcome/x");
    demo.list().expect("the uploader finds what it needs");
    demo.finish(End::AfterReceipt).expect("the demo's folder can be removed");
    let left = fs::read_dir(&folder).map(Iterator::count);
    fs::remove_dir_all(&folder).expect("it is our folder");
    assert_eq!(left.ok(), Some(2), "only the two programs are left");
}

#[cfg(unix)]
#[test]
fn a_server_that_ends_early_shows_its_log() {
    let folder = programs("early", "echo the port is taken >&2", "exit 1");
    let sentence = Demo::begin(&folder).err();
    fs::remove_dir_all(&folder).expect("it is our folder");
    let sentence = sentence.expect("there is no server");
    assert!(sentence.contains("the port is taken"), "{sentence}");
}
