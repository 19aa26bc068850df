//! Mappings of headers to fields as files: one to start from is written, an edited one is read.
//!
//! Invariant: a file that is there is never written over; somebody may have edited it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use domain::FileType;
use domain::columns::transactions::{FOR_A_FIRST_LOOK, STAND_INS};
use extract::{ColumnKind, Field, FieldSource, Mapping, column_names, suggested_mapping};

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

pub fn read(path: &Path) -> Result<Mapping, Failure> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|fault| {
        Failure::usage(format!("{shown} cannot be read: {fault}"), "Look at --mapping.")
    })?;
    toml::from_str(&text).map_err(|fault| {
        Failure::usage(
            format!("{shown} is not a mapping:\n{}", fault.to_string().trim_end()),
            "Correct it, or write one to start from: bursar check --type TYPE --write-mapping NEW.toml FILE",
        )
    })
}

pub fn write(path: &Path, file_type: FileType, headers: &[String]) -> Result<(), Failure> {
    let mut file = File::create_new(path).map_err(|fault| unwritten(path, &fault))?;
    let text = text(file_type, headers);
    file.write_all(text.as_bytes()).map_err(|fault| unwritten(path, &fault))
}

fn unwritten(path: &Path, fault: &io::Error) -> Failure {
    let (why, next) = match fault.kind() {
        io::ErrorKind::AlreadyExists => {
            ("it is there already".to_owned(), "Name a new file, or use this one with --mapping.")
        }
        _ => (fault.to_string(), "Name a file in a folder that you may write to."),
    };
    let what = format!("{} was not written: {why}", path.display());
    Failure::new(ExitCode::OutputFailed, what, next)
}

/// The text of a mapping: the headers in the order of the file, each with the field it is taken for.
fn text(file_type: FileType, headers: &[String]) -> String {
    let mapping = suggested_mapping(file_type, headers);
    let mut text = format!(
        "# Which column of a file of type {file_type} holds which field.\n\
         # Write the field's name on the right; \"\" keeps a column as text beside the row.\n\
         # Case, blanks and punctuation of the headers do not count.\n\n[columns]\n"
    );
    for name in column_names(file_type, headers) {
        if let Some(field) = mapping.columns.get(&name) {
            let title = Field::named(file_type, field).map_or_else(String::new, described);
            writeln!(text, "{} = \"{field}\"{title}", quoted(&name))
                .expect("a String takes everything");
        }
    }
    text.push_str("\n# Fields that no column is taken for:\n");
    let taken = |field: &Field| mapping.columns.values().any(|name| name == field.name());
    for field in Field::all(file_type).filter(|field| !taken(field)) {
        writeln!(text, "#   {}{}", field.name(), described(field))
            .expect("a String takes everything");
    }
    text.push_str(FIELDS);
    for (name, source) in &mapping.fields {
        let title = Field::named(file_type, name).map_or_else(String::new, described);
        if let FieldSource::SameAs { field } = source {
            writeln!(text, "{name} = {{ field = \"{field}\" }}{title}")
                .expect("a String takes everything");
        }
    }
    text.push_str(&stand_ins(file_type, &mapping));
    if Field::all(file_type).any(|field| field.kind() == ColumnKind::Identifier) {
        text.push_str(BUILT);
    }
    text
}

/// The fields that the file lacks and that may take the value of another, as comments: nothing takes
/// it by itself.
fn stand_ins(file_type: FileType, mapping: &Mapping) -> String {
    if file_type != FileType::Transactions {
        return String::new();
    }
    let has_column = |field: &str| mapping.columns.values().any(|name| name == field);
    let mut proposed: Vec<&str> = Vec::new();
    let mut text = String::new();
    for (lacking, from) in STAND_INS.into_iter().chain(FOR_A_FIRST_LOOK) {
        let is_there = has_column(lacking) || mapping.fields.contains_key(lacking);
        if is_there || proposed.contains(&lacking) || !has_column(from) {
            continue;
        }
        let title = Field::named(file_type, lacking).map_or_else(String::new, described);
        writeln!(text, "# {lacking} = {{ field = \"{from}\" }}{title}")
            .expect("a String takes everything");
        proposed.push(lacking);
    }
    if text.is_empty() { text } else { format!("{PROPOSED}{text}") }
}

/// The ways in which a field says where it comes from.
const FIELDS: &str = r#"
# Where a field comes from that no column above is taken for: a column, also one that holds another field;
# "Amount#2" is the second column with the header Amount; { field = "invoice_date" } is as another field;
# { constant = "GBP" } is this text in every row.
[fields]
"#;

/// Over fields that are proposed.
const PROPOSED: &str = r"
# As `bursard try` does for a first look. Checks find less by such values: two numbers or days that are one are no
# two proofs. Take a line's first # away where the file has nothing better.
";

/// Of types whose rows replace each other by an identifier.
const BUILT: &str = r#"
# Where no column alone tells one invoice from all others, such as the Document Number of SAP, which repeats in
# each company and year, the Unique ID is built of several. Then take "unique_id" off its column above.
# unique_id = ["Company Code", "Fiscal Year", "Document Number"]
"#;

fn described(field: Field) -> String {
    let must = if field.is_mandatory() { ", mandatory" } else { "" };
    format!("   # {}{must}", field.title())
}

/// A header as a basic string of TOML, in which control characters, which do not count in a header, may not
/// stand.
fn quoted(header: &str) -> String {
    let escaped: String = header
        .chars()
        .filter(|c| !c.is_control())
        .flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c]))
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_what_was_suggested() {
        let headers =
            ["Amount", "a \"b\" \\c", "Name\nof Supplier", "amount", "Amount", "", "Kostenstelle"]
                .map(str::to_owned);
        let text = text(FileType::Transactions, &headers);
        let mapping: Mapping = toml::from_str(&text).unwrap();
        assert_eq!(mapping.columns["Amount"], "invoice_amount");
        assert_eq!(mapping.columns["a \"b\" \\c"], "");
        assert_eq!(mapping.columns["Kostenstelle"], "");
        assert!(mapping.columns.contains_key("Nameof Supplier"), "{text}");
        assert_eq!((&*mapping.columns["amount#2"], &*mapping.columns["Amount#3"]), ("", ""));
        assert_eq!(mapping.columns.len(), 6, "{text}");
        assert!(text.contains("\"Amount\" = \"invoice_amount\"   # Invoice Amount, mandatory\n"));
        assert!(text.contains("#   unique_id   # Unique ID, mandatory\n"), "{text}");
        assert!(!text.contains("#   invoice_amount "), "{text}");
    }

    #[test]
    fn what_a_first_look_would_take_is_proposed() {
        let headers = ["Vendor ID", "Vendor Name", "Document No", "Amount", "Clearing Date"]
            .map(str::to_owned);
        let text = text(FileType::Transactions, &headers);
        let proposed = [
            "# invoice_number = { field = \"unique_id\" }   # Invoice Number, mandatory\n",
            "# invoice_date = { field = \"payment_cleared_date\" }   # Invoice Date, mandatory\n",
        ];
        for line in proposed {
            assert!(text.contains(line), "{line}{text}");
        }
        let kept: Mapping = toml::from_str(&text).unwrap();
        assert!(!kept.fields.contains_key("invoice_number"), "{text}");
        let taken = proposed.iter().fold(text.clone(), |text, line| text.replace(line, &line[2..]));
        let taken: Mapping = toml::from_str(&taken).unwrap();
        assert!(taken.fields.contains_key("invoice_number"), "{taken:?}");
        extract::check_mapping(FileType::Transactions, &taken).unwrap();
        let whole =
            ["Invoice Number", "Invoice Date", "Unique ID", "Invoice Amount", "Supplier Name"];
        let whole = super::text(FileType::Transactions, &whole.map(str::to_owned));
        assert!(!whole.contains("bursard try"), "{whole}");
    }

    #[test]
    fn what_is_derived_is_written_as_fields() {
        let headers = ["Supplier", "Invoice Date", "Total Amount"].map(str::to_owned);
        let text = text(FileType::Transactions, &headers);
        let mapping: Mapping = toml::from_str(&text).unwrap();
        let same = |field: &str| FieldSource::SameAs { field: field.to_owned() };
        let expected = [
            ("base_amount", "invoice_amount"),
            ("entered_date", "invoice_date"),
            ("supplier_ref", "supplier_name"),
        ];
        let expected = expected.map(|(field, from)| (field.to_owned(), same(from)));
        assert_eq!(mapping.fields, expected.into(), "{text}");
        extract::check_mapping(FileType::Transactions, &mapping).unwrap();
    }
}
