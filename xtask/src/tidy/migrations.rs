//! Migrations are append-only: one that has run somewhere is never edited, only followed by
//! another.
//!
//! Not for: whether a migration is right (the storage tests run them all). Invariant: the list
//! holds every migration with a fingerprint of its text.

use super::fingerprint::fingerprint;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::faults_found;

    #[test]
    fn a_migration_is_listed_and_never_edited() {
        let list = format!(
            "a/migrations/1.sql {}\na/migrations/2.sql {}\na/migrations/9.sql 0\n",
            fingerprint("foobar"),
            fingerprint("before")
        );
        assert_eq!(
            faults_found(
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
