//! Files of a type that came before, held against rules that somebody is about to save for all of them.
//!
//! The headers of files are not kept, so that the beginning of each is read once more, and nothing beyond it.
//!
//! Not for: reading any of them again.

use domain::page::PageSize;
use domain::{FileFormat, ReadingRules, Upload};
use store::{UploadFilter, UploadOrder};

use super::opened_file::{OpenedFile, rewound};
use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::uploads::feed::noun;
use crate::limits::{OTHER_FILE_BYTES_MAX, OTHER_WORKBOOK_BYTES_MAX};

/// The newest files of the type that are looked at, the one that rules are chosen by among them: a file of
/// each layout that still comes is there, and somebody waits for all of them to be read.
const FILES: PageSize = PageSize::fixed(21);
/// Names in a sentence; the others are counted.
const NAMED_MAX: usize = 5;

/// Files that rules would refuse for another reason than the rules that are kept.
struct RefusedFiles {
    /// Newest first.
    names: Vec<String>,
    /// Why the first of them would be.
    why: String,
    looked_at: usize,
}

/// Says which of the newest other files these rules would refuse; none where they would refuse none, or each
/// for the same reason as before.
pub(super) async fn refused_words(
    app: &App,
    member: &Member,
    file: &OpenedFile,
    rules: &ReadingRules,
) -> Result<Option<String>, PageError> {
    if *rules == file.rules {
        return Ok(None);
    }
    let file_type = file.upload.file_type;
    let filter = UploadFilter { file_type: Some(file_type), ..UploadFilter::default() };
    let (store, unit) = (&member.store, &member.unit);
    let newest = store.uploads_of(unit, &filter, UploadOrder::Newest, FILES, None).await?;
    let mut refused = RefusedFiles { names: Vec::new(), why: String::new(), looked_at: 0 };
    for upload in newest.items.iter().filter(|upload| upload.id != file.upload.id) {
        let Some(most) = bytes_to_read(upload) else { continue };
        let beginning = match store.open_object_start(upload, most).await {
            Ok(beginning) => beginning,
            // Retention was faster.
            Err(store::Error::NotFound { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        refused.looked_at += 1;
        let trial = app.reader.try_reading(upload, rewound(&beginning)?, rules).await;
        let Some(why) = trial.map_err(PageError::internal)?.refusal else { continue };
        let before = app.reader.try_reading(upload, rewound(&beginning)?, &file.rules).await;
        if before.map_err(PageError::internal)?.refusal.as_deref() == Some(why.as_str()) {
            continue;
        }
        if refused.names.is_empty() {
            refused.why = why;
        }
        refused.names.push(upload.file_name.to_string());
    }
    Ok((!refused.names.is_empty()).then(|| refused.words(noun(file_type))))
}

/// The bytes of a file in which its header and some of its rows stand; none of one that is gone or takes long
/// to open.
fn bytes_to_read(upload: &Upload) -> Option<u64> {
    if upload.removed_at.is_some() {
        return None;
    }
    match upload.file_name.format() {
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => Some(OTHER_FILE_BYTES_MAX),
        // A workbook ends with the list of what is in it.
        FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods | FileFormat::Xml => {
            (upload.bytes <= OTHER_WORKBOOK_BYTES_MAX).then_some(u64::MAX)
        }
    }
}

impl RefusedFiles {
    /// `Nothing is saved yet: 2 of the 20 newest other files of transactions would be refused …`
    fn words(&self, nouns: &str) -> String {
        let (named, more) = self.names.split_at(self.names.len().min(NAMED_MAX));
        let more = match more.len() {
            0 => String::new(),
            more => format!(" and {} more", format::count(more)),
        };
        format!(
            "Nothing is saved yet: these settings are for every file of {nouns} of the unit, and {} of the {} \
             newest other files that were looked at would be refused by them: {}{more}. Of {}: {}. Choose what fits \
             all of them, or tick \u{201c}Save all the same\u{201d} and save.",
            format::count(self.names.len()),
            format::count(self.looked_at),
            named.join(", "),
            named[0],
            self.why.trim_end_matches('.')
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_named_and_the_others_are_counted() {
        let words = |count: usize| {
            let names = (1..=count).map(|at| format!("{at}.csv")).collect();
            let why = "no header row".to_owned();
            RefusedFiles { names, why, looked_at: 20 }.words("transactions")
        };
        let two = "2 of the 20 newest other files that were looked at would be refused by them: 1.csv, 2.csv. Of \
                   1.csv: no header row. Choose";
        assert!(words(2).contains(two), "{}", words(2));
        assert!(words(7).contains("4.csv, 5.csv and 2 more. Of 1.csv"), "{}", words(7));
    }
}
