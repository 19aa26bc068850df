//! Money on its way back: what came of it, and the steps until then.
//!
//! Invariant: every step is an entry of the finding's history and of the audit log, like a verdict.

use domain::finding::{
    HistoryWord, InvalidRecovery, NewRecovery, Recovery, RecoveryRequest, Standing, StoredFinding,
    recoverable,
};
use domain::{Amount, UnitName};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::{Any, Transaction};

use super::{Case, Decider, Entry, SeenFinding, illegal, in_order};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::storable;

/// The name of who notes what follows from a step.
const BY_ITSELF: &str = "Bursar";

impl Decider<'_> {
    /// The day on which it is decided, in UTC.
    pub(crate) fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.at).date()
    }
}

impl CustomerStore {
    /// Sets the money that came back of a duplicate; [`Error::Illegal`] when it is none.
    pub async fn set_recovered(
        &self,
        unit: &UnitName,
        finding: impl Into<SeenFinding>,
        recovered: Option<Amount>,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let case = self.case(&mut transaction, unit, finding.into(), decider).await?;
        if let Some(amount) = recovered {
            recoverable(case.found.standing.state, amount).map_err(illegal)?;
        }
        let before = case.found.standing.clone();
        let to = before.with_recovered(recovered, case.at_risk(), decider.today());
        if case.is_new(&mut transaction, HistoryWord::Recovered, &to, None).await? {
            case.write(&mut transaction, Entry::new(HistoryWord::Recovered, to)).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// One step of the money of several findings on its way back: of all of them, or of none.
    /// A part of what was asked for leaves the rest asked for, which is a step of its own. [`Error::Illegal`]
    /// where one of them was not decided to be true.
    pub async fn step_recovery(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        step: &NewRecovery,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.step_recovery_in(&mut transaction, unit, findings, step, decider).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes that all came of what several findings ask for, each its own amount: of all of them, or of none.
    /// [`Error::Illegal`] where one of them was not decided to be true, or more of it came before.
    pub async fn receive_all(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        request: &RecoveryRequest,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let step = |found: &StoredFinding| NewRecovery::all_came(request, found, decider.today());
        self.step_each(&mut transaction, unit, findings, step, decider).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(crate) async fn step_recovery_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        step: &NewRecovery,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        self.step_each(transaction, unit, findings, |_found| Ok(step.clone()), decider).await
    }

    async fn step_each(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        step: impl Fn(&StoredFinding) -> Result<NewRecovery, InvalidRecovery> + Send,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let (cases, keys) = self.cases(transaction, unit, in_order(findings), decider).await?;
        for case in cases {
            let step = step(&case.found).map_err(illegal)?;
            let words = Some(step.get().words.trim()).filter(|words| !words.is_empty());
            let to = as_stored(step.applied_to(&case.found.standing).map_err(illegal)?);
            if case.is_new(transaction, HistoryWord::Recovery, &to, words).await? {
                let entry = Entry::new(HistoryWord::Recovery, to.clone());
                let entry = case.write(transaction, Entry { words, ..entry }).await?;
                case.tell_named(transaction, words.unwrap_or_default(), entry).await?;
                case.leave_rest(transaction, to).await?;
            }
        }
        // What is not asked for any more counts behind what is.
        self.count_anew(transaction, unit, &keys).await
    }
}

impl Case<'_> {
    /// Writes that the rest is waited for as before, where `received` is a part of what was: it follows, and
    /// nobody has said it.
    async fn leave_rest(
        mut self,
        transaction: &mut Transaction<'static, Any>,
        received: Standing,
    ) -> Result<(), Error> {
        let rest = NewRecovery::of_rest(&self.found.standing, &received, self.at_risk());
        let Some(rest) = rest else { return Ok(()) };
        let to = as_stored(rest.applied_to(&received).map_err(illegal)?);
        self.found.standing = received;
        self.found.last_entry += 1;
        self.decider = Decider { by: BY_ITSELF, who: "system", ..self.decider };
        self.write(transaction, Entry::new(HistoryWord::Rest, to)).await?;
        Ok(())
    }
}

/// The standing as its row holds it, so that what the audit log vouches for is what is read back.
fn as_stored(standing: Standing) -> Standing {
    let recovery = standing
        .recovery
        .map(|step| Recovery { reference: step.reference.as_deref().map(storable), ..step });
    Standing { recovery, ..standing }
}
