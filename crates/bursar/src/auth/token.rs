//! The access token of this run: where it comes from, cleaned of what was pasted round it, and checked
//! for what can be known without the server.
//!
//! Not for: signatures; only the server can tell whether a token is genuine.
//!
//! Invariant: the text of a token is in [`Secret`] and leaves it only into the `Authorization` header,
//! or where a person asked for it (`bursar token clean`).

use domain::Secret;
use domain::access_token::{
    CLOCK_LEEWAY_SECONDS, CompactToken, InnerCharacter, InvalidToken, RemovedText, TokenValidity,
    clean, validity,
};
use http::HeaderValue;
use jiff::Timestamp;

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::date_time;

mod forecast;
mod inspect;
mod keyring;
mod source;

pub use forecast::{IntendedUse, forecast};
pub use inspect::describe;
pub use keyring::{forget, store};
pub use source::{TokenSource, run_secret_command};

/// Time to ask for a new token, make it and roll it out.
pub const WARN_AHEAD_DAYS: i64 = 30;

const SECONDS_PER_DAY: i64 = 86_400;

/// A token that looks usable.
#[derive(Debug)]
pub struct Token {
    compact: CompactToken,
    removed: Vec<RemovedText>,
}

impl Token {
    /// Cleans and decodes a token. One line end behind it is how text files end: nothing to speak of.
    pub fn parse(pasted: &Secret<String>) -> Result<Self, Failure> {
        let text = pasted.expose();
        let line = text
            .strip_suffix('\n')
            .map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        let cleaned = clean(line).map_err(|inner| unusable_token(&inner.into()))?;
        let compact =
            CompactToken::parse(&cleaned.token).map_err(|fault| unusable_token(&fault))?;
        Ok(Self { compact, removed: cleaned.removed })
    }

    pub fn secret(&self) -> &Secret<String> {
        self.compact.text()
    }

    /// Describes what was taken from round the token.
    pub fn removed(&self) -> Option<String> {
        describe_removed(&self.removed)
    }

    /// Refuses a token that no server will take now.
    pub fn check_time(&self, now: Timestamp) -> Result<(), Failure> {
        let next = "Make a new one on the site: Customer Settings (cog) > Organisation Settings > Access \
                    Tokens. If the time is wrong, look at the clock of this machine.";
        match validity(self.compact.not_before(), self.compact.expires(), now) {
            TokenValidity::Valid => Ok(()),
            TokenValidity::Expired { at } => Err(Failure::new(
                ExitCode::TokenExpired,
                format!("the access token expired on {}", date_time(at)),
                next,
            )),
            TokenValidity::NotYetValid { from } => Err(Failure::new(
                ExitCode::TokenExpired,
                format!("the access token is valid only from {}", date_time(from)),
                "Wait until then, or look at the clock of this machine.",
            )),
        }
    }

    /// Warns of a token that ends soon.
    pub fn warning(&self, now: Timestamp) -> Option<String> {
        let left = self.compact.expires()?.saturating_sub(now.as_second());
        let days = left / SECONDS_PER_DAY;
        let soon = (-CLOCK_LEEWAY_SECONDS..WARN_AHEAD_DAYS * SECONDS_PER_DAY).contains(&left);
        let at = Timestamp::from_second(self.compact.expires()?).ok()?;
        soon.then(|| {
            format!(
                "the access token expires in {days} days, on {}; make a new one before",
                date_time(at)
            )
        })
    }

    /// The end of the token, if it names one.
    pub fn ends(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.compact.expires()?).ok()
    }

    /// `Bearer …`, marked so that nothing prints it.
    pub fn header(&self) -> Result<HeaderValue, Failure> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.secret().expose()))
            .map_err(|_not_text| unusable_token(&InvalidToken::Empty))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Describes what was taken from round a token; `None` when it was clean.
pub fn describe_removed(removed: &[RemovedText]) -> Option<String> {
    /// The number of characters shown: whoever pasted a page sees that from a few.
    const SHOWN_MAX: usize = 6;
    if removed.is_empty() {
        return None;
    }
    let mut words: Vec<String> = removed
        .iter()
        .take(SHOWN_MAX)
        .map(|one| format!("{} at position {}", one.what, one.position))
        .collect();
    if removed.len() > SHOWN_MAX {
        words.push(format!("{} more", removed.len() - SHOWN_MAX));
    }
    Some(format!("taken away from round the token: {}", words.join(", ")))
}

pub fn unusable_character(inner: InnerCharacter) -> Failure {
    unusable_token(&inner.into())
}

fn unusable_token(fault: &InvalidToken) -> Failure {
    let next = "Copy it again from the page that made it, whole and in one line. A file that shows the \
                same each time can be looked at with: bursar token inspect FILE";
    Failure::new(ExitCode::TokenUnusable, fault.to_string(), next)
}

#[cfg(test)]
mod tests;
