//! What a file of Rust code names: imports, paths, and what it defines.
//!
//! Not for: which file a path leads to (`modules`). Invariant: a path keeps the module it is written in,
//! as `self` and `super` depend on it.

use super::super::tokens::{Code, Token};

/// A path as it is written, such as `crate :: id :: UploadId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// The inline modules of the file in which it stands.
    pub(super) scope: Vec<String>,
    pub(super) words: Vec<String>,
    pub(super) line: usize,
}

/// A name that `use` brings into a module; `*` for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) name: String,
    pub(super) path: Path,
}

#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) imports: Vec<Import>,
    pub(super) paths: Vec<Path>,
    /// Types, functions, constants and macros of the file and its inline modules.
    pub(super) definitions: Vec<String>,
}

const DEFINE: [&str; 8] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union"];

impl Names {
    pub(super) fn read(code: &Code<'_>) -> Self {
        let names = Self::default();
        let mut reader =
            Reader { tokens: &code.tokens, at: 0, scope: Vec::new(), open: vec![0], names };
        reader.read();
        reader.names
    }
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    /// Inline modules around this place.
    scope: Vec<String>,
    /// The number of brackets open in the file, and in each of the inline modules.
    open: Vec<usize>,
    names: Names,
}

impl Reader<'_, '_> {
    fn text(&self, offset: usize) -> &str {
        self.tokens.get(self.at + offset).map_or("", |token| token.text)
    }

    fn is_word(&self, offset: usize) -> bool {
        self.tokens.get(self.at + offset).is_some_and(Token::is_word)
    }

    fn read(&mut self) {
        while self.at < self.tokens.len() {
            match self.text(0) {
                "use" => {
                    self.at += 1;
                    self.tree(&[]);
                }
                "mod" if self.text(2) == "{" => {
                    self.scope.push(self.text(1).to_owned());
                    self.open.push(0);
                    self.at += 3;
                }
                "{" => {
                    self.open.last_mut().into_iter().for_each(|open| *open += 1);
                    self.at += 1;
                }
                "}" => {
                    if self.open.last() == Some(&0) && self.open.len() > 1 {
                        self.open.pop();
                        self.scope.pop();
                    } else {
                        self.open.last_mut().into_iter().for_each(|open| *open -= 1);
                    }
                    self.at += 1;
                }
                // `pub(in crate::a)` only says who may see.
                "(" if self.text(1) == "in" => {
                    self.at += 2;
                    self.words();
                }
                word if DEFINE.contains(&word) && self.is_word(1) => {
                    // A method is no name of its module.
                    if self.open.last() == Some(&0) {
                        self.names.definitions.push(self.text(1).to_owned());
                    }
                    self.at += 2;
                }
                "macro_rules" => {
                    self.names.definitions.push(self.text(2).to_owned());
                    self.at += 3;
                }
                _ if self.is_word(0) => self.path(),
                // What follows `.` is a member, what follows a leading `::` is of another crate.
                "." | "::" => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let words = self.words();
        if words.len() > 1 {
            self.names.paths.push(Path { scope: self.scope.clone(), words, line });
        }
    }

    /// `a::b::c`, up to what is no word.
    fn words(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        while self.is_word(0) {
            words.push(self.text(0).to_owned());
            self.at += 1;
            if self.text(0) != "::" || !self.is_word(1) {
                break;
            }
            self.at += 1;
        }
        words
    }

    /// One branch of a `use`: a path, then a name, `as` another, `*`, or a list of branches.
    fn tree(&mut self, before: &[String]) {
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        if before.is_empty() && self.text(0) == "::" {
            // Of another crate.
            while !["", ";"].contains(&self.text(0)) {
                self.at += 1;
            }
            return;
        }
        let mut words = before.to_vec();
        words.extend(self.words());
        if self.text(0) == "::" {
            self.at += 1;
        }
        match self.text(0) {
            "{" => {
                self.at += 1;
                while !["}", ""].contains(&self.text(0)) {
                    self.tree(&words);
                    if self.text(0) == "," {
                        self.at += 1;
                    }
                }
                self.at += 1;
            }
            "*" => {
                self.at += 1;
                self.import("*".to_owned(), words, line);
            }
            "as" => {
                let name = self.text(1).to_owned();
                self.at += 2;
                self.import(name, words, line);
            }
            _ => {
                // `a::{self}` brings `a`.
                if words.len() > 1 && words.last().is_some_and(|last| last == "self") {
                    words.pop();
                }
                match words.last().cloned() {
                    Some(name) => self.import(name, words, line),
                    None => self.at += 1,
                }
            }
        }
    }

    fn import(&mut self, name: String, words: Vec<String>, line: usize) {
        let path = Path { scope: self.scope.clone(), words, line };
        self.names.imports.push(Import { name, path });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(code: &str) -> Vec<String> {
        let names = Names::read(&Code::read(code));
        let shown = |import: &Import| format!("{}={}", import.name, import.path.words.join("::"));
        names.imports.iter().map(shown).collect()
    }

    #[test]
    fn every_branch_of_a_use_is_an_import() {
        let code = "use crate::a::{self, b::{C, D as E}, f::*};\npub(crate) use super::g as _;\nuse ::http::H;\nuse i;";
        assert_eq!(
            imports(code),
            [
                "a=crate::a",
                "C=crate::a::b::C",
                "E=crate::a::b::D",
                "*=crate::a::f",
                "_=super::g",
                "i=i"
            ]
        );
    }

    #[test]
    fn paths_definitions_and_inline_modules_are_read() {
        let code = "fn f() -> crate::a::B { x.y::<crate::c::D>(); ::serde::e(); }\n\
                    mod inner { struct S(super::T); impl S { fn g() {} } }\npub(in crate::y) fn h() {} macro_rules! m { () => { $crate::z::Z } }";
        let names = Names::read(&Code::read(code));
        let shown: Vec<_> = names
            .paths
            .iter()
            .map(|path| {
                format!("{}:{}@{}", path.scope.join("::"), path.words.join("::"), path.line)
            })
            .collect();
        assert_eq!(
            shown,
            [":crate::a::B@1", ":crate::c::D@1", "inner:super::T@2", ":crate::z::Z@3"]
        );
        assert_eq!(names.definitions, ["f", "S", "h", "m"]);
    }
}
