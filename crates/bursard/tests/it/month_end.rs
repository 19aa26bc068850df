//! The example of a month end: every command of its page, by both programs, and the settings of its
//! container.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Server, command, sibling};

/// What the page says to do in another terminal.
const SERVE: &str = "bursard serve\n";

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/month-end")
}

/// What stands between fences for a shell.
fn commands(page: &str) -> Vec<&str> {
    page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// A shell in the folder, as whoever reads the page has one.
fn shell(folder: &Path, script: &str) -> Output {
    let programs = sibling("bursar").parent().unwrap().to_owned();
    let mut search = vec![programs];
    search.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut shell = Command::new("sh");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BURSAR")) {
        shell.env_remove(name);
    }
    shell
        .args(["-eux", "-c", script])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(search).unwrap())
        .env("HOME", folder)
        .env("NO_PROXY", "localhost")
        .output()
        .unwrap()
}

#[test]
fn every_command_of_the_page_does_what_it_says() {
    let server = Server::start();
    let folder = server.folder.path().join("month-end");
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(example()).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    symlink(server.data_dir(), folder.join("bursar-data")).unwrap();
    let settings = fs::read_to_string(folder.join("bursar.toml")).unwrap();
    let here = settings.replace("localhost:8443", &format!("localhost:{}", server.port));
    assert_ne!(here, settings, "the example is for the usual port");
    fs::write(folder.join("bursar.toml"), here).unwrap();

    let page = fs::read_to_string(folder.join("README.md")).unwrap();
    let typed = commands(&page);
    assert!(typed.contains(&SERVE), "{typed:?}");
    let script: String = typed.into_iter().filter(|typed| *typed != SERVE).collect();
    let done = shell(&folder, &script);
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    for file in ["bursar-report.html", "bursar-report.xlsx", "month-end.xlsx"] {
        assert!(fs::metadata(folder.join(file)).unwrap().len() > 1_000, "{file}");
    }

    let asked =
        shell(&folder, "bursar findings --all --json --config bursar.toml --profile analyst");
    let list: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let found = |check: &str, words: &str| {
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .any(|item| item["check"] == check && item["title"].as_str().unwrap().contains(words))
    };
    for (check, words) in [
        ("duplicate_invoices", "1O983"),
        ("duplicate_invoices", "K447126"),
        ("employee_is_supplier", "Vexley Signs"),
        ("invalid_iban", "Selldale Roofing"),
    ] {
        assert!(found(check, words), "{check} {words}: {list:#}");
    }
}

#[test]
fn the_container_is_given_settings_that_the_server_takes() {
    let compose = fs::read_to_string(example().join("compose.yaml")).unwrap();
    let settings: Vec<(&str, &str)> = compose
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .filter(|(name, _)| name.starts_with("BURSARD_"))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    let program = bursard::command();
    for (name, _) in &settings {
        let is_known = program.get_arguments().any(|arg| arg.get_env() == Some(name.as_ref()));
        assert!(is_known, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let shown = command(folder.path()).envs(settings.clone()).arg("check-config").output().unwrap();
    assert!(shown.status.success(), "{shown:?}");
    let address = settings.iter().find(|(name, _)| *name == "BURSARD_LISTEN").unwrap().1;
    assert!(String::from_utf8_lossy(&shown.stdout).contains(address), "{shown:?}");
}
