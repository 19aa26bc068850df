//! Letter templates with names, beside the one that all letters are written from: for letters of one sort,
//! in another language, or for a reminder.
//!
//! Not for: what a letter is about (`server`), or keeping them (`store`).
//!
//! Invariant: a name is one line with a letter or a digit in it, and two names that differ by case or accents
//! alone are one.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::LetterTemplate;
use crate::enum_words::enum_words;
use crate::text::{fold, is_invisible};

/// One line of a list to choose from.
pub const LETTER_TEMPLATE_NAME_CHARS_MAX: usize = 60;
/// Each sort of letter in several languages, and some to spare.
pub const LETTER_TEMPLATES_MAX: usize = 30;

/// The name of a letter template, as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterTemplateName(String);

/// The letters that a template is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterPurpose {
    /// Whatever they are about: it is taken where somebody chooses it.
    All,
    Duplicates,
    Credits,
    WrongSupplier,
    /// Money that was asked for before.
    Reminder,
}

/// A letter template with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedLetterTemplate {
    pub name: LetterTemplateName,
    pub purpose: LetterPurpose,
    #[serde(flatten)]
    pub template: LetterTemplate,
}

/// The letter templates of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterTemplates {
    usual: LetterTemplate,
    named: Vec<NamedLetterTemplate>,
}

/// A text that names no letter template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a letter template is 1 to {LETTER_TEMPLATE_NAME_CHARS_MAX} characters in one line, with a \
     letter or a digit among them"
)]
pub struct InvalidLetterTemplateName;

/// A word that is not a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("choose what the letter is for")]
pub struct InvalidLetterPurpose;

enum_words! {
    LetterPurpose or InvalidLetterPurpose;
    All = "all",
    Duplicates = "duplicates",
    Credits = "credits",
    WrongSupplier = "wrong_supplier",
    Reminder = "reminder",
}

impl LetterPurpose {
    /// Its name on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::All => "any letter, where it is chosen",
            Self::Duplicates => "duplicate payments",
            Self::Credits => "credits not taken",
            Self::WrongSupplier => "payments to the wrong supplier",
            Self::Reminder => "reminders",
        }
    }
}

impl Serialize for LetterPurpose {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl LetterTemplateName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text by which names are told apart.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

impl FromStr for LetterTemplateName {
    type Err = InvalidLetterTemplateName;

    fn from_str(text: &str) -> Result<Self, InvalidLetterTemplateName> {
        let text = text.trim();
        let is_line = text.chars().count() <= LETTER_TEMPLATE_NAME_CHARS_MAX
            && !text.chars().any(is_invisible)
            && text.chars().any(char::is_alphanumeric);
        if is_line { Ok(Self(text.to_owned())) } else { Err(InvalidLetterTemplateName) }
    }
}

impl fmt::Display for LetterTemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for LetterTemplateName {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl LetterTemplates {
    /// The one for all letters, and those with names.
    pub fn new(usual: LetterTemplate, mut named: Vec<NamedLetterTemplate>) -> Self {
        named.sort_by_key(|template| template.name.folded());
        Self { usual, named }
    }

    /// The template of every letter for which nothing else is chosen.
    pub const fn usual(&self) -> &LetterTemplate {
        &self.usual
    }

    /// Those with names, by their names.
    pub fn named(&self) -> &[NamedLetterTemplate] {
        &self.named
    }

    /// The template of a name, whatever its case.
    pub fn get(&self, name: &LetterTemplateName) -> Option<&NamedLetterTemplate> {
        self.named.iter().find(|template| template.name.folded() == name.folded())
    }

    /// The template for what a letter is, the foremost first; none where the one for all letters is.
    pub fn written_for(&self, purposes: &[LetterPurpose]) -> Option<&NamedLetterTemplate> {
        let of = |purpose: &LetterPurpose| {
            self.named.iter().find(|template| template.purpose == *purpose)
        };
        purposes.iter().find_map(of)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(name: &str, purpose: LetterPurpose) -> NamedLetterTemplate {
        let template = LetterTemplate::new("Refund", "{items}").unwrap();
        NamedLetterTemplate { name: name.parse().unwrap(), purpose, template }
    }

    #[test]
    fn a_name_is_one_line() {
        let longest = "é".repeat(LETTER_TEMPLATE_NAME_CHARS_MAX);
        for (text, name) in [
            (" Mahnung, 2. ", Some("Mahnung, 2.")),
            (&longest, Some(&*longest)),
            ("", None),
            ("*", None),
            ("a\nb", None),
            ("a\u{200b}b", None),
            (&"x".repeat(LETTER_TEMPLATE_NAME_CHARS_MAX + 1), None),
        ] {
            let read: Option<LetterTemplateName> = text.parse().ok();
            assert_eq!(read.as_ref().map(LetterTemplateName::as_str), name, "{text:?}");
        }
    }

    #[test]
    fn a_letter_takes_the_first_template_that_is_written_for_it() {
        use LetterPurpose::{All, Credits, Duplicates, Reminder, WrongSupplier};
        let templates = LetterTemplates::new(
            LetterTemplate::default(),
            vec![
                named("Rappel", Reminder),
                named("deutsch", All),
                named("Été", Duplicates),
                named("double", Duplicates),
            ],
        );
        let names: Vec<&str> = templates.named().iter().map(|of| of.name.as_str()).collect();
        assert_eq!(names, ["deutsch", "double", "Été", "Rappel"]);
        for (purposes, taken) in [
            (&[Reminder, Duplicates][..], Some("Rappel")),
            (&[Duplicates], Some("double")),
            (&[Credits, Duplicates], Some("double")),
            (&[Credits], None),
            (&[WrongSupplier], None),
            (&[], None),
        ] {
            let found = templates.written_for(purposes);
            assert_eq!(found.map(|of| of.name.as_str()), taken, "{purposes:?}");
        }
        let found = templates.get(&"ETE".parse().unwrap());
        assert_eq!(found, Some(&named("Été", Duplicates)));
    }

    #[test]
    fn the_words_of_a_purpose_are_read_again() {
        for purpose in LetterPurpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert_eq!("letters".parse::<LetterPurpose>(), Err(InvalidLetterPurpose));
        let kept = serde_json::to_value(named("A", LetterPurpose::WrongSupplier)).unwrap();
        let whole = json!({
            "name": "A", "purpose": "wrong_supplier", "subject": "Refund", "body": "{items}"
        });
        assert_eq!(kept, whole);
    }
}
