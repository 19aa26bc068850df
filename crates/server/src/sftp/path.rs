//! Paths as clients of SFTP write them.
//!
//! Invariant: a path names a place of one unit or nothing; none is ever a path on this machine.

use std::fmt;

use domain::file_name::FILE_NAME_BYTES_MAX;
use domain::{FileType, UnitName};

/// The folders of a unit, and what lands in each.
const FOLDERS: [(&str, FileType); FileType::ALL.len()] = [
    ("Transactions", FileType::Transactions),
    ("Suppliers", FileType::Suppliers),
    ("Employees", FileType::Employees),
    ("IMS", FileType::UnpostedInvoices),
    ("Payments", FileType::Payments),
];
/// Endings by which programs say that a file is not whole yet: everybody's, curl's and browsers',
/// `WinSCP`'s, rclone's.
const ENDINGS_OF_PARTS: [&str; 4] = [".tmp", ".part", ".filepart", ".partial"];

/// The target of a path, below the folder in which a client begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PathTarget {
    /// Holds the unit.
    Root,
    /// Holds the folders.
    Unit,
    Folder(FileType),
    File(FilePlace),
}

/// Where a file stands, and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FilePlace {
    pub(super) folder: FileType,
    pub(super) name: String,
}

impl FilePlace {
    /// Returns `true` for a name that says the file is not whole: it waits until it is renamed.
    pub(super) fn is_part(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.starts_with('.') || ENDINGS_OF_PARTS.iter().any(|ending| name.ends_with(ending))
    }
}

/// The folders of a unit.
pub(super) fn folders() -> impl Iterator<Item = (&'static str, FileType)> {
    FOLDERS.into_iter()
}

/// A path without `.`, `..` and empty parts, from the folder in which a client begins.
pub(super) fn absolute(path: &str) -> String {
    format!("/{}", parts(path).join("/"))
}

/// The target that a path names; none where there can be nothing.
pub(super) fn resolve(unit: &UnitName, path: &str) -> Option<PathTarget> {
    let parts = parts(path);
    let Some((first, rest)) = parts.split_first() else { return Some(PathTarget::Root) };
    if !first.eq_ignore_ascii_case(unit.as_str()) {
        return None;
    }
    let Some((folder, rest)) = rest.split_first() else { return Some(PathTarget::Unit) };
    let (_, folder) = FOLDERS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(folder))?;
    match rest {
        [] => Some(PathTarget::Folder(folder)),
        [name] if name.len() <= FILE_NAME_BYTES_MAX && !name.contains(char::is_control) => {
            Some(PathTarget::File(FilePlace { folder, name: (*name).to_owned() }))
        }
        _ => None,
    }
}

fn parts(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            // Above the first folder there is nothing.
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts
}

impl fmt::Display for FilePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (folder, _) = FOLDERS
            .into_iter()
            .find(|(_, known)| *known == self.folder)
            .expect("every file type has a folder");
        write!(f, "{folder}/{}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resolved(path: &str) -> Option<PathTarget> {
        resolve(&"north".parse().unwrap(), path)
    }

    fn file(folder: FileType, name: &str) -> PathTarget {
        PathTarget::File(FilePlace { folder, name: name.to_owned() })
    }

    #[test]
    fn every_file_type_has_a_folder() {
        for known in FileType::ALL {
            assert!(folders().any(|(_, folder)| folder == known), "{known}");
        }
    }

    #[test]
    fn a_path_is_a_place_of_the_unit() {
        let transactions = FileType::Transactions;
        for (path, place) in [
            ("", Some(PathTarget::Root)),
            ("/", Some(PathTarget::Root)),
            (".", Some(PathTarget::Root)),
            ("/../..", Some(PathTarget::Root)),
            ("north", Some(PathTarget::Unit)),
            ("/NORTH/", Some(PathTarget::Unit)),
            ("/south", None),
            ("/north/Transactions", Some(PathTarget::Folder(transactions))),
            ("north/transactions/.", Some(PathTarget::Folder(transactions))),
            ("/north/Invoices", None),
            ("/north/ims", Some(PathTarget::Folder(FileType::UnpostedInvoices))),
            ("/north/Payments/p.csv", Some(file(FileType::Payments, "p.csv"))),
            ("/north/Transactions/a.csv", Some(file(transactions, "a.csv"))),
            ("/north/Suppliers/../Transactions/a.csv", Some(file(transactions, "a.csv"))),
            ("/north/Transactions/2026/a.csv", None),
            ("/north/Transactions/a\0.csv", None),
        ] {
            assert_eq!(resolved(path), place, "{path:?}");
        }
    }

    #[test]
    fn names_of_parts_wait() {
        let is_part =
            |name: &str| FilePlace { folder: FileType::Suppliers, name: name.to_owned() }.is_part();
        for part in ["a.csv.tmp", "a.csv.PART", "a.csv.filepart", "a.csv.1f2e.partial", ".a.csv"] {
            assert!(is_part(part), "{part}");
        }
        for whole in ["a.csv", "part.csv", "a.tmp.csv", "tmp"] {
            assert!(!is_part(whole), "{whole}");
        }
    }

    proptest! {
        /// No path leads out, and each is the same when it is written out.
        #[test]
        fn no_path_leads_out(path in "(/|\\.|\\.\\.|north|Transactions|a\\.csv|[ -~]){0,12}") {
            let written = absolute(&path);
            prop_assert!(written.starts_with('/'));
            prop_assert!(!written.split('/').any(|part| part == ".."));
            prop_assert_eq!(resolved(&path), resolved(&written));
        }
    }
}
