//! What people call a unit, where its short name is not enough.
//!
//! Not for: what stands in addresses, tokens and ledgers; that is the short name, which never changes.

use std::fmt;
use std::str::FromStr;

use crate::short_name::UnitName;

/// Fits the switcher of a narrow window.
pub const UNIT_TITLE_CHARS_MAX: usize = 60;

/// One line with a sign in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitTitle(String);

/// Text that is no title.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write 1 to {UNIT_TITLE_CHARS_MAX} characters on one line, such as Northern Europe")]
pub struct InvalidUnitTitle;

/// A unit as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitledUnit {
    pub name: UnitName,
    pub title: Option<UnitTitle>,
}

impl UnitTitle {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitTitle {
    type Err = InvalidUnitTitle;
    fn from_str(text: &str) -> Result<Self, InvalidUnitTitle> {
        let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_sound = (1..=UNIT_TITLE_CHARS_MAX).contains(&title.chars().count())
            && !title.contains(char::is_control);
        if is_sound { Ok(Self(title)) } else { Err(InvalidUnitTitle) }
    }
}

impl fmt::Display for UnitTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TitledUnit {
    /// The title, or the short name where nobody gave one.
    pub fn called(&self) -> &str {
        self.title.as_ref().map_or(self.name.as_str(), UnitTitle::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line() {
        for (text, title) in [(" Northern  Europe ", "Northern Europe"), ("Öz", "Öz")] {
            assert_eq!(text.parse::<UnitTitle>().unwrap().as_str(), title);
        }
        for wrong in ["", " \n", "a\u{7}b", &"x".repeat(UNIT_TITLE_CHARS_MAX + 1)] {
            assert!(wrong.parse::<UnitTitle>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_unit_without_a_title_is_called_by_its_short_name() {
        let unit = |title: Option<&str>| TitledUnit {
            name: "north".parse().unwrap(),
            title: title.map(|title| title.parse().unwrap()),
        };
        assert_eq!(unit(None).called(), "north");
        assert_eq!(unit(Some("Northern Europe")).called(), "Northern Europe");
    }
}
