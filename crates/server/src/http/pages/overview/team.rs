//! The team: what each has to do and has done this week.
//!
//! Invariant: whoever has nothing to do and did nothing is not named.

use jiff::Timestamp;
use jiff::ToSpan as _;
use store::FindingSums;

use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::people::People;
use crate::http::pages::format;

/// Somebody of the team.
pub(super) struct TeamLine {
    pub(super) who: String,
    /// The queue of what is assigned to them.
    pub(super) href: String,
    pub(super) unfinished: String,
    /// The age of the middle one of those since it was found; empty without any.
    pub(super) age: String,
    pub(super) decided: String,
}

/// Everybody who has something to do or has done something this week, the most to do first.
pub(super) async fn team_lines(
    viewer: &Viewer,
    sums: &FindingSums<'_>,
    now: Timestamp,
) -> Result<Vec<TeamLine>, PageError> {
    let work = sums.team_work(monday(now)).await?;
    let people = People::load(viewer).await?;
    let mut work: Vec<_> = work.into_iter().collect();
    work.sort_by_key(|(who, of)| (std::cmp::Reverse((of.unfinished, of.decided)), who.clone()));
    let line = |(address, of): (String, store::TeamWork)| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("assignee", &address)
            .finish();
        let days = of.median_found.map(|at| now.duration_since(at).as_hours().max(0) / 24);
        TeamLine {
            who: people.label(&address),
            href: viewer.path(&format!("findings?{query}")),
            unfinished: format::count(of.unfinished),
            age: days.map(|days| format::counted(days, "day", "days")).unwrap_or_default(),
            decided: format::count(of.decided),
        }
    };
    Ok(work.into_iter().map(line).collect())
}

/// The beginning of the week that a moment is in.
fn monday(now: Timestamp) -> Timestamp {
    let today = format::today(now);
    let since = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_sub(since.days()).expect("a week before today is a day");
    format::day_begins(monday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        for (now, begins) in [
            ("2026-11-30T10:00:00Z", "2026-11-30T00:00:00Z"),
            ("2026-11-29T23:59:59Z", "2026-11-23T00:00:00Z"),
        ] {
            assert_eq!(monday(now.parse().unwrap()), begins.parse::<Timestamp>().unwrap());
        }
    }
}
