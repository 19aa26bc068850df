//! `bursard customer add|list`

use std::process::ExitCode;

use anyhow::Context as _;
use domain::MemberRole;

use crate::cli::{CustomerCommand, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, command: CustomerCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let system = deployment.store.system();
    match command {
        CustomerCommand::Add { customer, admin } => {
            system
                .add_customer(&customer, system::now())
                .await
                .with_context(|| format!("customer {customer} was not added"))?;
            output::note(format_args!("made {customer}, with the unit {customer}"));
            super::user::invite(&deployment, &customer, admin.as_ref(), MemberRole::Admin.into())
                .await?;
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
