//! `cargo xtask docs`: the documentation as a site, by mdBook.
//!
//! Pages lie in the site as they do in the repository, so that a link that leads somewhere on a forge
//! leads there on the site as well; what pages link to and is no page goes along as a file.
//!
//! Not for: what stands on the pages. Invariant: a site of which a link leads nowhere is a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files::{cannot, read, read_text, remove_folder, write};
use crate::tidy::markdown::{Link, links};
use crate::tidy::summary::SUMMARY;
use crate::tidy::tree::Tree;
use crate::{cargo, output, setup};

const SETTINGS: &str = "docs/book.toml";
/// mdBook has a page of its own for what is not found, with links from the root of the site on.
const NOT_FOUND: &str = "404.html";

pub(crate) fn run() -> Result<(), String> {
    let mdbook = setup::mdbook()?;
    let target = cargo::built_programs()?;
    let target = target.parent().ok_or("no folder of builds")?;
    let (staged, site) = (target.join("docs-pages"), target.join("docs"));
    for folder in [&staged, &site] {
        remove_folder(folder)?;
    }
    stage(&Tree::tracked()?, &cargo::root(), &staged)?;
    cargo::succeed(
        Command::new(mdbook).arg("build").arg("--dest-dir").arg(&site).arg(&staged),
        "the site was not built\n  mdBook's message is above",
    )?;
    let dead = dead_links(&read_site(&site)?);
    if !dead.is_empty() {
        return Err(format!("links of the site lead nowhere:\n  {}", dead.join("\n  ")));
    }
    output::say(&format!("the site is {}", site.join("index.html").display()));
    Ok(())
}

/// Copies what the site is made of: settings, table of contents, pages, and the files they link to.
fn stage(tree: &Tree, root: &Path, staged: &Path) -> Result<(), String> {
    let summary = tree.text(SUMMARY).ok_or_else(|| format!("{SUMMARY} is not there"))?;
    let settings = tree.text(SETTINGS).ok_or_else(|| format!("{SETTINGS} is not there"))?;
    write(&staged.join("book.toml"), settings)?;
    let pages = staged.join("pages");
    write(&pages.join("SUMMARY.md"), table_of_contents(summary))?;
    let listed = listed(summary);
    for path in &listed {
        let text = tree.text(path).ok_or_else(|| format!("{SUMMARY} names {path}: not there"))?;
        write(&pages.join(index_for_readme(path)), index_for_readme(text))?;
    }
    for path in files_beside(tree, &listed)? {
        write(&pages.join(&path), read(&root.join(path))?)?;
    }
    Ok(())
}

/// The pages of the site, as they lie in the repository.
fn listed(summary: &str) -> BTreeSet<String> {
    links(summary).filter_map(|link| link.file(SUMMARY)).collect()
}

/// The table of contents, which stands below `docs/`, with its links from the root on.
fn table_of_contents(summary: &str) -> String {
    let mut text = summary.to_owned();
    for link in links(summary) {
        if let Some(file) = link.file(SUMMARY) {
            text = text.replace(&format!("]({})", link.target), &format!("](/{file})"));
        }
    }
    index_for_readme(&text.replace("](/", "]("))
}

/// mdBook makes `index.html` of a README.md, and leaves the links to it as they are.
fn index_for_readme(text: &str) -> String {
    match text.strip_suffix("README.md") {
        Some(folder) => format!("{folder}index.md"),
        None => text.replace("README.md)", "index.md)").replace("README.md#", "index.md#"),
    }
}

/// The files that pages link to and that are no pages.
fn files_beside(tree: &Tree, pages: &BTreeSet<String>) -> Result<BTreeSet<String>, String> {
    let mut files = BTreeSet::new();
    for page in pages {
        for link in links(tree.text(page).unwrap_or_default()).filter(Link::is_own) {
            let Some(file) = link.file(page).filter(|file| !pages.contains(file)) else { continue };
            let is_file = tree.files().any(|known| known.path == file);
            let is_page = Path::new(&file).extension().is_some_and(|ending| ending == "md");
            if !is_file || is_page {
                return Err(format!(
                    "{page}:{}: the site has no {}\n  link to a file, or to a page that is in {SUMMARY}",
                    link.line, link.target
                ));
            }
            files.insert(file);
        }
    }
    Ok(files)
}

/// Every file of the site by its path, and the text of those that are pages.
fn read_site(site: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let path = site.join(&folder);
        let items = fs::read_dir(&path).map_err(|fault| cannot("read", &path, &fault))?;
        for item in items {
            let item = item.map_err(|fault| cannot("read", &path, &fault))?;
            let below = folder.join(item.file_name());
            if item.path().is_dir() {
                folders.push(below);
                continue;
            }
            let is_page = below.extension().is_some_and(|extension| extension == "html");
            let text = if is_page { read_text(&item.path())? } else { String::new() };
            files.insert(below.display().to_string(), text);
        }
    }
    Ok(files)
}

/// `page: target` of each link that leads to no file of the site, or to no place of its page.
fn dead_links(site: &BTreeMap<String, String>) -> Vec<String> {
    let mut dead = Vec::new();
    for (page, text) in site.iter().filter(|(page, _)| *page != NOT_FOUND) {
        for target in attributes(text, "href").chain(attributes(text, "src")) {
            let is_outside = target.contains(':') || target.starts_with("//");
            if !is_outside && !leads_somewhere(site, page, target) {
                dead.push(format!("{page}: {target}"));
            }
        }
    }
    dead
}

fn leads_somewhere(site: &BTreeMap<String, String>, page: &str, target: &str) -> bool {
    let link = Link { line: 0, target };
    let Some(file) = link.file(page) else { return false };
    let file = if file.is_empty() { "index.html".to_owned() } else { file };
    let Some(text) = site.get(&file) else { return false };
    let anchor = link.anchor().filter(|anchor| !anchor.is_empty());
    anchor.is_none_or(|anchor| attributes(text, "id").any(|id| id == anchor))
}

/// The values of an attribute, wherever it stands.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {name}=\"");
    let values: Vec<&str> =
        html.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    values.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_contents_counts_from_the_root() {
        let summary = "# Summary\n\n[Bursar](../README.md)\n\n- [Send](integrator.md)\n\
                       - [Decisions](decisions/README.md)\n";
        assert_eq!(
            table_of_contents(summary),
            "# Summary\n\n[Bursar](index.md)\n\n- [Send](docs/integrator.md)\n\
             - [Decisions](docs/decisions/index.md)\n"
        );
        let listed: Vec<String> = listed(summary).into_iter().collect();
        assert_eq!(listed, ["README.md", "docs/decisions/README.md", "docs/integrator.md"]);
    }

    #[test]
    fn what_pages_link_to_goes_along_and_what_cannot_is_said() {
        let pages = BTreeSet::from(["docs/a.md".to_owned()]);
        for (text, expected) in [
            (
                "[it](a.md) [set](../b.toml) ![p](c.png) [out](https://d)",
                Ok(vec!["b.toml", "docs/c.png"]),
            ),
            ("[folder](../docs)", Err("docs/a.md:1: the site has no ../docs")),
            ("[page](../e.md)", Err("docs/a.md:1: the site has no ../e.md")),
        ] {
            let files = [("docs/a.md", text), ("b.toml", ""), ("docs/c.png", ""), ("e.md", "")];
            match (files_beside(&Tree::of(&files), &pages), expected) {
                (Ok(found), Ok(expected)) => {
                    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
                }
                (Err(said), Err(begin)) => assert!(said.starts_with(begin), "{said}"),
                (found, expected) => panic!("{found:?} {expected:?}"),
            }
        }
    }

    #[test]
    fn links_of_the_site_are_followed() {
        let page = "<a href=\"../index.html\"> <a href=\"b.html#here\"> <a href=\"#top\" id=\"top\"> \
                    <img src=\"c.png\"> <a href=\"https://example.org/\"> <a href=\"b.html#gone\"> \
                    <a href=\"gone.html\"> <a href=\"../../x\">";
        let files = [
            ("docs/a.html", page),
            ("docs/b.html", "<h2 id=\"here\">"),
            ("docs/c.png", ""),
            ("index.html", ""),
        ];
        let site = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(
            dead_links(&BTreeMap::from(site)),
            ["docs/a.html: b.html#gone", "docs/a.html: gone.html", "docs/a.html: ../../x"]
        );
    }
}
