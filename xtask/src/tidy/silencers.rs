//! What goes wrong without a word: results that are thrown away, faults that become a usual value.
//!
//! Not for: what clippy sees by types (`disallowed-methods` in clippy.toml: `unwrap_or` and
//! `unwrap_or_default` of a `Result`, joining threads). Invariant: tests are left alone, and the one way
//! to drop a fault names why it may be: `unwrap_or_else(|_why| …)`.

use super::{Fault, Tree};

/// Text without spaces that silences, what is said of it, and how to mend it. In two parts each, as this file
/// is held to its own rules.
const SILENCERS: [(&str, &str, &str); 9] = [
    (concat!(".join()", ".ok()"), PANIC, RESUME),
    (concat!(".join()", ".unwrap_or_default()"), PANIC, RESUME),
    (concat!(".join()", ".unwrap_or_else(|_"), PANIC, RESUME),
    (concat!("(Result", "::ok)"), DROPPED, COLLECT),
    (concat!(".ok()", ".unwrap_or"), BECOMES, NAME_WHY),
    (concat!(".ok()", ".map_or"), BECOMES, NAME_WHY),
    (concat!(".ok()", ".flatten().unwrap_or"), BECOMES, NAME_WHY),
    (concat!(".unwrap_or_else", "(|_|"), UNNAMED, NAME_WHY),
    (concat!("let", "_="), UNUSED, NAME_WHY),
];

const PANIC: &str = "the panic of a thread is lost";
const RESUME: &str = "wait with `evidence::parallel::join`, where it goes on";
const DROPPED: &str = "what failed is left out, and what follows takes its place";
const COLLECT: &str = "collect into a `Result`, or stop at the first fault by name";
const BECOMES: &str = "a fault becomes a usual value";
const UNNAMED: &str = "a fault is dropped without a reason";
const UNUSED: &str = "a result is thrown away";
const NAME_WHY: &str = "hand the fault on, say `expect(\"why it cannot be\")`, or name why it does not matter: \
                        unwrap_or_else(|_why| …)";

/// Faults by any of these names say nothing of why they may be dropped.
const SAY_NOTHING: [&str; 5] = ["_error", "_err", "_e", "_fault", "_ignored"];

/// Guards, kept for their end and not for their value; another kind is added here.
const GUARDS: [&str; 5] = [".lock()", "::count()", "StopOnDrop(", "watch_folder(", "FailsAll{"];

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let sources = tree.texts(".rs").filter(|(path, _)| {
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        !is_test && (path.contains("/src/") || path.contains("/examples/"))
    });
    sources.flat_map(|(path, text)| faults_of(path, text)).collect()
}

fn faults_of(path: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (line, statement) in statements(text) {
        for (silencer, what, mend) in SILENCERS {
            if statement.contains(silencer) {
                faults.push(Fault::new(path, line, what, mend));
            }
        }
        if drops_by_empty_name(&statement) {
            faults.push(Fault::new(path, line, UNNAMED, NAME_WHY));
        }
        if drops_by_name(&statement) {
            faults.push(Fault::new(path, line, UNUSED, NAME_WHY));
        }
    }
    faults
}

fn drops_by_empty_name(statement: &str) -> bool {
    SAY_NOTHING.iter().any(|name| statement.contains(&format!(".unwrap_or_else(|{name}|")))
}

/// `let _gone = send(…);`, but for guards and for values whose fault went on by `?`.
fn drops_by_name(statement: &str) -> bool {
    let Some((_, after)) = statement.split_once("let_") else { return false };
    let Some((name, value)) = after.split_once('=') else { return false };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_guard = GUARDS.iter().any(|guard| value.contains(guard));
    is_name && !is_guard && !value.ends_with("?;")
}

/// Statements of code outside tests, without spaces and comments, and the lines they begin on. A chain of
/// calls over several lines is one; nothing here needs more than that of the language.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        if line.starts_with("//") {
            continue;
        }
        // Texts may hold `//` and spaces; neither makes a silencer of what is none.
        let code: String = line.split(" // ").next().expect("splitting gives one at least").into();
        let packed: String = code.split_whitespace().collect();
        match found.last_mut() {
            Some((_, last)) if goes_on(last, &packed) => last.push_str(&packed),
            _ => found.push((number + 1, packed)),
        }
    }
    found
}

fn goes_on(before: &str, line: &str) -> bool {
    line.starts_with(['.', '?', ')']) || before.ends_with(['=', '(', ','])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    fn are_refused(code: &str) -> bool {
        !faults_found(check, &[("crates/a/src/b.rs", code)]).is_empty()
    }

    #[test]
    fn each_silencer_is_refused_on_one_line_and_on_several() {
        for code in [
            "threads.into_iter().filter_map(|thread| thread.join().ok()).collect()",
            "let numbers = thread.join().unwrap_or_default();",
            "let numbers = thread\n    .join()\n    .ok()\n    .flatten();",
            "thread.join().unwrap_or_else(|_panic| Vec::new())",
            "lines().map_while(Result::ok)",
            "entries.filter_map(Result::ok).count()",
            "u32::try_from(at).ok().unwrap_or(0)",
            "let count = text\n    .parse()\n    .ok()\n    .unwrap_or_default();",
            "text.parse().ok().map_or(0, |number: u64| number)",
            "read().unwrap_or_else(|_| Vec::new())",
            "read().unwrap_or_else(|_error| Vec::new())",
            "let _ = sender.send(());",
            "let _gone = sender.send(());",
            "let _absent =\n    fs::remove_file(path);",
            "let _told = self\n    .tell(\n        state,\n    )\n    .await;",
        ] {
            assert!(are_refused(code), "{code}");
        }
    }

    #[test]
    fn true_defaults_guards_and_named_reasons_are_spared() {
        for code in [
            "thread.join().unwrap_or_else(|panic| resume_unwind(panic))",
            "title.as_deref().unwrap_or_default()",
            "let number: Option<u64> = text.parse().ok();",
            "let version = text.parse().ok()?;",
            "sender.send(()).unwrap_or_else(|_nobody_listens| ());",
            "let _permit = PERMITS.acquire().await?;",
            "let _version_needed = fields.u16()?;",
            "let _turn = holding.turn.lock().await;",
            "let _open = OpenConnection::count();",
            "if let Some(_known) = found {",
            "let (_, name) = pair;",
            "fn outlet_of(_outlet: &str) {}",
            "// let _ = why not",
            "#[cfg(test)]\nmod tests {\n    fn t() { let _ = send(); }\n}",
        ] {
            assert!(!are_refused(code), "{code}: {:?}", statements(code));
        }
        assert!(faults_found(check, &[("crates/a/tests/it/b.rs", "let _ = send();")]).is_empty());
    }
}
