//! The letters that findings make: one for each supplier, with what is asked for in words.
//!
//! Invariant: a letter names its findings' money once each, and nothing of it that is masked for whoever
//! writes it.

use std::collections::BTreeMap;

use domain::finding::{FindingRow, RecoveryStage, StoredFinding};
use domain::{
    Amount, EmailAddress, FileType, FindingKey, Letter, LetterTemplate, LetterValues, Money,
    MoneySums,
};
use jiff::civil::Date;

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::findings::of_supplier::supplier_reference;
use crate::http::pages::findings::timeline::supplier_names;
use crate::http::pages::format;
use crate::http::pages::ledger::rows_by_id;

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
    /// The address of its files.
    pub(crate) query: String,
}

pub(crate) struct DraftFinding {
    pub(crate) key: FindingKey,
    pub(crate) seen: u64,
    pub(crate) title: String,
    pub(crate) href: String,
}

/// The letters about these findings, and why some of them are in none.
pub(super) async fn drafts(
    app: &App,
    member: &Member,
    keys: &[FindingKey],
    days: (Date, Date),
) -> Result<(Vec<Draft>, Vec<String>), PageError> {
    let mut by_supplier: BTreeMap<(String, String), Vec<StoredFinding>> = BTreeMap::new();
    let mut left_out = Vec::new();
    let mut named: Vec<&FindingKey> = keys.iter().collect();
    named.sort_unstable();
    named.dedup();
    for key in named {
        let found = member.store.finding(&member.unit, key).await?.ok_or(PageError::NotFound)?;
        match why_none(&found) {
            Some(why) => left_out.push(format!("{}: {why}", format::prose(&found.finding.title))),
            None => {
                by_supplier.entry(supplier(&found)).or_default().push(found);
            }
        }
    }
    let template = member.store.letter_template().await?;
    let unit = member.store.titled_units().await?;
    let unit = unit.iter().find(|unit| unit.name == member.unit);
    let organisation =
        unit.map_or_else(|| member.unit.to_string(), |unit| unit.called().to_owned());
    let mut drafts = Vec::new();
    for ((name, reference), findings) in by_supplier {
        let to = addresses(app, member, &reference).await?;
        let about = About { name, reference, to, findings };
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

/// The name and the reference of the supplier that a finding is about.
fn supplier(found: &StoredFinding) -> (String, String) {
    let names = supplier_names(&found.finding.rows);
    let reference = supplier_reference(&found.finding).unwrap_or_default().to_owned();
    let name = names.into_iter().next().unwrap_or(&reference).to_owned();
    (name, reference)
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
    name: String,
    reference: String,
    to: Vec<EmailAddress>,
    findings: Vec<StoredFinding>,
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
        for (number, found) in (1..).zip(&self.findings) {
            let money = outstanding(found);
            total.add(money.currency.as_deref(), money.amount.ten_thousandths().into());
            let rows = found.finding.rows.iter();
            let rows: Vec<&FindingRow> =
                rows.filter(|row| row.ledger == FileType::Transactions).collect();
            invoices += rows.len();
            items.push(item(number, found, &rows, &money));
        }
        let user = &member.current_user.user;
        let letter = template.fill(&LetterValues {
            supplier: self.name.clone(),
            reference: self.reference.clone(),
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
        for found in &self.findings {
            query.append_pair("finding", found.finding.key.as_str());
        }
        query.append_pair("due", &due.to_string());
        let has_page = !self.reference.is_empty();
        let path = has_page.then(|| member.row_path(FileType::Suppliers, &self.reference));
        Draft {
            supplier: self.name,
            supplier_path: path,
            to: self.to,
            letter,
            query: query.finish(),
            findings: self.findings.iter().map(|found| draft_finding(member, found)).collect(),
            claims: self
                .findings
                .into_iter()
                .map(|found| {
                    let asked = outstanding(&found);
                    (found, asked)
                })
                .collect(),
        }
    }
}

fn draft_finding(member: &Member, found: &StoredFinding) -> DraftFinding {
    DraftFinding {
        key: found.finding.key.clone(),
        seen: found.last_entry,
        title: format::prose(&found.finding.title),
        href: member.path(&format!("findings/{}", found.finding.key)),
    }
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
fn item(number: usize, found: &StoredFinding, rows: &[&FindingRow], money: &Money) -> String {
    let mut lines: Vec<String> = rows.iter().map(|row| invoice(row)).collect();
    if lines.is_empty() {
        lines.push(format::prose(&found.finding.title));
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
    }
}
