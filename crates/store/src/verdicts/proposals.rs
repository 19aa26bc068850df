//! Verdicts that wait for a second person: proposed, confirmed.
//!
//! Not for: from which amount on (`four_eyes`), or taking one back, which is undoing.
//!
//! Invariant: whoever proposed a verdict, in person or by an access token they made, does not confirm it;
//! where nobody knows who made a token, it may have been they.

use domain::finding::{HistoryWord, NewVerdict, Proposal, Standing};
use domain::{TokenId, UnitName, VerdictId};
use sqlx::{Any, Transaction};

use super::{Case, Decider, Entry, SeenFinding, illegal};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, storable};

/// The findings that one verdict was written on, those for which it waits, and those that were left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecisionCount {
    pub decided: usize,
    /// They take a second person.
    pub proposed: usize,
    /// Somebody did something about them since they were seen.
    pub superseded: usize,
}

/// The effect of a verdict: it counts, or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecisionEffect {
    Verdict,
    Proposal,
}

impl CustomerStore {
    /// Lets a proposed verdict count. `id` is for one that is to be remembered. [`Error::Illegal`] when none
    /// is proposed, or by the same person; [`Error::Superseded`] when something was done since it was seen.
    pub async fn confirm(
        &self,
        unit: &UnitName,
        finding: impl Into<SeenFinding>,
        id: VerdictId,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let (mut cases, keys) =
            self.cases(&mut transaction, unit, vec![finding.into()], decider).await?;
        let case = cases.pop().expect("there is a case of every finding");
        let Some(proposal) = &case.found.standing.proposal else {
            // Pressed twice, it is confirmed already.
            let to = case.found.standing.clone();
            if !case.is_new(&mut transaction, HistoryWord::Verdict, &to, None).await? {
                return Ok(());
            }
            return Err(illegal("no verdict on this finding is proposed"));
        };
        case.check_second_person(&mut transaction, proposal).await?;
        let verdict = NewVerdict::new((&proposal.verdict).into(), decider.at).map_err(illegal)?;
        case.write_verdict(&mut transaction, &verdict, id).await?;
        self.count_anew(&mut transaction, unit, &keys).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The person behind whoever decides: of an access token who made it, or where nobody knows, its id.
    async fn person_behind(
        &self,
        transaction: &mut Transaction<'static, Any>,
        who: &str,
    ) -> Result<String, Error> {
        let Ok(token) = who.parse::<TokenId>() else { return Ok(who.to_owned()) };
        let row = sqlx::query("SELECT id, made_by FROM tokens WHERE id = $1")
            .bind(token.to_string())
            .fetch_optional(&mut **transaction)
            .await?;
        let made_by = match row {
            Some(row) => Fields::new(&row, "tokens", "id").optional_text("made_by")?,
            None => None,
        };
        Ok(made_by.unwrap_or_else(|| who.to_owned()))
    }
}

impl Case<'_> {
    /// Writes a verdict that takes two people: as a proposal of the first, as a verdict of the second.
    pub(super) async fn decide_as_one_of_two(
        &self,
        transaction: &mut Transaction<'static, Any>,
        verdict: &NewVerdict,
        id: VerdictId,
    ) -> Result<DecisionEffect, Error> {
        let wanted = verdict.get();
        // Said now, not to whoever confirms.
        self.scope(wanted.remember)?;
        let person = self.store.person_behind(transaction, self.decider.who).await?;
        let standing = &self.found.standing;
        let proposed = standing.proposal.as_ref().filter(|proposal| proposal.is_for(wanted));
        let not_second = proposed.and_then(|proposal| why_not_second(proposal, &person));
        if proposed.is_some() && not_second.is_none() {
            self.write_verdict(transaction, verdict, id).await?;
            return Ok(DecisionEffect::Verdict);
        }
        let proposal = Proposal {
            verdict: wanted.into(),
            by: storable(self.decider.by),
            who: self.decider.who.to_owned(),
            person,
            at: self.decider.at,
        };
        let to = Standing { proposal: Some(proposal), ..standing.clone() };
        if !self.is_new(transaction, HistoryWord::Propose, &to, None).await? {
            return Ok(DecisionEffect::Proposal);
        }
        if let Some(why) = not_second {
            return Err(illegal(why));
        }
        let entry = Entry {
            words: Some(wanted.because.as_str()).filter(|because| !because.is_empty()),
            with_finding: true,
            ..Entry::new(HistoryWord::Propose, to)
        };
        let entry = self.write(transaction, entry).await?;
        self.tell_named(transaction, &wanted.because, entry).await?;
        Ok(DecisionEffect::Proposal)
    }

    async fn check_second_person(
        &self,
        transaction: &mut Transaction<'static, Any>,
        proposal: &Proposal,
    ) -> Result<(), Error> {
        let person = self.store.person_behind(transaction, self.decider.who).await?;
        why_not_second(proposal, &person).map_or(Ok(()), |why| Err(illegal(why)))
    }
}

/// Why a person is not the second who a proposal takes; none where they are.
fn why_not_second(proposal: &Proposal, person: &str) -> Option<&'static str> {
    let is_unknown = |person: &str| person.parse::<TokenId>().is_ok();
    if is_unknown(person) || is_unknown(&proposal.person) {
        return Some(UNKNOWN);
    }
    (proposal.person == person).then_some(OWN)
}

const UNKNOWN: &str = "one of the two access tokens is older than the record of who makes them, so nobody knows \
    whether these are two people: revoke it, make another, and propose the verdict anew";
const OWN: &str = "you proposed this verdict yourself, or by an access token you made: it takes a second person \
    who decides in this unit to confirm it";
