//! The problems of an upload: the first few, those that the server keeps, or all as a CSV for a spreadsheet.
//!
//! Invariant: a CSV appears under its name, or on standard output, only when it is whole.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write};
use std::path::Path;

use domain::page::PAGE_SIZE_MAX;
use domain::problem::LISTED;
use domain::spreadsheet::csv_line;
use serde_json::{Value, json};

use super::client::UploadsClient;
use super::text::FEW;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::whole_file::WholeFile;

/// Where a CSV goes when it is piped.
pub(super) const STANDARD_OUTPUT: &str = "-";
/// The advice where the server knows no such upload.
const OTHERWISE: &str =
    "Look at the id, --customer and --unit; bursar uploads lists what has arrived.";

/// Asks for the first few problems, with the counts of all.
pub(super) async fn first(client: UploadsClient<'_>, id: &str) -> Result<Value, Failure> {
    let page = page(client, id, FEW, None).await?;
    Ok(json!({ "items": page["items"], "counts": page["counts"], "total": page["total"] }))
}

/// Asks for all problems that the server keeps, which are the first of each kind; the counts are true.
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

/// Writes all problems as CSV to a file, and says how many.
pub(super) async fn save(client: UploadsClient<'_>, id: &str, path: &Path) -> Result<u64, Failure> {
    let mut file = WholeFile::begin(path)?;
    fetch(client, id, file.file()).await?;
    let written = rows(file.file()).map_err(|fault| file.unwritten(&fault))?;
    file.keep()?;
    Ok(written)
}

/// Writes all problems as CSV to standard output, once all are here.
pub(super) async fn print(client: UploadsClient<'_>, id: &str) -> Result<(), Failure> {
    let mut file = tempfile::tempfile().map_err(|fault| unkept(&fault))?;
    fetch(client, id, &mut file).await?;
    let copied = file.rewind().and_then(|()| io::copy(&mut file, &mut io::stdout().lock()));
    copied.map(drop).map_err(|fault| unkept(&fault))
}

/// Fetches the CSV that the server makes of all problems; of a server that makes none, one of those it keeps.
async fn fetch(client: UploadsClient<'_>, id: &str, file: &mut File) -> Result<(), Failure> {
    let path = format!("{}?format=csv", client.0.route.address.problems_path(id));
    if client.download_csv(&path, OTHERWISE, file).await? {
        return Ok(());
    }
    // A CSV may have broken off before another server answered.
    file.set_len(0).and_then(|()| file.rewind()).map_err(|fault| unkept(&fault))?;
    let mut out = BufWriter::new(file);
    write_pages(client, id, &mut out).await?;
    out.flush().map_err(|fault| unkept(&fault))
}

async fn write_pages(
    client: UploadsClient<'_>,
    id: &str,
    out: &mut impl Write,
) -> Result<(), Failure> {
    out.write_all(csv_line(LISTED).as_bytes()).map_err(|fault| unkept(&fault))?;
    each_page(client, id, |page| {
        for item in page["items"].as_array().into_iter().flatten() {
            let cells = LISTED.map(|column| match &item[column] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            let line = csv_line(cells.iter().map(String::as_str));
            out.write_all(line.as_bytes()).map_err(|fault| unkept(&fault))?;
        }
        Ok(())
    })
    .await
}

fn unkept(fault: &io::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("the problems were not written: {fault}"),
        "Make room, or name another file.",
    )
}

/// Counts the rows of a CSV without its headings; a line end between quotes ends no row.
fn rows(csv: &mut File) -> io::Result<u64> {
    csv.rewind()?;
    let (mut lines, mut is_quoted) = (0_u64, false);
    for byte in BufReader::new(csv).bytes() {
        match byte? {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => lines += 1,
            _ => {}
        }
    }
    Ok(lines.saturating_sub(1))
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
    client.get(&path, OTHERWISE, |page| page["items"].is_array()).await
}
