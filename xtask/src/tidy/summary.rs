//! The table of contents of the documentation: every page below `docs/` stands in it, once.
//!
//! Not for: whether what stands there is there (`links`). Invariant: who reads the site misses no page.

use super::markdown::links;
use super::{Fault, Tree};

pub(crate) const SUMMARY: &str = "docs/SUMMARY.md";

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let text = tree.text(SUMMARY).unwrap_or_default();
    let listed: Vec<(usize, String)> =
        links(text).filter_map(|link| Some((link.line, link.file(SUMMARY)?))).collect();
    let mut faults = Vec::new();
    for (path, _) in tree.texts(".md") {
        let is_page = path.starts_with("docs/") && path != SUMMARY;
        if is_page && !listed.iter().any(|(_, file)| file == path) {
            let mend = format!("give it a line in {SUMMARY}, below the chapter it belongs to");
            faults.push(Fault::new(path, 0, "the site of the documentation lacks this page", mend));
        }
    }
    for (at, (line, file)) in listed.iter().enumerate() {
        if listed[..at].iter().any(|(_, earlier)| earlier == file) {
            let what = format!("{file} stands here twice");
            faults.push(Fault::new(SUMMARY, *line, what, "leave the line that fits better"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn a_page_that_is_missing_or_listed_twice_is_named() {
        let summary = "# Summary\n\n[Bursar](../README.md)\n\n- [A](a.md)\n  - [A](./a.md)\n";
        let files = [
            (SUMMARY, summary),
            ("README.md", ""),
            ("docs/a.md", ""),
            ("docs/reference/b.md", ""),
            ("examples/c.md", ""),
        ];
        assert_eq!(
            faults_found(check, &files),
            [
                "docs/SUMMARY.md:6: docs/a.md stands here twice",
                "docs/reference/b.md:0: the site of the documentation lacks this page",
            ]
        );
    }
}
