//! `bursard unit add|list|remove`

use std::process::ExitCode;

use anyhow::Context as _;
use store::ErasureScope;

use crate::cli::{Settings, UnitCommand};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: UnitCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let system = deployment.store.system();
    match command {
        UnitCommand::Remove { customer, unit, removal } => {
            let scope = ErasureScope::Unit(customer, unit);
            return super::erasure::run(&deployment, &scope, removal).await;
        }
        UnitCommand::Add { customer, unit } => {
            system
                .add_unit(&customer, &unit, system::OPERATOR, system::now())
                .await
                .with_context(|| format!("unit {unit} was not added to customer {customer}"))?;
            output::fact("made", "unit", format_args!("{unit} of customer {customer}"));
        }
        UnitCommand::List { customer, format } => {
            let units = system
                .units(&customer)
                .await
                .with_context(|| format!("cannot list the units of {customer}"))?;
            if format.json {
                output::json(&units);
            } else {
                for unit in units {
                    output::line(unit);
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
