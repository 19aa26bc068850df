//! `bursar uploads`: what has arrived at a Bursar server.
//!
//! Not for: the vendor's service, which has no such list; that is said.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::Empty;
use jiff::Timestamp;
use serde_json::Value;

use crate::attempt::persist;
use crate::cli::UploadsArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::link::Breakage;
use crate::machine::Machine;
use crate::output::{Output, Voice};
use crate::plan::resolve;
use crate::send::PRODUCT;
use crate::source::Handed;
use crate::token::moment;

/// The columns of the table, and the members of a receipt they show.
const COLUMNS: [(&str, &str); 6] = [
    ("received", "receivedAt"),
    ("type", "fileType"),
    ("name", "fileName"),
    ("bytes", "bytes"),
    ("status", "status"),
    ("id", "uploadId"),
];

/// Lists one page.
pub async fn run(args: &UploadsArgs, machine: &Machine) -> ExitCode {
    let voice = if args.voice.json { Voice::Json } else { Voice::Talk };
    let output = Output::new(voice, machine);
    match list(args, machine, &output).await {
        Ok(page) => {
            output.json(&page);
            output.result(&in_words(&page));
            ExitCode::Ok
        }
        Err(failure) => {
            output.failure("not listed", &failure);
            failure.exit
        }
    }
}

async fn list(args: &UploadsArgs, machine: &Machine, output: &Output) -> Result<Value, Failure> {
    let resolved = resolve(args.settings.clone(), &args.profile, machine)?;
    let route = resolved.route(&args.profile, machine, output).await?;
    let mut path = format!("{}?limit={}", route.place.uploads_path(), args.limit);
    if let Some(after) = args.after {
        path = format!("{path}&after={after}");
    }
    let headers = HeaderMap::from_iter([
        (AUTHORIZATION, route.token.header()?),
        (ACCEPT, HeaderValue::from_static("application/json")),
        (USER_AGENT, HeaderValue::from_static(PRODUCT)),
    ]);
    let outcome = persist(route.patience, machine, output, async || {
        let mut request = Request::new(Empty::<Bytes>::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = path.parse().map_err(|_not_path| Breakage::NotHttp)?;
        *request.headers_mut() = headers.clone();
        route.link.exchange(request, &Handed::default()).await
    })
    .await;
    let answer = outcome.expect(StatusCode::OK, &route.link.target).map_err(|mut failure| {
        if failure.what.starts_with("404") || failure.what.starts_with("405") {
            "A list of uploads is offered by Bursar servers only; the vendor's service has none. On a \
             Bursar server, look at --customer and --unit."
                .clone_into(&mut failure.next);
        }
        failure
    })?;
    answer.json().filter(|page| page["items"].is_array()).ok_or_else(|| {
        Failure::new(
            ExitCode::Refused,
            "the answer is not a list of uploads",
            "Look at --url: something other than a Bursar server may have answered.",
        )
    })
}

fn in_words(page: &Value) -> String {
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
fn shown(value: &Value) -> String {
    if let Some(at) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        return moment(at);
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().filter(|c| !domain::access_token::is_invisible(*c)).collect()
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
        assert_eq!(in_words(&page), expected);
        assert!(in_words(&json!({"items": []})).contains("nothing has arrived"));
    }
}
