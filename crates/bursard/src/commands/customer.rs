//! `bursard customer add|list|remove|export|import`

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::MemberRole;
use store::{ErasureScope, ExportManifest};

use crate::cli::{CustomerCommand, Format, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::ownership;
use crate::system;

fn say(manifest: &ExportManifest, format: Format, what: &str) {
    let (rows, files) = (manifest.row_count(), manifest.file_count());
    if format.json {
        output::json(&serde_json::json!({
            "customer": manifest.customer, "madeAt": manifest.made_at, "rows": rows, "files": files,
        }));
    } else {
        output::line(format_args!(
            "{what}: {rows} rows, {files} files, each proven by its SHA-256"
        ));
    }
}

pub(super) async fn run(settings: &Settings, command: CustomerCommand) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    let system = deployment.store.system();
    match command {
        CustomerCommand::Remove { customer, removal } => {
            let scope = ErasureScope::Customer(customer);
            return super::erasure::run(&deployment, &scope, removal).await;
        }
        CustomerCommand::Add { customer, admin } => {
            system
                .add_customer(&customer, system::now())
                .await
                .with_context(|| format!("customer {customer} was not added"))?;
            output::note(format_args!("made {customer}, with the unit {customer}"));
            super::user::invite(&deployment, &customer, admin.as_ref(), MemberRole::Admin.into())
                .await?;
        }
        CustomerCommand::Export { customer, folder, format } => {
            let written =
                system.export_customer(&customer, &folder, system::OPERATOR, system::now()).await;
            let manifest = written.with_context(|| {
                format!("there is no whole export of {customer} in {}", folder.display())
            })?;
            say(&manifest, format, &format!("exported {customer} to {}", folder.display()));
        }
        CustomerCommand::Import { folder, format } => {
            let taken = system.import_customer(&folder, system::OPERATOR, system::now()).await;
            let manifest = match taken {
                Err(store::Error::Conflict { what: "customer" }) => bail!(
                    "nothing of {} was imported: this server has a customer of that name, and an export is taken in \
                     where there is none",
                    folder.display()
                ),
                taken => taken
                    .with_context(|| format!("nothing of {} was imported", folder.display()))?,
            };
            ownership::give_to_owner(&deployment.config);
            say(&manifest, format, &format!("imported {}", manifest.customer));
            if !format.json {
                output::note(
                    "Its people choose passwords by links: bursard user reset EMAIL. New access tokens: bursard token \
                     issue.",
                );
            }
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
