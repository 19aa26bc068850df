//! The standing of a finding, from the columns of its row.
//!
//! Invariant: what is read is what was written, so that the audit log can be held against it.

use domain::Amount;
use domain::finding::{Proposal, Recovery, Standing};

use crate::error::Error;
use crate::rows::Fields;

/// The columns of a [`Standing`].
macro_rules! standing_columns {
    () => {
        "state, because, reason_code, recovered, assignee, proposal, due, recovery_stage, recovery_amount, \
         recovery_on, recovery_asked_on, recovery_reference"
    };
}
pub(crate) use standing_columns;

pub(crate) fn standing(fields: &Fields<'_>) -> Result<Standing, Error> {
    Ok(Standing {
        state: fields.parsed("state")?,
        because: fields.optional_text("because")?,
        reason_code: fields.optional_parsed("reason_code")?,
        recovered: fields.optional_number("recovered")?.map(Amount::from_ten_thousandths),
        assignee: fields.optional_text("assignee")?,
        proposal: proposal(fields)?,
        due: fields.optional_day("due")?,
        recovery: recovery(fields)?,
    })
}

/// The verdict that waits for a second person, where one does.
fn proposal(fields: &Fields<'_>) -> Result<Option<Proposal>, Error> {
    let text = fields.optional_text("proposal")?;
    text.map(|text| serde_json::from_str(&text).map_err(|_invalid| fields.corrupt())).transpose()
}

fn recovery(fields: &Fields<'_>) -> Result<Option<Recovery>, Error> {
    let Some(stage) = fields.optional_text("recovery_stage")? else { return Ok(None) };
    let amount = fields.optional_number("recovery_amount")?;
    Ok(Some(Recovery {
        stage: stage.parse().map_err(|_no_stage| fields.corrupt())?,
        amount: amount.map(Amount::from_ten_thousandths),
        on: fields.optional_day("recovery_on")?.ok_or_else(|| fields.corrupt())?,
        asked_on: fields.optional_day("recovery_asked_on")?,
        reference: fields.optional_text("recovery_reference")?,
    }))
}
