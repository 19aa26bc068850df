//! The team: what each has to do and has done this week.
//!
//! Invariant: whoever has nothing to do and did nothing is not named.

use jiff::Timestamp;
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
    let work = sums.team_work(format::week_begins(now)).await?;
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
