//! `bursard reading-rules show|set|clear`
//!
//! Invariant: what is kept can be followed: a mapping names fields of the type and nothing else.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::{DateOrder, FileType, Mapping, ReadingRules};
use extract::Field;
use extract::limits::FAILED_PER_MILLE_MAX;
use store::CustomerStore;

use crate::cli::{ReadingRulesCommand, RulesPlace, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(
    settings: &Settings,
    command: ReadingRulesCommand,
) -> anyhow::Result<ExitCode> {
    let store = Deployment::open(settings).await?.store;
    match command {
        ReadingRulesCommand::Show { of, format } => {
            let rules = current(&store.customer(&of.place.customer), &of).await?;
            if format.json {
                output::json(&rules);
            } else {
                show(&rules);
            }
        }
        ReadingRulesCommand::Set { of, mapping, date_order, failed_per_mille } => {
            if mapping.is_none() && date_order.is_none() && failed_per_mille.is_none() {
                bail!("nothing to set; give --mapping, --date-order or --failed-per-mille");
            }
            let customer = store.customer(&of.place.customer);
            let before = current(&customer, &of).await?;
            let mapping = mapping.map(|path| read_mapping(&path, of.file_type)).transpose()?;
            let rules = ReadingRules {
                mapping: mapping.or(before.mapping),
                date_order: date_order.or(before.date_order),
                failed_per_mille_max: failed_per_mille.or(before.failed_per_mille_max),
                ..before
            };
            keep(&customer, &of, &rules).await?;
            show(&rules);
            output::note(
                "for files read from now on; refused ones are read again with: \
                 bursard upload read-again UPLOAD",
            );
        }
        ReadingRulesCommand::Clear { of } => {
            let customer = store.customer(&of.place.customer);
            current(&customer, &of).await?;
            keep(&customer, &of, &ReadingRules::default()).await?;
            output::line("read as usual from now on");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn current(customer: &CustomerStore, of: &RulesPlace) -> anyhow::Result<ReadingRules> {
    let unit = of.place.unit();
    let name = &of.place.customer;
    if !customer.exists().await? {
        bail!("there is no customer {name}; add it with: bursard customer add {name}");
    }
    if !customer.unit_exists(&unit).await? {
        bail!("{name} has no unit {unit}; add it with: bursard unit add {name} {unit}");
    }
    Ok(customer.reading_rules(&unit, of.file_type).await?)
}

async fn keep(
    customer: &CustomerStore,
    of: &RulesPlace,
    rules: &ReadingRules,
) -> anyhow::Result<()> {
    let unit = of.place.unit();
    customer
        .decide_reading_rules(&unit, of.file_type, rules, &system::operator())
        .await
        .context("the rules were not kept")
}

/// A mapping whose fields are all of the type.
fn read_mapping(path: &Path, file_type: FileType) -> anyhow::Result<Mapping> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the mapping {}", path.display()))?;
    let mapping: Mapping = toml::from_str(&text).with_context(|| {
        format!(
            "{} is not a mapping; write one to start from with: bursar check --write-mapping NEW.toml FILE",
            path.display()
        )
    })?;
    let unknown: Vec<String> = mapping
        .columns
        .iter()
        .filter(|(_, name)| !name.is_empty() && Field::named(file_type, name).is_none())
        .map(|(header, name)| format!("{name} (of \"{}\")", header.escape_debug()))
        .collect();
    if !unknown.is_empty() {
        let known: Vec<&str> = Field::all(file_type).map(Field::name).collect();
        bail!(
            "{file_type} has no field {}; its fields are {}",
            unknown.join(", "),
            known.join(", ")
        );
    }
    extract::check_mapping(file_type, &mapping)?;
    Ok(mapping)
}

fn show(rules: &ReadingRules) {
    let ReadingRules { mapping, date_order, failed_per_mille_max, .. } = rules;
    match date_order {
        Some(order) => output::line(format_args!("date order        {}", order.as_str())),
        None => output::line(format_args!(
            "date order        {} (as usual)",
            DateOrder::default().as_str()
        )),
    }
    match failed_per_mille_max {
        Some(most) => output::line(format_args!("failed per mille  {most} at most")),
        None => output::line(format_args!(
            "failed per mille  {FAILED_PER_MILLE_MAX} at most (as usual)"
        )),
    }
    match mapping {
        None => output::line("mapping           none: columns are known by their names"),
        Some(mapping) => {
            output::line("mapping");
            for (field, source) in &mapping.fields {
                let quoted = |header: &String| format!("\"{}\"", header.escape_debug());
                let headers: Vec<String> = source.headers().iter().map(quoted).collect();
                output::line(format_args!("  {} -> {field}", headers.join(", ")));
            }
            for (header, field) in &mapping.columns {
                let field = if field.is_empty() { "(kept as text)" } else { field };
                output::line(format_args!("  \"{}\" -> {field}", header.escape_debug()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_fields_of_its_type() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapping.toml");
        for (text, says) in [
            ("[columns]\n\"Nr\" = \"invoice_number\"\n\"Text\" = \"\"\n", None),
            (
                "[columns]\n\"Nr\" = \"iban\"\n",
                Some("APT has no field iban (of \"Nr\"); its fields"),
            ),
            (
                "[columns]\n\"A\" = \"\"\n\"B\" = \"\"\n[fields]\nunique_id = [\"Year\", \"Nr\"]\n",
                None,
            ),
            ("[fields]\nunique_id = [\"Nr\", \"nr.\"]\n", Some("named twice")),
            ("[fields]\ninvoice_number = [\"Nr\", \"Year\"]\n", Some("only a Unique ID")),
            ("[fields]\niban = [\"Nr\"]\n", Some("iban")),
            ("[fields]\nunique_id = \"Nr\"\n", Some("a list of the headers")),
            ("[column]\n", Some("--write-mapping")),
            ("Nr\n", Some("--write-mapping")),
        ] {
            fs::write(&path, text).unwrap();
            let read = read_mapping(&path, FileType::Transactions);
            match says {
                None => assert_eq!(read.unwrap().columns.len(), 2),
                Some(says) => {
                    let said = format!("{:#}", read.unwrap_err());
                    assert!(said.contains(says), "{said}");
                }
            }
        }
        let missing = read_mapping(&folder.path().join("none.toml"), FileType::Transactions);
        assert!(format!("{:#}", missing.unwrap_err()).contains("none.toml"));
    }
}
