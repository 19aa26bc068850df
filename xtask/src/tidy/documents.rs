//! Documents: one title each, links that lead somewhere, and no path that is gone.
//!
//! Not for: their prose, or the map of the code (`codemap`). Invariant: what stands between fences is no
//! document.

use super::{Fault, Tree};

/// How a path of this repository begins when a document speaks of one.
const OWN_FOLDERS: [&str; 4] = ["crates/", "docs/", "examples/", "xtask/"];

/// Speaks of what was.
const HISTORY: &str = "CHANGELOG.md";

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts(".md") {
        let mut titles = 0;
        let mut in_code = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            }
            if in_code {
                continue;
            }
            for span in spans(line).filter(|span| path != HISTORY && is_own_path(span)) {
                if !tree.holds(span.trim_end_matches('/')) {
                    let what = format!("`{span}` is not there");
                    faults.push(Fault::new(path, number + 1, what, "say where it went"));
                }
            }
            titles += usize::from(line.starts_with("# "));
            for target in links(line).filter(|target| !leads_somewhere(tree, path, target)) {
                faults.push(Fault::new(
                    path,
                    number + 1,
                    format!("the link to `{target}` leads nowhere"),
                    "mend the path; it is relative to this document",
                ));
            }
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

/// What stands between single backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// A pattern such as `checks/<check>/` or `*.sql` names no one path.
fn is_own_path(span: &str) -> bool {
    OWN_FOLDERS.iter().any(|folder| span.starts_with(folder)) && !span.contains(['<', '*', ' '])
}

/// The targets of `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

fn leads_somewhere(tree: &Tree, document: &str, target: &str) -> bool {
    let path = target.split('#').next().unwrap_or_default();
    if path.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            name => parts.push(name),
        }
    }
    parts.is_empty() || tree.holds(&parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::said;

    #[test]
    fn one_title_and_links_that_lead_somewhere() {
        assert_eq!(
            said(
                check,
                &[
                    (
                        "docs/a.md",
                        "# A\n[up](../README.md#start) [here](#x) [out](https://example.org/x)\n\
                         [gone](b.md) [above](../../x.md) [folder](../docs)\n\
                         ```\n# not a title\n[x](nowhere)\n```\n"
                    ),
                    (
                        "README.md",
                        "# One\n# Two\n`docs/a.md` `docs/gone.md` `docs/*.md` `cargo docs/`\n"
                    ),
                ]
            ),
            [
                "README.md:0: 2 titles",
                "README.md:3: `docs/gone.md` is not there",
                "docs/a.md:3: the link to `../../x.md` leads nowhere",
                "docs/a.md:3: the link to `b.md` leads nowhere",
            ]
        );
    }
}
