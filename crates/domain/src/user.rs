//! People who sign in: how they are known, and what they may do for a customer.
//!
//! Not for: passwords (`password`), or who has access tokens (`access_token`).
//!
//! Invariant: an address is in one form, so that two spellings of it are one user.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::enum_words::enum_words;
use crate::personal::Visibility;

/// RFC 5321, section 4.5.3.1.3, less the brackets.
pub const EMAIL_BYTES_MAX: usize = 254;
/// Longer than names are, short enough for one line of a table.
pub const USER_NAME_CHARS_MAX: usize = 100;

/// The address people sign in with: lower-case, with one `@` and no space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not an e-mail address; write it like ann@example.org")]
pub struct InvalidEmailAddress;

/// The name by which colleagues know somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

/// Text that is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a name of 1 to {USER_NAME_CHARS_MAX} characters, such as Ann Other")]
pub struct InvalidUserName;

/// The role of a user for a customer or for one of its units. They stand in no order: an analyst decides,
/// an auditor reads what an analyst does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Reads, with personal data masked.
    Viewer,
    /// Decides about findings.
    Analyst,
    /// Reads everything, the audit log too and what is masked by saying why; decides and sets nothing.
    Auditor,
    /// Sets up the customer: users, tokens, checks.
    Admin,
}

/// The way in which somebody is shown whole what is masked; each such look is in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmasking {
    Never,
    /// By pressing *Show*: it is their work.
    OnRequest,
    /// By saying why.
    WithReason,
}

/// A word that is not one of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: viewer, analyst, auditor or admin")]
pub struct InvalidMemberRole;

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').expect("an address is parsed with one").0
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    /// Refuses what is surely mistyped; whether it arrives anywhere only a letter tells.
    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.split_once('@').ok_or(InvalidEmailAddress)?;
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
        let is_sound = !local.is_empty()
            && !domain.contains('@')
            && domain.split('.').all(|label| !label.is_empty())
            && text.len() <= EMAIL_BYTES_MAX
            && !text.contains(is_odd);
        if is_sound { Ok(Self(text)) } else { Err(InvalidEmailAddress) }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl UserName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One or two letters that stand for it.
    pub fn initials(&self) -> String {
        let mut words = self.0.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
}

impl FromStr for UserName {
    type Err = InvalidUserName;

    fn from_str(text: &str) -> Result<Self, InvalidUserName> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_sound = (1..=USER_NAME_CHARS_MAX).contains(&name.chars().count())
            && !name.contains(char::is_control);
        if is_sound { Ok(Self(name)) } else { Err(InvalidUserName) }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

enum_words! {
    MemberRole or InvalidMemberRole;
    Viewer = "viewer",
    Analyst = "analyst",
    Auditor = "auditor",
    Admin = "admin",
}

impl MemberRole {
    /// Returns `true` for a role that decides findings and sends files.
    pub const fn may_decide(self) -> bool {
        matches!(self, Self::Analyst | Self::Admin)
    }

    /// Returns `true` for a role that sets users, tokens, checks and how files are read.
    pub const fn may_set_up(self) -> bool {
        matches!(self, Self::Admin)
    }

    /// Returns `true` for a role that reads and verifies the audit log.
    pub const fn may_audit(self) -> bool {
        matches!(self, Self::Auditor | Self::Admin)
    }

    /// Returns `true` when whoever has this role may do all that the other may.
    pub const fn covers(self, other: Self) -> bool {
        match other {
            Self::Viewer => true,
            Self::Analyst => self.may_decide(),
            Self::Auditor => self.may_audit(),
            Self::Admin => self.may_set_up(),
        }
    }

    /// The way to be shown whole what is masked, for whoever asks for it.
    pub const fn unmasking(self) -> Unmasking {
        match self {
            Self::Viewer => Unmasking::Never,
            Self::Analyst | Self::Admin => Unmasking::OnRequest,
            Self::Auditor => Unmasking::WithReason,
        }
    }

    /// The amount of personal data that a member is shown who did not ask for more.
    pub const fn visibility(self) -> Visibility {
        match self.unmasking() {
            Unmasking::OnRequest => Visibility::AccountsMasked,
            Unmasking::Never | Unmasking::WithReason => Visibility::Masked,
        }
    }
}

impl fmt::Display for MemberRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_an_address_are_one() {
        for (text, address) in [
            ("ann@example.org", "ann@example.org"),
            (" Ann.Other@Example.ORG\n", "ann.other@example.org"),
        ] {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), address);
        }
        let long = format!("{}@example.org", "x".repeat(250));
        for wrong in
            ["", "ann", "@b.c", "a@", "a@b@c", "a b@c.d", "a@b..c", "<a@b.c>", "a\0@b.c", &long]
        {
            assert!(wrong.parse::<EmailAddress>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn names_are_one_line_and_have_initials() {
        for (text, name, initials) in [
            (" Ann  Other ", "Ann Other", "AO"),
            ("élodie", "élodie", "É"),
            ("A B C", "A B C", "AC"),
        ] {
            let parsed: UserName = text.parse().unwrap();
            assert_eq!((parsed.as_str(), parsed.initials().as_str()), (name, initials));
        }
        for wrong in ["", " \n", "a\u{7}b", &"x".repeat(101)] {
            assert!(wrong.parse::<UserName>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_role_may_what_those_that_it_covers_may() {
        use MemberRole::{Admin, Analyst, Auditor, Viewer};
        for role in MemberRole::ALL {
            assert!(role.covers(role) && role.covers(Viewer) && Admin.covers(role), "{role}");
        }
        for (role, other) in [(Analyst, Auditor), (Auditor, Analyst), (Viewer, Analyst)] {
            assert!(!role.covers(other), "{role} {other}");
        }
    }
}
