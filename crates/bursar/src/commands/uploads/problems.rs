//! The problems of an upload: the first few, all, or all as a CSV for a spreadsheet.
//!
//! Invariant: a CSV appears under its name only when it is whole.

use std::io;
use std::path::Path;

use domain::page::PAGE_SIZE_MAX;
use domain::problem::LISTED;
use domain::spreadsheet::csv_line;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::client::UploadsClient;
use super::text::FEW;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// Where a CSV goes when it is piped.
pub(super) const STANDARD_OUTPUT: &str = "-";

/// Asks for the first few problems, with the counts of all.
pub(super) async fn first(client: UploadsClient<'_>, id: &str) -> Result<Value, Failure> {
    let page = page(client, id, FEW, None).await?;
    Ok(json!({ "items": page["items"], "counts": page["counts"], "total": page["total"] }))
}

/// Asks for all problems that the server keeps, which is capped; the counts are true.
pub(super) async fn all(client: UploadsClient<'_>, id: &str) -> Result<Value, Failure> {
    let mut all = json!({ "items": [], "counts": [], "total": null });
    let mut items = Vec::new();
    each_page(client, id, |page| {
        all["counts"] = page["counts"].take();
        all["total"] = page["total"].take();
        if let Value::Array(more) = page["items"].take() {
            items.extend(more);
        }
        Ok(())
    })
    .await?;
    all["items"] = items.into();
    Ok(all)
}

/// Writes the problems as CSV, and says how many.
pub(super) async fn save(client: UploadsClient<'_>, id: &str, path: &Path) -> Result<u64, Failure> {
    let unwritten = |fault: io::Error| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("{} was not written: {fault}", path.display()),
            "Name a file in a folder that you may write to.",
        )
    };
    let mut written = 0;
    if path == Path::new(STANDARD_OUTPUT) {
        let mut out = io::stdout().lock();
        write_all(client, id, &mut out, &mut written).await?;
        return Ok(written);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(unwritten)?;
    write_all(client, id, &mut file, &mut written).await?;
    file.persist(path).map_err(|fault| unwritten(fault.error))?;
    Ok(written)
}

async fn write_all(
    client: UploadsClient<'_>,
    id: &str,
    out: &mut impl io::Write,
    written: &mut u64,
) -> Result<(), Failure> {
    let unwritten = |fault: io::Error| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("the problems were not written: {fault}"),
            "Make room, or name another file.",
        )
    };
    out.write_all(csv_line(LISTED).as_bytes()).map_err(unwritten)?;
    each_page(client, id, |page| {
        for item in page["items"].as_array().into_iter().flatten() {
            let cells = LISTED.map(|column| match &item[column] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            let line = csv_line(cells.iter().map(String::as_str));
            out.write_all(line.as_bytes()).map_err(unwritten)?;
            *written += 1;
        }
        Ok(())
    })
    .await?;
    out.flush().map_err(unwritten)
}

async fn each_page(
    client: UploadsClient<'_>,
    id: &str,
    mut take: impl FnMut(&mut Value) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let mut page = page(client, id, PAGE_SIZE_MAX, after).await?;
        take(&mut page)?;
        let next = page["next"].as_u64();
        // A server that leads back would be followed for ever.
        if next.is_none() || next <= after {
            return Ok(());
        }
        after = next;
    }
}

async fn page(
    client: UploadsClient<'_>,
    id: &str,
    limit: u32,
    after: Option<u64>,
) -> Result<Value, Failure> {
    let mut path = format!("{}?limit={limit}", client.0.route.address.problems_path(id));
    if let Some(after) = after {
        path = format!("{path}&after={after}");
    }
    let otherwise = "Look at the id, --customer and --unit; bursar uploads lists what has arrived.";
    client.get(&path, otherwise, |page| page["items"].is_array()).await
}
