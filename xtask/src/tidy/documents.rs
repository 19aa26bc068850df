//! Documents: one title each, links that lead somewhere, and a map that names what is there.
//!
//! Not for: their prose. Invariant: a path written in ARCHITECTURE.md exists.

use super::{Fault, Tree};

const MAP: &str = "ARCHITECTURE.md";

/// How a path of this repository begins when a document speaks of one.
const OWN_FOLDERS: [&str; 4] = ["crates/", "docs/", "examples/", "xtask/"];

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
    faults.extend(map(tree));
    faults
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

/// The map names every crate and each of its modules, and no path that is gone.
fn map(tree: &Tree) -> Vec<Fault> {
    let text = tree.text(MAP).unwrap_or_default();
    let mut faults = Vec::new();
    for name in tree.crates() {
        if !text.contains(&format!("`{name}`")) {
            faults.push(Fault::new(
                MAP,
                0,
                format!("the crate `{name}` is not on the map"),
                "add a line to the codemap: what it is for",
            ));
        }
    }
    for (path, _) in tree.texts(".rs") {
        if let Some(name) = module(path).filter(|name| !text.contains(&format!("`{name}`"))) {
            faults.push(Fault::new(
                MAP,
                0,
                format!("the module {path} is not on the map"),
                format!("name `{name}` in its crate's part of the codemap"),
            ));
        }
    }
    for (number, line) in text.lines().enumerate() {
        let spans = line.split('`').skip(1).step_by(2);
        for span in spans.filter(|span| is_own_path(span)) {
            if !tree.holds(span.trim_end_matches('/')) {
                faults.push(Fault::new(
                    MAP,
                    number + 1,
                    format!("`{span}` is not there"),
                    "say where it went",
                ));
            }
        }
    }
    faults
}

/// The name of a module that stands directly in its crate.
fn module(path: &str) -> Option<&str> {
    let (_, file) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let name = file.strip_suffix(".rs")?;
    (!name.contains('/') && !["lib", "main"].contains(&name)).then_some(name)
}

/// A pattern such as `checks/<check>/` or `*.sql` names no one path.
fn is_own_path(span: &str) -> bool {
    OWN_FOLDERS.iter().any(|folder| span.starts_with(folder)) && !span.contains(['<', '*', ' '])
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
                    ("README.md", "# One\n# Two\n"),
                ]
            ),
            [
                "README.md:0: 2 titles",
                "docs/a.md:3: the link to `../../x.md` leads nowhere",
                "docs/a.md:3: the link to `b.md` leads nowhere",
            ]
        );
    }

    #[test]
    fn the_map_names_every_crate_and_nothing_that_is_gone() {
        assert_eq!(
            said(
                check,
                &[
                    (
                        "ARCHITECTURE.md",
                        "# Map\n`domain` nouns: `id`, `crates/domain/src/id.rs`,\n\
                         `crates/domain/src/old.rs`, `crates/<name>/src`\n"
                    ),
                    ("crates/domain/Cargo.toml", ""),
                    ("crates/domain/src/lib.rs", ""),
                    ("crates/domain/src/id.rs", ""),
                    ("crates/domain/src/id/text.rs", ""),
                    ("crates/domain/src/page.rs", ""),
                    ("crates/store/Cargo.toml", ""),
                ]
            ),
            [
                "ARCHITECTURE.md:0: the crate `store` is not on the map",
                "ARCHITECTURE.md:0: the module crates/domain/src/page.rs is not on the map",
                "ARCHITECTURE.md:3: `crates/domain/src/old.rs` is not there",
            ]
        );
    }
}
