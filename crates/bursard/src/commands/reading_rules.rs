//! `bursard reading-rules show|set|clear`
//!
//! Invariant: what is kept can be followed: a mapping names fields of the type and nothing else.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::{DateOrder, DecimalStyle, FieldSource, FileType, InvoiceSign, Mapping, ReadingRules};
use extract::Field;
use extract::limits::FAILED_PER_MILLE_MAX;
use store::CustomerStore;

use crate::cli::{ReadingRulesCommand, RuleArgs, RuleName, RulesPlace, Settings};
use crate::deployment::Deployment;
use crate::output;
use crate::system;

pub(super) async fn run(
    settings: &Settings,
    command: ReadingRulesCommand,
) -> anyhow::Result<ExitCode> {
    let deployment = Deployment::open(settings).await?;
    match command {
        ReadingRulesCommand::Show { of, format } => {
            let customer = customer(&deployment, &of).await?;
            let rules = current(&customer, &of).await?;
            if format.json {
                output::json(&rules);
            } else {
                show(&rules);
            }
        }
        ReadingRulesCommand::Set { of, rules } => {
            if *rules == RuleArgs::default() {
                bail!(
                    "nothing to set; give one of the flags that bursard reading-rules set --help names"
                );
            }
            let customer = customer(&deployment, &of).await?;
            let before = current(&customer, &of).await?;
            let rules = with_settings(before, *rules, of.file_type)?;
            keep(&customer, &of, &rules).await?;
            show(&rules);
            output::note(
                "for files read from now on; refused ones are read again with: \
                 bursard upload read-again UPLOAD",
            );
        }
        ReadingRulesCommand::Clear { of, settings } => {
            let customer = customer(&deployment, &of).await?;
            let before = current(&customer, &of).await?;
            let rules = without_settings(before, &settings);
            keep(&customer, &of, &rules).await?;
            if rules == ReadingRules::default() {
                output::line("read as usual from now on");
            } else {
                show(&rules);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The rules of before, and over them those that are given.
pub(super) fn with_settings(
    before: ReadingRules,
    args: RuleArgs,
    file_type: FileType,
) -> anyhow::Result<ReadingRules> {
    let mapping = args.mapping.map(|path| read_mapping(&path, file_type)).transpose()?;
    let empty_words =
        if args.empty_words.is_empty() { before.empty_words } else { args.empty_words };
    Ok(ReadingRules {
        mapping: mapping.or(before.mapping),
        date_order: args.date_order.or(before.date_order),
        failed_per_mille_max: args.failed_per_mille.or(before.failed_per_mille_max),
        encoding: args.encoding.or(before.encoding),
        decimal_style: args.decimals.or(before.decimal_style),
        invoice_sign: args.invoices.or(before.invoice_sign),
        sheet: args.sheet.or(before.sheet),
        empty_words,
        keeps_totals: args.keep_totals || before.keeps_totals,
        is_strict: args.strict || before.is_strict,
        numbered_as: before.numbered_as,
    })
}

/// The rules of before without those that are named; none named are all.
fn without_settings(before: ReadingRules, settings: &[RuleName]) -> ReadingRules {
    if settings.is_empty() {
        return ReadingRules::default();
    }
    let mut rules = before;
    for setting in settings {
        match setting {
            RuleName::Mapping => rules.mapping = None,
            RuleName::DateOrder => rules.date_order = None,
            RuleName::FailedPerMille => rules.failed_per_mille_max = None,
            RuleName::Encoding => rules.encoding = None,
            RuleName::Decimals => rules.decimal_style = None,
            RuleName::Invoices => rules.invoice_sign = None,
            RuleName::Sheet => rules.sheet = None,
            RuleName::EmptyWord => rules.empty_words.clear(),
            RuleName::KeepTotals => rules.keeps_totals = false,
            RuleName::Strict => rules.is_strict = false,
        }
    }
    rules
}

async fn customer(deployment: &Deployment, of: &RulesPlace) -> anyhow::Result<CustomerStore> {
    deployment.customer_with_units(&of.place.customer, [&of.place.unit()]).await
}

async fn current(customer: &CustomerStore, of: &RulesPlace) -> anyhow::Result<ReadingRules> {
    Ok(customer.reading_rules(&of.place.unit(), of.file_type).await?)
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
            "{} is not a mapping; write one to start from with: bursar check --type {file_type} --write-mapping NEW.toml FILE",
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
    for (name, value) in settings(rules) {
        output::line(format_args!("{name:<16}  {value}"));
    }
    match &rules.mapping {
        None => output::line("mapping           none: columns are known by their names"),
        Some(mapping) => {
            output::line("mapping");
            for (field, source) in &mapping.fields {
                output::line(format_args!("  {} -> {field}", shown_source(source)));
            }
            for (header, field) in &mapping.columns {
                let field = if field.is_empty() { "(kept as text)" } else { field };
                output::line(format_args!("  \"{}\" -> {field}", header.escape_debug()));
            }
        }
    }
}

/// Where a field comes from: headers stand in quotes.
fn shown_source(source: &FieldSource) -> String {
    let quoted = |text: &String| format!("\"{}\"", text.escape_debug());
    match source {
        FieldSource::Column(_) | FieldSource::Columns(_) => {
            source.headers().iter().map(quoted).collect::<Vec<_>>().join(", ")
        }
        FieldSource::SameAs { field } => format!("the field {field}"),
        FieldSource::Constant { constant } => format!("the constant {}", quoted(constant)),
    }
}

/// Every setting but the mapping, in words.
fn settings(rules: &ReadingRules) -> [(&'static str, String); 9] {
    let usual = |value: &str| format!("{value} (as usual)");
    let or_usual = |value: Option<&str>, other| value.map_or_else(|| usual(other), str::to_owned);
    let words: Vec<String> =
        rules.empty_words.iter().map(|word| format!("\"{}\"", word.escape_debug())).collect();
    [
        (
            "date order",
            or_usual(rules.date_order.map(DateOrder::as_str), DateOrder::default().as_str()),
        ),
        (
            "failed per mille",
            rules.failed_per_mille_max.map_or_else(
                || usual(&format!("{FAILED_PER_MILLE_MAX} at most")),
                |most| format!("{most} at most"),
            ),
        ),
        ("encoding", or_usual(rules.encoding.as_deref(), "as each file tells")),
        (
            "decimals",
            or_usual(rules.decimal_style.map(DecimalStyle::as_str), "as each column tells"),
        ),
        (
            "invoices",
            or_usual(rules.invoice_sign.map(InvoiceSign::as_str), "positive, unless the file says"),
        ),
        ("sheet", or_usual(rules.sheet.as_deref(), "the one whose columns are known")),
        (
            "empty words",
            if words.is_empty() { usual("those of programs") } else { words.join(", ") },
        ),
        (
            "totals",
            if rules.keeps_totals {
                "kept: no row is taken for one".to_owned()
            } else {
                usual("skipped")
            },
        ),
        (
            "mandatory fields",
            if rules.is_strict {
                "strict: none is derived".to_owned()
            } else {
                usual("derived where they can be")
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_set_and_taken_back_alone() {
        let usual = ReadingRules::default();
        for (args, name) in [
            (
                RuleArgs { encoding: Some("cp850".to_owned()), ..RuleArgs::default() },
                RuleName::Encoding,
            ),
            (
                RuleArgs { decimals: Some(DecimalStyle::Comma), ..RuleArgs::default() },
                RuleName::Decimals,
            ),
            (
                RuleArgs { invoices: Some(InvoiceSign::Negative), ..RuleArgs::default() },
                RuleName::Invoices,
            ),
            (RuleArgs { sheet: Some("Data".to_owned()), ..RuleArgs::default() }, RuleName::Sheet),
            (
                RuleArgs { empty_words: vec!["tbc".to_owned()], ..RuleArgs::default() },
                RuleName::EmptyWord,
            ),
            (RuleArgs { keep_totals: true, ..RuleArgs::default() }, RuleName::KeepTotals),
            (RuleArgs { strict: true, ..RuleArgs::default() }, RuleName::Strict),
            (
                RuleArgs { failed_per_mille: Some(1), ..RuleArgs::default() },
                RuleName::FailedPerMille,
            ),
            (
                RuleArgs { date_order: Some(DateOrder::MonthFirst), ..RuleArgs::default() },
                RuleName::DateOrder,
            ),
        ] {
            let set = with_settings(usual.clone(), args, FileType::Transactions).unwrap();
            let shown = |rules: &ReadingRules| {
                settings(rules).iter().filter(|(_, value)| value.ends_with("(as usual)")).count()
            };
            assert_eq!((shown(&set), shown(&usual)), (8, 9), "{name:?}");
            let nothing = RuleArgs::default();
            let again = with_settings(set.clone(), nothing, FileType::Transactions).unwrap();
            assert_eq!(again, set, "what is not named stays");
            assert_eq!(without_settings(set.clone(), &[RuleName::Mapping]), set);
            assert_eq!(without_settings(set, &[name]), usual, "{name:?}");
        }
    }

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
            ("[fields]\nunique_id = 7\n", Some("--write-mapping")),
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
