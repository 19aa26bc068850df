//! Doc comments that begin with a relative clause: "What is kept", where a reader looks for the subject.
//!
//! Not for: whether there is a comment. Invariant: of what is private, and of fields and variants, only
//! "Whether" is refused.

use super::{Fault, Tree};

/// Beginnings without a subject, of any item.
const EVERYWHERE: [&str; 1] = ["Whether "];
/// Beginnings without a subject, of what others can name.
const OF_PUBLIC_ITEMS: [&str; 6] = ["What ", "Which ", "Whose ", "How ", "The same", "As "];

const ITEMS: [&str; 9] =
    ["fn", "async fn", "const fn", "struct", "enum", "trait", "type", "const", "static"];

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let sources = tree.texts(".rs").filter(|(path, _)| path.contains("/src/") && !is_test(path));
    sources.flat_map(|(path, text)| faults_of(path, text)).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn faults_of(path: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    // The first line of the comment that may belong to the next item.
    let mut comment = None;
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if let Some(words) = line.strip_prefix("///") {
            comment = comment.or(Some((number + 1, words.trim_start())));
        } else if !line.starts_with("#[") {
            let begins =
                |words: &str, with: &[&str]| with.iter().any(|with| words.starts_with(with));
            let lacks = |words: &str| {
                begins(words, &EVERYWHERE)
                    || begins(words, &OF_PUBLIC_ITEMS) && is_public_item(line)
            };
            let before = comment.take().filter(|(_, words)| lacks(words));
            if let Some((line, words)) = before {
                faults.push(Fault::new(
                    path,
                    line,
                    format!("the comment lacks its subject: {words}"),
                    "begin with what the item is or does: \"The version of …\", \"Counts …\", \
                     \"Returns `true` when …\"; of a field \"Set when …\"",
                ));
            }
        }
    }
    faults
}

fn is_public_item(line: &str) -> bool {
    let Some(after) = line.strip_prefix("pub") else { return false };
    let after = match after.strip_prefix('(') {
        Some(scope) => scope.split_once(')').map_or("", |(_, rest)| rest),
        None => after,
    };
    let after = after.trim_start();
    ITEMS.iter().any(|item| after.strip_prefix(item).is_some_and(|rest| rest.starts_with(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::said;

    #[test]
    fn comments_of_public_items_have_a_subject() {
        let code = "/// What is.\n/// More.\n#[derive(Debug)]\npub(crate) struct B;\n/// How it is.\nfn c() {}\n\
                    /// Counts what is.\npub fn d() {}\n/// As is.\npub e: u8,\n\
                    /// Whether it is.\nf: bool,\n";
        let files = [("xtask/src/a.rs", code), ("xtask/src/a/tests.rs", code)];
        assert_eq!(
            said(check, &files),
            [
                "xtask/src/a.rs:1: the comment lacks its subject: What is.",
                "xtask/src/a.rs:11: the comment lacks its subject: Whether it is.",
            ]
        );
    }
}
