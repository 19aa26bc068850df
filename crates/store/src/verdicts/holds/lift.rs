//! Holds that are lifted by hand: told apart by supplier, or by the change that was seen.
//!
//! Not for: those that a verdict or the end of a run lifts.
//!
//! Invariant: a Unique ID under which several suppliers' invoices are held lifts none of them.

use domain::UnitName;
use domain::finding::{HoldsToLift, PaymentHold, PaymentHoldState};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{Decider, as_changed, illegal};
use crate::CustomerStore;
use crate::error::Error;
use crate::holds::{COLUMNS, hold};

impl CustomerStore {
    /// Takes invoices off the list, whoever asked for them: of all or of none. [`Error::Illegal`]
    /// where one of them is not held, or may be meant of several suppliers.
    pub async fn lift(
        &self,
        unit: &UnitName,
        which: &HoldsToLift,
        because: &str,
        decider: Decider<'_>,
    ) -> Result<Vec<PaymentHold>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.claim_holds(&mut transaction, unit).await?;
        let mut changed = Vec::new();
        for held in self.to_lift(&mut transaction, unit, which).await? {
            let lifted = PaymentHold { findings: Vec::new(), ..held };
            let lifted = as_changed(lifted, PaymentHoldState::Lifted, because, decider)?;
            changed.push(self.write_hold(&mut transaction, unit, lifted).await?);
        }
        let to = PaymentHoldState::Lifted;
        self.tell_holds(&mut transaction, (unit, to), &changed, decider).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// The holds that are meant, each in force.
    async fn to_lift(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        which: &HoldsToLift,
    ) -> Result<Vec<PaymentHold>, Error> {
        let mut meant = Vec::new();
        match which {
            HoldsToLift::Invoices { ids, supplier } => {
                for id in ids {
                    let mut held = self.holds_of_id(transaction, unit, id).await?;
                    held.retain(|held| {
                        held.state == PaymentHoldState::Held
                            && (supplier.is_none() || held.supplier() == supplier.as_deref())
                    });
                    meant.push(only_one(id, held)?);
                }
            }
            HoldsToLift::Changes(changes) => {
                for change in changes {
                    meant.push(self.hold_of_change(transaction, unit, *change).await?);
                }
            }
        }
        Ok(meant)
    }

    /// The hold that stands as it did since a change.
    async fn hold_of_change(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        change: u64,
    ) -> Result<PaymentHold, Error> {
        let select = format!(
            "SELECT {COLUMNS} FROM holds WHERE customer = $1 AND unit = $2 AND change = $3 AND state = $4"
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(i64::try_from(change).unwrap_or_else(|_after_every_change| i64::MAX))
            .bind(PaymentHoldState::Held.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        let Some(row) = row else {
            return Err(illegal("a hold has changed since you looked; nothing was lifted"));
        };
        hold(&row)
    }
}

/// The one hold in force of a Unique ID.
fn only_one(id: &str, held: Vec<PaymentHold>) -> Result<PaymentHold, Error> {
    let suppliers: Vec<&str> = held.iter().map(|held| held.supplier().unwrap_or("none")).collect();
    let suppliers = suppliers.join(", ");
    let mut held = held.into_iter();
    match (held.next(), held.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => {
            Err(Error::Illegal { why: format!("the invoice {id} is not held; nothing was lifted") })
        }
        (Some(_), Some(_)) => Err(Error::Illegal {
            why: format!(
                "invoices of several suppliers are held under {id} ({suppliers}); name the supplier of the one \
                 that is meant; nothing was lifted"
            ),
        }),
    }
}
