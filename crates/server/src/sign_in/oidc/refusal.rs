//! Why somebody whom a provider was to sign in is not.
//!
//! Invariant: a sentence says what happened and who can mend it, and repeats nothing that a provider or a
//! browser has sent but the code of a fault.

use super::signed::SignedTokenFault;
use crate::measures::SignInRefusal;

/// Letters of a fault's code that are repeated: those of RFC 6749 are shorter.
const CODE_CHARS_MAX: usize = 40;

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The browser holds no attempt, or another one.
    NotBegunHere,
    TooLate,
    /// The answer is of another provider than the one that was asked.
    MixedUp,
    /// It was answered before.
    Replayed,
    /// The provider says no, by a code of RFC 6749 or OpenID Connect.
    Denied(FaultCode),
    /// Too many are coming back at once.
    Busy,
    /// The provider cannot be reached, or is set up otherwise than here.
    Unreachable,
    /// The code was not taken: it is made up, used or too old, or the client's secret is wrong.
    NoToken(FaultCode),
    Unbelievable(SignedTokenFault),
    /// A claim that is required is missing, or another.
    NotAdmitted,
    NoAddress,
    ForeignDomain,
    /// The provider does not say that the address was verified.
    Unverified,
    NoAccount,
    /// Nobody has taken the link of the first administrator yet.
    NoOperator,
    /// The account of the address is another identity's of this provider.
    OtherIdentity,
    /// Whoever runs the server signs in with a password.
    Operator,
    Disabled,
    /// The provider leaves the groups out, as there are too many.
    TooManyGroups,
    NoRole,
}

/// The code of a fault, of letters that are safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FaultCode(String);

impl FaultCode {
    pub(super) fn new(text: Option<&str>) -> Self {
        let is_plain = |text: &&str| {
            (1..=CODE_CHARS_MAX).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        Self(text.filter(is_plain).unwrap_or("unknown").to_owned())
    }
}

impl Refusal {
    /// The sentence that a person reads; `title` is how the provider is called.
    pub(crate) fn words(&self, title: &str) -> String {
        match self {
            Self::NotBegunHere => format!(
                "This sign-in was begun in another window or browser, or is over. Sign in again from here, and \
                 stay in this window until {title} has sent you back."
            ),
            Self::TooLate => {
                "Signing in took longer than a quarter of an hour. Sign in again.".to_owned()
            }
            Self::MixedUp => format!(
                "The answer does not come from {title}, which was asked. Nothing was done. If you followed a \
                 link to get here, close it and sign in from this page."
            ),
            Self::Replayed => "This sign-in was used already. Sign in again.".to_owned(),
            Self::Denied(FaultCode(code)) if code == "access_denied" => format!(
                "{title} did not let you in: either you cancelled, or your account there is not assigned to \
                 Bursar. Whoever looks after accounts there can assign it."
            ),
            Self::Denied(FaultCode(code)) => format!(
                "{title} did not sign you in ({code}). Try again; if it goes on, tell whoever runs this server."
            ),
            Self::Busy => {
                "Many people are signing in just now. Try again in a few seconds.".to_owned()
            }
            Self::Unreachable => format!(
                "{title} cannot be reached, or answers in a way that cannot be used. Try again in a minute; the \
                 server's log says why."
            ),
            Self::NoToken(FaultCode(code)) => format!(
                "{title} did not confirm who you are ({code}). Sign in again; if it goes on, whoever runs this \
                 server looks at its log."
            ),
            Self::Unbelievable(why) => format!(
                "The answer of {title} cannot be believed: {why}. Nothing was done. Sign in again; if it goes \
                 on, tell whoever runs this server."
            ),
            _ => self.words_about_the_account(title),
        }
    }

    fn words_about_the_account(&self, title: &str) -> String {
        match self {
            Self::NotAdmitted => format!(
                "{title} knows you, and your account there is not one of those that may come in here. Sign in \
                 there with the account of your organisation, or ask whoever runs this server."
            ),
            Self::NoAddress => format!(
                "{title} does not say what your e-mail address is, and by it your account is found. Whoever \
                 looks after accounts there can add it, or let Bursar see it."
            ),
            Self::ForeignDomain => format!(
                "Your e-mail address at {title} is of a domain that {title} may not speak for here. Sign in the \
                 way that your own organisation uses, or ask whoever runs this server."
            ),
            Self::Unverified => format!(
                "{title} does not say that your e-mail address was verified, so it is not taken for yours. \
                 Confirm it there, then sign in again; or ask whoever runs this server."
            ),
            Self::NoAccount => format!(
                "{title} knows you, and nobody here has your address. Ask an admin of your organisation to \
                 invite you, and open the invitation."
            ),
            Self::NoOperator => {
                "This server has no administrator yet. Whoever runs it opens the link that it printed when it \
                 started; from then on this works."
                    .to_owned()
            }
            Self::OtherIdentity => format!(
                "The account with your address belongs to another person or an earlier account at {title}. \
                 Whoever runs this server can let go of that with: bursard user unlink"
            ),
            Self::Operator => format!(
                "This account runs the server, so no provider signs it in: sign in with its password and code. \
                 {title} signs in accounts that run nothing."
            ),
            Self::Disabled => {
                "Your account here is disabled. An admin of your organisation knows why.".to_owned()
            }
            Self::TooManyGroups => format!(
                "You are in more groups than {title} sends along. Whoever looks after Bursar there can let it \
                 send only groups that are assigned to it, or app roles."
            ),
            _ => format!(
                "{title} knows you, and no group of yours has a role here. Whoever looks after groups there can \
                 add you to one."
            ),
        }
    }

    /// The word for it in the log, the audit log and the measures.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotBegunHere => "not_begun_here",
            Self::TooLate => "too_late",
            Self::MixedUp => "mixed_up",
            Self::Replayed => "replayed",
            Self::Denied(_) => "denied",
            Self::Busy => "busy",
            Self::Unreachable => "unreachable",
            Self::NoToken(_) => "no_token",
            Self::Unbelievable(_) => "unbelievable",
            Self::NotAdmitted => "not_admitted",
            Self::NoAddress => "no_address",
            Self::ForeignDomain => "foreign_domain",
            Self::Unverified => "unverified",
            Self::NoAccount => "no_account",
            Self::NoOperator => "no_operator",
            Self::OtherIdentity => "other_identity",
            Self::Operator => "operator",
            Self::Disabled => "disabled",
            Self::TooManyGroups => "too_many_groups",
            Self::NoRole => "no_role",
        }
    }

    pub(super) const fn measured(&self) -> SignInRefusal {
        match self {
            Self::NoAccount => SignInRefusal::UnknownAccount,
            Self::Disabled => SignInRefusal::Disabled,
            _ => SignInRefusal::Provider,
        }
    }

    /// Returns `true` when somebody was refused of whom a provider has vouched, or who came with a
    /// token: what strangers can bring about at will is logged and not kept.
    pub(super) const fn is_audited(&self) -> bool {
        !matches!(
            self,
            Self::NotBegunHere
                | Self::TooLate
                | Self::MixedUp
                | Self::Denied(_)
                | Self::Busy
                | Self::Unreachable
                | Self::NoToken(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_explains_itself_and_repeats_nothing() {
        let code = |text: &str| FaultCode::new(Some(text));
        for refusal in [
            Refusal::NotBegunHere,
            Refusal::TooLate,
            Refusal::MixedUp,
            Refusal::Replayed,
            Refusal::Denied(code("access_denied")),
            Refusal::Denied(code("login_required")),
            Refusal::Busy,
            Refusal::Unreachable,
            Refusal::NoToken(code("invalid_grant")),
            Refusal::Unbelievable(SignedTokenFault::Nonce),
            Refusal::NotAdmitted,
            Refusal::NoAddress,
            Refusal::ForeignDomain,
            Refusal::Unverified,
            Refusal::NoAccount,
            Refusal::NoOperator,
            Refusal::OtherIdentity,
            Refusal::Operator,
            Refusal::Disabled,
            Refusal::TooManyGroups,
            Refusal::NoRole,
        ] {
            let words = refusal.words("Contoso");
            assert!(words.len() > 40 && words.matches('.').count() >= 1, "{words}");
        }
        for odd in ["<script>", "a b", "", "Access_Denied", &"x".repeat(41)] {
            assert_eq!(code(odd), FaultCode("unknown".to_owned()), "{odd}");
        }
        assert!(Refusal::Denied(code("login_required")).words("C").contains("(login_required)"));
    }
}
