//! Whether the outbox can be used, and what waits in it.

use jiff::{SignedDuration, Timestamp};

use crate::args::DoctorArgs;
use crate::journal::WaitingGroup;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::{date_time, plural};
use crate::system::System;
use crate::transfer::outbox_folder;

pub(super) async fn outbox_step(args: &DoctorArgs, system: &System) -> Result<String, Failure> {
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
    let groups = waiting_text(&journal.waiting_groups().await?, (system.now)());
    Ok(format!("{}: {waiting} waiting, {failed} failed{groups}", journal.folder().display()))
}

/// Says for how long the oldest entry waits and for whom all is that waits; nothing when nothing waits.
fn waiting_text(groups: &[WaitingGroup], now: Timestamp) -> String {
    let Some(oldest) = groups.first() else { return String::new() };
    let places: Vec<String> = groups
        .iter()
        .map(|wait| format!("{} for {} of {}", wait.entries, wait.customer, wait.server))
        .collect();
    format!(
        "\n                the oldest has waited {}, since {}\n                waiting: {}",
        age(now.duration_since(oldest.since)),
        date_time(oldest.since),
        places.join(", ")
    )
}

/// A span of time in the largest unit that has come full.
fn age(time: SignedDuration) -> String {
    let minutes = time.as_mins().unsigned_abs();
    match minutes {
        0..120 => plural(minutes, "minute"),
        120..2_880 => plural(minutes / 60, "hour"),
        _ => plural(minutes / 1_440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_with_its_age_and_place() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let wait = |customer: &str, since| WaitingGroup {
            server: format!("https://{customer}.example"),
            customer: customer.to_owned(),
            entries: 2,
            since: at(since),
        };
        assert_eq!(waiting_text(&[], at(0)), "");
        let words = waiting_text(&[wait("contoso", 0), wait("acme", 60)], at(3 * 86_400 + 5));
        for part in [
            "waited 3 days, since",
            "2 for contoso of https://contoso.example, 2 for acme of https://acme.example",
        ] {
            assert!(words.contains(part), "{words}");
        }
        for (seconds, text) in [(59, "0 minutes"), (7_199, "119 minutes"), (7_200, "2 hours")] {
            assert_eq!(age(SignedDuration::from_secs(seconds)), text);
        }
    }
}
