//! Which file type the columns of a file speak of, for programs that are not told.
//!
//! Not for: what a file's name says (`domain::FileType::guess`), or whether the file has all that its type
//! must have.

use std::io::{Read, Seek};

use domain::{FileFormat, FileType, ReadingRules};

use crate::error::ReadError;
use crate::headers::{Header, Matcher};
use crate::limits::HEADER_SEARCH_RECORDS;
use crate::mapping::check_mapping;
use crate::options::Options;
use crate::record::{Record, first_records};

/// Fewer columns than this are known by chance: a name and an amount are in any list.
const RECOGNISED_MIN: usize = 2;

/// The type most of whose columns the file has; none when two types have as many, or hardly any is known. A
/// mapping counts for the types that have all of its fields.
///
/// # Errors
/// [`ReadError::Refused`] when the file cannot be read at all.
pub fn guess_file_type<R: Read + Seek>(
    mut source: R,
    format: FileFormat,
    rules: &ReadingRules,
) -> Result<Option<FileType>, ReadError> {
    let mut found = Vec::new();
    for file_type in FileType::ALL.into_iter().filter(|known| known.spec().is_told_by_columns) {
        let of_type = |mapping: &&domain::Mapping| check_mapping(file_type, mapping).is_ok();
        let mapping = rules.mapping.as_ref().filter(of_type);
        let matcher = Matcher::new(file_type, mapping)?;
        let options = Options { mapping, ..Options::by_rules(file_type, format, rules) };
        let mut records = crate::source::open(&mut source, &options, &matcher)?;
        let top = first_records(records.as_mut(), HEADER_SEARCH_RECORDS)?;
        let header = matcher.find(top.iter().map(Record::cells));
        found.push((header.as_ref().map_or(0, Header::recognised), file_type));
    }
    found.sort_by_key(|(recognised, _)| std::cmp::Reverse(*recognised));
    Ok(match found.as_slice() {
        [(most, file_type), (next, _), ..] if most > next && *most >= RECOGNISED_MIN => {
            Some(*file_type)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::error::Refusal;

    #[test]
    fn columns_speak_of_a_type() {
        let mapped = "[fields]\ninvoice_number = \"Nr\"\ninvoice_amount = \"Wert\"\n";
        for (text, mapping, expected) in [
            (
                "Unique ID,Supplier Name,Invoice Number,Invoice Date,Invoice Amount\n1,A,2,2026-01-02,3\n",
                "",
                Some(FileType::Transactions),
            ),
            (
                "Payments to suppliers\nDate Paid,Supplier Name,Transaction number,Net Amount\n",
                "",
                Some(FileType::Transactions),
            ),
            (
                "Vendor No,Vendor Name,VAT Number,IBAN,Town,Postcode\n1,A,,,,\n",
                "",
                Some(FileType::Suppliers),
            ),
            (
                "Employee ID,First Name,Last Name,IBAN,Department\n1,A,B,,\n",
                "",
                Some(FileType::Employees),
            ),
            ("Colour,Shape\nred,round\n", "", None),
            ("Nr,Wert\n1,2\n", mapped, Some(FileType::Transactions)),
            ("Nr,Wert\n1,2\n", "", None),
        ] {
            let rules = ReadingRules {
                mapping: (!mapping.is_empty()).then(|| toml::from_str(mapping).unwrap()),
                ..ReadingRules::default()
            };
            let guess = guess_file_type(Cursor::new(text), FileFormat::Csv, &rules).unwrap();
            assert_eq!(guess, expected, "{text}");
        }
        let refused =
            guess_file_type(Cursor::new("%PDF-1.7"), FileFormat::Csv, &ReadingRules::default());
        assert!(matches!(refused, Err(ReadError::Refused(Refusal::Content(_)))));
    }
}
