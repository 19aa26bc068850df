//! Money on its way back: what is to be asked for, was asked for, is promised, came or will not, and what of
//! it is late.
//!
//! Not for: one finding's money (`findings`), or letters (`letters`).
//!
//! Invariant: every figure is a sum of the database's; the list is a queue like any other, so its address
//! holds all of it.

use askama::Template;
use axum::extract::State;
use domain::finding::{FindingSummary, RecoveryStage};
use domain::letter::DAYS_TO_ANSWER;
use domain::page::PageSize;
use domain::{FindingKey, Money};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use store::{FindingFilter, FindingOrder, MoneyBack, RECOVERY_AGES, RecoverySums};

use super::access::Viewer;
use super::field::{Text, valid};
use super::filters;
use super::findings::credit_line::{CreditLine, credit_line};
use super::findings::people::People;
use super::findings::recovery_card::{days_ago, is_overdue};
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html};
use crate::App;

#[derive(Template)]
#[template(path = "recovery.html")]
struct RecoveryPage {
    page: Layout,
    here: String,
    /// Nothing was ever decided of which money could come back.
    is_empty: bool,
    tabs: Vec<StageTab>,
    ages: Vec<AgeLine>,
    rows: Vec<RecoveryRow>,
    /// Credits that may be the answer to one of the claims.
    credits: Vec<CreditLine>,
    title: &'static str,
    may_decide: bool,
    letter: String,
    today: String,
    /// By when what is promised is expected, unless somebody says otherwise.
    due: String,
    next: Option<String>,
    is_first: bool,
}

/// A stage with its sums, to be listed.
struct StageTab {
    title: &'static str,
    href: String,
    findings: String,
    money: String,
    overdue: u64,
    is_current: bool,
}

/// Money that was asked for so long ago.
struct AgeLine {
    age: String,
    findings: String,
    money: String,
}

struct RecoveryRow {
    key: FindingKey,
    seen: u64,
    href: String,
    title: String,
    stage: &'static str,
    money: String,
    recovered: String,
    asked: String,
    due: String,
    is_overdue: bool,
    reference: String,
    assignee: String,
}

/// The stage that is listed, and the place in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RecoveryQuery {
    stage: Text,
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
}

/// The word of all that is still to come back, which is listed first.
const OUTSTANDING: &str = "";

pub(crate) async fn get_recovery(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<RecoveryQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let today = format::today(app.clock.now());
    let stage: Option<RecoveryStage> = query.stage.parse().ok();
    let sums = store.finding_sums(unit).await?.recovery_sums(today).await?;
    let filter = filter(stage);
    let (size, after) = (PageSize::default(), query.after.as_ref());
    let listed = store.findings(unit, &filter, FindingOrder::Recovery, size, after).await?;
    let people = People::load(&viewer).await?;
    let credits = store.credit_matches(unit, None).await?;
    let here = viewer.path("recovery");
    let word = stage.map_or(OUTSTANDING, RecoveryStage::as_str);
    let row = |found| row(&viewer, &people, found, today);
    let page = Layout::for_member(&app, &viewer, Section::Recovery, "Recovery").await?;
    html(&RecoveryPage {
        page: page.with_flash(flash),
        is_empty: sums.stages.iter().all(|sum| sum.findings == 0),
        tabs: tabs(&sums, stage, &here),
        ages: ages(&sums),
        title: stage.map_or("Outstanding", RecoveryStage::title),
        next: listed.next.map(|last| format!("{here}?stage={word}&after={last}")),
        is_first: query.after.is_none(),
        rows: listed.items.into_iter().map(row).collect(),
        credits: credits.iter().map(|found| credit_line(&viewer, found)).collect(),
        may_decide: viewer.role.may_decide(),
        letter: viewer.path("recovery/letter"),
        today: today.to_string(),
        due: today.saturating_add(DAYS_TO_ANSWER.days()).to_string(),
        here,
    })
}

fn filter(stage: Option<RecoveryStage>) -> FindingFilter {
    let money_back = if stage.is_none() { MoneyBack::Outstanding } else { MoneyBack::Any };
    FindingFilter { recovery: stage, money_back: Some(money_back), ..FindingFilter::of_recovery() }
}

fn tabs(sums: &RecoverySums, current: Option<RecoveryStage>, here: &str) -> Vec<StageTab> {
    let mut outstanding = StageTab {
        title: "Outstanding",
        href: here.to_owned(),
        findings: String::new(),
        money: String::new(),
        overdue: 0,
        is_current: current.is_none(),
    };
    let (mut findings, mut money) = (0, domain::MoneySums::default());
    let open = sums.stages.iter().filter(|sum| sum.stage.is_outstanding());
    for sum in open {
        findings += sum.findings;
        outstanding.overdue += sum.overdue;
        for of in &sum.money {
            money.add(of.currency.as_deref(), of.amount.ten_thousandths().into());
        }
    }
    outstanding.findings = format::count(findings);
    outstanding.money = format::sums(&money.into_money());
    let each = sums.stages.iter().map(|sum| StageTab {
        title: sum.stage.title(),
        href: format!("{here}?stage={}", sum.stage),
        findings: format::count(sum.findings),
        money: format::sums(&sum.money),
        overdue: sum.overdue,
        is_current: current == Some(sum.stage),
    });
    std::iter::once(outstanding).chain(each).collect()
}

/// The lines by age; none where nothing was asked for.
fn ages(sums: &RecoverySums) -> Vec<AgeLine> {
    if sums.ages.iter().all(|age| age.findings == 0) {
        return Vec::new();
    }
    let words = |place: usize| match (place.checked_sub(1), RECOVERY_AGES.get(place)) {
        (None, Some(until)) => format!("up to {until} days ago"),
        (Some(before), Some(until)) => format!("{} to {until} days ago", RECOVERY_AGES[before] + 1),
        (_, None) => format!("more than {} days ago", RECOVERY_AGES[RECOVERY_AGES.len() - 1]),
    };
    let line = |(place, age): (usize, &store::RecoveryAge)| AgeLine {
        age: words(place),
        findings: format::count(age.findings),
        money: format::sums(&age.money),
    };
    sums.ages.iter().enumerate().map(line).collect()
}

fn row(viewer: &Viewer, people: &People, found: FindingSummary, today: Date) -> RecoveryRow {
    let standing = &found.standing;
    let stage = standing.recovery_stage().unwrap_or(RecoveryStage::ToAsk);
    let step = standing.recovery.as_ref();
    let currency = found.at_risk.as_ref().and_then(|money| money.currency.clone());
    let amount = step.and_then(|step| step.amount).filter(|_| stage != RecoveryStage::Received);
    let amount = amount.or(found.at_risk.as_ref().map(|money| money.amount));
    let asked_on = step.and_then(|step| step.asked_on);
    RecoveryRow {
        href: viewer.path(&format!("findings/{}", found.key)),
        title: format::prose(&found.title),
        stage: stage.title(),
        money: amount.map(|amount| format::money(&Money { amount, currency })).unwrap_or_default(),
        recovered: format::of_currency(standing.recovered, found.at_risk.as_ref()),
        asked: asked_on
            .map(|day| format!("{}, {}", format::day(day), days_ago(day, today)))
            .unwrap_or_default(),
        due: standing.due.map(format::day).unwrap_or_default(),
        is_overdue: is_overdue(standing, today),
        reference: step.and_then(|step| step.reference.clone()).unwrap_or_default(),
        assignee: standing.assignee.as_deref().map(|who| people.label(who)).unwrap_or_default(),
        seen: found.last_entry,
        key: found.key,
    }
}

#[cfg(test)]
mod tests {
    use store::{RecoveryAge, RecoverySum};

    use super::*;

    #[test]
    fn what_is_outstanding_is_summed_and_aged() {
        let money = |pounds: i64| {
            vec![Money {
                amount: domain::Amount::from_ten_thousandths(pounds * 10_000),
                currency: Some("GBP".to_owned()),
            }]
        };
        let sum = |stage, findings, pounds, overdue| RecoverySum {
            stage,
            findings,
            money: money(pounds),
            overdue,
        };
        let sums = RecoverySums {
            stages: vec![
                sum(RecoveryStage::ToAsk, 2, 20, 0),
                sum(RecoveryStage::Asked, 1, 5, 1),
                sum(RecoveryStage::Received, 7, 100, 0),
            ],
            ages: [
                RecoveryAge { findings: 1, money: money(5) },
                RecoveryAge::default(),
                RecoveryAge::default(),
                RecoveryAge::default(),
            ],
        };
        let tabs = tabs(&sums, Some(RecoveryStage::Asked), "/r");
        let told: Vec<String> = tabs
            .iter()
            .map(|tab| format!("{} {} {} {}", tab.title, tab.findings, tab.money, tab.overdue))
            .collect();
        assert_eq!(
            told,
            [
                "Outstanding 3 £25.00 1",
                "To ask for 2 £20.00 0",
                "Asked for 1 £5.00 1",
                "Received 7 £100.00 0"
            ]
        );
        assert!(tabs[2].is_current && tabs[2].href == "/r?stage=asked");
        let ages: Vec<String> = ages(&sums).into_iter().map(|line| line.age).collect();
        assert_eq!(
            ages,
            [
                "up to 30 days ago",
                "31 to 60 days ago",
                "61 to 90 days ago",
                "more than 90 days ago"
            ]
        );
        assert!(
            super::ages(&RecoverySums {
                ages: std::array::from_fn(|_age| RecoveryAge::default()),
                ..sums
            })
            .is_empty()
        );
    }
}
