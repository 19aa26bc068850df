//! Floors within a crate: no module names anything of a floor above its own, and no modules name one another
//! in a ring.
//!
//! A crate declares its floors in its Cargo.toml, the highest first, for its own modules and for those of any
//! folder that has floors of its own:
//!
//! ```toml
//! [package.metadata.floors]
//! src = ["commands", "transfer journal", "net"]
//! "src/net" = ["link", "tls"]
//! ```
//!
//! Not for: directions between crates (`directions`).
//!
//! Invariant: a module and all below it stand on one floor. A module and those directly below it may name one
//! another; what is shared more widely has a module of its own. The root of a crate stands on no floor.

mod drawing;
mod modules;
mod paths;
mod rings;

use super::manifest::{Entry, entries, quoted};
use super::{Fault, Tree};
use modules::{Arrow, ModulePath, Modules};
use rings::{rings, single_rings};

pub(super) use drawing::draw;

const SECTION: &str = "package.metadata.floors";

/// One crate as its floors have it.
struct House {
    manifest: String,
    modules: Modules,
    arrows: Vec<Arrow>,
    storeys: Vec<Storey>,
}

/// The floors of one folder.
struct Storey {
    /// `[]` is `src`, `["net"]` is `src/net`.
    folder: ModulePath,
    line: usize,
    /// The highest first.
    floors: Vec<Vec<String>>,
}

impl Storey {
    fn floor_of(&self, module: &str) -> Option<usize> {
        self.floors.iter().position(|floor| floor.iter().any(|name| name == module))
    }
}

/// Modules that name one another in a ring, and the arrows between them.
struct Ring<'a> {
    members: Vec<String>,
    arrows: Vec<&'a Arrow>,
}

impl House {
    fn read(tree: &Tree, folder: &str) -> Self {
        let manifest = format!("{folder}/Cargo.toml");
        let modules = Modules::read(tree, &format!("{folder}/src"));
        let arrows = modules.arrows();
        let entries = entries(tree.text(&manifest).unwrap_or_default());
        let storeys = entries.iter().filter(|entry| entry.section == SECTION).map(storey).collect();
        Self { manifest, modules, arrows, storeys }
    }

    /// The names of the modules that stand in a folder.
    fn names(&self, folder: &[String]) -> Vec<&str> {
        let inside = self.modules.paths().filter(|path| path.len() == folder.len() + 1);
        inside.filter(|path| path.starts_with(folder)).filter_map(|path| last(path)).collect()
    }

    fn folders(&self) -> Vec<&[String]> {
        let mut folders: Vec<_> = self
            .modules
            .paths()
            .filter_map(|path| path.split_last())
            .map(|(_, folder)| folder)
            .collect();
        folders.sort_unstable();
        folders.dedup();
        folders
    }

    /// The names that the modules of a folder, each with all below it, use of one another.
    fn arrows_in<'a>(
        &'a self,
        folder: &'a [String],
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a Arrow)> {
        self.arrows.iter().filter_map(move |arrow| {
            let from = arrow.from.strip_prefix(folder)?.first()?;
            let to = arrow.to.strip_prefix(folder)?.first()?;
            (from != to).then_some((from.as_str(), to.as_str(), arrow))
        })
    }

    /// Rings of the modules of one folder, each with all below it; where there are none, rings that a module
    /// closes by naming what one above it defines, save those of a module and the ones directly below it.
    fn rings(&self) -> Vec<Ring<'_>> {
        let folders = self.folders();
        let within: Vec<_> = folders.iter().flat_map(|folder| self.rings_in(folder)).collect();
        if within.is_empty() { self.rings_through() } else { within }
    }

    fn rings_in<'a>(&'a self, folder: &'a [String]) -> Vec<Ring<'a>> {
        let names = self.names(folder);
        let arrows: Vec<_> = self.arrows_in(folder).collect();
        let shown_in = |name: &str| shown(&[folder, &[name.to_owned()]].concat());
        ring_members(&names, arrows.iter().map(|(from, to, _)| (*from, *to)), rings)
            .into_iter()
            .map(|members| {
                let inside = arrows
                    .iter()
                    .filter(|(from, to, _)| members.contains(from) && members.contains(to));
                Ring {
                    arrows: inside.map(|(_, _, arrow)| *arrow).collect(),
                    members: members.iter().map(|name| shown_in(name)).collect(),
                }
            })
            .collect()
    }

    fn rings_through(&self) -> Vec<Ring<'_>> {
        let names: Vec<&ModulePath> =
            self.modules.paths().filter(|path| !path.is_empty()).collect();
        ring_members(&names, self.arrows.iter().map(|arrow| (&arrow.from, &arrow.to)), single_rings)
            .into_iter()
            .filter(|members| !is_one_family(members))
            .map(|members| {
                let is_inside =
                    |arrow: &&Arrow| members.contains(&&arrow.from) && members.contains(&&arrow.to);
                Ring {
                    arrows: self.arrows.iter().filter(is_inside).collect(),
                    members: members.iter().map(|path| shown(path)).collect(),
                }
            })
            .collect()
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for storey in &self.storeys {
            faults.extend(self.unknown(storey));
            faults.extend(self.upward(storey).map(|arrow| {
                Fault::new(
                    &arrow.file,
                    arrow.line,
                    format!(
                        "names `{}` of `{}`, which is on a higher floor",
                        arrow.name,
                        shown(&arrow.to)
                    ),
                    "move what both need to the lower floor, or hand it in as a parameter",
                )
            }));
        }
        if !self.names(&[]).is_empty()
            && !self.storeys.iter().any(|storey| storey.folder.is_empty())
        {
            faults.push(Fault::new(
                &self.manifest,
                0,
                "the crate declares no floors",
                format!("list its modules under [{SECTION}], the highest floor first"),
            ));
        }
        for ring in self.rings() {
            let first =
                ring.arrows.first().map_or(self.manifest.as_str(), |arrow| arrow.file.as_str());
            faults.push(Fault::new(
                first,
                0,
                format!("a ring of modules: {}", ring.members.join(", ")),
                "`cargo xtask tidy --floors` names what ties it: move that below both",
            ));
        }
        faults
    }

    /// Modules without a floor or on two, and floors without a module.
    fn unknown(&self, storey: &Storey) -> Vec<Fault> {
        let names = self.names(&storey.folder);
        let folder = shown(&storey.folder);
        let mut faults = Vec::new();
        let mut fault = |what: String, mend: &str| {
            faults.push(Fault::new(&self.manifest, storey.line, what, mend));
        };
        for name in names.iter().filter(|name| storey.floor_of(name).is_none()) {
            fault(format!("`{name}` of {folder} is on no floor"), "name it where it belongs");
        }
        let declared: Vec<&String> = storey.floors.iter().flatten().collect();
        for (at, name) in declared.iter().enumerate() {
            if declared[..at].contains(name) {
                fault(format!("`{name}` is on two floors"), "take it out of one");
            }
            if !names.contains(&name.as_str()) {
                fault(format!("`{name}` is no module of {folder}"), "take it out");
            }
        }
        faults
    }

    fn upward<'a>(&'a self, storey: &'a Storey) -> impl Iterator<Item = &'a Arrow> {
        let rises = |from: &str, to: &str| Some(storey.floor_of(from)? > storey.floor_of(to)?);
        self.arrows_in(&storey.folder)
            .filter(move |(from, to, _)| rises(from, to) == Some(true))
            .map(|(_, _, arrow)| arrow)
    }
}

/// Returns `true` when these are a module and some directly below it.
fn is_one_family(members: &[&ModulePath]) -> bool {
    let shortest = members.iter().min_by_key(|path| path.len()).expect("a ring has members");
    let is_child =
        |path: &ModulePath| path.split_last().is_some_and(|(_, above)| above == *shortest);
    members.iter().all(|path| path == shortest || is_child(path))
}

/// One of the ways to find rings among so many numbers.
type Find = fn(usize, &[(usize, usize)]) -> Vec<Vec<usize>>;

/// The rings among `names` by one of the ways to find them, arrows to others left out.
fn ring_members<T: PartialEq + Copy>(
    names: &[T],
    arrows: impl Iterator<Item = (T, T)>,
    find: Find,
) -> Vec<Vec<T>> {
    let number = |name| names.iter().position(|known| *known == name);
    let numbered: Vec<_> =
        arrows.filter_map(|(from, to)| Some((number(from)?, number(to)?))).collect();
    let members = |group: Vec<usize>| group.into_iter().map(|one| names[one]).collect();
    find(names.len(), &numbered).into_iter().map(members).collect()
}

fn storey(entry: &Entry) -> Storey {
    let words = |floor: &str| floor.split_whitespace().map(str::to_owned).collect();
    Storey {
        folder: entry.key.split('/').skip(1).map(str::to_owned).collect(),
        line: entry.line,
        floors: quoted(&entry.value).map(words).collect(),
    }
}

fn last(path: &[String]) -> Option<&str> {
    path.last().map(String::as_str)
}

/// A module as its path below `src`.
fn shown(path: &[String]) -> String {
    if path.is_empty() { "the crate".to_owned() } else { path.join("/") }
}

/// The folders of the crates that have floors, and of this program.
fn folders(tree: &Tree) -> Vec<String> {
    let crates = tree.crates().into_iter().map(|name| format!("crates/{name}"));
    crates.chain(tree.holds("xtask/Cargo.toml").then(|| "xtask".to_owned())).collect()
}

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    folders(tree).iter().flat_map(|folder| House::read(tree, folder).faults()).collect()
}

#[cfg(test)]
mod tests;
