//! `bursar holds`: invoices that are not to be paid, for whoever makes the payments.
//!
//! Invariant: a change is asked for once, as a second time could take back what somebody did between.

use api::{HoldAcknowledgement, HoldLift, NewHolds};
use domain::page::PAGE_SIZE_MAX;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Reply, answer};
use crate::args::{HoldsArgs, HoldsCommand};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::table::{Side, table};
use crate::system::System;
use crate::transfer::client::{Client, Question, view};

/// Changes that are shown of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HoldsView {
    items: Vec<HoldView>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HoldView {
    change: u64,
    state: String,
    invoice: String,
    title: String,
    because: String,
}

/// One request, and how its answer is said.
struct HoldRequest {
    below: String,
    body: Option<Value>,
    words: fn(&Value) -> String,
}

pub async fn run(args: HoldsArgs, system: &System) -> ExitCode {
    let (server, asked) = match args.command {
        None => {
            let listing = (args.since, args.state);
            let server = args.server;
            return answer(server, system, async |client| reply(client, Err(listing)).await).await;
        }
        Some(HoldsCommand::Add { keys, invoices, because, server }) => {
            let body = json!(NewHolds { findings: keys, invoices, because });
            (server, HoldRequest { below: "holds".to_owned(), body: Some(body), words: listed })
        }
        Some(HoldsCommand::Lift { invoices, because, server }) => {
            let body = json!(HoldLift { invoices, because });
            (
                server,
                HoldRequest { below: "holds/lifted".to_owned(), body: Some(body), words: listed },
            )
        }
        Some(HoldsCommand::Acknowledge { change, server }) => {
            let body = json!(HoldAcknowledgement { upto: change });
            let below = "holds/acknowledged".to_owned();
            (server, HoldRequest { below, body: Some(body), words: acknowledged })
        }
    };
    answer(server, system, async |client| reply(client, Ok(asked)).await).await
}

/// The changes that are listed: from one on, of one state.
type Listing = (Option<u64>, Option<domain::finding::PaymentHoldState>);

async fn reply(client: Client<'_>, asked: Result<HoldRequest, Listing>) -> Result<Reply, Failure> {
    match asked {
        Ok(HoldRequest { below, body, words }) => {
            let json = ask(client, &below, body.as_ref()).await?;
            Ok(Reply { words: words(&json), json })
        }
        Err(listing) => {
            let json = all(client, listing).await?;
            Ok(Reply { words: listed(&json), json })
        }
    }
}

/// Every change behind one, page by page.
async fn all(client: Client<'_>, (since, state): Listing) -> Result<Value, Failure> {
    let state = state.map(|state| format!("&state={}", state.as_str())).unwrap_or_default();
    let (mut items, mut upto) = (Vec::new(), since.unwrap_or(0));
    loop {
        let below = format!("holds?limit={PAGE_SIZE_MAX}&since={upto}{state}");
        let mut page = ask(client, &below, None).await?;
        if let Value::Array(some) = page["items"].take() {
            items.extend(some);
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

async fn ask(client: Client<'_>, below: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let path = client.route.address.path(below);
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let question = Question { method, body, ..Question::get(&path) };
    let attempts = client.ask(&question).await?;
    let status = attempts.status();
    let answer = attempts.expect(StatusCode::OK, &client.route.link.target);
    let answer = answer.map_err(|failure| with_advice(failure, status))?;
    answer.json().filter(Value::is_object).ok_or_else(|| {
        Failure::new(
            ExitCode::Refused,
            "the answer is not what a Bursar server says of holds",
            "Look at --url: something other than a Bursar server may have answered.",
        )
    })
}

fn with_advice(mut failure: Failure, status: Option<StatusCode>) -> Failure {
    let next = match status {
        Some(StatusCode::FORBIDDEN) => {
            "The list takes a token of the role screening, viewer or analyst, holding and lifting one of \
             analyst: bursard token issue --role screening."
        }
        Some(StatusCode::CONFLICT) => "Nothing was changed. bursar holds lists what is held.",
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => {
            "Look at the key, --customer and --unit. The vendor's service has no holds."
        }
        _ => return failure,
    };
    next.clone_into(&mut failure.next);
    failure
}

fn listed(json: &Value) -> String {
    let items = view::<HoldsView>(json).items;
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
