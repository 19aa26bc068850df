//! The files that are tried, and by which rules they are read, as the command line says it.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, bail};
use domain::{FileType, ReadingRules};
use server::tryout::{GivenFile, RulesByType};

use crate::cli::{RuleArgs, TryArgs};
use crate::commands::reading_rules::with_settings;

/// The files, each with the type that is said of it. One that is not there ends the command before anything
/// is read.
pub(super) fn given_files(args: &TryArgs) -> anyhow::Result<Vec<GivenFile>> {
    if args.types.len() > 1 && args.types.len() != args.files.len() {
        bail!(
            "--as is given {} times for {} files; give it once for all of them, or once for each, in \
             their order",
            args.types.len(),
            args.files.len()
        );
    }
    let given = |(at, path): (usize, &std::path::PathBuf)| {
        check_there(path)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(GivenFile {
            name: name.unwrap_or_else(|| path.display().to_string()),
            file_type: args.types.get(at).or(args.types.first()).copied(),
            path: path.clone(),
        })
    };
    args.files.iter().enumerate().map(given).collect()
}

/// The rules that are given; a mapping is for the types that have all of its fields.
pub(super) fn rules_by_type(args: &RuleArgs) -> anyhow::Result<RulesByType> {
    let rules = |args: &RuleArgs, file_type| {
        with_settings(ReadingRules::default(), args.clone(), file_type)
    };
    let (mut by_type, mut faults) = (Vec::new(), Vec::new());
    for file_type in FileType::ALL {
        match rules(args, file_type) {
            Ok(rules) => by_type.push((file_type, rules)),
            Err(fault) => faults.push((file_type, fault)),
        }
    }
    if by_type.is_empty() {
        let (_, fault) = faults.swap_remove(0);
        return Err(fault);
    }
    let without = RuleArgs { mapping: None, ..args.clone() };
    for (file_type, _has_other_fields) in faults {
        by_type.push((file_type, rules(&without, file_type)?));
    }
    Ok(RulesByType::new(by_type))
}

fn check_there(path: &Path) -> anyhow::Result<()> {
    if path.is_dir() {
        bail!("{0} is a folder; name its files, such as {0}/*.csv", path.display());
    }
    File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(())
}
