//! A finding as a letter to one of its suppliers tells it, and who that is.
//!
//! Invariant: where an invoice was keyed under suppliers that have nothing to do with one another it shows
//! the invoices of the one who is asked only; days and numbers that the extract does not have stand in none.
//! Unless somebody names another, it goes to the supplier to whom the money went that is to come back.

use domain::finding::{Finding, FindingRow, StoredFinding};
use domain::{Amount, FileType, Money};

use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::findings::of_supplier::asked_supplier;
use crate::http::pages::findings::timeline::supplier_names;

/// The kind of finding whose invoices are of suppliers that have nothing to do with one another.
const WRONG_SUPPLIER: &str = "wrong_supplier";

/// Who a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Supplier {
    pub(super) name: String,
    pub(super) reference: String,
}

/// A finding as a letter to one of its suppliers tells it: its invoices of that supplier, without what the
/// extract does not have.
pub(super) struct Request {
    pub(super) found: StoredFinding,
    /// The other suppliers of its invoices, who can be asked instead.
    pub(super) others: Vec<Supplier>,
    /// The findings whose money it is too.
    pub(super) folded: Vec<StoredFinding>,
    pub(super) claim: ClaimMoney,
}

/// The money that a supplier is asked for.
pub(super) struct ClaimMoney {
    /// In the currency of the invoice.
    pub(super) billed: Money,
    /// In the currency of the ledger, where that is another.
    pub(super) posted: Option<Money>,
}

impl Request {
    pub(super) fn new(
        mut found: StoredFinding,
        named: &str,
        derived: &DerivedFields,
    ) -> (Supplier, Self) {
        let mut others = suppliers(&found.finding);
        let place = |named: &str| others.iter().position(|other| other.reference == named);
        let paid = || place(found.finding.excess_supplier()?);
        let asked = place(named).or_else(paid).unwrap_or_default();
        let mut own = found.finding.clone();
        let supplier = if others.is_empty() {
            supplier_of(&found)
        } else {
            let supplier = others.remove(asked);
            own.rows.retain(|row| row.fields.get("supplier_ref") == Some(&supplier.reference));
            supplier
        };
        let claim = ClaimMoney::of(&found, &own);
        if own.kind == WRONG_SUPPLIER {
            found.finding.rows = own.rows;
        }
        for row in &mut found.finding.rows {
            leave_out_derived(row, derived);
        }
        (supplier, Self { found, others, folded: Vec::new(), claim })
    }

    /// Returns `true` when its invoice was keyed under suppliers that have nothing to do with one another.
    pub(super) fn is_of_strangers(&self) -> bool {
        self.found.finding.kind == WRONG_SUPPLIER && !self.others.is_empty()
    }

    /// All findings that it is about, the one that asks first.
    pub(super) fn findings(&self) -> impl Iterator<Item = &StoredFinding> {
        std::iter::once(&self.found).chain(&self.folded)
    }
}

impl ClaimMoney {
    /// The money of a finding that is still to come back, as the supplier billed it whose invoices `own` has.
    fn of(found: &StoredFinding, own: &Finding) -> Self {
        let outstanding = outstanding(found);
        let billed = own.as_billed(&outstanding);
        let is_another = billed.currency != outstanding.currency;
        Self { billed, posted: is_another.then_some(outstanding) }
    }
}

/// In the currency of what is at risk.
fn outstanding(found: &StoredFinding) -> Money {
    let at_risk = found.finding.at_risk.clone();
    let at_risk = at_risk.unwrap_or(Money { amount: Amount::default(), currency: None });
    let asked = found.standing.recovery.as_ref().and_then(|step| step.amount);
    let asked = asked.unwrap_or(at_risk.amount).ten_thousandths();
    let came = found.standing.recovered.map_or(0, Amount::ten_thousandths);
    let amount = Amount::from_ten_thousandths(asked.saturating_sub(came).max(0));
    Money { amount, ..at_risk }
}

/// A day or a number that is taken from another field stands on no paper of the supplier's.
pub(super) fn leave_out_derived(row: &mut FindingRow, derived: &DerivedFields) {
    if row.ledger == FileType::Transactions {
        let is_of_paper = |column: &str| column.ends_with("_date") || column == "invoice_number";
        row.fields.retain(|column, _text| !is_of_paper(column) || derived.source(column).is_none());
    }
}

/// The supplier that a finding is about: of several the one of the invoice that was one too many.
fn supplier_of(found: &StoredFinding) -> Supplier {
    let names = supplier_names(&found.finding.rows);
    let reference = asked_supplier(&found.finding).unwrap_or_default().to_owned();
    let of_excess = found.finding.excess_invoice().and_then(|row| row.fields.get("supplier_name"));
    let name = of_excess.map(String::as_str).or_else(|| names.into_iter().next());
    Supplier { name: name.unwrap_or(&reference).to_owned(), reference }
}

/// The suppliers of its invoices, in the order of its rows; none where it is only one.
fn suppliers(finding: &Finding) -> Vec<Supplier> {
    let mut suppliers: Vec<Supplier> = Vec::new();
    for row in finding.rows.iter().filter(|row| row.ledger == FileType::Transactions) {
        let field = |name: &str| row.fields.get(name).filter(|text| !text.is_empty());
        let Some(reference) = field("supplier_ref") else { continue };
        if suppliers.iter().all(|known| known.reference != *reference) {
            let name = field("supplier_name").unwrap_or(reference).clone();
            suppliers.push(Supplier { name, reference: reference.clone() });
        }
    }
    if suppliers.len() < 2 { Vec::new() } else { suppliers }
}
