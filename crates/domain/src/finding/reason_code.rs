//! Reason codes: short names of the reasons that verdicts of a customer rest on, with their words.
//!
//! Not for: whether a verdict may name one (`store`).
//!
//! Invariant: a code stands with one verdict for ever, as decisions of years ago name it: it is retired, and
//! neither changed nor removed.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FindingState;
use crate::schema::DateTime;
use crate::text::is_invisible;

/// Long enough for the codes of quality systems and ERPs, short enough for a column of a table.
pub const REASON_CODE_CHARS_MAX: usize = 20;
/// One line of a list to choose from.
pub const REASON_WORDS_CHARS_MAX: usize = 120;
/// Codes of one customer, the retired among them: more than anybody chooses from.
pub const REASON_CODES_MAX: usize = 100;

/// A reason code as it is written. Two that differ by case only are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(String);

/// A reason that a customer's verdicts may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Reason")]
pub struct CodedReason {
    pub code: ReasonCode,
    #[schemars(length(min = 1, max = REASON_WORDS_CHARS_MAX))]
    pub words: String,
    /// The verdict that it stands with.
    pub state: FindingState,
    /// Since when no verdict may name it any more; absent: they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DateTime>")]
    pub retired_at: Option<Timestamp>,
}

/// The reasons of a customer, by the verdicts they stand with and their codes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReasonCatalogue(Vec<CodedReason>);

/// Why a reason is none that can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReason {
    #[error(
        "a reason code is 1 to {REASON_CODE_CHARS_MAX} letters (A-Z, a-z), digits, full stops, underscores \
         and hyphens, such as PRICE-1"
    )]
    Code,
    #[error("the words of a reason are 1 to {REASON_WORDS_CHARS_MAX} characters in one line")]
    Words,
    #[error(
        "a reason stands with duplicate, not_duplicate or needs_information; choose one of them"
    )]
    State,
}

impl ReasonCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text by which codes are told apart.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for ReasonCode {
    type Err = InvalidReason;

    fn from_str(text: &str) -> Result<Self, InvalidReason> {
        let is_of_code = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let is_code =
            (1..=REASON_CODE_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_of_code);
        if is_code { Ok(Self(text.to_owned())) } else { Err(InvalidReason::Code) }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::id::text_serde!(ReasonCode, {
    "type": "string",
    "minLength": 1,
    "maxLength": REASON_CODE_CHARS_MAX,
    "pattern": "^[A-Za-z0-9._-]+$",
});

impl CodedReason {
    /// A reason that verdicts may name from now on.
    pub fn new(code: &str, words: &str, state: &str) -> Result<Self, InvalidReason> {
        let (code, words) = (code.trim().parse()?, words.trim());
        let is_line = (1..=REASON_WORDS_CHARS_MAX).contains(&words.chars().count())
            && !words.chars().any(|c| c.is_control() || is_invisible(c));
        if !is_line {
            return Err(InvalidReason::Words);
        }
        let state = state.parse().map_err(|_no_state| InvalidReason::State)?;
        if state == FindingState::Open {
            return Err(InvalidReason::State);
        }
        Ok(Self { code, words: words.to_owned(), state, retired_at: None })
    }

    /// The reason as lists name it: `PRICE · The price was agreed`
    pub fn titled(&self) -> String {
        format!("{} · {}", self.code, self.words)
    }
}

impl ReasonCatalogue {
    pub fn new(mut reasons: Vec<CodedReason>) -> Self {
        reasons.sort_by_key(|reason| (reason.state, reason.code.folded()));
        Self(reasons)
    }

    pub fn reasons(&self) -> &[CodedReason] {
        &self.0
    }

    /// The reasons that a verdict may name, by their codes.
    pub fn live(&self, state: FindingState) -> Vec<&CodedReason> {
        let is_live = |reason: &&CodedReason| reason.state == state && reason.retired_at.is_none();
        self.0.iter().filter(is_live).collect()
    }

    /// A reason as lists name it: `PRICE · The price was agreed`, and the code alone where it is unknown.
    pub fn titled(&self, code: &ReasonCode) -> String {
        self.get(code).map_or_else(|| code.to_string(), CodedReason::titled)
    }

    /// The reason of a code, whatever its case.
    pub fn get(&self, code: &ReasonCode) -> Option<&CodedReason> {
        self.0.iter().find(|reason| reason.code.folded() == code.folded())
    }

    /// A verdict's reason in words: `PRICE · The price was agreed: see the mail of 3 May`, and what was said
    /// alone where no code was given.
    pub fn in_words(&self, code: Option<&ReasonCode>, because: Option<&str>) -> Option<String> {
        let Some(code) = code else { return because.map(str::to_owned) };
        let titled = self.titled(code);
        // Where nothing was said beside the code, its words were kept.
        let is_said = |because: &&str| self.get(code).is_none_or(|of| of.words != *because);
        Some(match because.filter(is_said) {
            Some(because) => format!("{titled}: {because}"),
            None => titled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_parsed_at_the_edge() {
        let (long, longer) = ("x".repeat(REASON_CODE_CHARS_MAX), "x".repeat(121));
        for (code, words, state, wrong) in [
            ("PRICE", "The price was agreed", "not_duplicate", None),
            (" p.1_a-2 ", " é ", "duplicate", None),
            (&long, &longer[1..], "needs_information", None),
            ("", "words", "duplicate", Some(InvalidReason::Code)),
            ("a b", "words", "duplicate", Some(InvalidReason::Code)),
            ("é", "words", "duplicate", Some(InvalidReason::Code)),
            ("a/b", "words", "duplicate", Some(InvalidReason::Code)),
            (&longer[..21], "words", "duplicate", Some(InvalidReason::Code)),
            ("A", " ", "duplicate", Some(InvalidReason::Words)),
            ("A", "one\ntwo", "duplicate", Some(InvalidReason::Words)),
            ("A", &longer, "duplicate", Some(InvalidReason::Words)),
            ("A", "words", "open", Some(InvalidReason::State)),
            ("A", "words", "", Some(InvalidReason::State)),
        ] {
            let read = CodedReason::new(code, words, state);
            assert_eq!(read.as_ref().err(), wrong.as_ref(), "{code:?} {words:?} {state:?}");
            if let Ok(read) = read {
                assert_eq!((read.code.as_str(), &*read.words), (code.trim(), words.trim()));
            }
        }
    }

    #[test]
    fn the_code_stands_before_what_was_said() {
        let reason =
            |code, state| CodedReason::new(code, "The price was agreed", state).expect("it is one");
        let retired =
            CodedReason { retired_at: Some(Timestamp::UNIX_EPOCH), ..reason("A", "not_duplicate") };
        let catalogue = ReasonCatalogue::new(vec![
            reason("PRICE", "not_duplicate"),
            reason("b", "not_duplicate"),
            reason("C", "duplicate"),
            retired,
        ]);
        let live = catalogue.live(FindingState::Dismissed);
        let live: Vec<_> = live.into_iter().map(|reason| reason.code.as_str()).collect();
        assert_eq!(live, ["b", "PRICE"]);
        let code = |text: &str| text.parse::<ReasonCode>().unwrap();
        for (code, because, told) in [
            (None, None, None),
            (None, Some("rent"), Some("rent")),
            (Some(code("price")), None, Some("PRICE · The price was agreed")),
            (Some(code("A")), Some("The price was agreed"), Some("A · The price was agreed")),
            (Some(code("A")), Some("rent"), Some("A · The price was agreed: rent")),
            (Some(code("Z")), Some("rent"), Some("Z: rent")),
        ] {
            assert_eq!(catalogue.in_words(code.as_ref(), because).as_deref(), told);
        }
    }
}
