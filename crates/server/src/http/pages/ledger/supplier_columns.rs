//! The columns of a list of suppliers beside its own: when each was paid last, and what is open of it.
//!
//! Invariant: both are looked up for the rows of one page, so that a list stays quick whatever the ledger.

use std::collections::BTreeMap;

use domain::ledger_view::RowsPage;
use jiff::civil::Date;

use super::list::{Head, ListCell};
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

const LAST_PAID: &str = "Last paid";
const OPEN: &str = "Open findings";

/// The suppliers of a page.
pub(super) struct SupplierColumns {
    last_paid: BTreeMap<String, Date>,
    open_findings: BTreeMap<String, u64>,
}

impl SupplierColumns {
    pub(super) async fn of(member: &Member, page: &RowsPage) -> Result<Self, PageError> {
        let mut references: Vec<String> = page.rows.iter().map(|row| row.id.clone()).collect();
        references.sort_unstable();
        references.dedup();
        let (store, unit) = (&member.store, &member.unit);
        let open_findings = store.open_findings_of_suppliers(unit, &references).await?;
        Ok(Self { last_paid: page.last_paid.clone(), open_findings })
    }

    /// Days of payment only where there are any: a ledger that names none says nothing of them.
    pub(super) fn heads(&self) -> impl Iterator<Item = Head> {
        let last_paid = (!self.last_paid.is_empty()).then(|| Head::beside(LAST_PAID, ""));
        last_paid.into_iter().chain([Head::beside(OPEN, "num")])
    }

    pub(super) fn cells(
        &self,
        member: &Member,
        reference: &str,
    ) -> impl Iterator<Item = ListCell> + use<> {
        let last_paid = (!self.last_paid.is_empty()).then(|| {
            let day = self.last_paid.get(reference).copied().map(format::day);
            ListCell::beside(LAST_PAID, day.unwrap_or_default(), "when")
        });
        let open = match self.open_findings.get(reference) {
            None => ListCell::beside(OPEN, String::new(), "num"),
            Some(count) => {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("supplier", reference)
                    .finish();
                ListCell::beside(OPEN, format::count(*count), "num")
                    .link(member.path(&format!("findings?{query}")))
            }
        };
        last_paid.into_iter().chain([open])
    }
}
