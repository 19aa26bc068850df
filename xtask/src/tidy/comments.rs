//! Doc comments that begin with a relative clause: "What is kept", where a reader looks for the subject.
//!
//! Not for: whether there is a comment, or fields and variants. Invariant: only what is public, at least in
//! its crate, is counted.

use std::collections::BTreeMap;

use super::tree::Tree;

/// How a comment begins that does not name its subject.
const BEGINNINGS: [&str; 6] = ["What ", "Which ", "Whose ", "How ", "The same", "As "];

const ITEMS: [&str; 9] =
    ["fn", "async fn", "const fn", "struct", "enum", "trait", "type", "const", "static"];

/// How many there are in each crate, in one line.
pub(super) fn describe(tree: &Tree) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, text) in tree.texts(".rs") {
        let Some((folder, file)) = path.split_once("/src/") else { continue };
        if file.ends_with("tests.rs") || file.contains("tests/") {
            continue;
        }
        let name = folder.rsplit('/').next().unwrap_or(folder);
        *counts.entry(name).or_default() += count(text);
    }
    let shown: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    format!("comments that begin with a relative clause: {}", shown.join(", "))
}

fn count(text: &str) -> usize {
    let mut found = 0;
    // The first line of the comment that may belong to the next item.
    let mut comment = None;
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            comment = comment.or(Some(words.trim_start()));
        } else if !line.starts_with("#[") {
            let begins = |words: &str| BEGINNINGS.iter().any(|with| words.starts_with(with));
            found += usize::from(comment.take().is_some_and(begins) && is_public_item(line));
        }
    }
    found
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

    #[test]
    fn comments_of_public_items_are_counted_by_crate() {
        let tree = Tree::of(&[
            ("crates/a/src/b.rs", "/// What is.\n/// More.\n#[derive(Debug)]\npub struct B;\n"),
            ("crates/a/src/c.rs", "/// How it is.\npub(crate) fn c() {}\n/// As is.\nfn d() {}\n"),
            ("crates/a/src/tests.rs", "/// What is.\npub struct B;\n"),
            ("xtask/src/e.rs", "/// Counts what is.\npub fn e() {}\n/// What is.\npub x: u8,\n"),
        ]);
        assert_eq!(describe(&tree), "comments that begin with a relative clause: a 2, xtask 0");
    }
}
