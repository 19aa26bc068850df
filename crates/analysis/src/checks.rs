//! Every check, as its folder says it: SQL, a description for analysts, parameters.
//!
//! Not for: running them (`run`). Adding a check adds a folder and its name to the list below.
//!
//! Invariant: a folder that does not parse fails the tests, and a program never starts with it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::check::usual_innocent_reasons;
use domain::{FileType, Severity};
use serde::Deserialize;

/// One kind of thing looked for.
#[derive(Debug, Clone)]
pub struct Check {
    /// The folder's name.
    pub name: &'static str,
    pub about: About,
    /// Statements, by name; the one named `check` gives the findings.
    statements: &'static [(&'static str, &'static str)],
}

/// What `check.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub title: String,
    /// One paragraph for an analyst.
    pub about: String,
    pub severity: Severity,
    /// What would make a finding innocent.
    pub innocent_if: String,
    /// The usual ones of that, in words for a person to choose from.
    #[serde(default = "usual_innocent_reasons")]
    pub innocent_reasons: Vec<String>,
    /// What the probability of a finding is the probability of, behind “that”.
    pub claim: String,
    /// What the money at risk is, or why none is named.
    #[serde(default = "nothing_known_lost")]
    pub at_risk_is: String,
    /// Where SQL gives the evidence.
    pub prior: Option<Prior>,
    /// `table.column`, or several with ` or ` between them: what must not be empty everywhere.
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub method: Method,
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
}

fn nothing_known_lost() -> String {
    "nothing is known to be lost by this alone; what the supplier has billed stands in its row"
        .into()
}

/// How often the claim is true before anything else is known. By judgement: nobody publishes figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Above 0 and below 1.
    pub share: f64,
    /// Of what: “suppliers whose account changes”.
    pub of: String,
}

/// How findings come of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Each row of `check.sql` is one.
    #[default]
    Sql,
    /// Pairs of invoices are weighed.
    InvoicePairs,
    /// Pairs of suppliers are weighed.
    SupplierPairs,
    /// Names of suppliers are compared with those that bill most.
    LookAlikes,
}

/// A number that an administrator may set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub about: String,
    pub unit: String,
    pub default: f64,
}

macro_rules! checks {
    ($($name:literal: $($statement:literal),+;)+) => {
        [$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/checks/", $name, "/check.toml")),
            &[$(($statement, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/checks/", $name, "/", $statement, ".sql")))),+],
        )),+]
    };
}

type Folder = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

static ALL: LazyLock<Vec<Check>> = LazyLock::new(|| {
    let folders: Vec<Folder> = FOLDERS.to_vec();
    folders
        .into_iter()
        .map(|(name, about, statements)| {
            let about = toml::from_str(about)
                .unwrap_or_else(|error| panic!("checks/{name}/check.toml: {error}"));
            Check { name, about, statements }
        })
        .collect()
});

/// Adding a check adds its folder here, with the statements it has.
const FOLDERS: &[Folder] = &checks! {
    "duplicate_invoices": "check";
    "duplicate_suppliers": "check";
    "look_alike_suppliers": "check";
    "shared_bank_account": "check";
    "invalid_iban": "check";
    "vat_number": "check";
    "no_address": "check";
    "foreign_bank_account": "check";
    "bank_changed_then_paid": "check";
    "dormant_then_paid": "check";
    "created_and_paid": "check";
    "one_time_used_often": "check";
    "employee_is_supplier": "check";
    "split_invoice": "check";
    "just_below_limit": "check";
    "weekend_keying": "check";
    "sequential_numbers": "check";
    "round_amounts": "check";
    "spike": "check";
    "benford": "check", "figures";
};

impl Check {
    /// In the order in which they are shown.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// Whether any statement names a table.
    pub(crate) fn reads(&self, table: &str) -> bool {
        let is_word = |c: char| !c.is_alphanumeric() && c != '_';
        self.statements.iter().any(|(_, sql)| sql.split(is_word).any(|word| word == table))
    }

    /// A statement with the parameters written in.
    pub(crate) fn sql(&self, statement: &str) -> Option<String> {
        let (_, sql) = self.statements.iter().find(|(name, _)| *name == statement)?;
        let mut sql = (*sql).to_owned();
        for (name, parameter) in &self.about.parameters {
            sql = sql.replace(&format!("{{{name}}}"), &parameter.default.to_string());
        }
        Some(sql)
    }

    /// The statement that every check has.
    pub(crate) fn main_sql(&self) -> String {
        self.sql("check").expect("`checks!` gives every check one")
    }

    pub(crate) fn parameter(&self, name: &str) -> f64 {
        let parameter = self.about.parameters.get(name);
        parameter.unwrap_or_else(|| panic!("{} has no parameter {name}", self.name)).default
    }
}

/// A need of a check: any of these columns.
pub(crate) fn need(text: &str) -> Vec<(FileType, &str)> {
    text.split(" or ")
        .filter_map(|one| {
            let (table, column) = one.trim().split_once('.')?;
            let of = FileType::ALL.into_iter().find(|of| of.spec().table == table)?;
            Some((of, column))
        })
        .collect()
}

#[cfg(test)]
mod tests;
