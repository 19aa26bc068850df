//! The tables of names: one file a system or language, read from TOML and written as Rust.
//!
//! Not for: what a name is compared by (`src/names/spelling.rs`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The file with the names that are used everywhere.
const GENERAL: &str = "general.toml";

/// The folders of the other tables, and the kind of table in each.
const FOLDERS: [(&str, &str); 2] = [("languages", "Language"), ("systems", "System")];

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    transactions: Option<Section>,
    suppliers: Option<Section>,
    employees: Option<Section>,
    unposted_invoices: Option<Section>,
    payments: Option<Section>,
}

/// The names that one file type has in it.
#[derive(Debug, Default, Deserialize)]
struct Section {
    /// The lists, reports or tables that write them.
    #[serde(default)]
    lists: String,
    /// Headers that look like a field of ours and are none.
    #[serde(default)]
    not_ours: Vec<String>,
    #[serde(flatten)]
    fields: BTreeMap<String, Vec<String>>,
}

/// A table with its kind as Rust writes it.
#[derive(Debug)]
pub(crate) struct Table {
    kind: &'static str,
    file: File,
}

/// All tables, the general one first. An error is a sentence that names the file.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<Table>, String> {
    let mut tables = vec![Table { kind: "General", file: read(&folder.join(GENERAL))? }];
    for (name, kind) in FOLDERS {
        let folder = folder.join(name);
        let entries = fs::read_dir(&folder).map_err(|error| format!("{name}: {error}"))?;
        let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|e| e.path())).collect();
        let mut paths = paths.map_err(|error| format!("{name}: {error}"))?;
        paths.sort();
        for path in paths {
            tables.push(Table { kind, file: read(&path)? });
        }
    }
    Ok(tables)
}

fn read(path: &Path) -> Result<File, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let file: File = toml::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
    if file.name.trim().is_empty() {
        return Err(format!("{shown}: `name` is empty"));
    }
    let sections = [
        &file.transactions,
        &file.suppliers,
        &file.employees,
        &file.unposted_invoices,
        &file.payments,
    ];
    for section in sections.into_iter().flatten() {
        let all = section.fields.values().flatten().chain(&section.not_ours);
        if let Some(name) = all.into_iter().find(|name| name.trim().is_empty()) {
            return Err(format!("{shown}: a name is empty: `{name}`"));
        }
    }
    Ok(file)
}

/// An expression of the type `&[NameTable]`.
pub(crate) fn write(tables: &[Table]) -> String {
    let mut code = String::from("&[\n");
    for Table { kind, file } in tables {
        let File { name, transactions, suppliers, employees, unposted_invoices, payments } = file;
        let sections = [transactions, suppliers, employees, unposted_invoices, payments];
        let sections = sections.map(|section| write_section(section.as_ref())).join(", ");
        writeln!(
            code,
            "NameTable {{ name: {name:?}, kind: TableKind::{kind}, sections: [{sections}] }},"
        )
        .expect("a text takes all that is written to it");
    }
    code.push(']');
    code
}

fn write_section(section: Option<&Section>) -> String {
    let Some(Section { lists, not_ours, fields }) = section else {
        return "Section { lists: \"\", fields: &[], not_ours: &[] }".to_owned();
    };
    let fields: Vec<String> =
        fields.iter().map(|(field, names)| format!("({field:?}, &{names:?})")).collect();
    format!(
        "Section {{ lists: {lists:?}, fields: &[{}], not_ours: &{not_ours:?} }}",
        fields.join(", ")
    )
}
