//! Who works on findings: given to members who decide, one finding or several at once.
//!
//! Invariant: whoever a finding is given to may decide about it and sign in.

use domain::finding::{HistoryWord, Standing};
use domain::{EmailAddress, MemberRole, UnitName};
use sqlx::{Any, Transaction};

use super::{Decider, Entry, SeenFinding, illegal, in_order};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

impl CustomerStore {
    /// To a member who decides, by their address, or to nobody. [`Error::Illegal`] when nobody has that
    /// address who may decide for the customer.
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
        let mut transaction = self.parts.db.begin().await?;
        let mut cases = Vec::new();
        for seen in in_order(findings) {
            cases.push(self.case(&mut transaction, unit, seen, decider).await?);
        }
        let assignee = match assignee {
            Some(address) => Some(self.deciding_member(&mut transaction, address).await?),
            None => None,
        };
        let assignee = assignee.map(|email| email.to_string());
        for case in cases {
            let to = Standing { assignee: assignee.clone(), ..case.found.standing.clone() };
            if case.is_new(&mut transaction, HistoryWord::Assign, &to, None).await? {
                case.write(&mut transaction, Entry::new(HistoryWord::Assign, to)).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The address of a member who decides and may sign in.
    async fn deciding_member(
        &self,
        transaction: &mut Transaction<'static, Any>,
        address: &str,
    ) -> Result<EmailAddress, Error> {
        let nobody = || {
            let customer = &self.customer;
            illegal(format_args!("nobody who decides for {customer} has the address {address}"))
        };
        let email: EmailAddress = address.parse().map_err(|_no_address| nobody())?;
        let row = sqlx::query(
            "SELECT users.email, memberships.role FROM memberships \
             JOIN users ON users.id = memberships.user_id WHERE memberships.customer = $1 \
             AND users.email = $2 AND users.disabled_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(email.as_str())
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(nobody)?;
        let role: MemberRole = Fields::new(&row, "memberships", "email").parsed("role")?;
        if role.may_decide() { Ok(email) } else { Err(nobody()) }
    }
}
