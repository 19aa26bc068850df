//! `bursard check run|list`
//!
//! Not for: carrying out a run; workers do (`serve`, `work`). Checks of a unit's own: `own_checks`.

mod own_checks;

use std::process::ExitCode;

use anyhow::Context as _;
use domain::page::{Page, PageSize};
use domain::{JobId, Run, RunId, RunState};
use store::{Decider, NewRun, Store};

use crate::cli::{CheckCommand, EXIT_FOUND_BAD, Settings, UnitArgs};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

/// The name of who asks, as people read it beside the run.
const OPERATOR: &str = "operator (bursard check run)";

pub(super) async fn run(settings: &Settings, command: CheckCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let store = deployment.store.clone();
    match command {
        CheckCommand::Run { place, format } => {
            let Some(run) = ask(&store, &place).await? else {
                let (customer, unit) = (&place.customer, place.unit());
                output::note(format_args!(
                    "there is no unit {unit} of customer {customer}; list them with: bursard unit \
                     list {customer}"
                ));
                return Ok(ExitCode::from(EXIT_FOUND_BAD));
            };
            if format.json {
                output::json(&run);
            } else {
                output::line(format_args!("{} waits for its turn", run.run_id));
                output::note(format_args!(
                    "follow it with: bursard check list --customer {} --unit {}",
                    run.customer, run.unit
                ));
            }
        }
        CheckCommand::List { place, limit, after, format } => {
            let size = PageSize::try_from(limit)?;
            let runs = store.customer(&place.customer).runs(&place.unit(), size, after).await;
            let page = runs.with_context(|| {
                format!("cannot list the runs of {} unit {}", place.customer, place.unit())
            })?;
            if format.json {
                output::json(&page);
            } else {
                table(&page, &place);
            }
        }
        CheckCommand::OfUnit(command) => return own_checks::run(&deployment, command).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(store: &Store, place: &UnitArgs) -> anyhow::Result<Option<Run>> {
    let now = system::now();
    let random = system::randomness();
    let ids = NewRun { run: RunId::new(now, random.bytes()), job: JobId::new(now, random.bytes()) };
    let customer = store.customer(&place.customer);
    let decider = Decider { by: OPERATOR, ..system::operator() };
    match customer.ask_for_run(&place.unit(), ids, decider).await {
        Ok(run) => Ok(Some(run)),
        Err(store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn table(page: &Page<Run, RunId>, place: &UnitArgs) {
    if page.items.is_empty() {
        output::note("nothing has been checked yet; a run follows every upload that is read");
        return;
    }
    let columns = [("RUN", 30), ("ASKED", 17), ("STATUS", 8), ("WHAT", 0)];
    let row = |run: &Run| {
        [
            run.run_id.to_string(),
            output::minute(run.asked_at),
            run.state.word().to_owned(),
            what(&run.state),
        ]
    };
    output::table(columns, page.items.iter().map(row));
    if let Some(next) = page.next {
        output::note(format_args!(
            "there are more: bursard check list --customer {} --unit {} --after {next}",
            place.customer,
            place.unit()
        ));
    }
}

fn what(state: &RunState) -> String {
    match state {
        RunState::Waiting => String::new(),
        RunState::Running { done, doing, .. } => format!("{:.0}%  {doing}", done * 100.0),
        RunState::Done { counts, .. } => format!(
            "{} findings, {} new, {} gone, {} suppressed",
            counts.findings, counts.new_findings, counts.gone, counts.suppressed
        ),
        RunState::Failed { why, .. } => why.clone(),
    }
}
