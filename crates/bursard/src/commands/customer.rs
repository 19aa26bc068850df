//! `bursard customer add|list`

use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::{CustomerCommand, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: CustomerCommand) -> anyhow::Result<ExitCode> {
    let system = Deployment::open(settings).await?.store.system();
    match command {
        CustomerCommand::Add { customer } => {
            system
                .add_customer(&customer, system::now())
                .await
                .with_context(|| format!("customer {customer} was not added"))?;
            output::fact("made", "customer", format_args!("{customer}, unit {customer}"));
        }
        CustomerCommand::List(format) => {
            let customers = system.customers().await?;
            if format.json {
                output::json(&customers);
            } else {
                for customer in customers {
                    output::line(customer);
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
