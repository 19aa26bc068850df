//! `bursar screen`: invoices held against a server's ledgers before they are paid, and one word on each.
//!
//! Not for: sending invoices; nothing of them is kept.
//!
//! Invariant: the exit code is that of the gravest word, so that a script can stop a payment by it.

use std::path::Path;

use domain::{ScreenedInvoice, ScreeningWord};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::resource::{FailedQuestion, Resource, ResourceClient};
use crate::args::ScreenArgs;
use crate::config::naming::format_for;
use crate::explain::explain_source;
use crate::inputs::screened_invoices::{read_extract, read_json};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::one_line;
use crate::report::output::Output;
use crate::report::table::{Side, table};
use crate::source::{Source, own_name};
use crate::system::System;
use crate::transfer::client::{Client, Question, view};
use crate::transfer::route::server_route;

/// The largest answer: a thousand invoices, each with a few findings of some kilobytes.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

const SCREENING: Resource = Resource { name: "a screening", advice };

/// The parts of an answer that are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ScreeningView {
    word: String,
    invoices: Vec<InvoiceView>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct InvoiceView {
    word: String,
    words: String,
    supplier_ref: String,
    invoice_number: String,
}

pub async fn run(args: &ScreenArgs, system: &System) -> ExitCode {
    let output = Output::new(args.server.output.mode(), system.terminal);
    match screen(args, system, &output).await {
        Ok(json) => {
            let shown: ScreeningView = view(&json);
            output.json(&json);
            output.result(&to_text(&shown));
            exit(&shown.word)
        }
        Err(failure) => {
            output.failure("not screened", &failure);
            failure.exit
        }
    }
}

async fn screen(args: &ScreenArgs, system: &System, output: &Output) -> Result<Value, Failure> {
    let invoices = read(args, system)?;
    let route = server_route(&args.server.settings, &args.server.profile, system, output).await?;
    let client = Client { route: &route, system, output };
    let client = ResourceClient { client, resource: SCREENING };
    let path = client.path("screenings");
    let body = json!({ "invoices": invoices });
    let question = Question {
        method: Method::POST,
        body: Some(&body),
        bytes_max: ANSWER_BYTES_MAX,
        ..Question::get(&path)
    };
    client.ask_json(&question, StatusCode::OK).await
}

fn read(args: &ScreenArgs, system: &System) -> Result<Vec<ScreenedInvoice>, Failure> {
    let name = args.name.clone().unwrap_or_else(|| own_name(&args.file).into_owned());
    let source = Source::open(&args.file).map_err(|fault| explain_source(&fault))?;
    if Path::new(&name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return read_json(&source);
    }
    read_extract(&source, format_for(&name)?, &args.read.load()?, system.today())
}

/// The next step after a failed question about screenings.
fn advice(failed: FailedQuestion) -> Option<&'static str> {
    match failed.status? {
        StatusCode::FORBIDDEN => Some(
            "Screening takes a token of the role screening, viewer or analyst: bursard token issue --role \
             screening.",
        ),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Some("Look at --customer and --unit. The vendor's service screens no invoices.")
        }
        _ => None,
    }
}

/// The code of the gravest word.
fn exit(word: &str) -> ExitCode {
    match word.parse() {
        Ok(ScreeningWord::Clear) => ExitCode::Ok,
        Ok(ScreeningWord::Look) => ExitCode::ScreenedLook,
        Ok(ScreeningWord::Stop) => ExitCode::ScreenedStop,
        // A later server may have another; a payment is not let through by what nobody understands.
        Err(_unknown) => ExitCode::ScreenedLook,
    }
}

fn to_text(shown: &ScreeningView) -> String {
    let row = |invoice: &InvoiceView| {
        vec![
            one_line(&invoice.word),
            one_line(&invoice.supplier_ref),
            one_line(&invoice.invoice_number),
            one_line(&invoice.words),
        ]
    };
    let rows: Vec<Vec<String>> = shown.invoices.iter().map(row).collect();
    table(&[Side::Left; 4], &rows).join("\n")
}
