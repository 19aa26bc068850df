//! One's own work: what is given to somebody in all of their units, what of it waits beyond its day,
//! and where somebody named them.
//!
//! Not for: deciding (`findings`), or what is sent by e-mail (`notifications`).
//!
//! Invariant: it shows findings of units that whoever looks may see, and only what is theirs.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use domain::finding::{HistoryEntry, StoredFinding};
use domain::mention::mentions;
use domain::notification::NotificationEvent;
use domain::page::PageSize;
use domain::{CustomerName, UnitName};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{CustomerStore, FindingFilter, FindingOrder, Inclusion, ReachableUnit};

use super::access::CurrentUser;
use super::error::PageError;
use super::filters;
use super::format;
use super::known_checks::KnownChecks;
use super::layout::Layout;
use super::respond::{PageResult, html};
use crate::App;

pub(crate) const PATH: &str = "/me/work";
/// The findings listed of one unit; the rest stands in its queue.
const LISTED: u32 = 15;

#[derive(Template)]
#[template(path = "own_work.html")]
struct OwnWorkPage {
    page: Layout,
    units: Vec<UnitWork>,
    told: Vec<ToldRow>,
}

/// The findings of one unit that are given to whoever looks.
struct UnitWork {
    called: String,
    /// All of them, in the queue of the unit.
    href: String,
    count: u64,
    overdue: u64,
    rows: Vec<WorkRow>,
}

struct WorkRow {
    title: String,
    supplier: String,
    href: String,
    /// The name of its state on a finding of its check.
    state: &'static str,
    money: String,
    due: String,
    is_overdue: bool,
    found: String,
}

/// Something that whoever looks was named in or given.
struct ToldRow {
    at: String,
    what: String,
    /// Whom the finding is about, and the comment or reason that names whoever looks.
    supplier: String,
    words: String,
    href: String,
}

pub(crate) async fn get_own_work(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
) -> PageResult {
    let today = format::today(app.clock.now());
    let reachable = app.store.system().reachable_units(current_user.user.id).await?;
    let mut units = Vec::new();
    for unit in &reachable {
        let work = unit_work(&app, &current_user, unit, today).await?;
        units.extend(Some(work).filter(|work| work.count > 0));
    }
    let mut customers: Vec<&CustomerName> = reachable.iter().map(|unit| &unit.customer).collect();
    customers.dedup();
    let mut told = Vec::new();
    for customer in customers {
        let store = app.store.customer(customer);
        for (unit, event, at) in store.notifications_for(current_user.user.id).await? {
            let known = reachable
                .iter()
                .find(|known| known.customer == *customer && known.unit.name == unit);
            let Some(known) = known else { continue };
            let (supplier, words) = about(&store, &unit, &event, at).await?;
            let row = ToldRow {
                supplier,
                words,
                at: format::moment(at),
                what: format::prose(&event.sentence(known.unit.called())),
                href: format!("/at/{customer}/{unit}/{}", event.path()),
            };
            told.push((at, row));
        }
    }
    told.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    html(&OwnWorkPage {
        page: Layout::for_user(&app, &current_user, "My work").await?.with_sections(&current_user),
        units,
        told: told.into_iter().map(|(_, row)| row).collect(),
    })
}

/// The supplier that an event is about, and the words by which somebody named whoever is told.
async fn about(
    store: &CustomerStore,
    unit: &UnitName,
    event: &NotificationEvent,
    at: Timestamp,
) -> Result<(String, String), PageError> {
    let (NotificationEvent::Assigned { finding, .. }
    | NotificationEvent::Mentioned { finding, .. }
    | NotificationEvent::DueSoon { finding, .. }
    | NotificationEvent::Overdue { finding, .. }) = event
    else {
        return Ok((String::new(), String::new()));
    };
    let found = store.finding(unit, finding).await?;
    let supplier = found.map(|found| found.suppliers()).unwrap_or_default();
    let NotificationEvent::Mentioned { by, .. } = event else {
        return Ok((supplier, String::new()));
    };
    let history = store.finding_histories(unit, std::slice::from_ref(finding)).await?;
    // Words of that moment that name somebody: a decision and a comment may be of one moment.
    let is_meant = |entry: &HistoryEntry| {
        let names = entry.words.as_deref().is_some_and(|words| !mentions(words).is_empty());
        entry.at == at && entry.by == *by && names
    };
    let then = history.into_values().flatten().find(is_meant);
    Ok((supplier, then.and_then(|entry| entry.words).unwrap_or_default()))
}

async fn unit_work(
    app: &App,
    user: &CurrentUser,
    unit: &ReachableUnit,
    today: Date,
) -> Result<UnitWork, PageError> {
    let store = app.store.customer(&unit.customer);
    let name = &unit.unit.name;
    // Also what the last run did not find any more: money that was asked for is still to come.
    let own = FindingFilter {
        unfinished: true,
        assignee: Some(user.user.email.to_string()),
        gone: Inclusion::Yes,
        ..FindingFilter::default()
    };
    let overdue = FindingFilter { due_before: Some(today), ..own.clone() };
    let size = PageSize::fixed(LISTED);
    let listed = store.whole_findings(name, &own, FindingOrder::Due, size, None).await?;
    let sums = store.finding_sums(name).await?;
    let (path, known) = (format!("/at/{}/{name}/findings", unit.customer), KnownChecks::new(app));
    Ok(UnitWork {
        called: unit.unit.called().to_owned(),
        href: format!("{path}?assignee={}", encoded(user.user.email.as_str())),
        count: sums.count_findings(&own).await?,
        overdue: sums.count_findings(&overdue).await?,
        rows: listed.items.iter().map(|found| work_row(&path, found, known, today)).collect(),
    })
}

fn work_row(path: &str, found: &StoredFinding, known: KnownChecks<'_>, today: Date) -> WorkRow {
    let due = found.standing.due;
    let finding = &found.finding;
    WorkRow {
        title: format::prose(&finding.title),
        supplier: found.suppliers(),
        href: format!("{path}/{}", finding.key),
        state: known.state_words(found.standing.state, &finding.check),
        money: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
        due: due.map(format::day).unwrap_or_default(),
        is_overdue: due.is_some_and(|due| due < today),
        found: format::date(found.seen.first_seen),
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
