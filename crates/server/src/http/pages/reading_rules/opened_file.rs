//! The file that rules are chosen by, read as often as somebody tries.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};

use domain::{FileFormat, Preview, ReadingRules, TrialReading, Upload};
use tokio::sync::SemaphorePermit;

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::uploads::detail::has_its_file;
use crate::http::pages::uploads::line::begin_look;
use crate::limits::LINE_BYTES_MAX;

/// An upload's file, and the rules that are kept; it holds a place among those who look into files.
pub(super) struct OpenedFile {
    pub(super) upload: Upload,
    pub(super) rules: ReadingRules,
    file: File,
    _look: SemaphorePermit<'static>,
}

impl OpenedFile {
    pub(super) async fn open(member: &Member, upload: Upload) -> Result<Self, PageError> {
        has_its_file(&upload)?;
        let look = begin_look().await?;
        let store = &member.store;
        let rules = store.reading_rules(&member.unit, upload.file_type).await?;
        // The beginning of a text is enough; a workbook ends with the list of what is in it.
        let most = match upload.file_name.format() {
            FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods | FileFormat::Xml => u64::MAX,
            FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => LINE_BYTES_MAX,
        };
        let file = store.open_object_start(&upload, most).await?;
        Ok(Self { upload, rules, file, _look: look })
    }

    pub(super) async fn preview(
        &self,
        app: &App,
        rules: &ReadingRules,
    ) -> Result<Preview, PageError> {
        let preview = app.reader.preview(&self.upload, rewound(&self.file)?, rules).await;
        preview.map_err(PageError::internal)
    }

    pub(super) async fn try_reading(
        &self,
        app: &App,
        rules: &ReadingRules,
    ) -> Result<TrialReading, PageError> {
        let file = rewound(&self.file)?;
        let trial = app.reader.try_reading(&self.upload, file, rules).await;
        trial.map_err(PageError::internal)
    }
}

/// A file from its beginning. The place in it is shared by all copies, and one reading is over before the
/// next begins.
pub(super) fn rewound(file: &File) -> Result<File, PageError> {
    let mut file = file.try_clone().map_err(PageError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(PageError::internal)?;
    Ok(file)
}
