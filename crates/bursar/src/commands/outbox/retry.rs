//! `bursar outbox retry`: what waits or failed is sent again.
//!
//! Invariant: an entry goes to the server it was meant for or nowhere: the token of one server is never
//! shown to another.

use std::collections::BTreeMap;
use std::path::PathBuf;

use futures_util::StreamExt as _;

use super::{nothing_bound, open, unknown};
use crate::args::{ProfileArgs, RetryArgs};
use crate::auth::token::moment;
use crate::journal::{Bound, Entry, EntryId, Journal, State, in_turn};
use crate::net::answer::repeated_in_words;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::Pace;
use crate::system::Machine;
use crate::transfer::delivery::Courier;
use crate::transfer::plan::{Route, resolve};

/// Where the settings of some entries are: token and connection.
type SettingsPlace = (Option<PathBuf>, Option<String>);

pub(super) async fn run(
    args: &RetryArgs,
    machine: &Machine,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let journal = open(&args.outbox, &args.profile, machine).await?;
    let bound = Bound { host: args.host.clone(), customer: args.settings.customer.clone() };
    let chosen = chosen(&journal, &args.entries, &bound).await?;
    if chosen.is_empty() && !journal.outstanding(&Bound::default()).await?.is_empty() {
        return Err(nothing_bound());
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
    let pace = args.haste.limit_rate.map(Pace::new);
    let is_alone = chosen.len() == 1;
    let mut codes = Vec::with_capacity(chosen.len());
    for (place, entries) in by_settings(chosen) {
        let route = match route(args, place, &entries, machine, output).await {
            Ok(route) => route,
            Err(failure) => {
                codes.extend(entries.iter().map(|entry| tell(entry, &failure, output)));
                continue;
            }
        };
        let courier = Courier { route: &route, machine, output, pace: pace.as_ref(), is_alone };
        let journal = &journal;
        let sent: Vec<Vec<ExitCode>> = futures_util::stream::iter(in_turn(&entries))
            .map(|line| send_line(courier, journal, line))
            .buffer_unordered(usize::from(args.haste.parallel))
            .collect()
            .await;
        codes.extend(sent.into_iter().flatten());
    }
    if codes.len() > 1 {
        let sent = codes.iter().filter(|code| **code == ExitCode::Ok).count();
        output.note(&format!("{sent} of {} files sent", codes.len()));
    }
    Ok(ExitCode::of_all(&codes))
}

/// The named ones that can be sent, or all for a host and a customer.
async fn chosen(
    journal: &Journal,
    named: &[EntryId],
    bound: &Bound,
) -> Result<Vec<Entry>, Failure> {
    if named.is_empty() {
        return journal.outstanding(bound).await;
    }
    let mut chosen = Vec::with_capacity(named.len());
    for id in named {
        let entry = journal.entry(*id).await?.ok_or_else(|| unknown(*id))?;
        if matches!(entry.state, State::Received(_)) {
            return Err(Failure::usage(
                format!("{id} was received on {}", moment(entry.changed_at)),
                "To send the file once more all the same, use bursar send --again.",
            ));
        }
        chosen.push(entry);
    }
    Ok(chosen)
}

fn by_settings(entries: Vec<Entry>) -> BTreeMap<SettingsPlace, Vec<Entry>> {
    let mut groups: BTreeMap<SettingsPlace, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        let place = (entry.addressed.config.clone(), entry.addressed.profile.clone());
        groups.entry(place).or_default().push(entry);
    }
    groups
}

async fn route(
    args: &RetryArgs,
    (config, profile): SettingsPlace,
    entries: &[Entry],
    machine: &Machine,
    output: &Output,
) -> Result<Route, Failure> {
    let profile = ProfileArgs {
        config: args.profile.config.clone().or(config),
        profile: args.profile.profile.clone().or(profile),
        ..args.profile.clone()
    };
    let mut resolved = resolve(args.settings.clone(), &profile, machine)?;
    // Each entry knows its own place; a route needs some.
    if let Some(entry) = entries.first() {
        let customer = || entry.addressed.place.customer.clone();
        resolved.settings.customer.get_or_insert_with(customer);
    }
    resolved.route(&profile, machine, output).await
}

/// Files of one name, until one of them has to wait: those after it must not overtake it.
async fn send_line(courier: Courier<'_>, journal: &Journal, line: Vec<&Entry>) -> Vec<ExitCode> {
    let mut codes: Vec<ExitCode> = Vec::with_capacity(line.len());
    let mut waiting: Option<(&Entry, ExitCode)> = None;
    for entry in line {
        if let Some((first, exit)) = waiting {
            let failure = Failure::new(
                exit,
                format!("{}, an earlier file of this name, goes first and waits", first.id),
                "It is sent when that one is; to send it without, drop that one.",
            );
            codes.push(tell(entry, &failure, courier.output));
            continue;
        }
        let code = send_again(courier, journal, entry).await;
        let after = journal.entry(entry.id).await;
        if let Ok(Some(Entry { state: State::Waiting(_) | State::Sending { .. }, .. })) = after {
            waiting = Some((entry, code));
        }
        codes.push(code);
    }
    codes
}

async fn send_again(courier: Courier<'_>, journal: &Journal, entry: &Entry) -> ExitCode {
    let output = courier.output;
    let target = courier.route.link.target.to_string();
    if target != entry.addressed.server {
        let failure = Failure::usage(
            format!("it is for {}, and the settings lead to {target}", entry.addressed.server),
            "Give --url or --profile as when it was first sent.",
        );
        return tell(entry, &failure, output);
    }
    let code = match courier.send_entry(journal, entry).await {
        Err(failure) => return tell(entry, &failure, output),
        Ok(None) => {
            let failure = Failure::new(
                ExitCode::BeingSent,
                "another bursar is sending it now",
                "Nothing is lost: see how it ends with bursar outbox list.",
            );
            return tell(entry, &failure, output);
        }
        Ok(Some(delivery)) => match delivery.result {
            Ok((_, receipt)) => {
                let id = receipt.upload_id().map(|id| format!("  {id}")).unwrap_or_default();
                let earlier = repeated_in_words(receipt.json.as_ref());
                let earlier = earlier.map(|words| format!("\n  ({words})")).unwrap_or_default();
                output.result(&format!("received {}{id}{earlier}", entry.addressed.name));
                ExitCode::Ok
            }
            Err(failure) => tell(entry, &failure, output),
        },
    };
    if let Ok(Some(after)) = journal.entry(entry.id).await {
        output.json(&after.to_json());
    }
    code
}

fn tell(entry: &Entry, failure: &Failure, output: &Output) -> ExitCode {
    output.failure(&format!("{} {}: not sent", entry.id, entry.addressed.name), failure);
    failure.exit
}
