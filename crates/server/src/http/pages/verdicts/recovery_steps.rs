//! One step of the money of all findings that are ticked under *Recovery*: a supplier answers a letter, and
//! not each of its findings.
//!
//! Not for: asking for it, which goes with a letter (`letters`). Invariant: of all of them or of none; of
//! what came each has its own amount.

use axum::extract::State;
use domain::finding::{NewRecovery, ReceivedAmount, RecoveryRequest, RecoveryStage};
use serde::Deserialize;

use super::recovery_step::day;
use super::ticked_findings;
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::respond::{PageResult, see_other};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StepsForm {
    /// Those that are ticked, as with a verdict.
    finding: Vec<String>,
    /// `promised` or `received`.
    stage: Text,
    on: Text,
    due: Text,
    reference: Text,
}

pub(crate) async fn step_recoveries(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<StepsForm>,
) -> PageResult {
    let findings = ticked_findings(&form.finding)?;
    let recovery = analyst.path("recovery");
    if findings.is_empty() {
        return see_other(&Flash::NothingTicked.on(&recovery));
    }
    let stage: RecoveryStage = form.stage.parse().map_err(PageError::impossible)?;
    let request = RecoveryRequest {
        stage,
        amount: None,
        above: None,
        amount_is: ReceivedAmount::All,
        on: day(&form.on)?,
        reference: form.reference.to_string(),
        // The field stands beside both, and is of what is promised only.
        due: if stage.waits() { day(&form.due)? } else { None },
        words: String::new(),
    };
    let (store, unit, decider) = (&analyst.store, &analyst.unit, analyst.decider(&app));
    match stage {
        RecoveryStage::Promised => {
            let today = format::today(app.clock.now());
            let step = NewRecovery::new(request, today).map_err(PageError::impossible)?;
            store.step_recovery(unit, findings, &step, decider).await?;
        }
        RecoveryStage::Received => store.receive_all(unit, findings, &request, decider).await?,
        _ => return Err(PageError::Impossible("Choose promised or received.".to_owned())),
    }
    see_other(&Flash::RecoveryStepped.on(&format!("{recovery}?stage={stage}")))
}
