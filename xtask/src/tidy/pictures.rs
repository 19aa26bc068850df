//! Pictures of pages are of the pages as they are: a change of what one is made of asks for a new
//! picture.
//!
//! Each stands in a list with a digest of its page's template, of all that this includes, and of the
//! rules of the stylesheet that can touch them. Layout and comments of those files do not count, nor
//! hidden fields of forms and rules for other pages.
//!
//! Not for: what the pages say in Rust's words, or taking pictures (`cargo xtask pictures`).
//!
//! Invariant: what the digest is of is found from the template itself, so no list of parts can be
//! forgotten.

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprint::fingerprint;
use super::{Fault, Tree};

/// The pictures and their digests: `finding.png 0123456789abcdef`.
pub(crate) const DIGESTS: &str = "docs/pictures/made-of.txt";
pub(crate) const FOLDER: &str = "docs/pictures";

/// A picture and the template of the page that it shows.
pub(crate) const PICTURES: [(&str, &str); 10] = [
    ("audit.png", "audit.html"),
    ("checks.png", "checks.html"),
    ("finding.png", "finding.html"),
    ("overview.png", "overview.html"),
    ("population.png", "population.html"),
    ("queue.png", "findings.html"),
    ("recovery.png", "recovery.html"),
    ("supplier.png", "supplier.html"),
    ("transactions.png", "rows_page.html"),
    ("uploads.png", "uploads.html"),
];

const TEMPLATES: &str = "crates/server/templates";
const STYLESHEET: &str = "crates/server/assets/bursar.css";

/// README is read over slow lines too.
const MOST_BYTES: usize = 150_000;

const MEND: &str = "take it anew with `cargo xtask pictures`, look at it, and commit both files";

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let kept: BTreeMap<&str, &str> = tree
        .text(DIGESTS)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    let mut faults = Vec::new();
    for (picture, template) in PICTURES {
        let path = format!("{FOLDER}/{picture}");
        let what = match tree.files().find(|file| file.path == path) {
            None => Some("the picture is not there".to_owned()),
            Some(file) if file.size > MOST_BYTES => {
                Some(format!("{} bytes, and {MOST_BYTES} are the most", file.size))
            }
            Some(_) if kept.get(picture) != Some(&digest(tree, template).as_str()) => {
                Some(format!("the page it shows is another now ({TEMPLATES}/{template})"))
            }
            Some(_) => None,
        };
        faults.extend(what.map(|what| Fault::new(&path, 0, what, MEND)));
    }
    faults
}

/// The digest of all that the page of a template is made of.
pub(crate) fn digest(tree: &Tree, template: &str) -> String {
    let mut parts = BTreeMap::new();
    collect(tree, template, &mut parts);
    let words: BTreeSet<&str> = parts
        .values()
        .flat_map(|text| text.split(|letter: char| !is_of_name(letter)))
        .filter(|word| !word.is_empty())
        .collect();
    let stylesheet = without(tree.text(STYLESHEET).unwrap_or_default(), "/*", "*/");
    let rules = rules(&stylesheet).filter(|rule| can_touch(rule, &words));
    let texts = parts.iter().flat_map(|(name, text)| [name.as_str(), text.as_str()]).chain(rules);
    let all: Vec<&str> = texts.flat_map(str::split_whitespace).collect();
    fingerprint(&all.join(" "))
}

/// A template with all that it extends and includes, as far as it is seen.
fn collect(tree: &Tree, template: &str, into: &mut BTreeMap<String, String>) {
    let Some(text) = tree.text(&format!("{TEMPLATES}/{template}")) else { return };
    let seen = without(text, "<input type=\"hidden\"", ">");
    if into.insert(template.to_owned(), seen).is_some() {
        return;
    }
    for word in ["extends", "include", "import"] {
        let begin = format!("{{% {word} \"");
        let named = text.split(&begin).skip(1);
        named.filter_map(|rest| rest.split('"').next()).for_each(|name| collect(tree, name, into));
    }
}

/// A text without all that begins and ends so.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once(end).map_or("", |(_, rest)| rest));
    }
    kept
}

/// The rules of a stylesheet, each with what stands round it in one piece: `@media … { … }` is one.
fn rules(css: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    css.split_inclusive(move |letter: char| {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == '}' && depth == 0
    })
}

/// Returns `true` when a rule names no class, or one that stands in the templates.
fn can_touch(rule: &str, words: &BTreeSet<&str>) -> bool {
    let mut classes = rule
        .split('{')
        .filter_map(|part| part.rsplit('}').next())
        .flat_map(|selectors| selectors.split('.').skip(1))
        .filter_map(|rest| rest.split(|letter: char| !is_of_name(letter)).next())
        .filter(|name| name.starts_with(char::is_alphabetic))
        .peekable();
    classes.peek().is_none() || classes.any(|name| words.contains(name))
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-' || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    const PAGE: (&str, &str) = (
        "crates/server/templates/finding.html",
        "{% extends \"page.html\" %}\n{% include \"part.html\" %}\n<p class=\"near\">a</p>",
    );
    const REST: [(&str, &str); 3] = [
        ("crates/server/templates/page.html", "<body class=\"bar\">"),
        ("crates/server/templates/part.html", "<b>part</b>"),
        ("crates/server/templates/other.html", "<b class=\"far\">other</b>"),
    ];
    const CSS: &str = "p { margin: 0 }\n.near { color: red }\n.far { color: blue }\n\
                       @media print { .far { color: black } }\n";

    fn digest_of(css: &str, changed: &[(&str, &str)]) -> String {
        let mut files: Vec<(&str, &str)> = vec![PAGE, (STYLESHEET, css)];
        files.extend(REST);
        for &(path, text) in changed {
            files.retain(|(known, _)| *known != path);
            files.push((path, text));
        }
        digest(&Tree::of(&files), "finding.html")
    }

    #[test]
    fn what_the_page_is_made_of_counts_and_nothing_else() {
        let before = digest_of(CSS, &[]);
        for css in [
            CSS.replace("margin: 0", "margin: 1px"),
            CSS.replace("red", "green"),
            CSS.replace("print { .far", "print { .near, .far"),
        ] {
            assert_ne!(digest_of(&css, &[]), before, "{css}");
        }
        for css in [
            CSS.replace("blue", "green"),
            CSS.replace("black", "grey"),
            CSS.replace("{ color: red }", "{\n  color: red\n}"),
            format!("/* A comment with .near {{ in it */\n{CSS}"),
        ] {
            assert_eq!(digest_of(&css, &[]), before, "{css}");
        }
        let hidden = format!("{}<input type=\"hidden\" name=\"a\">", PAGE.1);
        assert_eq!(digest_of(CSS, &[(PAGE.0, &hidden)]), before);
        assert_ne!(digest_of(CSS, &[(REST[0].0, "<body>")]), before);
        assert_ne!(digest_of(CSS, &[(REST[1].0, "<b>another</b>")]), before);
        assert_eq!(digest_of(CSS, &[(REST[2].0, "<b>another</b>")]), before);
    }

    /// The faults of a picture that is good and of one that is not; of the others no test has a file.
    fn said_of_two(files: &[(&str, &str)]) -> Vec<String> {
        let mut faults = faults_found(check, files);
        faults.retain(|fault| ["/finding.png:", "/queue.png:"].iter().any(|of| fault.contains(of)));
        faults
    }

    #[test]
    fn a_picture_is_there_small_and_of_its_page_as_it_is() {
        let digest = digest_of(CSS, &[]);
        let list = format!("finding.png {digest}\nqueue.png 0\n");
        let mut files = vec![PAGE, (STYLESHEET, CSS), (DIGESTS, list.as_str())];
        files.extend(REST);
        let heavy = "x".repeat(MOST_BYTES + 1);
        files.extend([
            ("docs/pictures/finding.png", ""),
            ("docs/pictures/queue.png", heavy.as_str()),
        ]);
        assert_eq!(
            said_of_two(&files),
            ["docs/pictures/queue.png:0: 150001 bytes, and 150000 are the most"]
        );
        files.truncate(files.len() - 1);
        assert_eq!(said_of_two(&files), ["docs/pictures/queue.png:0: the picture is not there"]);
        files.retain(|(path, _)| *path != STYLESHEET);
        let faults = said_of_two(&files);
        assert!(
            faults[0].contains("finding.png:0: the page it shows is another now"),
            "{faults:?}"
        );
    }
}
