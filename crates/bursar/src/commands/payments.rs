//! `bursar payments`: runs of payments that a Bursar server has checked, to be released or held.
//!
//! Not for: sending a run (`bursar send --type Payments`), or the vendor's service, which checks none.
//!
//! Invariant: a decision is sent once; sending it again decides the same lines the same way.

mod saved;
mod view;

use api::{ListFormat, PaymentDecisionRequest, RunPaymentsQuery};
use domain::UploadId;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::payment_run::PaymentDecision;
use http::StatusCode;
use serde_json::{Value, json};

use self::saved::{LIST, ORDER, save};
use self::view::{DecisionView, PaymentView, RunView};
use super::reply::{Reply, answer};
use super::resource::{FailedQuestion, Resource, ResourceClient};
use super::view::{ItemsView, PageView};
use crate::args::{DecidePaymentsArgs, PaymentChoice, PaymentsArgs, PaymentsCommand};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::format::plural;
use crate::system::System;
use crate::transfer::client::{view, with_query};

const PAYMENTS: Resource = Resource { name: "payments", advice };

/// Carries out one of the commands.
pub async fn run(args: PaymentsArgs, system: &System) -> ExitCode {
    match args.command {
        None => answer(PAYMENTS, &args.server, system, async |client| list(client).await).await,
        Some(PaymentsCommand::Show { run, only, server }) => {
            answer(PAYMENTS, &server, system, async |client| show(client, run, only).await).await
        }
        Some(PaymentsCommand::File { run, to, server }) => {
            let below = format!("paymentRuns/{run}/file");
            answer(PAYMENTS, &server, system, async |client| save(client, &below, ORDER, &to).await)
                .await
        }
        Some(PaymentsCommand::List { run, to, only, server }) => {
            let (only, format) = (only.selection(), Some(ListFormat::Csv));
            let query = RunPaymentsQuery { only, format, ..RunPaymentsQuery::default() };
            let below = with_query(&format!("paymentRuns/{run}/payments"), &query);
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
    let runs = view::<ItemsView<RunView>>(&json).items;
    let words = if runs.is_empty() {
        "no run of payments was checked yet; send one with: bursar send FILE --type Payments"
            .to_owned()
    } else {
        runs.iter().map(run_words).collect::<Vec<_>>().join("\n")
    };
    Ok(Reply { json, words })
}

/// One line of a run: its file, its payments, and what is to be decided.
fn run_words(run: &RunView) -> String {
    format!(
        "{}  {}: {}, {} to look at, {} undecided, {} released, {} held",
        one_line(&run.upload_id),
        one_line(&run.file_name),
        plural(run.all.payments, "payment"),
        run.doubtful.payments,
        run.undecided,
        run.released.payments,
        run.held.payments
    )
}

/// A run and its payments of a kind, page by page.
async fn show(
    client: ResourceClient<'_>,
    run: UploadId,
    only: PaymentChoice,
) -> Result<Reply, Failure> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let summary = client.get(&format!("paymentRuns/{run}")).await?;
    let path = format!("paymentRuns/{run}/payments");
    let (only, limit) = (only.selection(), Some(SIZE));
    let mut query = RunPaymentsQuery { only, limit, ..RunPaymentsQuery::default() };
    let mut payments: Vec<Value> = Vec::new();
    loop {
        let page: PageView<Value, u64> = view(&client.get(&with_query(&path, &query)).await?);
        payments.extend(page.items);
        // A server that leads back would be followed for ever.
        if page.next.is_none() || page.next <= query.after {
            break;
        }
        query.after = page.next;
    }
    let shown: RunView = view(&summary);
    let mut lines = vec![run_words(&shown)];
    lines.extend(shown.notes.iter().map(|note| one_line(note)));
    lines.extend(payments.iter().map(|payment| payment_words(&view(payment))));
    Ok(Reply { json: json!({ "run": summary, "payments": payments }), words: lines.join("\n") })
}

fn payment_words(payment: &PaymentView) -> String {
    let PaymentView { line, payee, money, doubts, decision } = payment;
    let doubts: Vec<String> = doubts.iter().map(|doubt| one_line(&doubt.words)).collect();
    let decision = decision.as_ref().map_or(String::new(), |word| format!(" [{}]", one_line(word)));
    let why = if doubts.is_empty() { String::new() } else { format!(": {}", doubts.join("; ")) };
    format!(
        "line {line}  {} {}  {}{decision}{why}",
        one_line(&money.amount),
        one_line(money.currency.as_deref().unwrap_or_default()),
        one_line(payee)
    )
}

async fn decide(args: DecidePaymentsArgs, decision: PaymentDecision, system: &System) -> ExitCode {
    let lines = (!args.clear).then_some(args.lines);
    let request = PaymentDecisionRequest { decision, lines, because: args.because };
    answer(PAYMENTS, &args.server, system, async |client| {
        let path = format!("paymentRuns/{}/decisions", args.run);
        let json = client.post(&path, Some(&json!(request)), StatusCode::OK).await?;
        let decided = view::<DecisionView>(&json).decided;
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
        let words = payment_words(&view(&payment));
        assert!(words.starts_with("line 3  250.00 GBP  Birch"), "{words}");
        assert!(words.ends_with("[hold]: the account is another's"), "{words}");
        assert!(!words.contains('\n'), "{words}");
    }
}
