//! The modules of a crate, and which names which: every path followed to the module that defines it.
//!
//! Not for: what of that is allowed (`floors`). Invariant: a name that a module only hands on, by `pub use`,
//! leads to where it is defined.

use std::collections::BTreeMap;

use super::super::Tree;
use super::super::tokens::Code;
use super::paths::{Names, Path};

/// `[]` is the root of the crate, `["http", "web"]` is `http/web.rs`.
pub(super) type ModulePath = Vec<String>;

struct Module {
    file: String,
    names: Names,
}

pub(super) struct Modules {
    modules: BTreeMap<ModulePath, Module>,
}

/// One module naming something of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub(super) from: ModulePath,
    pub(super) to: ModulePath,
    pub(super) file: String,
    pub(super) line: usize,
    /// The module that is named.
    pub(super) name: String,
}

/// Re-exports of re-exports end before this; a ring of them does not compile.
const HAND_ONS_MAX: usize = 12;

impl Modules {
    /// Those of the sources in a folder such as `crates/domain/src`, tests left out.
    pub(super) fn read(tree: &Tree, folder: &str) -> Self {
        let mut modules = BTreeMap::new();
        let mut test_modules = Vec::new();
        let root =
            ["lib.rs", "main.rs"].into_iter().find(|name| tree.holds(&format!("{folder}/{name}")));
        for (file, text) in tree.texts(".rs") {
            let Some(inside) = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'))
            else {
                continue;
            };
            let path: ModulePath = match inside {
                _ if Some(inside) == root => Vec::new(),
                // The program of a crate that is a library as well only calls it.
                "main.rs" => continue,
                _ => inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect(),
            };
            let code = Code::read(text);
            let names = Names::read(&code);
            for name in code.test_modules {
                test_modules.push([path.as_slice(), &[name.to_owned()]].concat());
            }
            modules.insert(path, Module { file: file.to_owned(), names });
        }
        modules.retain(|path, _| {
            !path.iter().any(|part| part == "tests")
                && !test_modules.iter().any(|test| path.starts_with(test))
        });
        Self { modules }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &ModulePath> {
        self.modules.keys()
    }

    /// Each module once for each that it names, with the first place where it does.
    pub(super) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows: BTreeMap<(ModulePath, ModulePath), Arrow> = BTreeMap::new();
        for (from, module) in &self.modules {
            let imports = module.names.imports.iter().map(|import| &import.path);
            for path in imports.chain(&module.names.paths) {
                let Some(words) = self.rooted(from, path) else { continue };
                let Some((to, name)) = self.defining(words, 0) else { continue };
                if to != *from {
                    let arrow = Arrow {
                        from: from.clone(),
                        to: to.clone(),
                        file: module.file.clone(),
                        line: path.line,
                        name,
                    };
                    arrows
                        .entry((from.clone(), to))
                        .and_modify(|first| *first = arrow.clone().min(first.clone()))
                        .or_insert(arrow);
                }
            }
        }
        arrows.into_values().collect()
    }

    /// The words of a path from the root of the crate on; `None` when it leads out of the crate.
    fn rooted(&self, module: &[String], path: &Path) -> Option<Vec<String>> {
        let mut here = [module, &path.scope].concat();
        let mut words = path.words.iter();
        let first = words.next()?;
        let mut rest: Vec<String> = words.cloned().collect();
        match first.as_str() {
            "crate" => here.clear(),
            "self" => {}
            "super" => {
                here.pop();
                while rest.first().is_some_and(|word| word == "super") {
                    here.pop();
                    rest.remove(0);
                }
            }
            name => {
                let child = [here.as_slice(), &[name.to_owned()]].concat();
                if self.modules.contains_key(&child) {
                    here = child;
                } else {
                    let file = self.modules.get(module)?;
                    let import = file.names.imports.iter().find(|import| {
                        import.name == name && import.path.words.first() != Some(first)
                    })?;
                    here = self.rooted(module, &import.path)?;
                }
            }
        }
        here.extend(rest);
        Some(here)
    }

    /// The module that defines what these words name, and the name.
    fn defining(&self, words: Vec<String>, hand_ons: usize) -> Option<(ModulePath, String)> {
        let mut at = words.len();
        while at > 0 && !self.modules.contains_key(&words[..at]) {
            at -= 1;
        }
        let (path, rest) = words.split_at(at);
        let Some(name) = rest.first() else { return Some((words, "the module".to_owned())) };
        let here = (path.to_vec(), name.clone());
        let module = self.modules.get(path)?;
        if module.names.definitions.contains(name) || hand_ons == HAND_ONS_MAX {
            return Some(here);
        }
        let handed_on = module.names.imports.iter().filter(|import| import.name == *name);
        for import in handed_on {
            // A name of another crate stays with the module that hands it on.
            let Some(mut target) = self.rooted(path, &import.path) else { continue };
            target.extend_from_slice(&rest[1..]);
            return self.defining(target, hand_ons + 1);
        }
        let globs = module.names.imports.iter().filter(|import| import.name == "*");
        for import in globs {
            let Some(mut target) = self.rooted(path, &import.path) else { continue };
            target.extend_from_slice(rest);
            let defines = |(module, name): &(ModulePath, String)| {
                self.modules
                    .get(module)
                    .is_some_and(|module| module.names.definitions.contains(name))
            };
            if let Some(found) = self.defining(target, hand_ons + 1).filter(defines) {
                return Some(found);
            }
        }
        Some(here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(files: &[(&str, &str)]) -> Vec<String> {
        let modules = Modules::read(&Tree::of(files), "crates/a/src");
        let shown = |arrow: &Arrow| {
            format!(
                "{}->{} {} {}",
                arrow.from.join("/"),
                arrow.to.join("/"),
                arrow.name,
                arrow.line
            )
        };
        modules.arrows().iter().map(shown).collect()
    }

    #[test]
    fn a_path_is_followed_to_the_module_that_defines_its_end() {
        let files = [
            (
                "crates/a/src/lib.rs",
                "mod b;\nmod c;\npub use b::d::D;\npub use c::*;\npub struct R;",
            ),
            ("crates/a/src/b.rs", "pub mod d;\npub use serde::Value;\nuse crate::R;"),
            ("crates/a/src/b/d.rs", "pub struct D;\nfn f() { super::super::c::g() }"),
            (
                "crates/a/src/c.rs",
                "use std::fmt;\nuse crate::{D, b, E};\npub struct E;\nfn g(x: b::Value) { b::d::h::<C>(C::new()) }",
            ),
            ("crates/a/src/c/tests.rs", "use crate::b::gone;"),
            ("crates/a/src/main.rs", "use a::b::D;"),
        ];
        assert_eq!(
            arrows(&files),
            [
                "->b/d D 3",
                "->c the module 4",
                "b-> R 3",
                "b/d->c g 2",
                "c->b the module 2",
                "c->b/d D 2",
            ]
        );
    }

    #[test]
    fn inline_modules_belong_to_their_file() {
        let files = [
            ("crates/a/src/main.rs", "mod b; mod c;\nmod d { pub struct S(super::c::T); }"),
            (
                "crates/a/src/b.rs",
                "use crate::d::S;\nmod e { use super::super::c::T; fn f() { self::g() } }",
            ),
            ("crates/a/src/c.rs", "pub struct T;"),
        ];
        assert_eq!(arrows(&files), ["->c T 2", "b-> d 1", "b->c T 2"]);
    }
}
