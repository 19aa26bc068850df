//! Checks of a customer's own, as an administrator writes them: the folder of a check that comes with the
//! program, with a name of its own.
//!
//! Not for: whether its SQL may be run (`analysis`), or keeping it (`store`).
//!
//! Invariant: a [`OwnCheck`] has all its sentences, and every number in its SQL a parameter.

mod folder;
mod number;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::check::{CheckNumber, NUMBER_MAX, ParameterKind, Severity, VerdictWords};

/// No statement of a check that comes with the program is half as long.
pub const SQL_BYTES_MAX: usize = 20_000;
/// A name stands in addresses and findings.
const NAME_CHARS_MAX: usize = 40;
/// A title stands on one line.
const TITLE_CHARS_MAX: usize = 120;
/// A sentence or a paragraph.
const WORDS_CHARS_MAX: usize = 1_000;
/// Reasons to choose from, and parameters: more than anybody reads.
const LISTED_MAX: usize = 20;
/// Stands before its name in findings, so that none is taken for a check of the program.
const PREFIX: &str = "own_";

/// The name of a check: small letters, digits and single underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct OwnCheckName(String);

/// A check as it is kept, exported and run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnCheck {
    pub name: OwnCheckName,
    pub description: OwnCheckDescription,
    /// The content of `check.sql`.
    pub sql: String,
}

/// The content of `check.toml`; docs/write-a-check.md says what each key is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnCheckDescription {
    /// The place where people see it, the smallest first.
    #[serde(default)]
    pub order: u32,
    pub title: String,
    #[serde(default)]
    pub finds: String,
    #[serde(default)]
    pub about: String,
    #[serde(default = "medium")]
    pub severity: Severity,
    #[serde(default)]
    pub verdict: VerdictWords,
    pub claim: String,
    pub innocent_if: String,
    #[serde(default)]
    pub innocent_reasons: Vec<String>,
    #[serde(default)]
    pub at_risk_is: Option<String>,
    /// Taken as the checks of the program write it; one of a customer's own is always looked into.
    #[serde(default)]
    pub lane: Option<String>,
    /// `at_risk` where the money that a row names can be lost; else it is what was billed.
    #[serde(default)]
    pub money: Option<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub parameters: BTreeMap<String, OwnParameter>,
}

/// A number in the SQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnParameter {
    #[serde(default)]
    pub about: String,
    pub kind: ParameterKind,
    #[serde(default)]
    pub unit: String,
    #[serde(deserialize_with = "number::read")]
    pub default: CheckNumber,
}

/// Why a check cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOwnCheck {
    #[error(
        "a name is of small letters, digits and single underscores, begins with a letter and has at most \
         {NAME_CHARS_MAX} of them, such as cash_above_limit"
    )]
    Name,
    #[error("`{key}` is empty: write {what}")]
    Empty { key: &'static str, what: &'static str },
    #[error("`{key}` has more than {max} characters")]
    TooLong { key: &'static str, max: usize },
    #[error("`{key}` has a line end or a character that nobody sees; write it on one line")]
    Unseen { key: &'static str },
    #[error("`{key}` has more than {LISTED_MAX}")]
    TooMany { key: &'static str },
    #[error("`{key}` is one of {known}")]
    Word { key: &'static str, known: &'static str },
    #[error("the SQL has more than {SQL_BYTES_MAX} bytes")]
    SqlTooLong,
    #[error("`needs` has `table.column`, perhaps with ` or ` between several, not `{0}`")]
    Need(String),
    #[error("the SQL names {{{0}}}, and there is no such parameter")]
    NoParameter(String),
    #[error("a parameter has a name of small letters, digits and underscores, not `{0}`")]
    ParameterName(String),
    #[error("the parameter `{0}` is used nowhere in the SQL")]
    UnusedParameter(String),
    #[error(
        "`{0}` cannot have this default: numbers are 0 or more, counts whole, shares at most 1"
    )]
    Default(String),
}

const fn medium() -> Severity {
    Severity::Medium
}

impl OwnCheckName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the check as findings and runs have it.
    pub fn in_findings(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    /// The check of a finding; none of one that comes with the program.
    pub fn of_finding(check: &str) -> Option<Self> {
        check.strip_prefix(PREFIX)?.parse().ok()
    }

    /// The name in words: `Cash above limit`.
    pub fn in_words(&self) -> String {
        let words = self.0.replace('_', " ");
        let (first, rest) = words.split_at(1);
        first.to_uppercase() + rest
    }
}

impl fmt::Display for OwnCheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OwnCheckName {
    type Err = InvalidOwnCheck;
    fn from_str(text: &str) -> Result<Self, InvalidOwnCheck> {
        let is_word = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        let is_name = text.len() <= NAME_CHARS_MAX
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.split('_').all(is_word);
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidOwnCheck::Name) }
    }
}

impl TryFrom<String> for OwnCheckName {
    type Error = InvalidOwnCheck;
    fn try_from(text: String) -> Result<Self, InvalidOwnCheck> {
        text.parse()
    }
}

impl From<OwnCheckName> for String {
    fn from(name: OwnCheckName) -> Self {
        name.0
    }
}

impl OwnCheck {
    /// A check whose sentences are there and whose numbers fit.
    pub fn new(
        name: OwnCheckName,
        description: OwnCheckDescription,
        sql: &str,
    ) -> Result<Self, InvalidOwnCheck> {
        let check = Self { name, description, sql: sql.trim().replace("\r\n", "\n") };
        check.verify_sentences()?;
        check.verify_numbers()?;
        Ok(check)
    }

    /// Returns `true` when the money that its findings name can be lost.
    pub fn names_risk(&self) -> bool {
        self.description.money.as_deref() == Some("at_risk")
    }

    /// The SQL with the numbers written in.
    pub fn statement(&self) -> String {
        let mut sql = self.sql.clone();
        for (name, parameter) in &self.description.parameters {
            sql = sql.replace(&format!("{{{name}}}"), &parameter.default.to_string());
        }
        sql
    }

    /// The needs as columns with their tables, of each of which one must hold something.
    pub fn needs(&self) -> Vec<Vec<(&str, &str)>> {
        self.description.needs.iter().filter_map(|need| alternatives(need)).collect()
    }

    fn verify_sentences(&self) -> Result<(), InvalidOwnCheck> {
        let of = &self.description;
        for (key, text, max, what) in [
            ("title", &of.title, TITLE_CHARS_MAX, "what people call it"),
            ("claim", &of.claim, WORDS_CHARS_MAX, "what is so if a finding is true, behind “that”"),
            ("innocent_if", &of.innocent_if, WORDS_CHARS_MAX, "what would make a finding innocent"),
            ("check.sql", &self.sql, SQL_BYTES_MAX, "one statement"),
        ] {
            if text.trim().is_empty() {
                return Err(InvalidOwnCheck::Empty { key, what });
            }
            if key == "check.sql" && text.len() > SQL_BYTES_MAX {
                return Err(InvalidOwnCheck::SqlTooLong);
            }
            if text.chars().count() > max {
                return Err(InvalidOwnCheck::TooLong { key, max });
            }
        }
        for (key, text, max) in [
            ("about", Some(&of.about), WORDS_CHARS_MAX),
            ("finds", Some(&of.finds), WORDS_CHARS_MAX),
            ("at_risk_is", of.at_risk_is.as_ref(), WORDS_CHARS_MAX),
        ] {
            if text.is_some_and(|text| text.chars().count() > max) {
                return Err(InvalidOwnCheck::TooLong { key, max });
            }
        }
        if of.title.contains(char::is_control) {
            return Err(InvalidOwnCheck::Unseen { key: "title" });
        }
        let reasons = &of.innocent_reasons;
        if reasons.len() > LISTED_MAX {
            return Err(InvalidOwnCheck::TooMany { key: "innocent_reasons" });
        }
        if reasons.iter().any(|reason| reason.chars().count() > TITLE_CHARS_MAX) {
            return Err(InvalidOwnCheck::TooLong { key: "innocent_reasons", max: TITLE_CHARS_MAX });
        }
        Ok(())
    }

    fn verify_numbers(&self) -> Result<(), InvalidOwnCheck> {
        let of = &self.description;
        let (none, one) = (CheckNumber::default(), CheckNumber::from_whole(1));
        for (key, word, known) in [
            ("lane", &of.lane, "recover, fraud_signs, look_into"),
            ("money", &of.money, "at_risk, billed"),
        ] {
            let is_known = |word: &String| known.split(", ").any(|one| one == word);
            if !word.as_ref().is_none_or(is_known) {
                return Err(InvalidOwnCheck::Word { key, known });
            }
        }
        if of.parameters.len() > LISTED_MAX || of.needs.len() > LISTED_MAX {
            return Err(InvalidOwnCheck::TooMany { key: "parameters or needs" });
        }
        if let Some(wrong) = of.needs.iter().find(|need| alternatives(need).is_none()) {
            return Err(InvalidOwnCheck::Need(wrong.clone()));
        }
        let used: BTreeSet<&str> = placeholders(&self.sql).collect();
        if let Some(unknown) = used.iter().find(|name| !of.parameters.contains_key(**name)) {
            return Err(InvalidOwnCheck::NoParameter((*unknown).to_owned()));
        }
        for (name, OwnParameter { kind, default, .. }) in &of.parameters {
            if !is_name(name) {
                return Err(InvalidOwnCheck::ParameterName(name.clone()));
            }
            if !used.contains(name.as_str()) {
                return Err(InvalidOwnCheck::UnusedParameter(name.clone()));
            }
            let is_number = *default >= none && *default <= NUMBER_MAX;
            let fits = match kind {
                ParameterKind::Amount | ParameterKind::Number => is_number,
                ParameterKind::Count => is_number && default.is_whole(),
                ParameterKind::Share => is_number && *default <= one,
            };
            if !fits {
                return Err(InvalidOwnCheck::Default(name.clone()));
            }
        }
        Ok(())
    }
}

/// A need as columns with their tables; none when it is not written so.
fn alternatives(need: &str) -> Option<Vec<(&str, &str)>> {
    let pair = |one: &'_ str| one.split_once('.').is_some_and(|(x, y)| is_name(x) && is_name(y));
    if !need.split(" or ").all(pair) {
        return None;
    }
    need.split(" or ").map(|one| one.split_once('.')).collect()
}

fn is_name(one: &str) -> bool {
    let of = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    !one.is_empty() && one.chars().all(of)
}

/// The names in `{…}` of a statement.
fn placeholders(sql: &str) -> impl Iterator<Item = &str> {
    sql.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0))
}

#[cfg(test)]
mod tests;
