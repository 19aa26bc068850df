//! How values that are personal or lead to money are masked: the same in ledgers, findings, files' lines and
//! what is handed out.
//!
//! Not for: which columns hold such values (`columns`), or who may see what (`user`, `access_token`).
//!
//! Invariant: an account is shown whole to nobody who did not just ask for it.

use std::borrow::Cow;

/// The amount of personal data that somebody is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Names as initials, accounts by their end, nothing else.
    Masked,
    /// All but accounts, which are shown by their end.
    AccountsMasked,
    /// Everything: somebody pressed *Show*, and the audit log knows.
    Full,
}

/// The sensitivity of a value towards somebody who may not see it, the most harmless first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    Plain,
    /// A person's name.
    Name,
    /// Anything else about a person.
    Personal,
    /// Enough to pay to, or to pass for somebody.
    Account,
}

/// The text in the place of what is not shown.
pub const HIDDEN: &str = "hidden";
/// Before the end of an account.
const CUT: char = '…';
const SIGNS_SHOWN: usize = 4;

impl Sensitivity {
    /// Masks a value as far as this visibility asks. What is masked already is left as it is.
    pub fn masked(self, value: &str, visibility: Visibility) -> Cow<'_, str> {
        match (self, visibility) {
            _ if value.is_empty() => Cow::Borrowed(value),
            (Self::Plain, _)
            | (_, Visibility::Full)
            | (Self::Name | Self::Personal, Visibility::AccountsMasked) => Cow::Borrowed(value),
            (Self::Name, Visibility::Masked) => Cow::Owned(initials(value)),
            (Self::Personal, Visibility::Masked) => Cow::Borrowed(HIDDEN),
            (Self::Account, Visibility::Masked | Visibility::AccountsMasked) => end_of(value),
        }
    }
}

/// `…2491`: enough to tell two apart, not enough to pay to. What is not much longer shows nothing.
fn end_of(account: &str) -> Cow<'_, str> {
    let signs_of = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).count();
    // Masked before: the checks keep no more than this of an account, and several accounts in a row.
    let is_cut = |one: &str| one.starts_with(CUT) && (1..=SIGNS_SHOWN).contains(&signs_of(one));
    let is_end = |one: &str| one == HIDDEN || is_cut(one);
    let signs: Vec<char> = account.chars().filter(|sign| sign.is_alphanumeric()).collect();
    if account.split(", ").all(is_end) {
        return Cow::Borrowed(account);
    }
    // JSON ends in its last value, which may be short.
    if account.starts_with('{') || signs.len() <= SIGNS_SHOWN {
        return Cow::Borrowed(HIDDEN);
    }
    let end: String = signs[signs.len() - SIGNS_SHOWN..].iter().collect();
    Cow::Owned(format!("{CUT}{end}"))
}

/// `A. S.`
fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let initials: Vec<String> =
        letters.map(|letter| letter.to_uppercase().chain(['.']).collect()).collect();
    initials.join(" ")
}

#[cfg(test)]
mod tests;
