//! What files of a tryout hold, told by their columns and names, and the ledgers they are read into.
//!
//! Invariant: what is taken from elsewhere for a first look is said, and no server does so by itself.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use analysis::EngineLimits;
use domain::columns::transactions::{FOR_A_FIRST_LOOK, STAND_INS};
use domain::{FieldSource, FileFormat, FileName, FileType, ReadingRules};
use extract::{ReadError, guess_file_type};
use server::Clock;
use server::ledgers::LedgersError;
use server::tryout::{GivenFile, InputFile, InputRefusal, OpenLedgers, RulesByType, TryoutLedgers};
use store::Store;

use super::{Watchers, browser, checker, failed, for_pages, open, reader, unexpected};

#[derive(Debug)]
struct ForTryouts {
    keep_days: u32,
    clock: Clock,
}

/// The ledgers of tryouts, as commands and pages ask them.
pub(crate) fn for_tryouts(keep_days: u32, clock: Clock) -> Arc<dyn TryoutLedgers> {
    Arc::new(ForTryouts { keep_days, clock })
}

impl TryoutLedgers for ForTryouts {
    fn examine(
        &self,
        file: GivenFile,
        label: String,
        rules: &RulesByType,
    ) -> Result<InputFile, InputRefusal> {
        let format = format_of(&file.name).map_err(InputRefusal::Unusable)?;
        if file.path.metadata()?.len() == 0 {
            return Err(InputRefusal::Unusable(
                "it is empty: send a file with rows in it".to_owned(),
            ));
        }
        let (file_type, type_told) = match file.file_type {
            Some(given) => (given, "as you said".to_owned()),
            None => type_and_reason(&file.name, File::open(&file.path)?, format, rules)?,
        };
        let rules = rules.of(file_type);
        let input = InputFile {
            mapping: rules.mapping.clone(),
            numbered_as: None,
            assumed: Vec::new(),
            path: file.path,
            name: file.name,
            file_type,
            type_told,
        };
        let opened = File::open(&input.path)?;
        Ok(assume(input, (&opened, format), label, &rules))
    }

    fn open(&self, store: &Store, spill: PathBuf) -> Result<OpenLedgers, LedgersError> {
        let kept = open(store, self.keep_days).map_err(unexpected)?;
        // Whoever tries files waits for the checks.
        let limits = EngineLimits { spill: Some(spill), ..EngineLimits::default() };
        Ok(OpenLedgers {
            reader: reader(kept.clone(), Watchers::default(), self.clock.clone()),
            checker: checker(kept.clone(), limits, analysis::Registers::default())
                .map_err(failed)?,
            browser: for_pages(browser(kept).map_err(failed)?),
        })
    }
}

/// The type of a file and how it is known.
fn type_and_reason(
    name: &str,
    file: File,
    format: FileFormat,
    rules: &RulesByType,
) -> Result<(FileType, String), InputRefusal> {
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
        Err(ReadError::Refused(refusal)) if by_name.is_none() => {
            Err(InputRefusal::Unusable(refusal.to_string()))
        }
        // Reading says what is wrong with it.
        Ok(None) | Err(_) => {
            by_name.map(|known| (known, "by its name".to_owned())).ok_or(InputRefusal::TypeUnknown)
        }
    }
}

/// Takes what the file lacks from what is near. `label` is what no other file is called.
fn assume(
    mut input: InputFile,
    (file, format): (&File, FileFormat),
    label: String,
    rules: &ReadingRules,
) -> InputFile {
    if input.file_type != FileType::Transactions || rules.is_strict {
        return input;
    }
    let options = extract::Options::by_rules(input.file_type, format, rules);
    // What cannot be looked at is refused when it is read.
    let Ok(preview) = extract::preview(file, &options, 0) else { return input };
    let field = |name: &str| preview.fields.iter().find(|field| field.field.name == name);
    let is_lacking = |name: &str| field(name).is_some_and(|field| field.source.is_none());
    let has =
        |name: &str| field(name).is_some_and(|field| field.source.is_some() && !field.is_derived);
    for (lacking, from) in STAND_INS.into_iter().chain(FOR_A_FIRST_LOOK) {
        let is_taken = input.assumed.iter().any(|name| name == lacking);
        if is_taken || !is_lacking(lacking) || !has(from) {
            continue;
        }
        let source = FieldSource::SameAs { field: from.to_owned() };
        input.mapping.get_or_insert_default().fields.insert(lacking.to_owned(), source);
        input.assumed.push(lacking.to_owned());
    }
    let key = input.file_type.spec().key;
    if is_lacking(key) {
        input.numbered_as = Some(label);
        input.assumed.push(key.to_owned());
    }
    input
}

fn format_of(name: &str) -> Result<FileFormat, String> {
    let parsed = name.parse::<FileName>().or_else(|_unsafe| FileName::made_safe(name));
    parsed.map(|name| name.format()).map_err(|refusal| refusal.to_string())
}
