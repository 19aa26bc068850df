//! Markdown as the rules read it: prose, headings with their anchors, links.
//!
//! Not for: whether any of it is right. Invariant: what stands between fences is no prose, and what
//! stands between backticks is no link.

use std::collections::BTreeMap;

/// A link of a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link<'a> {
    /// Counted from one.
    pub(crate) line: usize,
    /// The target as it is written: `integrator.md#databases`.
    pub(crate) target: &'a str,
}

impl<'a> Link<'a> {
    /// Returns `true` when it leads to something of this repository.
    pub(crate) fn is_own(&self) -> bool {
        !self.target.contains("://") && !self.target.starts_with("mailto:")
    }

    /// The path without the anchor; empty for a place in the same document.
    pub(crate) fn path(&self) -> &'a str {
        self.target.split('#').next().unwrap_or_default()
    }

    pub(crate) fn anchor(&self) -> Option<&'a str> {
        self.target.split_once('#').map(|(_, anchor)| anchor)
    }

    /// The file it leads to from a document, from the root of the repository on; none above the root.
    pub(crate) fn file(&self, document: &str) -> Option<String> {
        if self.path().is_empty() {
            return Some(document.to_owned());
        }
        let mut parts: Vec<&str> = document.split('/').collect();
        parts.pop();
        for part in self.path().split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                name => parts.push(name),
            }
        }
        Some(parts.join("/"))
    }
}

/// The lines that are no code, counted from one.
pub(crate) fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!is_fence && !in_code).then_some((number, line))
    })
}

/// `[text](target)`, of pictures too.
pub(crate) fn links(text: &str) -> impl Iterator<Item = Link<'_>> {
    prose(text).flat_map(|(line, words)| {
        // Only what stands outside of code can end a link's text: `[`code`](target)` does, "`](x)`" does not.
        let mut in_code = false;
        words.split_inclusive('`').flat_map(move |part| {
            let found: Vec<Link<'_>> = if in_code { Vec::new() } else { links_in(line, part) };
            in_code ^= part.ends_with('`');
            found
        })
    })
}

fn links_in(line: usize, words: &str) -> Vec<Link<'_>> {
    let targets = words.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter_map(|target| target.split(' ').next())
        .map(|target| Link { line, target })
        .collect()
}

/// The anchors of all headings, as forges and mdBook make them.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose(text).filter_map(|(_, line)| {
        let words = line.trim_start_matches('#');
        let level = line.len() - words.len();
        ((1..=6).contains(&level) && words.starts_with(' ')).then_some(words.trim())
    });
    headings
        .map(|heading| {
            let anchor = anchor(heading);
            let count = seen.entry(anchor.clone()).or_default();
            let unique = if *count == 0 { anchor } else { format!("{anchor}-{count}") };
            *count += 1;
            unique
        })
        .collect()
}

fn anchor(heading: &str) -> String {
    // Of a link the words only.
    let mut shown = String::new();
    for (at, part) in heading.split("](").enumerate() {
        let part = if at == 0 { part } else { part.split_once(')').map_or("", |(_, rest)| rest) };
        shown.push_str(part);
    }
    let letters = shown.to_lowercase();
    let letters = letters.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ => letter.is_alphanumeric().then_some(letter),
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_of_code() {
        let text =
            "[a](b.md#c) and ![d](e.png \"f\") `[g](h)` [`i`](j)\n```\n[k](l)\n```\n[m](n)\n";
        let found: Vec<(usize, &str)> = links(text).map(|link| (link.line, link.target)).collect();
        assert_eq!(found, [(1, "b.md#c"), (1, "e.png"), (1, "j"), (5, "n")]);
    }

    #[test]
    fn a_link_counts_from_its_document() {
        let file = |target| Link { line: 1, target }.file("docs/a/b.md");
        for (target, expected) in [
            ("c.md", Some("docs/a/c.md")),
            ("./c.md#d", Some("docs/a/c.md")),
            ("../../README.md", Some("README.md")),
            ("../../..", None),
            ("#here", Some("docs/a/b.md")),
        ] {
            assert_eq!(file(target).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn anchors_are_those_of_forges() {
        let text = "# The first: `bursard try`\n## A_b, c\n## A_b, c\n#not one\n```\n# code\n```\n\
                    ### [Words](x.md) and more\n#### Transactions (`APT`)\n";
        assert_eq!(
            anchors(text),
            ["the-first-bursard-try", "a_b-c", "a_b-c-1", "words-and-more", "transactions-apt"]
        );
    }
}
