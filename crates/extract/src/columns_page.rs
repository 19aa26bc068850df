//! `docs/columns.md`: the columns of each file type, and what every known system calls them.
//!
//! Not for: any other page. Invariant: the page is made of the catalogue and the tables of names, and
//! a test holds it against them; `cargo xtask reference` writes it.

use std::fmt::Write as _;

use domain::FileType;

use crate::fields::Field;
use crate::names::{NameTable, TableKind};

const HEAD: &str = "# Columns of the files

What each file must and may have, and the headers by which systems are understood as they export.
This page is made by `cargo xtask reference` from the catalogue of columns and from the tables in \
`crates/extract/names`; change those, not the page.

Headers are compared without case, blanks, punctuation and accents, and without what exporters put \
round them: `Amount (GBP)`, `Invoice Date (dd/mm/yyyy)`, `T0.\"DocNum\"`, `VENDTRANS.INVOICE`, `Amount.1`.
The system that explains most of a file's headers decides for all that it names, so that `Reference` \
is the supplier's number in one and the system's own in another; which one it was is said by \
`bursar check` and on the upload.
Where no system is recognised, the general names hold, and those of other languages.
A unit's own mapping wins over all of them.
";

/// The whole page.
pub fn columns_page() -> String {
    let mut page = HEAD.to_owned();
    for file_type in FileType::ALL {
        write_columns(&mut page, file_type);
    }
    let titles = [
        (TableKind::General, "General names"),
        (TableKind::Language, "Other languages"),
        (TableKind::System, "Systems"),
    ];
    for (kind, title) in titles {
        write(&mut page, format_args!("\n## {title}\n"));
        if kind == TableKind::Language {
            write_languages(&mut page);
            continue;
        }
        for table in NameTable::all().iter().filter(|table| table.kind == kind) {
            if kind != TableKind::General {
                write(&mut page, format_args!("\n### {}\n", table.name));
            }
            for file_type in FileType::ALL {
                write_names(&mut page, table, file_type);
            }
        }
    }
    page
}

/// Writes the languages alone: the names of all of them would be half of the page.
fn write_languages(page: &mut String) {
    page.push_str(
        "\nNames that systems in these languages share hold behind the general ones; each has its table \
         in `crates/extract/names/languages`:\n\n",
    );
    let is_language = |table: &&NameTable| table.kind == TableKind::Language;
    for table in NameTable::all().iter().filter(is_language) {
        write(page, format_args!("- {}\n", table.name));
    }
}

fn write_columns(page: &mut String, file_type: FileType) {
    let spec = file_type.spec();
    let (title, holds) = (heading(file_type), spec.arrival.meaning());
    write(page, format_args!("\n## {title}\n\n{holds}\n\n"));
    page.push_str("| column | mandatory | means | written as |\n|---|---|---|---|\n");
    for column in spec.columns {
        let (title, meaning, format) = (column.title, column.meaning, column.kind.format());
        let must = spec.necessity(column);
        write(page, format_args!("| {title} | {must} | {meaning} | {format} |\n"));
    }
    if let Some(either) = spec.either() {
        write(page, format_args!("\nEach row must have {either}.\n"));
    }
}

fn write_names(page: &mut String, table: &NameTable, file_type: FileType) {
    let section = table.section(file_type);
    if section.fields.is_empty() {
        return;
    }
    write(page, format_args!("\n#### {}\n\n", heading(file_type)));
    if !section.lists.is_empty() {
        write(page, format_args!("{}\n\n", escaped(section.lists)));
    }
    page.push_str("| column | headers, the likeliest first |\n|---|---|\n");
    for field in Field::all(file_type) {
        if let Some((_, names)) = section.fields.iter().find(|(name, _)| *name == field.name()) {
            let names = escaped(&names.join(", "));
            write(page, format_args!("| {} | {names} |\n", field.title()));
        }
    }
}

fn heading(file_type: FileType) -> String {
    format!("{} (`{file_type}`)", capital(file_type.spec().words.many))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect()
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '|' | '*' | '<' | '`' | '\\') {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a text takes all that is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/columns.md");
        let kept = std::fs::read_to_string(path).expect("docs/columns.md is there");
        assert!(
            kept == columns_page(),
            "docs/columns.md is not current: run `cargo xtask reference`"
        );
    }
}
