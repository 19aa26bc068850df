//! Passwords that may be chosen, by NIST SP 800-63B-4: long, not among those everybody tries, and of any
//! characters.
//!
//! Not for: keeping or checking them; only a hash is kept.
//!
//! Invariant: a [`NewPassword`] was found good for the person who chose it, and shows itself to nobody.

use crate::secret::Secret;

/// NIST asks for 15 where a password is all there is and 8 beside a second factor; twelve with a list of
/// what is refused is what people remember without writing it down.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// NIST asks for 64 at least. Longer texts only cost time to hash.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// `aaaaaaaaaaaa` and `121212121212` are long and no secrets.
const DISTINCT_CHARS_MIN: usize = 5;
/// A shorter part of a name is in a password by chance.
const CONTEXT_CHARS_MIN: usize = 4;
const PRODUCT: &str = "bursar";

/// Passwords that are guessed first: those of twelve characters and more from leaked lists, and
/// the words that others begin with.
const COMMONEST: &str = include_str!("password/commonest.txt");

/// A password that may be chosen.
#[derive(Debug, Clone)]
pub struct NewPassword(Secret<String>);

/// Why a password may not be chosen; it repeats nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    #[error(
        "it has fewer than {PASSWORD_CHARS_MIN} characters; four words in a row are long enough"
    )]
    TooShort,
    #[error("it has more than {PASSWORD_CHARS_MAX} characters; shorten it")]
    TooLong,
    #[error("it repeats a few characters; choose words that do not belong together")]
    TooUniform,
    #[error(
        "it is one of those tried first by whoever guesses; choose words that do not belong together"
    )]
    Common,
    #[error(
        "it contains the e-mail address, the organisation's or the product's name; leave that out"
    )]
    NamesItsOwner,
}

impl NewPassword {
    /// `context` is what others know of its owner: the address, the names of customers.
    pub fn new(text: String, context: &[&str]) -> Result<Self, InvalidPassword> {
        let characters = text.chars().count();
        if characters < PASSWORD_CHARS_MIN {
            return Err(InvalidPassword::TooShort);
        }
        if characters > PASSWORD_CHARS_MAX {
            return Err(InvalidPassword::TooLong);
        }
        let lower = text.to_lowercase();
        let mut distinct: Vec<char> = lower.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < DISTINCT_CHARS_MIN {
            return Err(InvalidPassword::TooUniform);
        }
        let known = context.iter().copied().chain([PRODUCT]).map(str::to_lowercase);
        if known
            .filter(|word| word.chars().count() >= CONTEXT_CHARS_MIN)
            .any(|word| lower.contains(&word))
        {
            return Err(InvalidPassword::NamesItsOwner);
        }
        if is_common(&lower) {
            return Err(InvalidPassword::Common);
        }
        Ok(Self(Secret::new(text)))
    }

    pub const fn secret(&self) -> &Secret<String> {
        &self.0
    }
}

/// Returns `true` for a common password: as it stands, or without the year and the exclamation mark
/// that rules of old ask for.
fn is_common(lower: &str) -> bool {
    let stem = lower.trim_matches(|c: char| !c.is_alphabetic());
    COMMONEST.lines().any(|common| common == lower || common == stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_unknown_is_good() {
        let context = ["ann.other@example.org", "ann.other", "acme"];
        for (text, result) in [
            ("correct horse", Ok(())),
            ("ein Pferd frißt", Ok(())),
            ("hunter2", Err(InvalidPassword::TooShort)),
            ("aaaaaaaaaaaaaaaa", Err(InvalidPassword::TooUniform)),
            ("Password2026!", Err(InvalidPassword::Common)),
            ("1234567890123", Err(InvalidPassword::Common)),
            ("acmeacme horse!", Err(InvalidPassword::NamesItsOwner)),
            ("x Ann.Other is me", Err(InvalidPassword::NamesItsOwner)),
            ("my bursar account", Err(InvalidPassword::NamesItsOwner)),
            (&"horse staple ".repeat(10), Err(InvalidPassword::TooLong)),
        ] {
            assert_eq!(NewPassword::new(text.to_owned(), &context).map(drop), result, "{text}");
        }
    }

    #[test]
    fn the_list_is_in_one_form_and_small() {
        let lines: Vec<&str> = COMMONEST.lines().collect();
        assert!(lines.is_sorted() && lines.len() > 1_000 && COMMONEST.len() < 100_000);
        assert!(lines.iter().all(|line| **line == line.to_lowercase()));
    }
}
