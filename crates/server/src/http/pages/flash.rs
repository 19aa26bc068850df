//! What was just done, said above the page after it.
//!
//! Invariant: an address holds the word of a [`Flash`]; any other word says nothing.

use axum::extract::OptionalFromRequestParts;
use http::request::Parts;
use serde::Deserialize;

use super::field::Text;
use super::query::Query;
use crate::App;

/// The field of an address that says what was just done.
const FIELD: &str = "said";

macro_rules! flashes {
    ($($name:ident, $word:literal, $text:literal;)+) => {
        /// What was just done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flash { $($name),+ }

        impl Flash {
            const ALL: &[Self] = &[$(Self::$name),+];

            /// As an address has it.
            const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The sentence that people read.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

flashes! {
    SignedOut, "signed-out", "You are signed out.";
    PasswordChanged, "password", "Your password is changed, and all other sessions are ended.";
    SessionEnded, "session-ended", "The session is ended.";
    TotpOn, "totp-on", "Two-step sign-in is on. You will be asked for a code next time.";
    TotpOff, "totp-off", "Two-step sign-in is off.";
    AppearanceSaved, "look", "Saved for this browser.";
    Joined, "joined", "You are a member now.";
    Decided, "decided", "Decided; this is the next one.";
    SeveralDecided, "several", "Decided on all that were ticked.";
    Undone, "undone", "Taken back: the finding is as it was before.";
    Assigned, "assigned", "Assigned.";
    Commented, "commented", "Your comment is kept.";
    RecoveredSaved, "recovered", "The recovered amount is kept.";
    ViewSaved, "view-kept", "The view is kept.";
    ViewRemoved, "view-removed", "The view is removed.";
    LastDecided, "last", "Decided. That was the last of this list.";
    TokenRevoked, "token-revoked", "The token is revoked: it is refused from now on.";
    InvitationWithdrawn, "invitation-withdrawn", "The link works no more.";
    RoleChanged, "role-changed", "The role is changed, from their next page on.";
    UserRemoved, "user-removed", "Removed: they see nothing of this organisation any more.";
    UnitAdded, "unit-added", "The unit is added. Tokens for all units cover it.";
    UnitRenamed, "unit-renamed", "Kept. Addresses, tokens and ledgers go on with the short name.";
    ChecksSet, "checks-set", "Kept. A new run of the checks waits for its turn.";
    RetentionSet, "retention-set", "Kept. Files whose time is over go within the hour.";
    NothingChanged, "nothing-changed", "Nothing differs from before, so nothing was changed.";
    AuditIntact, "audit-whole", "The audit log was gone over and is whole.";
    FileReceived, "sent", "Received and safe. It is read by itself; this page follows it.";
    FileReceivedBefore, "sent-before", "This very file was received before: here it is. Nothing was added.";
    UploadReleased, "released", "Released: it is read into the ledger in its turn.";
    UploadRefused, "held-out", "Refused: the ledger stays as it is.";
    UploadReadAgain, "read-again", "It is read again in its turn.";
    ColumnsSaved, "columns-kept", "The columns are kept for all files of this type that are read from now on.";
    NothingTicked, "nothing-chosen", "Nothing was ticked, so nothing was decided.";
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FlashQuery {
    said: Text,
}

impl Flash {
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.word() == word)
    }

    /// A path that says it on the page it leads to.
    pub(crate) fn on(self, path: &str) -> String {
        let joint = match path.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{path}{joint}{FIELD}={}", self.word())
    }
}

impl OptionalFromRequestParts<App> for Flash {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        parts: &mut Parts,
        _app: &App,
    ) -> Result<Option<Self>, Self::Rejection> {
        let Query(FlashQuery { said }) = Query::parse(parts.uri.query().unwrap_or_default());
        Ok(Self::parse(&said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_by_its_own_word() {
        for flash in Flash::ALL {
            assert_eq!(Flash::parse(flash.word()), Some(*flash));
        }
        assert_eq!(Flash::parse("<script>"), None);
        for (path, said) in [
            ("/me", "/me?said=totp-on"),
            ("/me?", "/me?said=totp-on"),
            ("/me?a=b", "/me?a=b&said=totp-on"),
        ] {
            assert_eq!(Flash::TotpOn.on(path), said);
        }
    }
}
