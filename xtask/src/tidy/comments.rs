//! Doc comments that begin with a relative clause: "What is kept", where a reader looks for the subject.
//!
//! Not for: whether there is a comment, and the help texts of options, which end without a full stop.
//! Invariant: items, fields and variants are held to it alike, be they public or not.

use super::{Fault, Tree};

/// Beginnings of a comment that does not name its subject.
const BEGINNINGS: [&str; 7] = ["Whether ", "What ", "Which ", "Whose ", "How ", "The same", "As "];

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let sources = tree.texts(".rs").filter(|(path, _)| path.contains("/src/") && !is_test(path));
    sources.flat_map(|(path, text)| faults_of(path, text)).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// A doc comment: the number of its first line, its first line and its last.
struct Comment<'a> {
    line: usize,
    first: &'a str,
    last: &'a str,
}

impl Comment<'_> {
    fn lacks_subject(&self) -> bool {
        let is_help_text = !self.last.ends_with(['.', ':']);
        BEGINNINGS.iter().any(|beginning| self.first.starts_with(beginning)) && !is_help_text
    }
}

fn faults_of(path: &str, text: &str) -> Vec<Fault> {
    let comments = comments(text).into_iter().filter(Comment::lacks_subject);
    let fault = |Comment { line, first, .. }| {
        Fault::new(
            path,
            line,
            format!("the comment lacks its subject: {first}"),
            "begin with what the item is or does: \"The version of …\", \"Counts …\", \
             \"Returns `true` when …\"; of a field \"Set when …\"",
        )
    };
    comments.map(fault).collect()
}

fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut comments: Vec<Comment<'_>> = Vec::new();
    let mut is_inside = false;
    for (number, line) in text.lines().enumerate() {
        let words = line.trim_start().strip_prefix("///").map(str::trim);
        match (words, comments.last_mut().filter(|_| is_inside)) {
            (Some(words), Some(comment)) => comment.last = words,
            (Some(first), None) => {
                comments.push(Comment { line: number + 1, first, last: first });
            }
            (None, _) => {}
        }
        is_inside = words.is_some();
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn comments_have_a_subject() {
        let code = "/// What is.\n/// More.\n#[derive(Debug)]\npub(crate) struct B;\n/// Counts what is.\n\
                    fn c() {}\n/// As is,\n/// so.\ne: u8,\n/// How many\nlimit: u8,\n/// Whether it is.\nf: bool,";
        let files = [("xtask/src/a.rs", code), ("xtask/src/a/tests.rs", code)];
        assert_eq!(
            faults_found(check, &files),
            [
                "xtask/src/a.rs:1: the comment lacks its subject: What is.",
                "xtask/src/a.rs:7: the comment lacks its subject: As is,",
                "xtask/src/a.rs:12: the comment lacks its subject: Whether it is.",
            ]
        );
    }
}
