//! Findings as a file, as the server makes it.

use std::path::Path;

use serde_json::json;

use super::Reply;
use super::list::query;
use crate::args::FilterArgs;
use crate::commands::resource::ResourceClient;
use crate::report::failure::Failure;
use crate::report::whole_file::write_whole;
use crate::transfer::client::with_query;

/// The largest file of findings: what a server keeps at most is half of it as CSV.
const EXPORT_BYTES_MAX: usize = 512 * 1024 * 1024;
/// The next step when the file breaks off.
const AFTER_BREAK: &str = "Nothing was written. Try again, or narrow it with filters.";
const EXTENSIONS: [&str; 4] = ["csv", "xlsx", "parquet", "zip"];

pub(super) async fn save(
    client: ResourceClient<'_>,
    filter: &FilterArgs,
    file: &Path,
) -> Result<Reply, Failure> {
    let named = file.extension().and_then(|named| named.to_str()).map(str::to_ascii_lowercase);
    let Some(extension) = EXTENSIONS.into_iter().find(|known| named.as_deref() == Some(*known))
    else {
        return Err(Failure::usage(
            format!("{} does not say which kind of file is wanted", file.display()),
            "Let its name end in .csv, .xlsx, .parquet or .zip.",
        ));
    };
    let path = with_query(&format!("findings.{extension}"), &query(filter));
    let bytes = client.download(&path, EXPORT_BYTES_MAX, AFTER_BREAK).await?;
    write_whole(file, &bytes)?;
    let json = json!({ "file": file.display().to_string(), "bytes": bytes.len() });
    Ok(Reply { json, words: format!("written  {}", file.display()) })
}
