//! Fields of a unit's transactions that its extracts do not have: what each is taken from, so that no page
//! shows them as facts of a paper.
//!
//! Not for: deriving them (`extract`). Invariant: only what the newest file that was read, or the unit's own
//! reading rules, say is derived.

use std::collections::BTreeMap;

use domain::page::PageSize;
use domain::problem::Reason;
use domain::{FieldSource, FileType};
use store::{UploadFilter, UploadOrder};

use super::access::Member;
use super::error::PageError;
use super::field_labels;

const TRANSACTIONS: FileType = FileType::Transactions;
const INVOICE_DATE: &str = "invoice_date";
const ENTERED_DATE: &str = "entered_date";
/// Words of headers that call a day the day of a posting.
const OF_POSTING: [&str; 10] = [
    "gl",
    "posting",
    "posted",
    "post",
    "entered",
    "entry",
    "booking",
    "booked",
    "accounting",
    "ledger",
];
/// There are fewer fields that may be derived.
const DERIVED_MAX: PageSize = PageSize::fixed(50);

/// The columns that are derived, each with the label of what it is taken from.
#[derive(Debug, Clone, Default)]
pub(crate) struct DerivedFields(BTreeMap<String, String>);

impl DerivedFields {
    pub(crate) async fn load(member: &Member) -> Result<Self, PageError> {
        const NEWEST: PageSize = PageSize::fixed(1);
        let (store, unit) = (&member.store, &member.unit);
        let mut derived = BTreeMap::new();
        let read = UploadFilter {
            state: Some("read".to_owned()),
            file_type: Some(TRANSACTIONS),
            ..UploadFilter::default()
        };
        let newest = store.uploads_of(unit, &read, UploadOrder::Newest, NEWEST, None).await?;
        if let Some(upload) = newest.items.first() {
            let reason = Some(Reason::DerivedField);
            let notes = store.problems_of(unit, upload.id, reason, DERIVED_MAX, None).await?;
            for note in notes.items {
                let (Some(field), Some(from)) = (note.column, note.value) else { continue };
                derived.extend(column_titled(&field).map(|column| (column, label_of(&from))));
            }
        }
        let mapping = store.reading_rules(unit, TRANSACTIONS).await?.mapping.unwrap_or_default();
        for (field, source) in &mapping.fields {
            if let FieldSource::SameAs { field: from } = source {
                derived.insert(field.clone(), field_labels::label(from).into_owned());
            } else if field == INVOICE_DATE && source.headers().iter().any(|of| says_posting(of)) {
                derived.insert(field.clone(), field_labels::label(ENTERED_DATE).into_owned());
            }
        }
        Ok(Self(derived))
    }

    /// The columns of files that are looked at, each with what it is taken from.
    pub(crate) fn of_columns(columns: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(columns.into_iter().collect())
    }

    /// The label of what a column is taken from; none where the extract has it.
    pub(crate) fn source(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(String::as_str)
    }

    /// The label of what the column with a label is taken from.
    pub(crate) fn source_of_label(&self, label: &str) -> Option<&str> {
        let found = self.0.iter().find(|(column, _)| field_labels::label(column) == label);
        found.map(|(_, from)| from.as_str())
    }

    #[cfg(test)]
    pub(crate) fn made_up(column: &str, from: &str) -> Self {
        Self::of_columns([(column.to_owned(), from.to_owned())])
    }
}

/// Returns `true` for a header of postings: a unit that has no other day lets that stand for the invoice's.
fn says_posting(header: &str) -> bool {
    let header = header.to_lowercase();
    let mut words = header.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| OF_POSTING.contains(&word) || word.starts_with("buchung"))
}

fn column_titled(title: &str) -> Option<String> {
    let columns = TRANSACTIONS.spec().columns;
    columns.iter().find(|column| column.title == title).map(|column| column.name.to_owned())
}

/// The label of the pages, where it is a column.
fn label_of(title: &str) -> String {
    let column = column_titled(title);
    column.map_or_else(|| title.to_owned(), |name| field_labels::label(&name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::says_posting;

    #[test]
    fn a_header_says_whether_its_day_is_of_a_posting() {
        for header in ["GL Date", "Posting-Date", "DATE_POSTED", "Buchungsdatum", "Entry date"] {
            assert!(says_posting(header), "{header}");
        }
        for header in ["Invoice Date", "Date", "Belegdatum", "Postal date", "Global date"] {
            assert!(!says_posting(header), "{header}");
        }
    }
}
