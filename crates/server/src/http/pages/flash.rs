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
        /// Something that was just done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flash { $($name),+ }

        impl Flash {
            const ALL: &[Self] = &[$(Self::$name),+];

            /// The word that stands for it in an address.
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
    SignedOutHere, "signed-out-here", "You are signed out here. You may still be signed in where you signed in, so sign out there as well if others use this browser.";
    KeptOfAnother, "kept-of-another", "You are signed in. What was being written here was somebody else’s, and was left out.";
    PasswordChanged, "password", "Your password is changed, and all other sessions are ended.";
    PasswordChosen, "password-chosen", "Your new password is set. Sign in with it.";
    SessionEnded, "session-ended", "The session is ended.";
    TotpOff, "totp-off", "Two-step sign-in is off.";
    FormatsSet, "formats-set", "Saved. Every page is written so from now on.";
    AppearanceSaved, "look", "Saved for this browser.";
    Joined, "joined", "You are now a member.";
    Decided, "decided", "Decided. This is the next finding.";
    Proposed, "proposed", "Proposed: a second person has to confirm it. This is the next finding.";
    LastProposed, "last-proposed", "Proposed: a second person has to confirm it. That was the last finding in this list.";
    Confirmed, "confirmed", "Confirmed: the verdict counts.";
    SeveralProposed, "several-proposed", "Decided. Those that take two people are proposed, and wait for a second person.";
    FourEyesSet, "four-eyes", "Saved. Verdicts from now on go by it; what is proposed still waits.";
    SeveralUndone, "several-undone", "Undone: they are as they were before.";
    NothingUndone, "nothing-undone", "There was nothing to undo.";
    Undone, "undone", "Undone: the finding is as it was before.";
    Assigned, "assigned", "Assigned.";
    SeveralAssigned, "several-assigned", "The selected findings are assigned.";
    NothingAssigned, "nothing-assigned", "Nothing was selected, so nothing was assigned.";
    Commented, "commented", "Comment saved.";
    CommentedToNamed, "commented-to-named", "Comment saved. Whom it names is told, unless they chose not to be.";
    CommentedToUnknown, "commented-to-unknown", "Comment saved. Not every name behind an @ is that of one member here: who is meant by the others was not told.";
    RecoveredSaved, "recovered", "Recovered amount saved.";
    RecoveryStepped, "recovery", "The step is saved.";
    AskedFor, "asked-for", "Noted as asked for. They are listed here until the money comes back.";
    ScanHostsSet, "scan-hosts", "Saved. Scans at these hosts are shown beside findings.";
    LetterSet, "letter-set", "Saved. Letters from now on are written so.";
    LetterRemoved, "letter-removed", "Removed. Letters that took this template take another one from now on.";
    VerdictEnded, "verdict-ended", "Ended. The checks will run again and look anew at what it hid.";
    NothingToEnd, "nothing-to-end", "It had ended already.";
    ViewSaved, "view-kept", "View saved.";
    ViewRemoved, "view-removed", "View deleted.";
    PaymentStopped, "payment-stopped", "Decided, and the payment is held: the ERP is told not to make it. This is the next finding.";
    LastPaymentStopped, "last-payment-stopped", "Decided, and the payment is held: the ERP is told not to make it. That was the last finding in this list.";
    LastDecided, "last", "Decided. That was the last finding in this list.";
    TokenRevoked, "token-revoked", "The token is revoked: it is refused from now on.";
    SftpRevoked, "sftp-revoked", "The credential is revoked: nobody signs in with it from now on.";
    InvitationWithdrawn, "invitation-withdrawn", "The link no longer works.";
    RoleChanged, "role-changed", "The role is changed.";
    CodesOff, "codes-off", "Two-step sign-in is off for this account, and all of its sessions are ended.";
    UserRemoved, "user-removed", "Removed. They no longer have access to this organisation.";
    UnitAdded, "unit-added", "The unit is added. Tokens for all units cover it.";
    UnitErased, "unit-erased", "The unit is erased. Lists of it that running servers hold go within the hour.";
    CustomerErased, "customer-erased", "The customer is erased. Lists of it that running servers hold go within the hour.";
    PersonErased, "person-erased", "The account is erased. What they decided stays, as a record of the organisation.";
    UnitRenamed, "unit-renamed", "Saved. Addresses, tokens and ledgers keep the short name.";
    ChecksSet, "checks-set", "Saved. The checks will run again.";
    ReasonsSet, "reasons-set", "Saved. It holds for every verdict from now on.";
    ReasonCodeAdded, "reason-code-added", "Added. Verdicts may name it from now on.";
    ReasonCodeRetired, "reason-code-retired", "Retired. No verdict names it from now on; those that do keep it.";
    AcrossAsked, "across-asked", "Asked for. The units are compared when nothing else is due; look again later.";
    OwnCheckKept, "own-check-kept", "Saved and switched on. The checks will run again.";
    OwnCheckSet, "own-check-set", "Done. The checks will run again.";
    RetentionSet, "retention-set", "Saved. Expired files are removed within the hour.";
    NothingChanged, "nothing-changed", "Nothing was changed: the settings are as they were.";
    AuditIntact, "audit-whole", "The audit log was verified and is intact.";
    FileReceived, "sent", "Received and safe. It is read automatically; this page shows its progress.";
    FileReceivedBefore, "sent-before", "This file was received before. Nothing was added.";
    TryoutKept, "tryout-kept", "Kept: the files are received. Below is whether each is read or refused.";
    TryoutEnded, "tryout-ended", "Thrown away: nothing of it is left.";
    TryoutOver, "tryout-over", "That tryout has ended, and nothing of it is left. Try the files again.";
    UploadReleased, "released", "Released: it will be read into the ledger.";
    UploadRefused, "held-out", "Refused: the ledger stays as it is.";
    UploadReadAgain, "read-again", "It will be read again.";
    UploadsReadAgain, "all-read-again", "They will be read again, in the order in which they came.";
    NothingToReadAgain, "none-read-again", "There was none to be read again.";
    ColumnsSaved, "columns-kept", "Saved. The columns apply to every file of this type from now on.";
    SettingSaved, "setting-kept", "Saved for every file of this type from now on. Mappings shows what is set, and takes it back.";
    SettingSavedAndRead, "setting-kept-and-read", "Saved for every file of this type from now on, and this file is read again. Mappings shows what is set, and takes it back.";
    SettingTakenBack, "setting-back", "Taken back: every file from now on is read in the usual way again. Files that were read stay as they are until they are read again, which their pages offer as long as no newer file of the type was read.";
    FileAttached, "file-attached", "The file stands beside the finding.";
    FileDetached, "file-detached", "The file is taken away.";
    CreditTaken, "credit-taken", "The credit is taken for the answer: the money is received.";
    CreditRefused, "credit-refused", "That credit is not the answer; nobody is asked about it again.";
    TakesCreditsSet, "takes-credits", "Saved: it counts from the next run on.";
    NotificationsSet, "told", "Saved: this is what you are told of from now on.";
    NotificationsSilenced, "told-nothing", "You get no e-mail from now on. Choose below what you want to be told of again.";
    WebhookRemoved, "webhook-removed", "The webhook is removed, and what was posted to it is forgotten.";
    WebhookOff, "webhook-off", "Nothing is posted there from now on.";
    WebhookOn, "webhook-on", "Events are posted there again.";
    WebhookTried, "webhook-tried", "A trial is on its way; what was answered stands below in a moment.";
    DeliveredAgain, "delivered-again", "It is posted once more; what was answered stands below in a moment.";
    PaymentsDecided, "payments-decided", "Decided. Give the list of held payments to whoever made the run.";
    PaymentsHeld, "held", "On hold: the ERP is told when it next asks. Holds lists all of them.";
    NoPaymentToHold, "no-payment-to-hold", "Nothing was held: at least one of the selected findings has no payment to hold, as all of its invoices are paid, or it was dismissed. Select the others.";
    NothingHeld, "nothing-held", "Nothing was selected, so nothing was held.";
    HoldsLifted, "lifted", "Lifted: the ERP is told when it next asks.";
    NothingLifted, "nothing-lifted", "Nothing was selected, so nothing was lifted.";
    ScreeningSet, "screening-set", "Saved. Every screening from now on goes by it.";
    NothingTicked, "nothing-chosen", "Nothing was selected, so nothing was decided.";
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FlashQuery {
    said: Text,
}

impl Flash {
    /// Returns `true` for what a page says itself that names the finding which was decided just now.
    pub(crate) const fn is_of_last_decision(self) -> bool {
        matches!(self, Self::Decided | Self::PaymentStopped | Self::RecoveredSaved)
    }

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
            assert!(!flash.text().contains(" --"), "{}", flash.text());
        }
        assert_eq!(Flash::parse("<script>"), None);
        for (path, said) in [
            ("/me", "/me?said=totp-off"),
            ("/me?", "/me?said=totp-off"),
            ("/me?a=b", "/me?a=b&said=totp-off"),
        ] {
            assert_eq!(Flash::TotpOff.on(path), said);
        }
    }
}
