//! The files that are tried: where each lies, what it holds, and by which rules it is read.
//!
//! Invariant: a file whose type is guessed says by what, and one that cannot be told is left out with a
//! sentence and not read as something else.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use domain::columns::transactions::STAND_INS;
use domain::{FieldSource, FileFormat, FileName, FileType, Mapping, ReadingRules};
use extract::{ReadError, guess_file_type};
use server::report::LeftOutFile;

use crate::cli::{RuleArgs, TryArgs};
use crate::commands::reading_rules::with_settings;

/// A file and what it holds.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) file_type: FileType,
    /// How the type is known, such as `by its columns`.
    pub(super) type_told: String,
    /// What its fields are read from, where its headers do not say.
    pub(super) mapping: Option<Mapping>,
    /// What stands for a Unique ID with the line of a row, where the file has none.
    pub(super) numbered_as: Option<String>,
    /// Names of fields that come from elsewhere and that nobody said.
    pub(super) assumed: Vec<String>,
}

/// Fields beside those of [`STAND_INS`] that a first look takes from another, so that a file is read at all.
const FOR_A_FIRST_LOOK: [(&str, &str); 2] =
    [("invoice_amount", "base_amount"), ("supplier_name", "supplier_ref")];

/// The files as they were given.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) files: Vec<Input>,
    pub(super) left_out: Vec<LeftOutFile>,
}

/// The rules by which files of each type are read.
#[derive(Debug)]
pub(super) struct RulesByType(Vec<(FileType, anyhow::Result<ReadingRules>)>);

impl RulesByType {
    /// The rules that are given; a mapping is for the types that have all of its fields.
    pub(super) fn new(args: &RuleArgs) -> anyhow::Result<Self> {
        let without = RuleArgs { mapping: None, ..args.clone() };
        let rules = |file_type| {
            let rules = with_settings(ReadingRules::default(), args.clone(), file_type);
            (file_type, rules)
        };
        let mut all: Vec<_> = FileType::ALL.into_iter().map(rules).collect();
        if all.iter().all(|(_, rules)| rules.is_err()) {
            let (_, fault) = all.swap_remove(0);
            fault?;
        }
        for (file_type, rules) in &mut all {
            if rules.is_err() {
                *rules = with_settings(ReadingRules::default(), without.clone(), *file_type);
            }
        }
        Ok(Self(all))
    }

    /// The rules for files of this type.
    pub(super) fn of(&self, file_type: FileType) -> ReadingRules {
        let found = self.0.iter().find(|(known, _)| *known == file_type);
        let rules = found.and_then(|(_, rules)| rules.as_ref().ok());
        rules.cloned().unwrap_or_default()
    }

    /// Rules to tell types by: those with the mapping, where there is one.
    fn to_guess_by(&self) -> ReadingRules {
        let mut all = FileType::ALL.into_iter().map(|file_type| self.of(file_type));
        let first = self.of(FileType::Transactions);
        all.find(|rules| rules.mapping.is_some()).unwrap_or(first)
    }
}

impl Inputs {
    /// Looks at every file that is given. A file that is not there ends the command before anything is read.
    pub(super) fn look_at(args: &TryArgs, rules: &RulesByType) -> anyhow::Result<Self> {
        if args.types.len() > 1 && args.types.len() != args.files.len() {
            bail!(
                "--as is given {} times for {} files; give it once for all of them, or once for each, in \
                 their order",
                args.types.len(),
                args.files.len()
            );
        }
        let mut inputs = Self::default();
        for (at, path) in args.files.iter().enumerate() {
            let given = args.types.get(at).or(args.types.first()).copied();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_else(|| path.display().to_string());
            let file = open(path)?;
            match told(&name, file, given, rules) {
                Ok((file_type, type_told)) => {
                    let same = inputs.files.iter().filter(|other| other.name == name).count();
                    let label =
                        if same == 0 { name.clone() } else { format!("{name} {}", same + 1) };
                    let mapping = rules.of(file_type).mapping;
                    let (path, file) = (path.clone(), open(path)?);
                    let assumed = Vec::new();
                    let input = Input {
                        path,
                        name,
                        file_type,
                        type_told,
                        mapping,
                        numbered_as: None,
                        assumed,
                    };
                    inputs.files.push(input.assume(&file, label, &rules.of(file_type)));
                }
                Err(why) => inputs.left_out.push(LeftOutFile { name, why }),
            }
        }
        Ok(inputs)
    }
}

fn open(path: &Path) -> anyhow::Result<File> {
    if path.is_dir() {
        bail!("{0} is a folder; name its files, such as {0}/*.csv", path.display());
    }
    File::open(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The type of a file and how it is known; else a sentence without a full stop.
fn told(
    name: &str,
    file: File,
    given: Option<FileType>,
    rules: &RulesByType,
) -> Result<(FileType, String), String> {
    let format = format_of(name)?;
    if let Some(given) = given {
        return Ok((given, "as --as says".to_owned()));
    }
    let by_name = FileType::guess(name);
    match guess_file_type(file, format, &rules.to_guess_by()) {
        Ok(Some(by_columns)) => Ok((
            by_columns,
            match by_name {
                Some(other) if other != by_columns => {
                    format!("by its columns, though its name speaks of {}", other.spec().words.many)
                }
                _ => "by its columns".to_owned(),
            },
        )),
        Err(ReadError::Refused(refusal)) if by_name.is_none() => Err(refusal.to_string()),
        // Reading says what is wrong with it.
        Ok(None) | Err(_) => by_name.map(|known| (known, "by its name".to_owned())).ok_or_else(|| {
            "neither its columns nor its name tell what it holds; say it with --as APT \
             (transactions), --as Suppliers or --as Employees, and with --mapping which column is which field"
                .to_owned()
        }),
    }
}

impl Input {
    /// Takes what the file lacks from what is near. `label` is what no other file is called.
    fn assume(mut self, file: &File, label: String, rules: &ReadingRules) -> Self {
        if self.file_type != FileType::Transactions || rules.is_strict {
            return self;
        }
        let Ok(format) = format_of(&self.name) else { return self };
        let options = extract::Options::by_rules(self.file_type, format, rules);
        // What cannot be looked at is refused when it is read.
        let Ok(preview) = extract::preview(file, &options, 0) else { return self };
        let field = |name: &str| preview.fields.iter().find(|field| field.field.name == name);
        let is_lacking = |name: &str| field(name).is_some_and(|field| field.source.is_none());
        let has = |name: &str| {
            field(name).is_some_and(|field| field.source.is_some() && !field.is_derived)
        };
        for (lacking, from) in STAND_INS.into_iter().chain(FOR_A_FIRST_LOOK) {
            let is_taken = self.assumed.iter().any(|name| name == lacking);
            if is_taken || !is_lacking(lacking) || !has(from) {
                continue;
            }
            let source = FieldSource::SameAs { field: from.to_owned() };
            self.mapping.get_or_insert_default().fields.insert(lacking.to_owned(), source);
            self.assumed.push(lacking.to_owned());
        }
        let key = self.file_type.spec().key;
        if is_lacking(key) {
            self.numbered_as = Some(label);
            self.assumed.push(key.to_owned());
        }
        self
    }
}

fn format_of(name: &str) -> Result<FileFormat, String> {
    let parsed = name.parse::<FileName>().or_else(|_unsafe| FileName::made_safe(name));
    parsed.map(|name| name.format()).map_err(|refusal| refusal.to_string())
}
