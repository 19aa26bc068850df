//! What a file is called where it goes, and what it holds, as far as its name tells.

use domain::file_name::FileNameRefusal;
use domain::{FileFormat, FileType};
use jiff::Timestamp;

use crate::net::target::SafeName;
use crate::report::failure::Failure;

/// The type of a file of this name, and whether it was guessed.
pub fn type_for(given: Option<FileType>, name: &str) -> Result<(FileType, bool), Failure> {
    if let Some(given) = given {
        return Ok((given, false));
    }
    FileType::guess(name).map(|guess| (guess, true)).ok_or_else(|| untold(name))
}

/// The type that no name tells.
pub fn untold(name: &str) -> Failure {
    Failure::usage(
        format!("what {name} holds cannot be told from its name"),
        "Say it: --type APT (transactions), --type Suppliers, --type Employees or --type IMS (invoices not yet posted).",
    )
}

/// The format of a file that is only read here, of this name.
pub fn format_for(name: &str) -> Result<FileFormat, Failure> {
    let safe = SafeName::new(name).map_err(|fault| {
        Failure::usage(
            fault.to_string(),
            "The ending says how to read it; give another name with --name, such as --name invoices.csv",
        )
    })?;
    Ok(safe.name().format())
}

/// The name people will see for a file of this name, and what was done to it; `stamp` is added to a name
/// without a timestamp.
pub fn safe_name(
    wanted: &str,
    stamp: Option<Timestamp>,
) -> Result<(SafeName, Vec<&'static str>), Failure> {
    let unusable = |fault: FileNameRefusal| {
        Failure::usage(fault.to_string(), "Give another with --name, such as --name invoices.csv")
    };
    let mut name = SafeName::new(wanted).map_err(unusable)?;
    let mut notes = Vec::new();
    if name.name().as_str() != wanted {
        notes.push("blanks and special characters were replaced");
    }
    if let Some(now) = stamp.filter(|_| !name.name().has_timestamp()) {
        let mut stamped = name.with_timestamp(now);
        if matches!(stamped, Err(FileNameRefusal::TooLong { .. })) {
            stamped = name.with_room_for_timestamp().and_then(|name| name.with_timestamp(now));
            notes.push("it was shortened");
        }
        name = stamped.map_err(unusable)?;
        notes.push("a timestamp was added");
    }
    Ok((name, notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe_and_dated() {
        let now: Timestamp = "2026-11-23T14:15:02Z".parse().unwrap();
        let long = format!("{}_20261123T141502Z.csv", "a".repeat(234));
        for (wanted, adds, expected, count) in [
            ("invoices.csv", true, "invoices_20261123T141502Z.csv", 1),
            ("invoices.csv", false, "invoices.csv", 0),
            ("invoices_2026-11-22.csv", true, "invoices_2026-11-22.csv", 0),
            ("März 20261122.csv", true, "M_rz_20261122.csv", 1),
            ("a b.txt", true, "a_b_20261123T141502Z.txt", 2),
            (&format!("{}.csv", "a".repeat(251)), true, &long, 2),
        ] {
            let (name, notes) = safe_name(wanted, adds.then_some(now)).unwrap();
            assert_eq!(name.to_string(), expected);
            assert_eq!(notes.len(), count, "{wanted}");
        }
        assert!(safe_name("invoices.pdf", Some(now)).is_err());
    }
}
