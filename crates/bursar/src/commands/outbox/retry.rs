//! `bursar outbox retry`: what waits or failed is sent again.
//!
//! Invariant: an entry goes to the server and the customer it was meant for or nowhere: the token of one
//! server is never shown to another.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::CustomerName;

use super::{nothing_selected, unknown};
use crate::args::EntryId;
use crate::args::{ProfileArgs, RetryArgs};
use crate::journal::{DestinationFilter, EntryState, Journal, OutboxEntry};
use crate::net::answer::repeat_note;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::date_time;
use crate::report::output::Output;
use crate::source::RateLimit;
use crate::system::System;
use crate::transfer::delivery::{Courier, Delivery};
use crate::transfer::outbox_folder::open;
use crate::transfer::pipeline::{Blocker, Dispatch, Pipeline, send_in_turn};
use crate::transfer::route::{Route, resolve};

/// The settings that entries were noted with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SettingsSource {
    config: Option<PathBuf>,
    profile: Option<String>,
    /// For settings that name none.
    customer: CustomerName,
}

pub(super) async fn run(
    args: &RetryArgs,
    system: &System,
    output: &Output,
) -> Result<ExitCode, Failure> {
    args.server.settings.refuse_file_flags()?;
    let journal = open(&args.outbox, &args.server.profile, system).await?;
    let filter = DestinationFilter {
        host: args.host.clone(),
        customer: args.server.settings.customer.clone(),
    };
    let chosen = chosen(&journal, &args.entries, &filter).await?;
    if chosen.is_empty() && !journal.outstanding(&DestinationFilter::default()).await?.is_empty() {
        return Err(nothing_selected());
    }
    if chosen.is_empty() {
        let failure = Failure::new(
            ExitCode::NothingToSend,
            "nothing waits in the outbox",
            "Send files with bursar send; bursar outbox list --all shows what was received.",
        );
        output.failure("nothing to send", &failure);
        return Ok(failure.exit);
    }
    let rate_limit = args.transfer.limit_rate.map(RateLimit::new);
    let mut codes = Vec::with_capacity(chosen.len());
    for (place, entries) in by_settings(chosen) {
        let route = match route(args, place, system, output).await {
            Ok(route) => route,
            Err(failure) => {
                codes.extend(entries.iter().map(|entry| report_failure(entry, &failure, output)));
                continue;
            }
        };
        let courier = Courier { route: &route, system, output, rate_limit: rate_limit.as_ref() };
        let pipeline = Pipeline { courier, journal: &journal };
        let send = async |entry, blocker| send_again(pipeline, entry, blocker).await;
        codes.extend(send_in_turn(&entries, usize::from(args.transfer.parallel), send).await);
    }
    if codes.len() > 1 {
        let sent = codes.iter().filter(|code| **code == ExitCode::Ok).count();
        output.note(&format!("{sent} of {} files sent", codes.len()));
    }
    Ok(ExitCode::combine(&codes))
}

/// The named entries that can be sent, or all for a host and a customer.
async fn chosen(
    journal: &Journal,
    named: &[EntryId],
    filter: &DestinationFilter,
) -> Result<Vec<OutboxEntry>, Failure> {
    if named.is_empty() {
        return journal.outstanding(filter).await;
    }
    let mut chosen = Vec::with_capacity(named.len());
    for id in named {
        let entry = journal.entry(*id).await?.ok_or_else(|| unknown(*id))?;
        if matches!(entry.state, EntryState::Received(_)) {
            return Err(Failure::usage(
                format!("{id} was received on {}", date_time(entry.changed_at)),
                "To send the file once more all the same, use bursar send --again.",
            ));
        }
        chosen.push(entry);
    }
    Ok(chosen)
}

fn by_settings(entries: Vec<OutboxEntry>) -> BTreeMap<SettingsSource, Vec<OutboxEntry>> {
    let mut groups: BTreeMap<SettingsSource, Vec<OutboxEntry>> = BTreeMap::new();
    for entry in entries {
        let request = &entry.request;
        let place = SettingsSource {
            config: request.config.clone(),
            profile: request.profile.clone(),
            customer: request.address.customer.clone(),
        };
        groups.entry(place).or_default().push(entry);
    }
    groups
}

async fn route(
    args: &RetryArgs,
    SettingsSource { config, profile, customer }: SettingsSource,
    system: &System,
    output: &Output,
) -> Result<Route, Failure> {
    let profile = ProfileArgs {
        config: args.server.profile.config.clone().or(config),
        profile: args.server.profile.profile.clone().or(profile),
        ..args.server.profile.clone()
    };
    let mut resolved = resolve(args.server.settings.clone(), &profile, system)?;
    resolved.settings.customer.get_or_insert(customer);
    resolved.route(&profile, system, output).await
}

/// The words for what an entry waits behind.
const fn earlier(entry: &OutboxEntry) -> &'static str {
    if entry.request.file_type.is_snapshot() {
        "an earlier snapshot"
    } else {
        "an earlier file of this name"
    }
}

/// The exit code of one entry, and of those that have to wait behind it.
async fn send_again(
    pipeline: Pipeline<'_>,
    entry: &OutboxEntry,
    blocker: Option<Blocker<'_>>,
) -> (ExitCode, Option<ExitCode>) {
    let output = pipeline.courier.output;
    if let Some(Blocker { entry: first, exit }) = blocker {
        let failure = Failure::new(
            exit,
            format!("{}, {}, goes first and waits", first.id, earlier(entry)),
            "It is sent when that one is; to send it without, drop that one.",
        );
        return (report_failure(entry, &failure, output), None);
    }
    let (exit, after) = match pipeline.send(entry).await {
        Ok(Dispatch::Tried(delivery, after)) => {
            let exit = report_delivery(entry, delivery, output);
            output.json(&after.to_json());
            (exit, Some(*after))
        }
        not_tried => {
            let failure = match not_tried {
                Err(failure) => failure,
                Ok(Dispatch::OtherDestination) => other_destination(pipeline, entry),
                Ok(_) => being_sent(),
            };
            let exit = report_failure(entry, &failure, output);
            // What cannot be read now blocks nobody.
            (exit, pipeline.journal.entry(entry.id).await.unwrap_or_else(|_unread| None))
        }
    };
    let is_ahead =
        |state: &EntryState| matches!(state, EntryState::Waiting(_) | EntryState::Sending { .. });
    (exit, after.filter(|after| is_ahead(&after.state)).map(|_| exit))
}

fn report_delivery(entry: &OutboxEntry, delivery: Delivery, output: &Output) -> ExitCode {
    match delivery.result {
        Ok((_, receipt)) => {
            let id = receipt.id_behind_name();
            let earlier = repeat_note(receipt.json.as_ref());
            let earlier = earlier.map(|words| format!("\n  ({words})")).unwrap_or_default();
            output.result(&format!("received {}{id}{earlier}", entry.request.name));
            ExitCode::Ok
        }
        Err(failure) => report_failure(entry, &failure, output),
    }
}

fn report_failure(entry: &OutboxEntry, failure: &Failure, output: &Output) -> ExitCode {
    output.failure(&format!("{} {}: not sent", entry.id, entry.request.name), failure);
    failure.exit
}

fn other_destination(pipeline: Pipeline<'_>, entry: &OutboxEntry) -> Failure {
    let (route, request) = (pipeline.courier.route, &entry.request);
    Failure::usage(
        format!(
            "it is for {} of {}, and the settings lead to {} of {}",
            request.address.customer, request.server, route.address.customer, route.link.target
        ),
        format!(
            "Give --url, --customer or --profile as when it was first sent; if that was a slip: bursar outbox \
             drop {}",
            entry.id
        ),
    )
}

fn being_sent() -> Failure {
    Failure::new(
        ExitCode::BeingSent,
        "another bursar is sending it now",
        "Nothing is lost: see how it ends with bursar outbox list.",
    )
}
