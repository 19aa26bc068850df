//! Files that were read, refused or held by other settings than those of now: which can be read again, and
//! why one cannot.
//!
//! Not for: reading them again (`decide`).

use domain::{FileType, Upload, UploadId, UploadState};

use super::feed::noun;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::flash::Flash;
use crate::http::pages::format;

/// The files of a type that settings of now may read otherwise, in words, for whoever may have them read
/// again.
pub(super) struct FilesLeft {
    pub(super) file_type: FileType,
    pub(super) words: String,
}

/// The files of a type, beside one whose page it is said on.
pub(super) async fn files_left(
    member: &Member,
    file_type: FileType,
    beside: Option<UploadId>,
) -> Result<Option<FilesLeft>, PageError> {
    if !member.role.may_decide() {
        return Ok(None);
    }
    let all = member.store.left_by_settings_before(&member.unit, file_type).await?;
    let count = all.iter().filter(|id| Some(**id) != beside).count();
    let (one, more) =
        if beside.is_some() { ("other file", "other files") } else { ("file", "files") };
    let words = format!(
        "{} of {} could not be read in full by the settings before.",
        format::counted(count, one, more),
        noun(file_type)
    );
    Ok((count > 0).then_some(FilesLeft { file_type, words }))
}

/// Why a file that was read is not read once more, and what else there is, where settings were just saved.
pub(super) fn overtaken(upload: &Upload, flash: Option<Flash>) -> Option<String> {
    if !matches!(upload.state, UploadState::Read { .. }) || upload.removed_at.is_some() {
        return None;
    }
    let why = "a newer file of its ledger was read since, whose rows this one would replace by earlier ones";
    let instead = if upload.file_type.is_snapshot() {
        "Have the newest file read again instead"
    } else {
        "To have its rows read by the settings of now, send it again under another name: it is then the newest, and \
         its rows replace those that have the same Unique IDs"
    };
    Some(match flash {
        Some(Flash::ColumnsSaved | Flash::SettingSaved) => {
            format!("This file stays as it was read: {why}. {instead}.")
        }
        _ => format!("It cannot be read again: {why}. {instead}."),
    })
}
