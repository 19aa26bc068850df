//! What is written in Rust files: how they open, what they promise for later, what they may not
//! name.
//!
//! Not for: what clippy and rustfmt see. Invariant: each rule looks at one line, and at tests only
//! where it says so.

use super::layout::EMPTY_NAMES;
use super::{Fault, Tree};

/// rustfmt leaves comments alone: they are written to its width of 100, and a word may stand out.
const MOST_COLUMNS: usize = 110;

/// Crates that are handed the time, chance and their settings, so that every rule in them can be
/// tested.
const HANDED_THE_TIME: [&str; 8] =
    ["domain", "api", "evidence", "extract", "sample", "store", "analysis", "server"];

/// Calls that read the wall clock.
const READS_THE_CLOCK: [&str; 4] =
    ["SystemTime::now", "Timestamp::now", "Zoned::now", "Uuid::now_v7"];
/// Calls that read the environment.
const READS_THE_ENVIRONMENT: [&str; 2] = ["env::var", "env::vars"];

/// The file of each program that reads the clock for all others.
const CLOCKS: [&str; 2] = ["crates/bursar/src/main.rs", "crates/bursard/src/system.rs"];

/// The pages, and the part of them that writes days and times for all others.
const PAGES: &str = "crates/server/src/http/pages/";
const FORMAT_OF_PAGES: &str = "crates/server/src/http/pages/format";
/// Calls that write a day or a time, or cut days, in a format and a time zone of their own.
const FORMATS_TIME: [&str; 2] = [".strftime(", "TimeZone::UTC"];

// Written in two parts, as this file is held to its own rules.
const PROMISE: &str = concat!("TO", "DO");
const CONFESSION: &str = concat!("FIX", "ME");
const SKIPPED_TEST: &str = concat!("#[", "ignore");

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts(".rs") {
        if !path.ends_with("/tests.rs") && !text.starts_with("//!") {
            faults.push(Fault::new(
                path,
                1,
                "the file does not say what it is for",
                "open it with //!: what for, what not for, the invariant it keeps",
            ));
        }
        let mut in_tests = path.ends_with("/tests.rs") || path.contains("/tests/");
        for (number, line) in text.lines().enumerate() {
            in_tests |= line.trim() == "#[cfg(test)]";
            let place = Line { path, text: line, in_tests };
            for (what, mend) in RULES.iter().filter_map(|rule| rule(&place)) {
                faults.push(Fault::new(path, number + 1, what, mend));
            }
        }
    }
    faults
}

struct Line<'a> {
    path: &'a str,
    text: &'a str,
    in_tests: bool,
}

impl Line<'_> {
    fn code(&self) -> &str {
        self.text.split("//").next().unwrap_or_default()
    }

    fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

/// A rule of lines: the fault, and how to mend it.
type LineRule = fn(&Line<'_>) -> Option<(String, &'static str)>;

const RULES: [LineRule; 8] = [
    wide_comment,
    promise,
    skipped_test,
    empty_name,
    float,
    reads_the_world,
    reads_the_clock,
    formats_by_itself,
];

fn wide_comment(line: &Line<'_>) -> Option<(String, &'static str)> {
    let columns = line.text.chars().count();
    let is_comment = line.text.trim_start().starts_with("//");
    let is_link = line.text.contains("://");
    (is_comment && !is_link && columns > MOST_COLUMNS)
        .then(|| (format!("a comment {columns} columns wide"), "break it near column 100"))
}

fn promise(line: &Line<'_>) -> Option<(String, &'static str)> {
    if words(line.text).any(|word| word == CONFESSION) {
        return Some((format!("a {CONFESSION}"), "mend it, or make it an issue"));
    }
    let (_, after) = line.text.split_once(PROMISE)?;
    let is_word = words(line.text).any(|word| word == PROMISE);
    let has_issue = after
        .strip_prefix("(#")
        .is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
    (is_word && !has_issue).then(|| {
        (
            format!("a {PROMISE} without an issue"),
            "write the issue's number after it, in the form (#12)",
        )
    })
}

fn skipped_test(line: &Line<'_>) -> Option<(String, &'static str)> {
    line.code().contains(SKIPPED_TEST).then(|| {
        ("a test that does not run".to_owned(), "make it fast and sure enough to run, or delete it")
    })
}

fn empty_name(line: &Line<'_>) -> Option<(String, &'static str)> {
    const KINDS: [&str; 5] = ["mod", "struct", "enum", "trait", "type"];
    let mut before = "";
    for word in words(line.code()) {
        if KINDS.contains(&before) && parts(word).any(|part| EMPTY_NAMES.contains(&part.as_str())) {
            return Some((format!("the name `{word}` says nothing"), "name the noun it is about"));
        }
        before = word;
    }
    None
}

/// Names of what is estimated and never added up.
const ESTIMATES: [&str; 6] = ["probability", "by_evidence", "claimed", "bits", "done", "Share"];

fn float(line: &Line<'_>) -> Option<(String, &'static str)> {
    let is_float = words(line.code()).any(|word| word == "f64" || word == "f32");
    // Probabilities and weights of evidence are estimates, and how far a run is is a guess.
    let is_estimate = words(line.code()).any(|word| ESTIMATES.contains(&word));
    (is_float && !is_estimate && line.crate_name() == Some("domain")).then(|| {
        (
            "a float in `domain`".to_owned(),
            "money and counts are exact: use a decimal or an integer",
        )
    })
}

fn reads_the_world(line: &Line<'_>) -> Option<(String, &'static str)> {
    let is_handed = line.crate_name().is_some_and(|name| HANDED_THE_TIME.contains(&name));
    // Cargo tells a build script by the environment where it is.
    if line.in_tests || !is_handed || line.path.ends_with("/build.rs") {
        return None;
    }
    let mut calls = READS_THE_CLOCK.iter().chain(&READS_THE_ENVIRONMENT);
    let call = calls.find(|call| line.code().contains(**call))?;
    Some((
        format!("`{call}` in a library"),
        "take it as a parameter: only the two programs read the clock and the environment",
    ))
}

/// In a program too one file reads the clock, so that a command can be run at another time.
fn reads_the_clock(line: &Line<'_>) -> Option<(String, &'static str)> {
    let is_program = matches!(line.crate_name(), Some("bursar" | "bursard"));
    let is_source = line.path.contains("/src/") && !line.in_tests;
    if !is_program || !is_source || CLOCKS.contains(&line.path) {
        return None;
    }
    let call = READS_THE_CLOCK.iter().find(|call| line.code().contains(**call))?;
    Some((format!("`{call}` beside the clock of the program"), "ask `system` for the time"))
}

/// On a page one module writes days and times, so that all stand in the reader's format and time zone.
fn formats_by_itself(line: &Line<'_>) -> Option<(String, &'static str)> {
    let is_page = line.path.starts_with(PAGES) && !line.path.starts_with(FORMAT_OF_PAGES);
    if !is_page || line.in_tests {
        return None;
    }
    let call = FORMATS_TIME.iter().find(|call| line.code().contains(**call))?;
    Some((
        format!("`{call}` on a page"),
        "let `format` write and cut days: it knows the reader's formats and time zone",
    ))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
}

/// The words of a name: `TokenManager` and `token_manager` both have two.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            spaced.push('_');
        }
        spaced.extend(letter.to_lowercase());
    }
    spaced.split('_').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    fn said_of(path: &str, code: &str) -> Vec<String> {
        faults_found(check, &[(path, &format!("//! What.\n{code}"))])
    }

    #[test]
    fn a_file_opens_with_what_it_is_for() {
        assert_eq!(
            faults_found(
                check,
                &[
                    ("crates/a/src/b.rs", "use x;\n"),
                    ("crates/a/src/b/tests.rs", "use x;\n"),
                    ("crates/a/tests/it/main.rs", "// Not this.\n"),
                    ("crates/a/src/c.rs", "//! This.\n"),
                ]
            ),
            [
                "crates/a/src/b.rs:1: the file does not say what it is for",
                "crates/a/tests/it/main.rs:1: the file does not say what it is for",
            ]
        );
    }

    #[test]
    fn each_rule_refuses_its_line_and_spares_its_neighbour() {
        let wide = format!("// {}", "a".repeat(MOST_COLUMNS));
        let link = format!("// https://{}", "a".repeat(MOST_COLUMNS));
        let ignore = format!("{SKIPPED_TEST}]");
        let reasoned = format!("{SKIPPED_TEST} = \"slow\"]");
        let promise = format!("// {PROMISE}: later");
        let kept = format!("// {PROMISE}(#12): later");
        let name = format!("{PROMISE}S");
        // In two parts as well.
        let bag = format!("struct Token{};", "Manager");
        let drawer = format!("mod http_{} {{}}", "util");
        let confession = format!("// {CONFESSION}");
        for (path, line, is_fault) in [
            ("crates/a/src/b.rs", wide.as_str(), true),
            ("crates/a/src/b.rs", link.as_str(), false),
            ("crates/a/src/b.rs", ignore.as_str(), true),
            ("crates/a/src/b.rs", reasoned.as_str(), true),
            ("crates/a/src/b.rs", promise.as_str(), true),
            ("crates/a/src/b.rs", kept.as_str(), false),
            ("crates/a/src/b.rs", name.as_str(), false),
            ("crates/a/src/b.rs", confession.as_str(), true),
            ("crates/a/src/b.rs", bag.as_str(), true),
            ("crates/a/src/b.rs", drawer.as_str(), true),
            ("crates/a/src/b.rs", "struct Utility;", false),
            ("crates/a/src/b.rs", "let manager = 1;", false),
            ("crates/domain/src/b.rs", "fn rate() -> f64 {", true),
            ("crates/domain/src/b.rs", "// never f64", false),
            ("crates/server/src/b.rs", "fn rate() -> f64 {", false),
            ("crates/server/src/b.rs", "let t = SystemTime::now();", true),
            ("crates/server/src/b/tests.rs", "SystemTime::now();", false),
            ("crates/server/tests/it/b.rs", "env::var(\"X\");", false),
            ("crates/store/src/b.rs", "let x = std::env::var(\"X\");", true),
            ("crates/store/build.rs", "let x = std::env::var_os(\"OUT_DIR\");", false),
            ("crates/bursard/src/b.rs", "SystemTime::now();", true),
            ("crates/bursard/src/system.rs", "Timestamp::now()", false),
            ("crates/bursard/src/b.rs", "std::env::var(\"X\");", false),
            ("crates/bursar/src/main.rs", "now: Timestamp::now,", false),
            ("crates/bursar/tests/it/b.rs", "Timestamp::now();", false),
            ("crates/server/src/http/pages/b.rs", "at.strftime(\"%H:%M\")", true),
            ("crates/server/src/http/pages/b.rs", "TimeZone::UTC.to_datetime(at)", true),
            ("crates/server/src/http/pages/format/b.rs", "at.strftime(\"%H:%M\")", false),
            ("crates/server/src/pdf.rs", "TimeZone::UTC.to_datetime(at)", false),
        ] {
            let faults = said_of(path, line);
            assert_eq!(!faults.is_empty(), is_fault, "{path} {line}: {faults:?}");
        }
    }

    #[test]
    fn inline_tests_may_read_the_clock() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn t() { Timestamp::now(); }\n}\n";
        assert!(said_of("crates/store/src/b.rs", code).is_empty());
    }
}
