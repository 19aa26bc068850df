//! Documents: one title each, and no path that is gone.
//!
//! Not for: their prose, their links (`links`) or the map of the code (`codemap`). Invariant: what stands
//! between fences is no document.

use super::markdown::prose;
use super::{Fault, Tree};

/// The beginnings of paths of this repository when a document speaks of one.
const OWN_FOLDERS: [&str; 4] = ["crates/", "docs/", "examples/", "xtask/"];

/// Speaks of what was.
const HISTORY: &str = "CHANGELOG.md";

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts(".md") {
        let mut titles = 0;
        for (number, line) in prose(text) {
            for span in spans(line).filter(|span| path != HISTORY && is_own_path(span)) {
                if !tree.holds(span.trim_end_matches('/')) {
                    let what = format!("`{span}` is not there");
                    faults.push(Fault::new(path, number, what, "say where it went"));
                }
            }
            titles += usize::from(line.starts_with("# "));
        }
        if titles != 1 {
            faults.push(Fault::new(
                path,
                0,
                format!("{titles} titles"),
                "give it one line that begins with a single #",
            ));
        }
    }
    faults
}

/// The texts between single backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// A pattern such as `checks/<check>/` or `*.sql` names no one path.
fn is_own_path(span: &str) -> bool {
    OWN_FOLDERS.iter().any(|folder| span.starts_with(folder)) && !span.contains(['<', '*', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn one_title_and_paths_that_are_there() {
        assert_eq!(
            faults_found(
                check,
                &[
                    ("docs/a.md", "# A\n```\n# not a title\n`docs/nowhere.md`\n```\n"),
                    (
                        "README.md",
                        "# One\n# Two\n`docs/a.md` `docs/gone.md` `docs/*.md` `cargo docs/`\n"
                    ),
                ]
            ),
            ["README.md:0: 2 titles", "README.md:3: `docs/gone.md` is not there"]
        );
    }
}
