//! Suppliers against the registers of the operator: parties under sanctions, companies that are gone.
//!
//! Not for: reading registers (`registers`).
//!
//! Invariant: a name is held against a register as the duplicates of suppliers are against one another, and a
//! finding says what both are called.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch};
use datafusion::prelude::SessionContext;
use domain::FileType;
use domain::finding::{Finding, FindingKey, party};
use evidence::entities::company_name::{CompanyName, TokenRarity, canonical, similarity};

use super::Outcome;
use super::draft::{self, FindingDraft};
use crate::checks::{Check, ConfiguredCheck, Method};
use crate::engine::query_all;
use crate::error::Error;
use crate::registers::{
    ListedParty, RegisterFault, RegisteredCompany, Registers, company_number, each_company,
    each_listed,
};

/// A word that more suppliers bear tells nothing by itself (`TRADING`).
const WORD_SUPPLIERS_MAX: usize = 50;
/// Parties of a list that one supplier is held to be at most; more, and its name is a word of every day.
const PARTIES_MAX: usize = 5;
/// Fewer of the numbers in the register, and it is a part of it: then a number that is missing tells nothing.
const WHOLE_SHARE_MIN: f64 = 0.5;

/// Why a check of registers cannot run: none was supplied.
pub(super) fn missing(registers: &Registers, method: Method) -> Option<String> {
    match method {
        Method::Sanctions if registers.sanctions.is_none() => Some(
            "no list of sanctioned parties: the operator supplies it (registers.sanctions)".into(),
        ),
        Method::CompanyRegister if registers.companies.is_none() => {
            Some("no register of companies: the operator supplies it (registers.companies)".into())
        }
        _ => None,
    }
}

/// A supplier as registers are searched for it.
#[derive(Debug, Clone)]
struct Supplier {
    reference: String,
    name: String,
    looks: CompanyName,
    country: Option<String>,
    /// Its number in the register of companies, its VAT number and its tax number, letters and digits only.
    numbers: Vec<String>,
}

pub(super) async fn find_sanctioned(
    registers: &Registers,
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    let suppliers = suppliers(session, check).await?;
    let (path, likeness) = (path(registers.sanctions.as_ref()), check.parameter("likeness"));
    let search = move || -> Result<Vec<(Supplier, ListedParty, f64)>, RegisterFault> {
        let index = NameIndex::new(&suppliers);
        let mut found: BTreeMap<usize, Vec<(ListedParty, f64)>> = BTreeMap::new();
        each_listed(&path, |listed| {
            for (at, alike) in index.alike(&listed, likeness) {
                found.entry(at).or_default().push((listed.clone(), alike));
            }
        })?;
        let of_all = found.into_iter().flat_map(|(at, mut parties)| {
            parties.sort_by(|x, y| y.1.total_cmp(&x.1).then_with(|| x.0.id.cmp(&y.0.id)));
            parties.truncate(PARTIES_MAX);
            let supplier = suppliers[at].clone();
            parties.into_iter().map(move |(party, alike)| (supplier.clone(), party, alike))
        });
        Ok(of_all.collect())
    };
    let found = tokio::task::spawn_blocking(search)
        .await?
        .map_err(|fault| Error::Register(fault.to_string()))?;
    let findings = found
        .iter()
        .map(|(supplier, listed, alike)| sanctioned(check.definition, supplier, listed, *alike));
    Ok(Outcome { findings: findings.collect(), ..Outcome::default() })
}

pub(super) async fn find_gone(
    registers: &Registers,
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    let suppliers = suppliers(session, check).await?;
    let path = path(registers.companies.as_ref());
    let wanted: HashMap<String, usize> = suppliers
        .iter()
        .enumerate()
        .filter_map(|(at, supplier)| Some((company_number(supplier.numbers.first()?)?, at)))
        .collect();
    let (read, count) = (wanted.clone(), wanted.len());
    let search = move || -> Result<BTreeMap<usize, RegisteredCompany>, RegisterFault> {
        let mut found = BTreeMap::new();
        each_company(&path, |company| {
            if let Some(at) = read.get(&company.number) {
                found.insert(*at, company);
            }
        })?;
        Ok(found)
    };
    let found = tokio::task::spawn_blocking(search)
        .await?
        .map_err(|fault| Error::Register(fault.to_string()))?;
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let is_whole = found.len() as f64 >= WHOLE_SHARE_MIN * count as f64;
    let mut findings = Vec::new();
    for (number, at) in &wanted {
        match found.get(at) {
            Some(company) => {
                findings.extend(in_trouble(check.definition, &suppliers[*at], company));
            }
            None if is_whole => {
                findings.push(not_on_register(check.definition, &suppliers[*at], number));
            }
            None => {}
        }
    }
    findings.sort_by(|x, y| x.key.cmp(&y.key));
    Ok(Outcome { findings, ..Outcome::default() })
}

fn path(register: Option<&PathBuf>) -> PathBuf {
    register.cloned().expect("a check whose register is missing is not run")
}

async fn suppliers(
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Vec<Supplier>, Error> {
    let mut suppliers = Vec::new();
    for batch in query_all(session, &check.main_sql()).await? {
        suppliers.extend((0..batch.num_rows()).map(|row| supplier(&batch, row)));
    }
    Ok(suppliers)
}

/// The supplier of a row with the reference, the name, the country and then numbers.
fn supplier(batch: &RecordBatch, row: usize) -> Supplier {
    let text = |at: usize| {
        let column = batch.column(at).as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let name = text(1).unwrap_or_default();
    Supplier {
        reference: text(0).unwrap_or_default(),
        looks: canonical(&name),
        name,
        country: text(2),
        numbers: (3..batch.num_columns()).filter_map(text).collect(),
    }
}

/// Suppliers by their names run together, and by words that few of them bear.
struct NameIndex<'a> {
    suppliers: &'a [Supplier],
    rarity: TokenRarity,
    whole: HashMap<String, Vec<usize>>,
    words: HashMap<&'a str, Vec<usize>>,
}

impl<'a> NameIndex<'a> {
    fn new(suppliers: &'a [Supplier]) -> Self {
        let rarity = TokenRarity::new(suppliers.iter().map(|supplier| &supplier.looks));
        let mut whole: HashMap<String, Vec<usize>> = HashMap::new();
        let mut words: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, supplier) in suppliers.iter().enumerate() {
            whole.entry(supplier.looks.squeezed()).or_default().push(at);
            for word in &supplier.looks.tokens {
                words.entry(word).or_default().push(at);
            }
        }
        words.retain(|_, bearing| bearing.len() <= WORD_SUPPLIERS_MAX);
        Self { suppliers, rarity, whole, words }
    }

    /// The suppliers whose name is that of a party or nearly so, and how alike they are at best.
    fn alike(&self, listed: &ListedParty, likeness: f64) -> BTreeMap<usize, f64> {
        let mut found: BTreeMap<usize, f64> = BTreeMap::new();
        for name in &listed.names {
            let looks = canonical(name);
            if looks.tokens.is_empty() {
                continue;
            }
            let same = self.whole.get(&looks.squeezed()).into_iter().flatten();
            let near = looks.tokens.iter().filter_map(|word| self.words.get(word.as_str()));
            for at in same.chain(near.flatten()) {
                let alike = self.likeness(*at, &looks);
                if alike >= likeness {
                    let best = found.entry(*at).or_default();
                    *best = best.max(alike);
                }
            }
        }
        found
    }

    fn likeness(&self, at: usize, looks: &CompanyName) -> f64 {
        let own = &self.suppliers[at].looks;
        if own.squeezed() == looks.squeezed() { 1.0 } else { similarity(own, looks, &self.rarity) }
    }
}

fn sanctioned(check: &Check, supplier: &Supplier, listed: &ListedParty, alike: f64) -> Finding {
    let name = listed.names.first().map_or("", String::as_str);
    let mut evidence = Vec::new();
    let (words, bits) = if alike >= 1.0 {
        (format!("the name, or another name, of {name} is the supplier's"), 4.0)
    } else {
        let percent = (alike * 100.0).round();
        (format!("a name of {name} is {percent}% alike, by how rare its words are"), 2.0)
    };
    evidence.push(draft::reason("supplier_name", words, bits));
    let shared = supplier.numbers.iter().find(|number| {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_uppercase).collect()
        };
        listed.identifiers.iter().any(|known| plain(known) == **number)
    });
    if shared.is_some() {
        let words = "the list has the supplier's own number".to_owned();
        evidence.push(draft::reason("company_registration_number", words, 9.0));
    }
    let country = supplier.country.as_deref().map(str::to_lowercase);
    if let Some(country) = country.filter(|_| !listed.countries.is_empty()) {
        let is_one = listed.countries.contains(&country);
        let of = listed.countries.join(", ");
        let words = format!("the list names the country {of}, the supplier is in {country}");
        evidence.push(draft::reason("country", words, if is_one { 2.5 } else { -2.0 }));
    }
    let kind = if listed.schema.is_empty() { "party" } else { listed.schema.as_str() };
    let words = format!("{} on the list as {}: {kind}, {}", name, listed.id, listed.dataset);
    evidence.push(draft::reason("supplier_name", words, 0.0));
    let who = party(&supplier.name, &supplier.reference);
    FindingDraft {
        key: FindingKey::new(
            &format!("{}/{}", check.name, listed.id),
            [(FileType::Suppliers, supplier.reference.as_str())],
        ),
        kind: check.name,
        title: format!("{who} bears the name of {name}, who is on a list of sanctions"),
        bits: None,
        money: None,
        rows: vec![draft::row(FileType::Suppliers, &supplier.reference)],
        evidence,
        pattern: Some(format!("{} {}", supplier.reference, listed.id)),
        claim: None,
        next_step: None,
    }
    .finish(check)
}

/// A company that is on the register, and not as one that goes on.
fn in_trouble(check: &Check, supplier: &Supplier, company: &RegisteredCompany) -> Option<Finding> {
    if company.status.eq_ignore_ascii_case("active") || company.status.is_empty() {
        return None;
    }
    let who = party(&supplier.name, &supplier.reference);
    let title = format!("{who} is on the register of companies as: {}", company.status);
    let name = canonical(&company.name);
    let is_same = name.squeezed() == supplier.looks.squeezed();
    let evidence = vec![
        draft::reason(
            "company_registration_number",
            format!(
                "{} is {} there, with the status {}",
                company.number, company.name, company.status
            ),
            1.0,
        ),
        draft::reason(
            "supplier_name",
            if is_same { "the names are the same" } else { "the supplier's name is another" }
                .into(),
            if is_same { 2.0 } else { -1.0 },
        ),
    ];
    Some(of_register(check, "company_in_trouble", (supplier, title), evidence))
}

fn not_on_register(check: &Check, supplier: &Supplier, number: &str) -> Finding {
    let who = party(&supplier.name, &supplier.reference);
    let title = format!("{who} has the company number {number}, which is not on the register");
    let evidence =
        vec![
        draft::reason(
            "company_registration_number",
            "the register holds companies that live: this one was dissolved, or the number is wrong"
                .into(),
            1.0,
        ),
    ];
    of_register(check, "not_on_register", (supplier, title), evidence)
}

fn of_register(
    check: &Check,
    kind: &str,
    (supplier, title): (&Supplier, String),
    evidence: Vec<domain::finding::Evidence>,
) -> Finding {
    FindingDraft {
        key: FindingKey::new(
            &format!("{}/{kind}", check.name),
            [(FileType::Suppliers, supplier.reference.as_str())],
        ),
        kind,
        title,
        bits: None,
        money: None,
        rows: vec![draft::row(FileType::Suppliers, &supplier.reference)],
        evidence,
        pattern: Some(supplier.reference.clone()),
        claim: None,
        next_step: None,
    }
    .finish(check)
}
