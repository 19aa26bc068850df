//! The columns of a list of suppliers beside its own: what each billed, when it was paid last, and what is
//! open of it.
//!
//! Invariant: all are looked up for the rows of one page, so that a list stays quick whatever the ledger.

use std::collections::BTreeMap;

use domain::ledger_view::{RowsPage, SupplierTotal};

use super::list::{Head, ListCell};
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

const BILLED: &str = "Billed";
const LAST_PAID: &str = "Last paid";
const OPEN: &str = "Open findings";

/// The suppliers of a page.
pub(super) struct SupplierColumns {
    totals: BTreeMap<String, SupplierTotal>,
    /// Days of payment only where there are any: a ledger that names none says nothing of them.
    names_days: bool,
    open_findings: BTreeMap<String, u64>,
}

impl SupplierColumns {
    pub(super) async fn of(member: &Member, page: &RowsPage) -> Result<Self, PageError> {
        let mut references: Vec<String> = page.rows.iter().map(|row| row.id.clone()).collect();
        references.sort_unstable();
        references.dedup();
        let (store, unit) = (&member.store, &member.unit);
        let open_findings = store.open_findings_of_suppliers(unit, &references).await?;
        let totals = page.supplier_totals.clone();
        let names_days = totals.values().any(|total| total.last_paid.is_some());
        Ok(Self { totals, names_days, open_findings })
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = Head> {
        let billed = (!self.totals.is_empty()).then(|| Head::beside(BILLED, "num"));
        let last_paid = self.names_days.then(|| Head::beside(LAST_PAID, ""));
        billed.into_iter().chain(last_paid).chain([Head::beside(OPEN, "num")])
    }

    pub(super) fn cells(
        &self,
        member: &Member,
        reference: &str,
    ) -> impl Iterator<Item = ListCell> + use<> {
        let total = self.totals.get(reference);
        let billed = (!self.totals.is_empty()).then(|| {
            let billed = total.and_then(|total| total.billed.as_ref()).map(format::money);
            ListCell::beside(BILLED, billed.unwrap_or_default(), "num")
        });
        let last_paid = self.names_days.then(|| {
            let day = total.and_then(|total| total.last_paid).map(format::day);
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
        billed.into_iter().chain(last_paid).chain([open])
    }
}
