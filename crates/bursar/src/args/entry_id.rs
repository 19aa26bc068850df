//! The number of an entry of the outbox, as it is listed and typed.

use std::fmt;
use std::str::FromStr;

/// The number under which a person speaks of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(i64);

impl EntryId {
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EntryId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or("an entry is a number, as bursar outbox list shows it")
    }
}
