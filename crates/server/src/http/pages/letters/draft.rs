//! The letters that findings make: one for each supplier, with what is asked for in words.
//!
//! Invariant: a letter names every invoice once and asks for money once, also where several findings speak
//! of it, and nothing of it is masked for whoever writes it; of an invoice that was keyed under two suppliers
//! each reads of its own.

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::{FindingRow, RecoveryStage, StoredFinding, party};
use domain::{EmailAddress, FileType, FindingKey, Letter, LetterValues, Money, MoneySums};
use jiff::civil::Date;

use super::item::item;
use super::request::{Request, Supplier};
use super::same_money::{SecondClaim, asked_with, counting};
use super::template_choice::TemplateChoice;
use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::ledger::rows_by_id;

/// A letter before somebody sends it.
pub(crate) struct Draft {
    pub(crate) supplier: String,
    /// Its page, where it has one.
    pub(crate) supplier_path: Option<String>,
    pub(crate) to: Vec<EmailAddress>,
    pub(crate) letter: Letter,
    /// The name of the template that it is written from.
    pub(crate) template: String,
    /// The findings as they were found, each with its money that is to come back.
    pub(crate) claims: Vec<(StoredFinding, Money)>,
    /// The findings it is about, each with its number in the history that was seen.
    pub(crate) findings: Vec<DraftFinding>,
    /// The letters to the other suppliers of its invoices.
    pub(crate) others: Vec<OtherLetter>,
    /// The address of its files.
    pub(crate) query: String,
}

pub(crate) struct DraftFinding {
    pub(crate) key: FindingKey,
    pub(crate) seen: u64,
    pub(crate) title: String,
    pub(crate) href: String,
    /// The finding that asks for its money.
    pub(crate) same_as: Option<String>,
}

/// The letter that asks another supplier in its place.
pub(crate) struct OtherLetter {
    pub(crate) supplier: String,
    pub(crate) href: String,
    /// Set when one invoice was keyed under suppliers that have nothing to do with one another.
    pub(crate) is_to_stranger: bool,
}

/// The letters about these findings, and why some of them are in none; who is asked of several suppliers of
/// one finding is named by a reference.
pub(super) async fn drafts(
    app: &App,
    member: &Member,
    (keys, named_supplier): (&[FindingKey], &str),
    choice: &TemplateChoice<'_>,
    days: (Date, Date),
) -> Result<(Vec<Draft>, Vec<String>), PageError> {
    let derived = DerivedFields::load(member).await?;
    let mut by_supplier: BTreeMap<Supplier, Vec<Request>> = BTreeMap::new();
    let (mut left_out, mut folded) = (Vec::new(), Vec::new());
    let mut named: Vec<&FindingKey> = keys.iter().collect();
    named.sort_unstable();
    named.dedup();
    for key in named {
        let found = member.store.finding(&member.unit, key).await?.ok_or(PageError::NotFound)?;
        if let Some(why) = why_none(&found) {
            left_out.push(format!("{}: {why}", format::prose(&found.finding.title)));
            continue;
        }
        let counting = counting(member, &found).await?;
        if !counting.is_empty() {
            folded.push(SecondClaim { found, counting });
            continue;
        }
        let (supplier, request) = Request::new(found, named_supplier, &derived);
        by_supplier.entry(supplier).or_default().push(request);
    }
    for one in folded {
        let mut requests = by_supplier.values().flatten();
        if !requests.any(|request| one.is_with(&request.found.finding.key)) {
            left_out.push(one.why());
        }
    }
    for request in by_supplier.values_mut().flatten() {
        request.folded = asked_with(member, &request.found).await?;
    }
    let unit = member.store.titled_units().await?;
    let unit = unit.iter().find(|unit| unit.name == member.unit);
    let organisation =
        unit.map_or_else(|| member.unit.to_string(), |unit| unit.called().to_owned());
    let mut drafts = Vec::new();
    for (supplier, requests) in by_supplier {
        let to = addresses(app, member, &supplier.reference).await?;
        let about = About { supplier, to, requests };
        drafts.push(about.draft(member, (choice, &organisation), days));
    }
    Ok((drafts, left_out))
}

/// Why nothing can be asked for.
fn why_none(found: &StoredFinding) -> Option<&'static str> {
    let stage = found.recovery_stage();
    match (&found.finding.at_risk, stage.map(RecoveryStage::is_outstanding)) {
        (None, _) => Some("it names no money"),
        (_, None) if found.standing.recovery_stage().is_some() => {
            Some("it is not paid yet, so there is no money to ask back; hold the payment")
        }
        (_, None) => Some("it was not decided to be true yet"),
        (_, Some(false)) => Some("its money is not outstanding any more"),
        (Some(_), Some(true)) => None,
    }
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
        (choice, organisation): (&TemplateChoice<'_>, &str),
        (today, due): (Date, Date),
    ) -> Draft {
        let mut total = MoneySums::default();
        let (mut items, mut named) = (Vec::new(), BTreeSet::new());
        for (number, request) in (1..).zip(&self.requests) {
            let money = &request.claim.billed;
            total.add(money.currency.as_deref(), money.amount.ten_thousandths().into());
            let rows = request.found.finding.rows.iter();
            let rows: Vec<&FindingRow> =
                rows.filter(|row| row.ledger == FileType::Transactions).collect();
            let rows: Vec<(&FindingRow, bool)> =
                rows.into_iter().map(|row| (row, named.insert(row.id.as_str()))).collect();
            items.push(item(number, request, &rows));
        }
        let user = &member.current_user.user;
        let (template, title) = choice.of_letter(&self.requests);
        let letter = template.fill(&LetterValues {
            supplier: self.supplier.name.clone(),
            reference: self.supplier.reference.clone(),
            today: format::day(today),
            due: format::day(due),
            items: items.join("\n\n"),
            total: format::sums(&total.into_money()),
            count: format::count(named.len()),
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
        if let Some(word) = choice.word() {
            query.append_pair("template", word);
        }
        query.append_pair("due", &due.to_string());
        let has_page = !reference.is_empty();
        let path = has_page.then(|| member.row_path(FileType::Suppliers, reference));
        let requests = self.requests.iter();
        Draft {
            supplier_path: path,
            to: self.to,
            letter,
            template: title.to_owned(),
            query: query.finish(),
            findings: requests
                .clone()
                .flat_map(|request| draft_findings(member, request))
                .collect(),
            others: requests.flat_map(|request| other_letters(member, request, choice)).collect(),
            supplier: self.supplier.name,
            claims: claims(self.requests),
        }
    }
}

/// The findings that ask for money, each invoice with the first that names it.
fn claims(requests: Vec<Request>) -> Vec<(StoredFinding, Money)> {
    let mut named = BTreeSet::new();
    let asked = |Request { mut found, claim, .. }: Request| {
        found
            .finding
            .rows
            .retain(|row| row.ledger != FileType::Transactions || named.insert(row.id.clone()));
        (found, claim.billed)
    };
    requests.into_iter().map(asked).collect()
}

fn draft_findings(member: &Member, request: &Request) -> Vec<DraftFinding> {
    let asking = format::prose(&request.found.finding.title);
    let draft = |found: &StoredFinding| DraftFinding {
        key: found.finding.key.clone(),
        seen: found.last_entry,
        title: format::prose(&found.finding.title),
        href: member.path(&format!("findings/{}", found.finding.key)),
        same_as: (found.finding.key != request.found.finding.key).then(|| asking.clone()),
    };
    request.findings().map(draft).collect()
}

/// The letters that ask the other suppliers of a finding in place of this one.
fn other_letters(
    member: &Member,
    request: &Request,
    choice: &TemplateChoice<'_>,
) -> Vec<OtherLetter> {
    let letter = |other: &Supplier| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("finding", request.found.finding.key.as_str())
            .append_pair("supplier", &other.reference)
            .extend_pairs(choice.word().map(|word| ("template", word)))
            .finish();
        let is_to_stranger = request.is_of_strangers();
        // One supplier may have two references and one name.
        let supplier =
            if is_to_stranger { other.name.clone() } else { party(&other.name, &other.reference) };
        let href = member.path(&format!("letter?{query}"));
        OtherLetter { supplier, href, is_to_stranger }
    };
    request.others.iter().map(letter).collect()
}
