//! The files of a tryout: where each lies, what it holds, and by which rules it is read.
//!
//! Invariant: a file whose type is guessed says by what, and one that cannot be told is left out with a
//! sentence and not read as something else.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use domain::digits::counted;
use domain::{FileType, Mapping, ReadingRules};
use store::Store;

use super::error::TryoutError;
use crate::ledgers::{LedgerBrowser, LedgerChecker, LedgerReader, LedgersError};

/// Names of files that a title holds.
const NAMES_IN_TITLE: usize = 2;

/// The ledgers of stores that are made for a tryout, and what files hold; the program wires it in.
pub trait TryoutLedgers: Debug + Send + Sync {
    /// Looks at a file: what it holds, and how it is read for a first look. `label` is what no other file
    /// of the tryout is called. Blocking.
    fn examine(
        &self,
        file: GivenFile,
        label: String,
        rules: &RulesByType,
    ) -> Result<InputFile, InputRefusal>;

    /// The ledgers of a store. What exceeds the memory of the checks goes to `spill`.
    fn open(&self, store: &Store, spill: PathBuf) -> Result<OpenLedgers, LedgersError>;
}

/// The ledgers of one store.
#[derive(Debug, Clone)]
pub struct OpenLedgers {
    pub reader: Arc<dyn LedgerReader>,
    pub checker: Arc<dyn LedgerChecker>,
    pub browser: Arc<dyn LedgerBrowser>,
}

/// A file that was not even received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutFile {
    pub name: String,
    /// A sentence without a full stop.
    pub why: String,
}

/// A file as somebody gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenFile {
    pub path: PathBuf,
    /// The name it bears, which says how it is written.
    pub name: String,
    /// The type somebody says it is of; else it is told by the file.
    pub file_type: Option<FileType>,
}

/// A file and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct InputFile {
    pub path: PathBuf,
    pub name: String,
    pub file_type: FileType,
    /// The way the type is known, such as `by its columns`.
    pub type_told: String,
    /// The sources of its fields, where its headers do not say.
    pub mapping: Option<Mapping>,
    /// The column that stands for a Unique ID with the line of a row, where the file has none.
    pub numbered_as: Option<String>,
    /// Names of fields that come from elsewhere and that nobody said.
    pub assumed: Vec<String>,
}

/// Why nothing is known of a file.
#[derive(Debug, thiserror::Error)]
pub enum InputRefusal {
    #[error("the file cannot be read")]
    File(#[from] io::Error),
    /// A sentence without a full stop.
    #[error("{0}")]
    Unusable(String),
    /// Neither its columns nor its name tell its type.
    #[error("neither its columns nor its name tell what it holds")]
    TypeUnknown,
}

/// The files of a tryout as they were given.
#[derive(Debug, Default)]
pub struct Inputs {
    pub files: Vec<InputFile>,
    pub left_out: Vec<LeftOutFile>,
}

/// The rules by which files of each type are read.
#[derive(Debug, Clone, Default)]
pub struct RulesByType(Vec<(FileType, ReadingRules)>);

impl RulesByType {
    pub const fn new(rules: Vec<(FileType, ReadingRules)>) -> Self {
        Self(rules)
    }

    /// The rules for files of this type; the usual ones where nothing was said.
    pub fn of(&self, file_type: FileType) -> ReadingRules {
        let found = self.0.iter().find(|(known, _)| *known == file_type);
        found.map(|(_, rules)| rules.clone()).unwrap_or_default()
    }

    /// Rules to tell types by: those with a mapping, where there are any.
    pub fn to_guess_by(&self) -> ReadingRules {
        let mapped = self.0.iter().find(|(_, rules)| rules.mapping.is_some());
        let mapped = mapped.map(|(_, rules)| rules.clone());
        mapped.unwrap_or_else(|| self.of(FileType::Transactions))
    }
}

impl Inputs {
    /// Looks at every file that is given. Blocking. `untold` is the sentence about one that does not tell
    /// its type.
    pub fn examine(
        ledgers: &dyn TryoutLedgers,
        given: Vec<GivenFile>,
        rules: &RulesByType,
        untold: &str,
    ) -> Result<Self, TryoutError> {
        let mut inputs = Self::default();
        for file in given {
            let name = file.name.clone();
            let same = inputs.files.iter().filter(|other| other.name == name).count();
            let label = if same == 0 { name.clone() } else { format!("{name} {}", same + 1) };
            match ledgers.examine(file, label, rules) {
                Ok(input) => inputs.files.push(input),
                Err(InputRefusal::File(source)) => return Err(TryoutError::File { name, source }),
                Err(InputRefusal::Unusable(why)) => inputs.left_out.push(LeftOutFile { name, why }),
                Err(InputRefusal::TypeUnknown) => {
                    inputs.left_out.push(LeftOutFile { name, why: untold.to_owned() });
                }
            }
        }
        Ok(inputs)
    }
}

/// `invoices.csv, suppliers.csv and 3 more files`
pub(super) fn title(inputs: &[InputFile]) -> String {
    let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    match names.as_slice() {
        [first, second, _, others @ ..] => {
            let more = counted(others.len() as u64 + 1, "more file", "more files");
            format!("{first}, {second} and {more}")
        }
        few => few[..few.len().min(NAMES_IN_TITLE)].join(" and "),
    }
}
