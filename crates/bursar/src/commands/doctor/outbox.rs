//! Whether the outbox can be used, and what waits in it.

use domain::CustomerName;
use jiff::Timestamp;

use crate::args::DoctorArgs;
use crate::journal::{WaitingGroup, is_stale};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::{age, date_time};
use crate::system::System;
use crate::transfer::outbox_folder;

/// The server and the customer that settings lead to.
pub(super) struct Destination<'a> {
    /// Scheme, host and port.
    pub(super) server: String,
    pub(super) customer: &'a CustomerName,
}

pub(super) async fn outbox_step(
    args: &DoctorArgs,
    settings: &Destination<'_>,
    system: &System,
) -> Result<String, Failure> {
    let journal = outbox_folder::open(&args.outbox, &args.server.profile, system).await?;
    tempfile::NamedTempFile::new_in(journal.spool()).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("nothing can be kept in {}: {fault}", journal.spool().display()),
            "Let the user who sends own that folder, and look at the room on that disk.",
        )
    })?;
    let counts = journal.counts().await?;
    let count =
        |state: &str| counts.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
    let (waiting, failed) = (count("waiting"), count("failed"));
    let groups = waiting_text(&journal.waiting_groups().await?, settings, (system.now)());
    Ok(format!("{}: {waiting} waiting, {failed} failed{groups}", journal.folder().display()))
}

/// Says for whom entries wait and for how long, a line each, and what to do about those that will not go by
/// themselves; nothing when nothing waits.
fn waiting_text(groups: &[WaitingGroup], settings: &Destination<'_>, now: Timestamp) -> String {
    let line = |group: &WaitingGroup| {
        let WaitingGroup { server, customer, entries, since } = group;
        let is_destination = *server == settings.server && customer == settings.customer.as_str();
        let advice = if !is_destination {
            format!(
                "; these settings lead elsewhere: bursar outbox retry --url {server} --customer {customer}, or, \
                 if that was a slip, bursar outbox drop --host {server} --customer {customer}"
            )
        } else if is_stale(*since, now) {
            "; bursar outbox retry sends them and says what is in the way".to_owned()
        } else {
            String::new()
        };
        format!(
            "\n                {entries} for {customer} of {server}, the oldest for {}, since {}{advice}",
            age(now.duration_since(*since)),
            date_time(*since)
        )
    };
    groups.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_with_its_age_and_what_to_do() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let group = |customer: &str, since| WaitingGroup {
            server: "https://bursar.example".to_owned(),
            customer: customer.to_owned(),
            entries: 2,
            since: at(since),
        };
        let customer = "acme".parse().unwrap();
        let settings =
            Destination { server: "https://bursar.example".to_owned(), customer: &customer };
        let now = at(3 * 86_400 + 5);
        assert_eq!(waiting_text(&[], &settings, now), "");
        for (group, words, advice) in [
            (
                group("acme", 3 * 86_400),
                "2 for acme of https://bursar.example, the oldest for 0 m",
                "",
            ),
            (
                group("acme", 0),
                "the oldest for 3 days, since 15 Jan 2027",
                "; bursar outbox retry sends",
            ),
            (
                group("contoso", 3 * 86_400),
                "2 for contoso of",
                "bursar outbox drop --host https://bursar.example --customer contoso",
            ),
        ] {
            let text = waiting_text(&[group], &settings, now);
            assert!(text.contains(words) && text.contains(advice), "{text}");
            assert_eq!(text.contains("bursar outbox"), !advice.is_empty(), "{text}");
        }
    }
}
