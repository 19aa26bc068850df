//! `bursard sample`, as somebody types it.

use crate::harness::bursard;

#[test]
fn a_sample_is_written_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new/sample");
    let arguments = ["sample", into.to_str().unwrap(), "--until", "2025-03-31", "--json"];
    let output = bursard(folder.path(), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> = made["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "suppliers_20250130.csv",
            "suppliers_20250331.csv",
            "employees_20250331.csv",
            "transactions_20250331.csv"
        ]
    );
    for name in names.iter().chain(&["truth.json"]) {
        assert!(into.join(name).metadata().unwrap().len() > 10_000, "{name}");
    }
    assert_eq!(made["files"][3]["rows"], 20_000);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, says) in [
        (&["--until", "31/03/2025"][..], "2026-09-30"),
        (&["--until", "1825-03-31"], "this century"),
        (&["--invoices", "12"], "5000"),
        (&["--suppliers", "3"], "100"),
    ] {
        let output = bursard(folder.path(), &[&["sample", "made"], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}
