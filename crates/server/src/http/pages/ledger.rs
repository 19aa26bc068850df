//! What the pages of a unit's ledgers share: where a row's page is, which findings stand beside it, asking
//! the ledgers.
//!
//! Not for: one ledger's pages (`transactions`, `suppliers`, `employees`).
//!
//! Invariant: what a value of a row looks like is decided by [`fields`] alone.

pub(crate) mod fields;
pub(crate) mod list;
pub(crate) mod page;
mod supplier_columns;

use domain::finding::{FindingRow, FindingSummary};
use domain::ledger_view::{LedgerRow, RowsFilter, RowsOrder, RowsPage, RowsRequest};
use domain::page::PageSize;
use domain::{FileType, causes};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::access::Member;
use super::error::PageError;
use super::findings::labels::state_tag;
use super::format;
use super::known_checks::KnownChecks;
use crate::App;
use crate::ledgers::LedgersError;

/// Ids are the ERP's: whatever they hold, they are one segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// The most findings that the page of a row lists; the queue has the others.
const RELATED_SHOWN: u32 = 10;

/// The findings that a page names.
pub(crate) struct RelatedFindings {
    pub(crate) shown: Vec<FindingLink>,
    /// The address of the others, when there are others.
    pub(crate) all: Option<String>,
}

/// A finding, as the page of something it names lists it.
pub(crate) struct FindingLink {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) at_risk: String,
    /// Empty where nothing came back.
    pub(crate) received: String,
    pub(crate) state: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) found: String,
}

impl Member {
    /// The page of a row.
    pub(crate) fn row_path(&self, file_type: FileType, id: &str) -> String {
        let section = file_type.spec().table;
        self.path(&format!("{section}/{}", utf8_percent_encode(id, SEGMENT)))
    }

    /// The page of an invoice of a supplier, as a Unique ID may be that of invoices of several; an empty
    /// `supplier` is not known.
    pub(crate) fn invoice_path(&self, file_type: FileType, id: &str, supplier: &str) -> String {
        let path = self.row_path(file_type, id);
        if supplier.is_empty() {
            return path;
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("{path}?{}", query.append_pair("supplier", supplier).finish())
    }

    /// The page of a row of a finding.
    pub(crate) fn finding_row_path(&self, row: &FindingRow) -> String {
        let (file_type, id, supplier) = row.identity();
        self.invoice_path(file_type, id, supplier)
    }

    /// The findings that speak of a row, for its page; with a `supplier`, those that speak of it as well.
    /// `words` find the others in the queue.
    pub(crate) async fn related_findings(
        &self,
        app: &App,
        (ledger, id, supplier): (FileType, &str, Option<&str>),
        words: &str,
    ) -> Result<RelatedFindings, PageError> {
        const SIZE: PageSize = PageSize::fixed(RELATED_SHOWN + 1);
        let (store, unit) = (&self.store, &self.unit);
        let found = match supplier {
            Some(supplier) => {
                store.findings_naming_invoice(unit, (ledger, id, supplier), SIZE).await?
            }
            None => store.findings_naming(unit, ledger, id, SIZE).await?,
        };
        let (shown, known) = (RELATED_SHOWN as usize, KnownChecks::new(app));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("state", "all")
            .append_pair("text", words)
            .finish();
        Ok(RelatedFindings {
            all: (found.len() > shown).then(|| self.path(&format!("findings?{query}"))),
            shown: found
                .into_iter()
                .take(shown)
                .map(|finding| finding_link(self, known, finding))
                .collect(),
        })
    }
}

/// Trying again is right with ledgers, so that is what the page says; but not of one that waits for an
/// operator.
impl From<LedgersError> for PageError {
    fn from(error: LedgersError) -> Self {
        tracing::error!(error = %causes::one_line(&error), "a ledger could not be read for a page");
        match error {
            LedgersError::Unusable(fault) => Self::UnusableLedger(fault.kind),
            LedgersError::Storage(_) | LedgersError::TooLarge | LedgersError::Unexpected(_) => {
                Self::Busy
            }
        }
    }
}

/// All rows of one id: of parties each variation.
pub(crate) async fn rows_by_id(
    app: &App,
    member: &Member,
    file_type: FileType,
    id: &str,
) -> Result<Vec<LedgerRow>, PageError> {
    let filter = RowsFilter { id: Some(id.to_owned()), ..RowsFilter::default() };
    let page = first_rows(app, member, file_type, filter, PageSize::default()).await?;
    Ok(page.rows.into_iter().filter(|row| row.id == id).collect())
}

/// The first rows, in the usual order.
pub(crate) async fn first_rows(
    app: &App,
    member: &Member,
    file_type: FileType,
    filter: RowsFilter,
    size: PageSize,
) -> Result<RowsPage, PageError> {
    let (of, order) = (member.checked_unit(), RowsOrder::usual(file_type));
    Ok(app.browser.rows(&RowsRequest { of, file_type, filter, order, skip: 0, size }).await?)
}

/// A finding by its title, its state and its page.
#[expect(clippy::needless_pass_by_value, reason = "it is the end of the summary")]
pub(crate) fn finding_link(
    member: &Member,
    known: KnownChecks<'_>,
    finding: FindingSummary,
) -> FindingLink {
    let (state, tone) = state_tag(&finding, known);
    FindingLink {
        href: member.path(&format!("findings/{}", finding.key)),
        title: format::prose(&finding.title),
        at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
        received: format::of_currency(finding.standing.recovered, finding.at_risk.as_ref()),
        state,
        tone,
        found: format::date(finding.seen.first_seen),
    }
}
