//! What was just done, said above the page after it.
//!
//! Invariant: an address holds a word of this table; what it holds else is said by nobody.

/// What was done, by the word that the address of the page after it holds.
const SAID: &[(&str, &str)] = &[
    ("signed-out", "You are signed out."),
    ("password", "Your password is changed, and all other sessions are ended."),
    ("session-ended", "The session is ended."),
    ("totp-on", "Two-step sign-in is on. You will be asked for a code next time."),
    ("totp-off", "Two-step sign-in is off."),
    ("look", "Saved for this browser."),
    ("joined", "You are a member now."),
    ("decided", "Decided; this is the next one."),
    ("several", "Decided on all that were ticked."),
    ("undone", "Taken back: the finding is as it was before."),
    ("assigned", "Assigned."),
    ("commented", "Your comment is kept."),
    ("recovered", "The recovered amount is kept."),
    ("view-kept", "The view is kept."),
    ("view-removed", "The view is removed."),
    ("last", "Decided. That was the last of this list."),
    ("token-revoked", "The token is revoked: it is refused from now on."),
    ("invitation-withdrawn", "The link works no more."),
    ("role-changed", "The role is changed, from their next page on."),
    ("user-removed", "Removed: they see nothing of this organisation any more."),
    ("unit-added", "The unit is added. Tokens for all units cover it."),
    ("unit-renamed", "Kept. Addresses, tokens and ledgers go on with the short name."),
    ("checks-set", "Kept. A new run of the checks waits for its turn."),
    ("retention-set", "Kept. Files whose time is over go within the hour."),
    ("nothing-changed", "Nothing differs from before, so nothing was changed."),
    ("audit-whole", "The audit log was gone over and is whole."),
    ("sent", "Received and safe. It is read by itself; this page follows it."),
    ("sent-before", "This very file was received before: here it is. Nothing was added."),
    ("released", "Released: it is read into the ledger in its turn."),
    ("held-out", "Refused: the ledger stays as it is."),
    ("read-again", "It is read again in its turn."),
    ("columns-kept", "The columns are kept for all files of this type that are read from now on."),
    ("nothing-chosen", "Nothing was ticked, so nothing was decided."),
];

/// The sentence for a word in an address.
pub(crate) fn said(word: &str) -> Option<&'static str> {
    SAID.iter().find_map(|(known, words)| (*known == word).then_some(*words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_by_its_own_word() {
        let mut words: Vec<&str> = SAID.iter().map(|(word, _)| *word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), SAID.len());
        assert_eq!(said("<script>"), None);
    }
}
