//! The letters that findings make: one for each supplier, with what is asked for in words.
//!
//! Invariant: a letter names its findings' money once each, and nothing of it that is masked for whoever
//! writes it; of an invoice that was keyed under two suppliers each reads of its own.

use std::collections::BTreeMap;

use domain::finding::{FindingRow, RecoveryStage, StoredFinding};
use domain::{
    Amount, EmailAddress, FileType, FindingKey, Letter, LetterTemplate, LetterValues, Money,
    MoneySums,
};
use jiff::civil::Date;

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::of_supplier::supplier_reference;
use crate::http::pages::findings::timeline::supplier_names;
use crate::http::pages::format;
use crate::http::pages::ledger::rows_by_id;

/// The kind of finding whose invoices are of suppliers that have nothing to do with one another.
const WRONG_SUPPLIER: &str = "wrong_supplier";

/// A letter before somebody sends it.
pub(crate) struct Draft {
    pub(crate) supplier: String,
    /// Its page, where it has one.
    pub(crate) supplier_path: Option<String>,
    pub(crate) to: Vec<EmailAddress>,
    pub(crate) letter: Letter,
    /// The findings as they were found, each with its money that is to come back.
    pub(crate) claims: Vec<(StoredFinding, Money)>,
    /// The findings it is about, each with its number in the history that was seen.
    pub(crate) findings: Vec<DraftFinding>,
    /// The other suppliers under whom its invoices were keyed.
    pub(crate) others: Vec<OtherLetter>,
    /// The address of its files.
    pub(crate) query: String,
}

pub(crate) struct DraftFinding {
    pub(crate) key: FindingKey,
    pub(crate) seen: u64,
    pub(crate) title: String,
    pub(crate) href: String,
}

/// The letter that asks another supplier in its place.
pub(crate) struct OtherLetter {
    pub(crate) supplier: String,
    pub(crate) href: String,
}

/// The letters about these findings, and why some of them are in none; who is asked of several suppliers of
/// one finding is named by a reference.
pub(super) async fn drafts(
    app: &App,
    member: &Member,
    (keys, named_supplier): (&[FindingKey], &str),
    days: (Date, Date),
) -> Result<(Vec<Draft>, Vec<String>), PageError> {
    let derived = DerivedFields::of(member).await?;
    let mut by_supplier: BTreeMap<Supplier, Vec<Request>> = BTreeMap::new();
    let mut left_out = Vec::new();
    let mut named: Vec<&FindingKey> = keys.iter().collect();
    named.sort_unstable();
    named.dedup();
    for key in named {
        let found = member.store.finding(&member.unit, key).await?.ok_or(PageError::NotFound)?;
        if let Some(why) = why_none(&found) {
            left_out.push(format!("{}: {why}", format::prose(&found.finding.title)));
            continue;
        }
        let (supplier, request) = Request::new(found, named_supplier, &derived);
        by_supplier.entry(supplier).or_default().push(request);
    }
    let template = member.store.letter_template().await?;
    let unit = member.store.titled_units().await?;
    let unit = unit.iter().find(|unit| unit.name == member.unit);
    let organisation =
        unit.map_or_else(|| member.unit.to_string(), |unit| unit.called().to_owned());
    let mut drafts = Vec::new();
    for (supplier, requests) in by_supplier {
        let to = addresses(app, member, &supplier.reference).await?;
        let about = About { supplier, to, requests };
        drafts.push(about.draft(member, (&template, &organisation), days));
    }
    Ok((drafts, left_out))
}

/// Why nothing can be asked for.
fn why_none(found: &StoredFinding) -> Option<&'static str> {
    let stage = found.standing.recovery_stage();
    match (&found.finding.at_risk, stage.map(RecoveryStage::is_outstanding)) {
        (None, _) => Some("it names no money"),
        (_, None) => Some("it was not decided to be true yet"),
        (_, Some(false)) => Some("its money is not outstanding any more"),
        (Some(_), Some(true)) => None,
    }
}

/// Who a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Supplier {
    name: String,
    reference: String,
}

/// A finding as a letter to one of its suppliers tells it: its invoices of that supplier, without days that
/// the extract does not have.
struct Request {
    found: StoredFinding,
    /// The other suppliers under whom the same was keyed.
    others: Vec<Supplier>,
}

impl Request {
    fn new(mut found: StoredFinding, named: &str, derived: &DerivedFields) -> (Supplier, Self) {
        let mut others = strangers(&found);
        let asked = others.iter().position(|other| other.reference == named).unwrap_or_default();
        let supplier = if others.is_empty() {
            supplier_of(&found)
        } else {
            let supplier = others.remove(asked);
            found.finding.rows.retain(|row| {
                row.fields.get("supplier_ref").is_some_and(|of| *of == supplier.reference)
            });
            supplier
        };
        for row in &mut found.finding.rows {
            leave_out_derived_days(row, derived);
        }
        (supplier, Self { found, others })
    }
}

/// A day that is taken from another field stands on no paper of the supplier's.
fn leave_out_derived_days(row: &mut FindingRow, derived: &DerivedFields) {
    if row.ledger == FileType::Transactions {
        row.fields
            .retain(|column, _text| !column.ends_with("_date") || derived.source(column).is_none());
    }
}

/// The supplier that a finding is about.
fn supplier_of(found: &StoredFinding) -> Supplier {
    let names = supplier_names(&found.finding.rows);
    let reference = supplier_reference(&found.finding).unwrap_or_default().to_owned();
    let name = names.into_iter().next().unwrap_or(&reference).to_owned();
    Supplier { name, reference }
}

/// The suppliers under whom one invoice was keyed, in the order of its rows; none where it is only one.
fn strangers(found: &StoredFinding) -> Vec<Supplier> {
    let mut strangers: Vec<Supplier> = Vec::new();
    for row in found.finding.rows.iter().filter(|_| found.finding.kind == WRONG_SUPPLIER) {
        let Some(reference) = row.fields.get("supplier_ref") else { continue };
        if strangers.iter().all(|known| known.reference != *reference) {
            let name = row.fields.get("supplier_name").unwrap_or(reference).clone();
            strangers.push(Supplier { name, reference: reference.clone() });
        }
    }
    if strangers.len() < 2 { Vec::new() } else { strangers }
}

/// The addresses that the ERP sends remittances of a supplier to, as far as a list of suppliers says it.
async fn addresses(
    app: &App,
    member: &Member,
    reference: &str,
) -> Result<Vec<EmailAddress>, PageError> {
    if reference.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows_by_id(app, member, FileType::Suppliers, reference).await?;
    let visibility = member.role.visibility();
    let written = rows.iter().filter(|row| row.is_active != Some(false)).filter_map(|row| {
        let email = row.fields.get("email")?;
        let shown = FileType::Suppliers.sensitivity("email").masked(email, visibility);
        shown.parse().ok()
    });
    let mut addresses: Vec<EmailAddress> = written.collect();
    addresses.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    addresses.dedup();
    Ok(addresses)
}

/// The findings of one letter.
struct About {
    supplier: Supplier,
    to: Vec<EmailAddress>,
    requests: Vec<Request>,
}

impl About {
    fn draft(
        self,
        member: &Member,
        (template, organisation): (&LetterTemplate, &str),
        (today, due): (Date, Date),
    ) -> Draft {
        let mut total = MoneySums::default();
        let (mut items, mut invoices) = (Vec::new(), 0);
        for (number, request) in (1..).zip(&self.requests) {
            let money = outstanding(&request.found);
            total.add(money.currency.as_deref(), money.amount.ten_thousandths().into());
            let rows = request.found.finding.rows.iter();
            let rows: Vec<&FindingRow> =
                rows.filter(|row| row.ledger == FileType::Transactions).collect();
            invoices += rows.len();
            items.push(item(number, request, &rows, &money));
        }
        let user = &member.current_user.user;
        let letter = template.fill(&LetterValues {
            supplier: self.supplier.name.clone(),
            reference: self.supplier.reference.clone(),
            today: format::day(today),
            due: format::day(due),
            items: items.join("\n\n"),
            total: format::sums(&total.into_money()),
            count: format::count(invoices),
            name: user.name.to_string(),
            email: user.email.to_string(),
            organisation: organisation.to_owned(),
        });
        let mut query = form_urlencoded::Serializer::new(String::new());
        for request in &self.requests {
            query.append_pair("finding", request.found.finding.key.as_str());
        }
        let reference = &self.supplier.reference;
        if self.requests.iter().any(|request| !request.others.is_empty()) {
            query.append_pair("supplier", reference);
        }
        query.append_pair("due", &due.to_string());
        let has_page = !reference.is_empty();
        let path = has_page.then(|| member.row_path(FileType::Suppliers, reference));
        let requests = self.requests.iter();
        Draft {
            supplier_path: path,
            to: self.to,
            letter,
            query: query.finish(),
            findings: requests.clone().map(|request| draft_finding(member, request)).collect(),
            others: requests.flat_map(|request| other_letters(member, request)).collect(),
            supplier: self.supplier.name,
            claims: self
                .requests
                .into_iter()
                .map(|request| {
                    let asked = outstanding(&request.found);
                    (request.found, asked)
                })
                .collect(),
        }
    }
}

fn draft_finding(member: &Member, Request { found, .. }: &Request) -> DraftFinding {
    DraftFinding {
        key: found.finding.key.clone(),
        seen: found.last_entry,
        title: format::prose(&found.finding.title),
        href: member.path(&format!("findings/{}", found.finding.key)),
    }
}

/// The letters that ask the other suppliers of a finding in place of this one.
fn other_letters(member: &Member, request: &Request) -> Vec<OtherLetter> {
    let letter = |other: &Supplier| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("finding", request.found.finding.key.as_str())
            .append_pair("supplier", &other.reference)
            .finish();
        OtherLetter { supplier: other.name.clone(), href: member.path(&format!("letter?{query}")) }
    };
    request.others.iter().map(letter).collect()
}

/// The money of a finding that is still to come back.
fn outstanding(found: &StoredFinding) -> Money {
    let at_risk = found.finding.at_risk.clone();
    let at_risk = at_risk.unwrap_or(Money { amount: Amount::default(), currency: None });
    let asked = found.standing.recovery.as_ref().and_then(|step| step.amount);
    let asked = asked.unwrap_or(at_risk.amount).ten_thousandths();
    let came = found.standing.recovered.map_or(0, Amount::ten_thousandths);
    let amount = Amount::from_ten_thousandths(asked.saturating_sub(came).max(0));
    Money { amount, ..at_risk }
}

/// The request of one finding: its invoices, and the money.
fn item(number: usize, request: &Request, rows: &[&FindingRow], money: &Money) -> String {
    let mut lines: Vec<String> = rows.iter().map(|row| invoice(row)).collect();
    if lines.is_empty() {
        lines.push(format::prose(&request.found.finding.title));
    }
    if !request.others.is_empty() {
        lines.push("we hold it as an invoice of another supplier too".to_owned());
    }
    let asked = format!("we ask for {}", format::money(money));
    lines.push(asked);
    let first = format!("{number}. {}", lines.remove(0));
    let rest = lines.iter().map(|line| format!("\n   {line}"));
    std::iter::once(first).chain(rest).collect()
}

/// `Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026`
fn invoice(row: &FindingRow) -> String {
    let text = |name: &str| row.fields.get(name).filter(|text| !text.is_empty());
    let day = |name: &str| text(name)?.parse().ok().map(format::day);
    let number = text("invoice_number").unwrap_or(&row.id);
    let mut words = format!("Invoice {number}");
    if let Some(day) = day("invoice_date") {
        words = format!("{words} of {day}");
    } else if let Some(day) = day("entered_date") {
        words = format!("{words}, entered {day}");
    }
    let amount = |amount: &str, currency: &str| {
        let read = text(amount)?.parse().ok()?;
        Some(format::money(&Money { amount: read, currency: text(currency).cloned() }))
    };
    let amount = amount("invoice_amount", "invoice_amount_currency")
        .or_else(|| amount("base_amount", "base_amount_currency"));
    if let Some(amount) = amount {
        words = format!("{words}, {amount}");
    }
    match day("paid_date") {
        Some(day) => format!("{words}, paid {day}"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_is_named_as_its_paper_names_it() {
        let row = |fields: &[(&str, &str)]| FindingRow {
            ledger: FileType::Transactions,
            id: "U7".to_owned(),
            fields: fields
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
            withheld: Vec::new(),
        };
        let whole = row(&[
            ("invoice_number", "10983"),
            ("invoice_date", "2026-03-03"),
            ("paid_date", "2026-03-20"),
            ("base_amount", "4310"),
            ("base_amount_currency", "GBP"),
        ]);
        assert_eq!(invoice(&whole), "Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026");
        assert_eq!(invoice(&row(&[("invoice_date", "soon")])), "Invoice U7");
        let mut posted = row(&[("invoice_date", "2026-03-03"), ("entered_date", "2026-03-03")]);
        leave_out_derived_days(&mut posted, &DerivedFields::made_up("invoice_date", "Entered"));
        assert_eq!(invoice(&posted), "Invoice U7, entered 3 Mar 2026");
    }
}
