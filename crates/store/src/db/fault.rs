//! The faults that databases report, by what a caller can do about it.

use crate::error::{Cause, Error};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::unavailable(error),
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => {
                Self::NotFound { what: "customer, unit, token or key it speaks of" }
            }
            sqlx::Error::Database(database) => {
                match kind_of(database.code().as_deref().unwrap_or_default()) {
                    Kind::Full => Self::Full,
                    Kind::Passing => Self::Unavailable(Cause::new(error)),
                    Kind::Unexpected => Self::internal(error),
                }
            }
            _ => Self::internal(error),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Full,
    Passing,
    Unexpected,
}

/// SQLite's codes are decimal numbers whose low byte is the kind; PostgreSQL's have five
/// characters, of which the first two are the class.
fn kind_of(code: &str) -> Kind {
    const SQLITE_BUSY: u32 = 5;
    const SQLITE_LOCKED: u32 = 6;
    const SQLITE_FULL: u32 = 13;
    if code.len() == 5 {
        return match code {
            "53100" => Kind::Full,
            // Serialization failure, deadlock, lock not available.
            "40001" | "40P01" | "55P03" => Kind::Passing,
            // Connection, resources, operator intervention (restart).
            _ if ["08", "53", "57"].contains(&&code[..2]) => Kind::Passing,
            _ => Kind::Unexpected,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(SQLITE_FULL) => Kind::Full,
        Ok(SQLITE_BUSY | SQLITE_LOCKED) => Kind::Passing,
        _ => Kind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_a_caller_can_do() {
        for (code, kind) in [
            ("5", Kind::Passing),
            ("517", Kind::Passing),
            ("13", Kind::Full),
            ("787", Kind::Unexpected),
            ("53100", Kind::Full),
            ("57P01", Kind::Passing),
            ("40P01", Kind::Passing),
            ("23505", Kind::Unexpected),
            ("", Kind::Unexpected),
        ] {
            assert_eq!(kind_of(code), kind, "{code}");
        }
    }
}
