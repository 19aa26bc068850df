//! `bursar holds`: invoices that are not to be paid, for whoever makes the payments.
//!
//! Invariant: a change is asked for once, as a second time could take back what somebody did between.

use api::{HoldAcknowledgement, HoldLift, HoldsQuery, NewHolds};
use domain::finding::PaymentHoldState;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Reply, answer};
use super::resource::{FailedQuestion, Resource, ResourceClient};
use super::view::ItemsView;
use crate::args::{HoldsArgs, HoldsCommand, ServerArgs};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::table::{Side, table};
use crate::system::System;
use crate::transfer::client::{view, with_query};

/// A change that is shown of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HoldView {
    change: u64,
    state: String,
    invoice: String,
    title: String,
    because: String,
}

const HOLDS: Resource = Resource { name: "holds", advice };

/// Carries out one of the commands.
pub async fn run(args: HoldsArgs, system: &System) -> ExitCode {
    match args.command {
        None => {
            answer(HOLDS, &args.server, system, async |client| {
                let json = all(client, args.since, args.state).await?;
                Ok(Reply { words: listed(&json), json })
            })
            .await
        }
        Some(HoldsCommand::Add { keys, invoices, because, server }) => {
            let body = json!(NewHolds { findings: keys, invoices, because });
            change(&server, system, "holds", (body, listed)).await
        }
        Some(HoldsCommand::Lift { invoices, supplier, because, server }) => {
            let body = json!(HoldLift { invoices, supplier, because });
            change(&server, system, "holds/lifted", (body, listed)).await
        }
        Some(HoldsCommand::Acknowledge { change: upto, server }) => {
            let body = json!(HoldAcknowledgement { upto });
            change(&server, system, "holds/acknowledged", (body, acknowledged)).await
        }
    }
}

/// Asks for one change, and prints the answer in these words.
async fn change(
    server: &ServerArgs,
    system: &System,
    below: &str,
    (body, words): (Value, fn(&Value) -> String),
) -> ExitCode {
    answer(HOLDS, server, system, async |client| {
        let json = client.post(below, Some(&body), StatusCode::OK).await?;
        Ok(Reply { words: words(&json), json })
    })
    .await
}

/// Returns every change behind one, page by page.
async fn all(
    client: ResourceClient<'_>,
    since: Option<u64>,
    state: Option<PaymentHoldState>,
) -> Result<Value, Failure> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let (mut items, mut upto) = (Vec::new(), since.unwrap_or(0));
    loop {
        let query = HoldsQuery { since: Some(upto), state, limit: Some(SIZE) };
        let mut page = client.get(&with_query("holds", &query)).await?;
        if let Value::Array(more) = page["items"].take() {
            items.extend(more);
        }
        let last = page["upto"].as_u64().unwrap_or(upto);
        // A server that leads back would be followed for ever.
        let goes_on = page["hasMore"] == true && last > upto;
        upto = last.max(upto);
        if !goes_on {
            return Ok(json!({ "items": items, "upto": upto, "hasMore": false }));
        }
    }
}

/// The next step after a failed question about holds.
fn advice(failed: FailedQuestion) -> Option<&'static str> {
    match failed.status? {
        StatusCode::FORBIDDEN => Some(
            "The list takes a token of the role screening, viewer or analyst, holding and lifting one of \
             analyst: bursard token issue --role screening.",
        ),
        StatusCode::CONFLICT => Some("Nothing was changed. bursar holds lists what is held."),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Some("Look at the key, --customer and --unit. The vendor's service has no holds.")
        }
        _ => None,
    }
}

fn listed(json: &Value) -> String {
    let items = view::<ItemsView<HoldView>>(json).items;
    if items.is_empty() {
        return "nothing changed".to_owned();
    }
    let row = |hold: &HoldView| {
        let because = one_line(&hold.because);
        let because = if because.is_empty() { one_line(&hold.title) } else { because };
        vec![hold.change.to_string(), one_line(&hold.state), one_line(&hold.invoice), because]
    };
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    table(&[Side::Right, Side::Left, Side::Left, Side::Left], &rows).join("\n")
}

fn acknowledged(json: &Value) -> String {
    let changes = json["changes"].as_u64().unwrap_or(0);
    format!("{} acknowledged", crate::report::format::plural(changes, "change"))
}
