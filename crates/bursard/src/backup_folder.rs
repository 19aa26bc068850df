//! A folder that `bursard backup` made, known by a file in it, so that nobody serves another store by it.
//!
//! Not for: what is in the backup (`store`).
//!
//! Invariant: until somebody has settled what came back with it, such a folder is used with its own
//! database and files or not at all: settings that were copied with it, or stand in the environment, lead
//! to the original.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use store::{DatabaseUrl, ObjectsUrl};

/// The file by which such a folder is known.
const MARK: &str = "this-is-a-backup.txt";
/// Settings that say where rows and files are; a backup has its own.
const PLACES: [&str; 3] = ["database", "objects", "object_store"];
const LEFT_OUT: &str = "# bursard backup left out where database and files of the original are.";

/// Marks a folder as a backup.
pub(crate) fn mark(folder: &Path, made_at: Timestamp) -> anyhow::Result<()> {
    let text = format!(
        "bursard backup made this folder at {made_at}.\n\
         Until what came back with it is settled (bursard restored list) bursard uses this folder with its own \
         database and files only.\n"
    );
    fs::write(folder.join(MARK), text).context("the backup could not be marked as one")
}

/// Takes the mark away: the folder is a deployment from now on.
pub(crate) fn unmark(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_file(folder.join(MARK)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{MARK} cannot be removed; remove it yourself"))
        }
        _ => Ok(()),
    }
}

/// Copies the files of a folder that only its owner may read, such as one of private keys.
pub(crate) fn copy_private(from: &Path, to: &Path) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        // `copy` keeps the mode: private keys stay private.
        fs::copy(entry.path(), to.join(entry.file_name()))
            .with_context(|| format!("{} was not copied", entry.path().display()))?;
    }
    Ok(())
}

/// Refuses a backup whose settings lead to another database or other files.
pub(crate) fn check(folder: &Path, places: &store::Config) -> anyhow::Result<()> {
    if !folder.join(MARK).exists() {
        return Ok(());
    }
    let is_inside = |path: &Path| {
        let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
        parent.is_some() && parent == folder.canonicalize().ok()
    };
    let database = match &places.database {
        DatabaseUrl::Sqlite(path) if is_inside(path) => None,
        elsewhere => Some(format!("the database to {elsewhere}")),
    };
    let objects = match &places.objects {
        ObjectsUrl::Local(path) if is_inside(path) => None,
        elsewhere => Some(format!("the files to {elsewhere}")),
    };
    let led: Vec<String> = database.into_iter().chain(objects).collect();
    if led.is_empty() {
        return Ok(());
    }
    bail!(
        "this folder is a backup, but the settings lead elsewhere: {}. Leave database and objects out of its \
         settings and of the environment (BURSARD_DATABASE, BURSARD_OBJECTS) to use what is in it; where it was \
         put back for good, remove {}",
        led.join(", "),
        folder.join(MARK).display()
    )
}

/// The configuration file as a backup holds it: without the places of the original.
pub(crate) fn settings_without_places(text: &str) -> anyhow::Result<String> {
    const WHY: &str = "the configuration file cannot be read as TOML";
    let mut wanted: toml::Table = text.parse().context(WHY)?;
    let count = wanted.len();
    wanted.retain(|name, _| !PLACES.contains(&name));
    if wanted.len() == count {
        return Ok(text.to_owned());
    }
    // Line by line, so that what somebody wrote beside the settings stays.
    let kept = without_lines(text);
    let is_as_wanted = kept.parse::<toml::Table>().is_ok_and(|read| read == wanted);
    let kept = if is_as_wanted { kept } else { toml::to_string(&wanted).context(WHY)? };
    Ok(format!("{LEFT_OUT}\n{kept}"))
}

fn without_lines(text: &str) -> String {
    let mut section = "";
    let mut kept = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with('[') {
            section = trimmed.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
        }
        let of_places = |name: &str| {
            let name = name.split('.').next().unwrap_or_default().trim();
            PLACES.contains(&name.trim_matches('"'))
        };
        let is_comment = trimmed.starts_with('#');
        let is_left_out = if section.is_empty() {
            trimmed.split_once('=').is_some_and(|(name, _)| of_places(name))
        } else {
            of_places(section)
        };
        if is_comment || !is_left_out {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_places_are_left_out_and_no_others() {
        for (text, kept) in [
            ("listen = \"[::]:8443\"\n", "listen = \"[::]:8443\"\n"),
            (
                "# ours\ndatabase = \"sqlite:/a/bursar.db\" # there\nlisten = \"[::]:8443\"\nobjects=\"file:/a/o\"\n",
                "# ours\nlisten = \"[::]:8443\"\n",
            ),
            (
                "objects = \"s3://b\"\n[object_store]\naws_region = \"x\"\n# why\n[limits]\nworkers = 2\n",
                "# why\n[limits]\nworkers = 2\n",
            ),
            ("object_store.aws_region = \"x\"\nregion = \"uk\"\n", "region = \"uk\"\n"),
            ("object_store = { aws_region = \"x\" }\nregion = \"uk\"\n", "region = \"uk\"\n"),
            // No line by itself: written anew.
            ("object_store = {\n  aws_region = \"x\" }\nregion = \"uk\"\n", "region = \"uk\"\n"),
            (
                "[registers]\ncompanies = \"objects.csv\"\n",
                "[registers]\ncompanies = \"objects.csv\"\n",
            ),
        ] {
            let left = settings_without_places(text).unwrap();
            let has_changed = text != kept;
            let expected =
                if has_changed { format!("{LEFT_OUT}\n{kept}") } else { kept.to_owned() };
            assert_eq!(left, expected, "{text}");
        }
        assert!(settings_without_places("database = ").is_err());
    }
}
