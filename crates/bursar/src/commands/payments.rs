//! `bursar payments`: runs of payments that a Bursar server has checked, to be released or held.
//!
//! Not for: sending a run (`bursar send --type Payments`), or the vendor's service, which checks none.
//!
//! Invariant: a decision is sent once; sending it again decides the same lines the same way.

mod saved;

use api::PaymentDecisionRequest;
use domain::UploadId;
use domain::page::PAGE_SIZE_MAX;
use domain::payment_run::PaymentDecision;
use http::StatusCode;
use serde_json::{Value, json};

use self::saved::{LIST, ORDER, save};
use super::reply::{Reply, answer};
use super::resource::{FailedQuestion, Resource, ResourceClient};
use crate::args::{DecidePaymentsArgs, PaymentsArgs, PaymentsCommand};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::value_on_one_line as text;
use crate::report::format::plural;
use crate::system::System;

const PAYMENTS: Resource = Resource { name: "payments", advice };

/// Carries out one of the commands.
pub async fn run(args: PaymentsArgs, system: &System) -> ExitCode {
    match args.command {
        None => answer(PAYMENTS, &args.server, system, async |client| list(client).await).await,
        Some(PaymentsCommand::Show { run, only, server }) => {
            answer(PAYMENTS, &server, system, async |client| show(client, run, &only).await).await
        }
        Some(PaymentsCommand::File { run, to, server }) => {
            let below = format!("paymentRuns/{run}/file");
            answer(PAYMENTS, &server, system, async |client| save(client, &below, ORDER, &to).await)
                .await
        }
        Some(PaymentsCommand::List { run, to, only, server }) => {
            let below = format!("paymentRuns/{run}/payments?format=csv{}", selected(&only));
            answer(PAYMENTS, &server, system, async |client| save(client, &below, LIST, &to).await)
                .await
        }
        Some(PaymentsCommand::Hold(args)) => decide(args, PaymentDecision::Hold, system).await,
        Some(PaymentsCommand::Release(args)) => {
            decide(args, PaymentDecision::Release, system).await
        }
    }
}

async fn list(client: ResourceClient<'_>) -> Result<Reply, Failure> {
    let json = client.get("paymentRuns").await?;
    let runs = json["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let words = if runs.is_empty() {
        "no run of payments was checked yet; send one with: bursar send FILE --type Payments"
            .to_owned()
    } else {
        runs.iter().map(run_words).collect::<Vec<_>>().join("\n")
    };
    Ok(Reply { json, words })
}

/// One line of a run: its file, its payments, and what is to be decided.
fn run_words(run: &Value) -> String {
    let count = |of: &Value| of["payments"].as_u64().unwrap_or_default();
    format!(
        "{}  {}: {}, {} to look at, {} undecided, {} released, {} held",
        text(&run["uploadId"]),
        text(&run["fileName"]),
        plural(count(&run["all"]), "payment"),
        count(&run["doubtful"]),
        run["undecided"].as_u64().unwrap_or_default(),
        count(&run["released"]),
        count(&run["held"])
    )
}

/// A run and its payments of a kind, page by page.
async fn show(client: ResourceClient<'_>, run: UploadId, only: &str) -> Result<Reply, Failure> {
    let summary = client.get(&format!("paymentRuns/{run}")).await?;
    let mut payments: Vec<Value> = Vec::new();
    let mut after: Option<u64> = None;
    loop {
        let only = selected(only);
        let behind = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("paymentRuns/{run}/payments?limit={PAGE_SIZE_MAX}{only}{behind}");
        let mut page = client.get(&path).await?;
        if let Value::Array(some) = page["items"].take() {
            payments.extend(some);
        }
        let next = page["next"].as_u64();
        // A server that leads back would be followed for ever.
        if next.is_none_or(|next| after.is_some_and(|after| next <= after)) {
            break;
        }
        after = next;
    }
    let mut lines = vec![run_words(&summary)];
    let notes = summary["notes"].as_array().map(Vec::as_slice).unwrap_or_default();
    lines.extend(notes.iter().map(text));
    lines.extend(payments.iter().map(payment_words));
    Ok(Reply { json: json!({ "run": summary, "payments": payments }), words: lines.join("\n") })
}

/// The part of a query that selects payments.
fn selected(only: &str) -> String {
    if only == "all" { String::new() } else { format!("&only={only}") }
}

fn payment_words(payment: &Value) -> String {
    let money = &payment["money"];
    let doubts = payment["doubts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let doubts: Vec<String> = doubts.iter().map(|doubt| text(&doubt["words"])).collect();
    let decision = payment["decision"].as_str().map_or(String::new(), |word| format!(" [{word}]"));
    let why = if doubts.is_empty() { String::new() } else { format!(": {}", doubts.join("; ")) };
    format!(
        "line {}  {} {}  {}{decision}{why}",
        payment["line"].as_u64().unwrap_or_default(),
        text(&money["amount"]),
        text(&money["currency"]),
        text(&payment["payee"])
    )
}

async fn decide(args: DecidePaymentsArgs, decision: PaymentDecision, system: &System) -> ExitCode {
    let lines = (!args.clear).then_some(args.lines);
    let request = PaymentDecisionRequest { decision, lines, because: args.because };
    answer(PAYMENTS, &args.server, system, async |client| {
        let path = format!("paymentRuns/{}/decisions", args.run);
        let json = client.post(&path, Some(&json!(request)), StatusCode::OK).await?;
        let decided = json["decided"].as_u64().unwrap_or_default();
        let verb = match decision {
            PaymentDecision::Hold => "held",
            PaymentDecision::Release => "released",
        };
        let is = if decided == 1 { "is" } else { "are" };
        Ok(Reply { json, words: format!("{} {is} {verb}", plural(decided, "payment")) })
    })
    .await
}

/// The next step after a failed question about payments.
fn advice(failed: FailedQuestion) -> Option<&'static str> {
    match failed.status? {
        StatusCode::NOT_FOUND => Some(
            "Look at the run, its lines, --customer and --unit; bursar payments lists the runs. One is there \
             when its upload is read: bursar uploads --wait UPLOAD.",
        ),
        StatusCode::CONFLICT => Some(
            "Decide what is undecided (bursar payments show RUN --only undecided), or give a list back: bursar \
             payments list RUN --to FILE.",
        ),
        StatusCode::FORBIDDEN => Some(
            "Payments take a token of the role viewer or analyst, deciding and the file for the bank one of \
             analyst: bursard token issue --role analyst.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_is_one_line() {
        let payment = json!({
            "line": 3, "payee": "Birch\n& Sons", "money": { "amount": "250.00", "currency": "GBP" },
            "doubts": [{ "kind": "other_account", "words": "the account is another's" }],
            "decision": "hold",
        });
        let words = payment_words(&payment);
        assert!(words.starts_with("line 3  250.00 GBP  Birch"), "{words}");
        assert!(words.ends_with("[hold]: the account is another's"), "{words}");
        assert!(!words.contains('\n'), "{words}");
    }
}
