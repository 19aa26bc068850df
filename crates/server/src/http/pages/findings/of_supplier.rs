//! The supplier whose findings a queue is limited to: its name, its page, and the letter about all of it.
//!
//! Invariant: a ledger that cannot be read takes no queue away.

use domain::finding::{RecoveryStage, StoredFinding};
use domain::ledger_view::{RowsFilter, RowsOrder, RowsRequest};
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{FileType, Finding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::{FindingFilter, FindingOrder, Inclusion, MoneyBack};

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;

const SUPPLIERS: FileType = FileType::Suppliers;
/// References are the ERP's: whatever they hold, they are one segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// The supplier of a queue.
pub(super) struct OfSupplier {
    pub(super) name: String,
    pub(super) href: String,
    /// The count of findings that can be asked for in one letter, and the letter.
    pub(super) to_ask: u64,
    pub(super) letter: String,
}

/// The supplier of the queue; none where it is of all suppliers.
pub(super) async fn of_supplier(
    app: &App,
    member: &Member,
    reference: &str,
) -> Result<Option<OfSupplier>, PageError> {
    if reference.is_empty() {
        return Ok(None);
    }
    let request = RowsRequest {
        of: member.checked_unit(),
        file_type: SUPPLIERS,
        filter: RowsFilter { id: Some(reference.to_owned()), ..RowsFilter::default() },
        order: RowsOrder::usual(SUPPLIERS),
        skip: 0,
        size: PageSize::fixed(1),
    };
    let page = app.browser.rows(&request).await;
    let rows = page.map_or_else(|_unreadable| Vec::new(), |page| page.rows);
    let name = rows.first().and_then(|row| row.fields.get("supplier_name")).cloned();
    let (to_ask, letter) = letter_to(member, reference).await?;
    Ok(Some(OfSupplier {
        name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| reference.to_owned()),
        href: member.path(&format!("suppliers/{}", utf8_percent_encode(reference, SEGMENT))),
        to_ask,
        letter,
    }))
}

/// The count of findings that one letter to a supplier asks for, and that letter: a finding that names the
/// supplier and whose money went to another is in the letter to that one.
pub(in crate::http::pages) async fn letter_to(
    member: &Member,
    reference: &str,
) -> Result<(u64, String), PageError> {
    // What was asked for already is no more to be asked for.
    let to_ask = FindingFilter {
        of_supplier: Some(reference.to_owned()),
        money_back: Some(MoneyBack::Outstanding),
        recovery: Some(RecoveryStage::ToAsk),
        gone: Inclusion::Yes,
        suppressed: Inclusion::Yes,
        ..FindingFilter::default()
    };
    // As many as the letters are about.
    let (order, size) = (FindingOrder::Priority, PageSize::fixed(PAGE_SIZE_MAX));
    let found = member.store.whole_findings(&member.unit, &to_ask, order, size, None).await?.items;
    let is_asked = |found: &&StoredFinding| {
        found.finding.at_risk.is_some()
            && found.recovery_stage().is_some_and(RecoveryStage::is_outstanding)
            && asked_supplier(&found.finding) == Some(reference)
    };
    let to_ask = found.iter().filter(is_asked).count();
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("supplier", reference).finish();
    Ok((to_ask as u64, member.path(&format!("letter?{query}"))))
}

/// The reference of the supplier that is asked for the money of a finding: to whom it went that is to come
/// back, else the one that the finding is about.
pub(in crate::http::pages) fn asked_supplier(finding: &Finding) -> Option<&str> {
    finding.excess_supplier().or_else(|| supplier_reference(finding))
}

/// The reference of the supplier that the first row is or refers to.
pub(in crate::http::pages) fn supplier_reference(finding: &Finding) -> Option<&str> {
    let own = finding.rows.iter().find(|row| row.ledger == FileType::Suppliers);
    let referred = finding.rows.iter().find_map(|row| row.fields.get("supplier_ref"));
    own.map(|row| &row.id).or(referred).map(String::as_str)
}
