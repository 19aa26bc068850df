//! Every statement that writes a row of which sums of findings are made, found in the sources: one that is
//! added has to count the change, and to stand here.
//!
//! Not for: whether it does count (`cases::finding_sums` makes every kind of change).

use std::path::Path;

use crate::site::files_below;

/// What sums are made of.
const TABLES: [&str; 3] = ["findings", "finding_history", "finding_rows"];
const VERBS: [&str; 3] = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];

/// The file, the statement, and what sees to it that no sum outlives the change.
const WRITERS: [(&str, &str, &str); 11] = [
    ("erasure.rs", "DELETE FROM {}", "the unit is there no more, and its version goes with it"),
    ("erasure/accounts.rs", "DELETE FROM {}", "rows of people only"),
    ("erasure/person.rs", "DELETE FROM {}", "rows of people only"),
    ("findings/counted.rs", "UPDATE findings", "`keep` and `Case::write` count what they set with"),
    ("findings/keep.rs", "INSERT INTO findings", "`keep` counts behind the last finding"),
    ("findings/keep.rs", "UPDATE findings", "`keep` counts behind the last finding"),
    ("findings/opened.rs", "UPDATE findings", "`note_opened` counts it"),
    ("findings/rows.rs", "INSERT INTO finding_rows", "`keep` counts behind the last finding"),
    ("history_row.rs", "INSERT INTO finding_history", "`Case::write` counts each entry"),
    ("table_rows.rs", "INSERT INTO {table}", "into a database, or for a customer, that is new"),
    ("verdicts.rs", "UPDATE findings", "`Case::write` counts each entry"),
];

#[test]
fn whoever_writes_findings_is_known() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for file in files_below(&sources) {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&sources).unwrap().to_str().unwrap().to_owned();
        found.extend(statements(&text).into_iter().map(|statement| (name.clone(), statement)));
    }
    found.sort_unstable();
    let known: Vec<(String, String)> =
        WRITERS.iter().map(|(file, what, _)| ((*file).to_owned(), (*what).to_owned())).collect();
    assert_eq!(
        found, known,
        "whatever writes findings calls `finding_versions::note_change` in the same transaction, stands in \
         WRITERS, and is a change of `cases::finding_sums`"
    );
}

/// The statements of a source that write one of the tables, or one that is named elsewhere.
fn statements(source: &str) -> Vec<String> {
    // As the compiler joins the lines of a text.
    let joined: String = source.split("\\\n").map(str::trim_start).collect();
    let mut found = Vec::new();
    for verb in VERBS {
        for (at, _) in joined.match_indices(verb) {
            let table = &joined[at + verb.len()..];
            let end = |c: char| !(c.is_ascii_lowercase() || "_{}".contains(c));
            let table = table.split(end).next().unwrap_or_default();
            if TABLES.contains(&table) || table.starts_with('{') {
                found.push(format!("{verb}{table}"));
            }
        }
    }
    found
}

#[test]
fn statements_are_found_over_the_ends_of_lines() {
    let source = "\"UPDATE \\\n    findings SET x\" \"DELETE FROM runs\" \"UPDATE {name} SET y\"";
    assert_eq!(statements(source), ["UPDATE findings", "UPDATE {name}"]);
}
