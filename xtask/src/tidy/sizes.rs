//! How long files and functions are, for the drawing of the floors.
//!
//! Not for: refusing what is too long (`layout`, and clippy). Invariant: files and functions of tests are not
//! counted.

use super::layout::MOST_LINES;
use super::tokens::{Code, function_lengths};
use super::tree::Tree;

/// The limit of clippy.toml, which leaves blank lines and comments out.
const MOST_FUNCTION_LINES: usize = 70;

/// One line about the sources of all crates.
pub(super) fn describe(tree: &Tree) -> String {
    let is_source = |path: &str| path.contains("/src/") && !is_test(path);
    let sources: Vec<_> = tree.texts(".rs").filter(|(path, _)| is_source(path)).collect();
    let mut lines: Vec<usize> = sources.iter().map(|(_, text)| text.lines().count()).collect();
    lines.sort_unstable();
    let median = lines.get(lines.len() / 2).copied().unwrap_or(0);
    let longest = lines.last().copied().unwrap_or(0);
    let long = lines.iter().filter(|count| **count > MOST_LINES).count();
    let long_functions: Vec<String> =
        sources.iter().flat_map(|(path, text)| long_functions(path, text)).collect();
    format!(
        "{} files of {median} lines (median) and {longest} (longest), {long} over {MOST_LINES}\n\
         {} functions over {MOST_FUNCTION_LINES} lines {}",
        lines.len(),
        long_functions.len(),
        long_functions.join(", ")
    )
}

fn long_functions(path: &str, text: &str) -> Vec<String> {
    let lengths = function_lengths(&Code::read(text).tokens);
    let long = lengths.into_iter().filter(|(_, count)| *count > MOST_FUNCTION_LINES);
    long.map(|(line, count)| format!("{path}:{line} ({count})")).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_functions_are_counted_without_tests() {
        let long = format!("fn f() {{\n{}}}\n", "    g();\n".repeat(70));
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", "//! A.\n\nmod b;\n"),
            ("crates/a/src/b.rs", &long),
            ("crates/a/src/tests.rs", &long),
            ("crates/a/tests/it/main.rs", &long),
        ]);
        assert_eq!(
            describe(&tree),
            "2 files of 72 lines (median) and 72 (longest), 0 over 400\n\
             1 functions over 70 lines crates/a/src/b.rs:1 (72)"
        );
    }
}
