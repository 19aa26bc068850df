//! The newest uploads of a unit, as a table.

use domain::UploadId;
use jiff::Timestamp;
use serde_json::Value;

use super::client::UploadsClient;
use crate::report::failure::Failure;
use crate::report::format::moment;

/// The columns of the table, and the members of a receipt they show.
const COLUMNS: [(&str, &str); 6] = [
    ("received", "receivedAt"),
    ("type", "fileType"),
    ("name", "fileName"),
    ("bytes", "bytes"),
    ("status", "status"),
    ("id", "uploadId"),
];

/// One page, as the server gave it.
pub(super) async fn page(
    client: UploadsClient<'_>,
    limit: u32,
    after: Option<UploadId>,
) -> Result<Value, Failure> {
    let mut path = format!("{}?limit={limit}", client.0.route.address.uploads_path());
    if let Some(after) = after {
        path = format!("{path}&after={after}");
    }
    let otherwise = "A list of uploads is offered by Bursar servers only; the vendor's service has none. \
                     On a Bursar server, look at --customer and --unit.";
    client.get(&path, otherwise, |page| page["items"].is_array()).await
}

pub(super) fn to_text(page: &Value) -> String {
    let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        return "nothing has arrived yet; send a file with: bursar send FILE".to_owned();
    }
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| COLUMNS.iter().map(|(_, member)| shown(&item[*member])).collect())
        .collect();
    let head = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut text = table(&[vec![head], rows].concat());
    if let Some(next) = page["next"].as_str() {
        text = format!("{text}\nthere are more: --after {next}");
    }
    text
}

fn table(rows: &[Vec<String>]) -> String {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .zip(COLUMNS)
            .map(|((cell, width), (name, _))| match name {
                "bytes" => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A moment as people write it; anything else as it is, without what could not be seen.
pub(super) fn shown(value: &Value) -> String {
    if let Some(at) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        return moment(at);
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().filter(|c| !domain::text::is_invisible(*c)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_becomes_a_table() {
        let page = json!({
            "items": [
                {"receivedAt": "2026-11-23T10:00:00Z", "fileType": "APT", "fileName": "a.csv",
                 "bytes": 12, "status": "received", "uploadId": "upl_1"},
                {"receivedAt": "2026-11-22T10:00:00Z", "fileType": "Suppliers", "fileName": "b.csv",
                 "bytes": 3, "status": "read", "uploadId": "upl_0"},
            ],
            "next": "upl_0",
        });
        let expected = "\
received               type       name   bytes  status    id
23 Nov 2026 10:00 UTC  APT        a.csv     12  received  upl_1
22 Nov 2026 10:00 UTC  Suppliers  b.csv      3  read      upl_0
there are more: --after upl_0";
        assert_eq!(to_text(&page), expected);
        assert!(to_text(&json!({"items": []})).contains("nothing has arrived"));
    }
}
