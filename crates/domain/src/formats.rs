//! The formats in which a person reads days, times and numbers: their time zone, and the way each is written.
//!
//! Not for: writing anything (the pages do), or whether a time zone exists: that is known to whoever holds a
//! list of them.
//!
//! Invariant: nothing depends on it but how something looks.

use serde::{Deserialize, Serialize};

use crate::enum_words::enum_words;

/// The formats of a person; without anything chosen, those of the United Kingdom in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Formats {
    /// By its name in the database of time zones; none: UTC.
    pub time_zone: Option<String>,
    pub dates: DateFormat,
    pub numbers: NumberFormat,
}

/// The way in which a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// `23 Nov 2026`, which nobody misreads.
    #[default]
    Words,
    /// `2026-11-23`
    Iso,
    /// `23/11/2026`
    Slashes,
    /// `23.11.2026`
    Dots,
    /// `11/23/2026`
    MonthFirst,
}

/// The way in which a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// `1,234.56`
    #[default]
    CommaPoint,
    /// `1.234,56`
    PointComma,
    /// `1 234,56`
    SpaceComma,
    /// `1’234.56`
    ApostrophePoint,
}

enum_words! {
    DateFormat;
    Words = "words",
    Iso = "iso",
    Slashes = "slashes",
    Dots = "dots",
    MonthFirst = "month_first",
}

impl DateFormat {
    /// The pattern, as `strftime` writes it.
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Words => "%-d %b %Y",
            Self::Iso => "%Y-%m-%d",
            Self::Slashes => "%d/%m/%Y",
            Self::Dots => "%d.%m.%Y",
            Self::MonthFirst => "%m/%d/%Y",
        }
    }
}

impl DateFormat {
    /// The pattern of a day where there is little room.
    pub const fn short_pattern(self) -> &'static str {
        match self {
            Self::Words => "%-d %b %y",
            Self::Iso => "%Y-%m-%d",
            Self::Slashes => "%d/%m/%y",
            Self::Dots => "%d.%m.%y",
            Self::MonthFirst => "%m/%d/%y",
        }
    }

    /// The pattern of a month.
    pub const fn month_pattern(self) -> &'static str {
        match self {
            Self::Words => "%b %Y",
            Self::Iso => "%Y-%m",
            Self::Slashes | Self::MonthFirst => "%m/%Y",
            Self::Dots => "%m.%Y",
        }
    }

    /// The pattern of a month where there is little room.
    pub const fn short_month_pattern(self) -> &'static str {
        match self {
            Self::Words => "%b %y",
            Self::Iso => "%Y-%m",
            Self::Slashes | Self::MonthFirst => "%m/%y",
            Self::Dots => "%m.%y",
        }
    }
}

enum_words! {
    NumberFormat;
    CommaPoint = "comma_point",
    PointComma = "point_comma",
    SpaceComma = "space_comma",
    ApostrophePoint = "apostrophe_point",
}

impl NumberFormat {
    /// A language and region that browsers write numbers in so.
    pub const fn locale(self) -> &'static str {
        match self {
            Self::CommaPoint => "en-GB",
            Self::PointComma => "de-DE",
            Self::SpaceComma => "nb-NO",
            Self::ApostrophePoint => "de-CH",
        }
    }

    /// The sign between groups of three digits, and the one before the decimals.
    pub const fn signs(self) -> (char, char) {
        match self {
            Self::CommaPoint => (',', '.'),
            Self::PointComma => ('.', ','),
            Self::SpaceComma => ('\u{a0}', ','),
            Self::ApostrophePoint => ('\u{2019}', '.'),
        }
    }

    /// A number that is written `1,234.56`, in this way.
    pub fn rewrite(self, number: &str) -> String {
        let (group, point) = self.signs();
        let sign = |character| match character {
            ',' => group,
            '.' => point,
            other => other,
        };
        number.chars().map(sign).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Amount;

    #[test]
    fn numbers_are_rewritten_and_read_again() {
        for (format, text) in [
            (NumberFormat::CommaPoint, "1,234,567.89"),
            (NumberFormat::PointComma, "1.234.567,89"),
            (NumberFormat::SpaceComma, "1\u{a0}234\u{a0}567,89"),
            (NumberFormat::ApostrophePoint, "1\u{2019}234\u{2019}567.89"),
        ] {
            assert_eq!(format.rewrite("1,234,567.89"), text);
            assert_eq!(Amount::from_typed(text), Ok("1234567.89".parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn formats_that_nobody_chose_are_the_usual() {
        let formats: Formats = serde_json::from_str("{}").unwrap();
        assert_eq!(formats, Formats::default());
    }
}
