//! All that the page of a finding asks the store and the ledgers for, beside the finding itself.
//!
//! Not for: how it is shown (`detail`).
//!
//! Invariant: the page takes it apart field by field, so that a part that is read and not shown does not
//! compile.

use std::collections::BTreeSet;

use domain::attachment::Attachment;
use domain::finding::{HistoryEntry, ReasonCatalogue, ReasonRule, Receipts, StoredFinding};
use domain::{FindingKey, Visibility};

use super::assumptions::assumptions;
use super::credit_line::credit_line;
use super::filter::QueueFilter;
use super::gone::{GoneReason, gone_reason};
use super::neighbours::{Neighbours, neighbours};
use super::of_supplier::supplier_reference;
use super::other_columns::{OtherColumns, other_columns};
use super::payment_hold_card::PaymentHoldCard;
use super::people::People;
use super::recovery_card::RecoveryCard;
use super::related::{Precedents, RelatedFinding, precedents, related};
use super::same_money::SameMoney;
use super::{LastDecision, last_decision, scans};
use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// The surroundings of one finding, for whoever opens it from a queue.
pub(super) struct FindingContext {
    pub(super) history: Vec<HistoryEntry>,
    /// The members, and whoever else the history speaks of.
    pub(super) people: People,
    /// The paths of the finding before and of the one behind it in the queue.
    pub(super) neighbours: Neighbours,
    /// Set when it is no longer found.
    pub(super) gone_reason: Option<GoneReason>,
    pub(super) other_columns: OtherColumns,
    pub(super) related: Vec<RelatedFinding>,
    pub(super) precedents: Precedents,
    pub(super) reason_rule: Option<ReasonRule>,
    pub(super) reason_codes: ReasonCatalogue,
    pub(super) derived: DerivedFields,
    pub(super) payment_hold: Option<PaymentHoldCard>,
    pub(super) same_money: SameMoney,
    /// Files that people put beside it.
    pub(super) files: Vec<Attachment>,
    /// Money on its way back, with the credits that may be it.
    pub(super) recovery: Option<RecoveryCard>,
    /// Hosts whose scans the reader may be shown.
    pub(super) scan_hosts: BTreeSet<String>,
    /// The amounts that its check goes by, in sentences.
    pub(super) assumptions: Vec<String>,
    pub(super) last_decision: Option<LastDecision>,
}

impl FindingContext {
    pub(super) async fn load(
        app: &App,
        member: &Member,
        (found, visibility): (&StoredFinding, Visibility),
        (queue_filter, last): (&QueueFilter, Option<&FindingKey>),
    ) -> Result<Self, PageError> {
        let (store, unit, known) = (&member.store, &member.unit, KnownChecks::new(app));
        let (finding, key) = (&found.finding, &found.finding.key);
        let history = store.finding_history(unit, key).await?;
        let recovery = recovery(app, member, found, &Receipts::of(&history)).await?;
        let gone_reason = match found.seen.gone_at {
            Some(_) => Some(gone_reason(app, member, finding).await?),
            None => None,
        };
        let of_supplier = (supplier_reference(finding), app.clock.now());
        Ok(Self {
            people: People::load(member).await?.and(&history),
            history,
            neighbours: neighbours(member, queue_filter, key).await?,
            gone_reason,
            other_columns: other_columns(app, member, &finding.rows, visibility).await,
            related: related(member, known, finding, &queue_filter.query()).await?,
            precedents: precedents(member, known, finding, of_supplier).await?,
            reason_rule: store.reason_rule().await?,
            reason_codes: store.reason_codes().await?,
            derived: DerivedFields::load(member).await?,
            payment_hold: PaymentHoldCard::load(member, found).await?,
            same_money: SameMoney::load(member, known, found).await?,
            files: store.attachments(unit, key).await?,
            recovery,
            scan_hosts: scans::hosts_for(member).await?,
            assumptions: assumptions(app, member, &finding.check).await?,
            last_decision: last_decision(member, known, last).await?,
        })
    }
}

async fn recovery(
    app: &App,
    member: &Member,
    found: &StoredFinding,
    receipts: &Receipts,
) -> Result<Option<RecoveryCard>, PageError> {
    let (finding, today) = (&found.finding, format::today(app.clock.now()));
    let card = RecoveryCard::new(&found.standing, finding.at_risk.as_ref(), today);
    let Some(mut card) = card else { return Ok(None) };
    if found.recovery_stage().is_none() {
        card.nothing_left();
    }
    card.came(receipts, found.standing.recovery_stage());
    let credits = member.store.credit_matches(&member.unit, Some(&finding.key)).await?;
    card.credits = credits.iter().map(|found| credit_line(member, found)).collect();
    Ok(Some(card))
}
