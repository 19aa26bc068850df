//! Links of documents lead to a file, and their anchors to a heading of it.
//!
//! Not for: links to other hosts: there is no network here. Invariant: a link that leads somewhere on a
//! forge leads there on the site of the documentation too (`docs` looks at what the site lacks).

use std::collections::BTreeMap;

use super::markdown::{Link, anchors, links};
use super::{Fault, Tree};

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let known: BTreeMap<&str, Vec<String>> =
        tree.texts(".md").map(|(path, text)| (path, anchors(text))).collect();
    let mut faults = Vec::new();
    for (path, text) in tree.texts(".md") {
        for link in links(text).filter(Link::is_own) {
            let target = link.target;
            let file = link.file(path);
            // The root of the repository has no name.
            let file = file.filter(|file| file.is_empty() || tree.holds(file));
            let Some(file) = file else {
                faults.push(Fault::new(
                    path,
                    link.line,
                    format!("the link to `{target}` leads nowhere"),
                    "mend the path; it is relative to this document",
                ));
                continue;
            };
            let Some((anchor, anchors)) = link.anchor().zip(known.get(file.as_str())) else {
                continue;
            };
            if !anchors.iter().any(|known| known == anchor) {
                faults.push(Fault::new(
                    path,
                    link.line,
                    format!("the link to `{target}` leads to no heading of {file}"),
                    "write the heading in lower case, with a hyphen for each blank and without other signs",
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn paths_and_anchors_that_lead_nowhere_are_named() {
        let page = "# A\n## Where to, then\n\
                    [up](../README.md#start) [here](#where-to-then) [out](https://example.org/x#y)\n\
                    [gone](b.md) [above](../../x.md) [folder](../docs) [line](../a.rs#L1)\n\
                    [none](#gone) [neither](../README.md#a) ![no picture](c.png)\n";
        assert_eq!(
            faults_found(check, &[("docs/a.md", page), ("README.md", "# Start\n"), ("a.rs", "")]),
            [
                "docs/a.md:4: the link to `../../x.md` leads nowhere",
                "docs/a.md:4: the link to `b.md` leads nowhere",
                "docs/a.md:5: the link to `#gone` leads to no heading of docs/a.md",
                "docs/a.md:5: the link to `../README.md#a` leads to no heading of README.md",
                "docs/a.md:5: the link to `c.png` leads nowhere",
            ]
        );
    }
}
