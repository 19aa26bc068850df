//! The assignees of findings: given to members who decide, one finding or several at once.
//!
//! Invariant: whoever a finding is given to may decide in its unit and may sign in.

use domain::finding::{HistoryWord, Standing};
use domain::{EmailAddress, MemberRole, UnitName, UserId};
use sqlx::{Any, Transaction};

use super::{Decider, Entry, SeenFinding, WhenSuperseded, illegal, in_order};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

impl CustomerStore {
    /// To a member who decides, by their address, or to nobody. [`Error::Illegal`] when nobody has that
    /// address who may decide in the unit.
    pub async fn assign(
        &self,
        unit: &UnitName,
        finding: impl Into<SeenFinding> + Send,
        assignee: Option<&str>,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        self.assign_all(unit, [finding], assignee, decider).await
    }

    /// Several findings to one person or to nobody: all of them, or none.
    pub async fn assign_all(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        assignee: Option<&str>,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let findings = (in_order(findings), WhenSuperseded::RefuseAll);
        self.assign_several(unit, findings, assignee, decider).await.map(drop)
    }

    /// Assigns those findings to one person or to nobody about which nobody did anything since they were
    /// seen. Returns the number of those that are left as they are.
    pub async fn assign_unchanged(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        assignee: Option<&str>,
        decider: Decider<'_>,
    ) -> Result<usize, Error> {
        let findings = (in_order(findings), WhenSuperseded::LeaveIt);
        self.assign_several(unit, findings, assignee, decider).await
    }

    async fn assign_several(
        &self,
        unit: &UnitName,
        (findings, superseded): (Vec<SeenFinding>, WhenSuperseded),
        assignee: Option<&str>,
        decider: Decider<'_>,
    ) -> Result<usize, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let mut cases = Vec::new();
        for seen in findings {
            cases.push(self.case(&mut transaction, unit, seen, decider).await?);
        }
        let assignee = match assignee {
            Some(address) => Some(self.deciding_member(&mut transaction, unit, address).await?),
            None => None,
        };
        let mut left = 0;
        for case in cases {
            let email = assignee.as_ref().map(|(_, email)| email.to_string());
            let to = Standing { assignee: email, ..case.found.standing.clone() };
            let is_new = case.is_new(&mut transaction, HistoryWord::Assign, &to, None).await;
            match superseded.unless_left(is_new)? {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    left += 1;
                    continue;
                }
            }
            let entry = case.write(&mut transaction, Entry::new(HistoryWord::Assign, to)).await?;
            let others = assignee.as_ref().filter(|(_, email)| email.as_str() != decider.who);
            if let Some((person, _)) = others {
                let (found, by) = ((unit, &case.found), (decider.by, decider.at));
                self.note_assigned(&mut transaction, found, (*person, entry), by).await?;
            }
        }
        transaction.commit().await?;
        Ok(left)
    }

    /// A member who decides in a unit and may sign in, and their address.
    async fn deciding_member(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        address: &str,
    ) -> Result<(UserId, EmailAddress), Error> {
        let nobody = || {
            let customer = &self.customer;
            illegal(format_args!("nobody who decides for {customer} has the address {address}"))
        };
        let email: EmailAddress = address.parse().map_err(|_no_address| nobody())?;
        let row = sqlx::query("SELECT * FROM users WHERE email = $1 AND disabled_at IS NULL")
            .bind(email.as_str())
            .fetch_optional(&mut **transaction)
            .await?
            .ok_or_else(nobody)?;
        let user: UserId = Fields::new(&row, "users", "id").parsed("id")?;
        let role = self.membership_in(transaction, user).await?.in_unit(unit);
        if role.is_some_and(MemberRole::may_decide) { Ok((user, email)) } else { Err(nobody()) }
    }
}
