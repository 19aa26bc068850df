//! Migrations are append-only: one that has run somewhere is never edited, only followed by
//! another.
//!
//! Not for: whether a migration is right (the storage tests run them all). Invariant: the list
//! holds every migration with a fingerprint of its text.

use super::{Fault, Tree};

/// One `path fingerprint` per line.
const LIST: &str = "xtask/tidy/migrations.txt";

pub(crate) fn check(tree: &Tree) -> Vec<Fault> {
    let listed: Vec<(usize, &str, &str)> = tree
        .text(LIST)
        .unwrap_or_default()
        .lines()
        .enumerate()
        .filter_map(|(number, line)| {
            let (path, fingerprint) = line.split_once(' ')?;
            Some((number + 1, path, fingerprint))
        })
        .collect();
    let mut faults = Vec::new();
    for (path, text) in tree.texts(".sql") {
        if !path.contains("/migrations/") {
            continue;
        }
        let actual = fingerprint(text);
        match listed.iter().find(|(_, known, _)| *known == path) {
            Some((_, _, recorded)) if *recorded == actual => {}
            Some(_) => faults.push(Fault::new(
                path,
                0,
                "a migration was edited",
                "undo that and write the change as a new migration",
            )),
            None => faults.push(Fault::new(
                path,
                0,
                "a new migration is not on the list",
                format!("add to {LIST}: {path} {actual}"),
            )),
        }
    }
    for (line, path, _) in listed {
        if !tree.holds(path) {
            faults.push(Fault::new(
                LIST,
                line,
                format!("the migration {path} is gone"),
                "bring it back: databases that ran it still name it",
            ));
        }
    }
    faults
}

/// FNV-1a, 64 bits: it guards against a slip, not against intent, and needs no library. Line ends
/// are left out, as git may change them.
fn fingerprint(text: &str) -> String {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = text
        .bytes()
        .filter(|byte| *byte != b'\r')
        .fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::said;

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
        assert_eq!(fingerprint("foo\r\nbar"), fingerprint("foo\nbar"));
    }

    #[test]
    fn a_migration_is_listed_and_never_edited() {
        let list = format!(
            "a/migrations/1.sql {}\na/migrations/2.sql {}\na/migrations/9.sql 0\n",
            fingerprint("foobar"),
            fingerprint("before")
        );
        assert_eq!(
            said(
                check,
                &[
                    (LIST, &list),
                    ("a/migrations/1.sql", "foobar"),
                    ("a/migrations/2.sql", "after"),
                    ("a/migrations/3.sql", "new"),
                    ("a/queries/1.sql", "free"),
                ]
            ),
            [
                "a/migrations/2.sql:0: a migration was edited",
                "a/migrations/3.sql:0: a new migration is not on the list",
                "xtask/tidy/migrations.txt:3: the migration a/migrations/9.sql is gone",
            ]
        );
    }
}
