//! Invoices that are not to be paid: what is held, what was lifted, and whether the ERP knows.
//!
//! Not for: holding (`verdicts`). Invariant: an invoice is lifted by who decides, with a word on why.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use domain::finding::{HOLD_WORDS_CHARS_MAX, HoldsToLift, PaymentHold, PaymentHoldState};
use domain::page::PageSize;
use domain::{FileType, Money};
use serde::Deserialize;

use super::access::{Analyst, Member, Viewer};
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, see_other};
use crate::App;

/// Invoices lifted at once: as many as a page shows.
const LIFTED_AT_ONCE_MAX: usize = PageSize::fixed(50).get() as usize;

#[derive(Template)]
#[template(path = "holds.html")]
struct HoldsPage {
    page: Layout,
    here: String,
    lift: String,
    /// Set when what is held is listed, else what was lifted.
    is_held: bool,
    rows: Vec<HoldRow>,
    may_decide: bool,
    next: Option<String>,
    is_first: bool,
    words_max: usize,
}

struct HoldRow {
    /// The change since which it stands like this: what is lifted by a tick is what was looked at.
    change: u64,
    invoice: String,
    href: String,
    number: String,
    supplier: String,
    money: String,
    title: String,
    /// The page of the first finding that asks for it.
    finding: Option<String>,
    /// The count of further findings that ask for it.
    more: usize,
    because: String,
    changed: String,
    by: String,
    /// Since when the ERP knows; empty while it does not.
    known: String,
}

/// The part of the list that is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HoldsPageQuery {
    /// `lifted`, or else what is held.
    state: Text,
    #[serde(deserialize_with = "valid")]
    after: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LiftForm {
    /// Those that are ticked, by their changes.
    hold: Vec<String>,
    because: Text,
}

pub(crate) async fn get_holds(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<HoldsPageQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let state = query.state.parse().unwrap_or_else(|_other| PaymentHoldState::Held);
    let (size, unit) = (PageSize::default(), &viewer.unit);
    let listed = viewer.store.holds(unit, Some(state), size, query.after).await?;
    let here = viewer.path("holds");
    let layout = Layout::for_member(&app, &viewer, Section::Holds, "Holds").await?;
    html(&HoldsPage {
        page: layout.with_flash(flash),
        lift: viewer.path("holds/lift"),
        is_held: state == PaymentHoldState::Held,
        next: listed.next.map(|last| format!("{here}?state={}&after={last}", state.as_str())),
        is_first: query.after.is_none(),
        rows: listed.items.into_iter().map(|hold| row(&viewer, hold)).collect(),
        may_decide: viewer.role.may_decide(),
        words_max: HOLD_WORDS_CHARS_MAX,
        here,
    })
}

/// Takes what is ticked off the list.
pub(crate) async fn lift_holds(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<LiftForm>,
) -> PageResult {
    let here = analyst.path("holds");
    if form.hold.is_empty() {
        return see_other(&Flash::NothingLifted.on(&here));
    }
    if form.hold.len() > LIFTED_AT_ONCE_MAX {
        return Err(PageError::FormTooLong);
    }
    if form.because.is_empty() || form.because.chars().count() > HOLD_WORDS_CHARS_MAX {
        let why = format!(
            "Nothing was lifted: say why in up to {HOLD_WORDS_CHARS_MAX} characters, as the ERP pays these \
             invoices from then on."
        );
        return Err(PageError::Impossible(why));
    }
    let changes: Result<BTreeSet<u64>, _> = form.hold.iter().map(|change| change.parse()).collect();
    let Ok(changes) = changes else {
        return Err(PageError::impossible(
            "a hold is ticked by its number, and one of these is none",
        ));
    };
    let (unit, decider) = (&analyst.unit, analyst.decider(&app));
    let which = HoldsToLift::Changes(changes);
    analyst.store.lift(unit, &which, &form.because, decider).await?;
    see_other(&Flash::HoldsLifted.on(&here))
}

fn row(member: &Member, hold: PaymentHold) -> HoldRow {
    let field = |name: &str| hold.fields.get(name).cloned().unwrap_or_default();
    let currency = Some(field("invoice_amount_currency")).filter(|code| !code.is_empty());
    let money = field("invoice_amount").parse().map(|amount| Money { amount, currency });
    let finding = hold.findings.first();
    HoldRow {
        href: member.invoice_path(FileType::Transactions, &hold.invoice, &field("supplier_ref")),
        number: field("invoice_number"),
        supplier: domain::finding::party(&field("supplier_name"), &field("supplier_ref")),
        money: money.map_or_else(|_none| String::new(), |money| format::money(&money)),
        finding: finding.map(|key| member.path(&format!("findings/{key}"))),
        more: hold.findings.len().saturating_sub(1),
        changed: format::moment(hold.changed_at),
        known: hold.acknowledged_at.map(format::moment).unwrap_or_default(),
        change: hold.change,
        invoice: hold.invoice,
        title: hold.title,
        because: hold.because,
        by: hold.changed_by,
    }
}
