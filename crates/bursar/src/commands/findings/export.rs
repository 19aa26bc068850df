//! Findings as a file, as the server makes it.
//!
//! Invariant: a file appears under its name only when it is whole.

use std::io::Write as _;
use std::path::Path;

use serde_json::json;
use tempfile::NamedTempFile;

use super::Reply;
use super::client::FindingsClient;
use super::list::{query, with_query};
use crate::args::FilterArgs;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

const EXTENSIONS: [&str; 3] = ["csv", "xlsx", "parquet"];

pub(super) async fn save(
    client: FindingsClient<'_>,
    filter: &FilterArgs,
    file: &Path,
) -> Result<Reply, Failure> {
    let named = file.extension().and_then(|named| named.to_str()).map(str::to_ascii_lowercase);
    let Some(extension) = EXTENSIONS.into_iter().find(|known| named.as_deref() == Some(*known))
    else {
        return Err(Failure::usage(
            format!("{} does not say which kind of file is wanted", file.display()),
            "Let its name end in .csv, .xlsx or .parquet.",
        ));
    };
    let path = with_query(&format!("findings.{extension}"), &query(filter));
    let bytes = client.download(&path).await?;
    write(file, &bytes).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("{} was not written: {fault}", file.display()),
            "Name a file in a folder that you may write to.",
        )
    })?;
    let json = json!({ "file": file.display().to_string(), "bytes": bytes.len() });
    Ok(Reply { json, words: format!("written  {}", file.display()) })
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|fault| fault.error)?;
    Ok(())
}
