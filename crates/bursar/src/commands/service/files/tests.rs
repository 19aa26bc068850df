use std::cell::RefCell;

use super::*;

/// Installs, then removes, with a service manager that knows only these commands; gives what was said and
/// whether the file was there after each.
fn lives(known: &[&str], text_before: Option<&str>) -> [(bool, bool); 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bursar.service");
    if let Some(text) = text_before {
        fs::write(&path, text).unwrap();
    }
    let run = |command: &[&str]| {
        let is_known = command.iter().any(|word| known.contains(word));
        is_known.then_some(()).ok_or_else(|| Failure::usage("it is not known", "Go."))
    };
    let file = ServiceFile { path: &path, tools: &SYSTEMD, run: &run };
    let installed = file.install("[Service]\n").is_ok();
    let first = (installed, path.exists());
    if !path.exists() {
        fs::write(&path, "[Service]\n").unwrap();
    }
    let removed = file.remove().unwrap().is_none();
    [first, (removed, path.exists())]
}

#[test]
fn what_cannot_be_started_or_stopped_leaves_no_file() {
    for (known, text_before, expected) in [
        (&["daemon-reload", "enable", "disable"][..], None, [(true, true), (true, false)]),
        (&["daemon-reload"], None, [(false, false), (false, false)]),
        (&[], None, [(false, false), (false, false)]),
        // One of before stays, and is the new one.
        (&[], Some("[Service]\n"), [(false, true), (false, false)]),
    ] {
        assert_eq!(lives(known, text_before), expected, "{known:?} {text_before:?}");
    }
}

#[test]
fn a_service_that_was_started_is_told_of_its_file_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bursar.service");
    let told = RefCell::new(Vec::new());
    let run = |command: &[&str]| {
        told.borrow_mut().push((command.join(" "), path.exists()));
        Ok(())
    };
    let file = ServiceFile { path: &path, tools: &SYSTEMD, run: &run };
    file.install("[Service]\n").unwrap();
    assert_eq!(file.remove(), Ok(None));
    let expected = [
        ("systemctl daemon-reload", true),
        ("systemctl enable --now bursar.service", true),
        ("systemctl disable --now bursar.service", true),
        ("systemctl daemon-reload", false),
    ];
    let expected = expected.map(|(command, is_there)| (command.to_owned(), is_there));
    assert_eq!(told.into_inner(), expected);
}

#[test]
fn a_user_who_is_not_there_is_refused() {
    refuse_unknown_user("root").unwrap();
    let failure = refuse_unknown_user("no-such-user-of-bursar").unwrap_err();
    assert!(failure.next.contains("--user NAME"), "{failure}");
}
