//! The newest uploads of a unit, as a table.

use domain::UploadId;
use serde_json::Value;

use super::client::UploadsClient;
use super::text::{shown, waiting_reason};
use super::view::UploadView;
use crate::commands::view::PageView;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::table::{Side, table};
use crate::transfer::client::view;

/// The columns of the table.
const COLUMNS: [(&str, Side); 6] = [
    ("received", Side::Left),
    ("type", Side::Left),
    ("name", Side::Left),
    ("bytes", Side::Right),
    ("status", Side::Left),
    ("id", Side::Left),
];

/// Asks for one page, as the server gives it.
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
    let page: PageView<UploadView, String> = view(page);
    if page.items.is_empty() {
        return "nothing has arrived yet; send a file with: bursar send FILE".to_owned();
    }
    let head = COLUMNS.map(|(name, _)| name.to_owned()).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(page.items.iter().map(row)).collect();
    let mut lines = table(&COLUMNS.map(|(_, side)| side), &rows);
    lines.extend(page.items.iter().filter_map(|upload| {
        let reason = waiting_reason(upload)?;
        Some(format!("{} {reason}", shown(&upload.upload_id)))
    }));
    lines.extend(page.next.map(|next| format!("there are more: --after {}", one_line(&next))));
    lines.join("\n")
}

/// The cells of an upload, as [`COLUMNS`] has them.
fn row(upload: &UploadView) -> Vec<String> {
    vec![
        shown(&upload.received_at),
        shown(&upload.file_type),
        shown(&upload.file_name),
        upload.bytes.map_or_else(String::new, |bytes| bytes.to_string()),
        shown(&upload.status),
        shown(&upload.upload_id),
    ]
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
                 "bytes": 12, "status": "received", "uploadId": "upl_1",
                 "waitsBecause": "the ledger lost a column."},
                {"receivedAt": "2026-11-22T10:00:00Z", "fileType": "Suppliers", "fileName": "b.csv",
                 "bytes": 3, "status": "read", "uploadId": "upl_0"},
            ],
            "next": "upl_0",
        });
        let expected = "\
received               type       name   bytes  status    id
23 Nov 2026 10:00 UTC  APT        a.csv     12  received  upl_1
22 Nov 2026 10:00 UTC  Suppliers  b.csv      3  read      upl_0
upl_1 waits to be read: the ledger lost a column; it is tried again by itself, do not send it again
there are more: --after upl_0";
        assert_eq!(to_text(&page), expected);
        assert!(to_text(&json!({"items": []})).contains("nothing has arrived"));
    }
}
