//! Files of a run: the one for the bank without what is held, and lists to give back.
//!
//! Invariant: a file appears under its name only when it is whole.

use std::path::Path;

use serde_json::json;

use super::{Reply, ResourceClient};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::whole_file::WholeFile;

/// A kind of file by its media type.
pub(super) const ORDER: &str = "application/octet-stream";
pub(super) const LIST: &str = "text/csv";

/// Saves what is below the unit, when it is of that media type.
pub(super) async fn save(
    client: ResourceClient<'_>,
    below: &str,
    media_type: &str,
    to: &Path,
) -> Result<Reply, Failure> {
    let mut file = WholeFile::begin(to)?;
    let answer = client.download_to(below, media_type, file.file()).await?;
    if !answer.has_media_type(media_type) {
        return Err(Failure::new(
            ExitCode::Refused,
            "the answer is no file of payments",
            "Look at --url: something other than a Bursar server may have answered.",
        ));
    }
    let bytes = file.file().metadata().map_err(|fault| file.unwritten(&fault))?.len();
    file.keep()?;
    let json = json!({ "file": to.display().to_string(), "bytes": bytes });
    Ok(Reply { json, words: format!("written  {}", to.display()) })
}
