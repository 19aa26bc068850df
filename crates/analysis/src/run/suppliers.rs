//! Suppliers that are one, and names that pretend to be another's.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray as _;
use arrow_array::types::Float64Type;
use arrow_array::{Array as _, RecordBatch};
use datafusion::prelude::SessionContext;
use domain::finding::{Evidence, Finding, FindingKey, FindingRow, Suppression, party};
use domain::{FileType, Money};
use evidence::entities::company_name::{
    CompanyName, LookAlike, NameForms, TokenRarity, are_initials, canonical, look_alike, similarity,
};
use evidence::entities::{DEFAULT_THRESHOLD, Kind, Matcher, Record, Settings};

use super::Outcome;
use super::draft::{self, FindingDraft};
use super::invoices::is_withheld;
use crate::checks::{Check, ConfiguredCheck};
use crate::engine::{query_all, reckoned};
use crate::error::Error;
use crate::limits::NAMESAKES_MAX;

/// The kinds of the columns of `duplicate_suppliers/check.sql` hold, behind reference and name.
const FIELDS: [Kind; 9] = [
    Kind::Address,
    Kind::Address,
    Kind::Town,
    Kind::Postcode,
    Kind::Telephone,
    Kind::Email,
    Kind::Identifier("VAT number"),
    ACCOUNT,
    Kind::Identifier("company number"),
];

const ACCOUNT: Kind = Kind::Identifier("bank account");

/// Why suppliers that share much are not taken for one.
const ONE_GROUP: &str = "one_group";
/// Names less alike than this are two names.
const NAMES_ALIKE_MIN: f64 = 0.7;

struct Supplier {
    reference: String,
    name: String,
    record: Record,
}

/// One supplier under two or more references: the rows of each reference together are matched with all
/// others.
pub(super) async fn find_duplicates(
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    let mut suppliers: Vec<Supplier> = Vec::new();
    for batch in query_all(session, &check.main_sql()).await? {
        (0..batch.num_rows()).for_each(|row| add(&mut suppliers, &batch, row));
    }
    let matched = tokio::task::block_in_place(|| {
        let records: Vec<Record> =
            suppliers.iter().map(|supplier| supplier.record.clone()).collect();
        Matcher::new(Settings::default()).train(&records)
    });
    let names: Vec<CompanyName> =
        suppliers.iter().map(|supplier| canonical(&supplier.name)).collect();
    let rarity = TokenRarity::new(&names);
    let mut outcome = Outcome::default();
    let clusters = matched.clusters(DEFAULT_THRESHOLD);
    outcome.findings.extend(of_one_name(check.definition, &suppliers, &names, &clusters));
    for cluster in clusters {
        let Some((a, b)) = surest(&cluster, |a, b| matched.odds(a, b)) else { continue };
        let members: Vec<&Supplier> = cluster.iter().map(|at| &suppliers[*at]).collect();
        let mut evidence: Vec<Evidence> = matched
            .evidence(a, b)
            .into_iter()
            .map(|one| draft::reason(field(one.kind), one.words, one.bits))
            .collect();
        let odds = matched.odds(a, b);
        let known: f64 = evidence.iter().map(|one| one.bits).sum();
        if accounts_differ(&suppliers[a], &suppliers[b]) {
            let words = "their bank accounts differ: find out which is right before either is paid";
            match evidence.iter_mut().find(|one| one.field == "account_number") {
                Some(one) => words.clone_into(&mut one.words),
                None => evidence.push(draft::reason("account_number", words.into(), 0.0)),
            }
        }
        let of = "couples of suppliers";
        evidence.push(draft::prior(of, odds - known, "learnt from this ledger"));
        let suppressed = one_group(&suppliers[a], &suppliers[b], &rarity);
        let named: Vec<String> =
            members.iter().map(|supplier| party(&supplier.name, &supplier.reference)).collect();
        let list = if suppressed.is_some() {
            *outcome.counts.entry(ONE_GROUP.into()).or_default() += 1;
            &mut outcome.suppressed
        } else {
            &mut outcome.findings
        };
        let draft = FindingDraft {
            key: key(check.definition, members.iter().map(|supplier| supplier.reference.as_str())),
            kind: check.definition.name,
            title: format!(
                "One supplier seems to be in the file more than once: {}",
                named.join(", ")
            ),
            bits: Some(odds),
            money: None,
            rows: rows(members.iter().map(|supplier| supplier.reference.as_str())),
            evidence,
            pattern: Some(suppliers[a].reference.clone()),
            claim: None,
            next_step: None,
        };
        list.push(Finding { suppressed, ..draft.finish(check.definition) });
    }
    Ok(outcome)
}

/// Suppliers of one name of which nothing else is known, in no cluster: what the ledger teaches of other
/// fields says nothing of them.
fn of_one_name(
    check: &Check,
    suppliers: &[Supplier],
    names: &[CompanyName],
    clusters: &[Vec<usize>],
) -> Vec<Finding> {
    let clustered: BTreeSet<usize> = clusters.iter().flatten().copied().collect();
    let mut by_name: BTreeMap<String, Vec<NameAndForm<'_>>> = BTreeMap::new();
    for (at, supplier) in suppliers.iter().enumerate().filter(|(at, _)| !clustered.contains(at)) {
        let is_name = |(kind, _): &(Kind, String)| *kind == Kind::Organisation;
        let name = names[at].squeezed();
        let is_known = !name.is_empty() && !is_withheld(&supplier.name);
        if is_known && supplier.record.fields.iter().all(is_name) {
            by_name.entry(name).or_default().push((names[at].legal_form, supplier));
        }
    }
    let of_one = by_name.into_values().flat_map(by_legal_form);
    of_one
        .filter(|all| (2..=NAMESAKES_MAX).contains(&all.len()))
        .map(|named| namesakes(check, &named))
        .collect()
}

/// The legal form in a supplier's name, and the supplier.
type NameAndForm<'s> = (Option<&'static str>, &'s Supplier);

/// Those that may be one: who leaves the legal form out may be whoever has one, where no two have different
/// ones.
fn by_legal_form(named: Vec<NameAndForm<'_>>) -> Vec<Vec<NameAndForm<'_>>> {
    let forms: BTreeSet<&str> = named.iter().filter_map(|(form, _)| *form).collect();
    if forms.len() <= 1 {
        return vec![named];
    }
    let mut by_form: BTreeMap<Option<&str>, Vec<NameAndForm<'_>>> = BTreeMap::new();
    for one in named {
        by_form.entry(one.0).or_default().push(one);
    }
    by_form.into_values().collect()
}

fn namesakes(check: &Check, named: &[NameAndForm<'_>]) -> Finding {
    let is_left_out = named.iter().any(|(form, _)| *form != named[0].0);
    let suppliers: Vec<&Supplier> = named.iter().map(|(_, supplier)| *supplier).collect();
    let named = |supplier: &&Supplier| format!("{} ({})", supplier.name, supplier.reference);
    let named: Vec<String> = suppliers.iter().map(named).collect();
    let references = || suppliers.iter().map(|supplier| supplier.reference.as_str());
    let words = if is_left_out {
        "one name but for capitals, punctuation, spaces and a legal form that is left out; nothing else is \
         known of them"
    } else {
        "one name but for capitals, punctuation and spaces; nothing else is known of them"
    };
    let evidence = vec![draft::reason("supplier_name", words.into(), 0.0)];
    let title =
        format!("One supplier seems to be in the file more than once: {}", named.join(", "));
    FindingDraft {
        key: key(check, references()),
        kind: check.name,
        title,
        bits: None,
        money: None,
        rows: rows(references()),
        evidence,
        pattern: Some(suppliers[0].reference.clone()),
        claim: None,
        next_step: None,
    }
    .finish(check)
}

/// Both have an account, and it is not one.
fn accounts_differ(one: &Supplier, other: &Supplier) -> bool {
    let accounts = |supplier: &Supplier| -> Vec<String> {
        let fields = supplier.record.fields.iter();
        fields.filter(|(kind, _)| *kind == ACCOUNT).map(|(_, value)| value.clone()).collect()
    };
    let (one, other) = (accounts(one), accounts(other));
    !one.is_empty() && !other.is_empty() && !one.iter().any(|account| other.contains(account))
}

/// Companies of one group share an address, an account and a VAT registration, and not their names.
fn one_group(one: &Supplier, other: &Supplier, rarity: &TokenRarity) -> Option<Suppression> {
    let (a, b) = (canonical(&one.name), canonical(&other.name));
    let are_one_name = similarity(&a, &b, rarity) >= NAMES_ALIKE_MIN || are_initials(&a, &b);
    (!are_one_name).then(|| Suppression {
        reason: ONE_GROUP.into(),
        words: format!(
            "{} and {} share much and are called differently: companies of one group",
            one.name, other.name
        ),
    })
}

fn add(suppliers: &mut Vec<Supplier>, batch: &RecordBatch, row: usize) {
    let text = |at: usize| {
        let column = batch.column(at).as_string::<i32>();
        if column.is_valid(row) { column.value(row) } else { "" }
    };
    let (reference, name) = (text(0), text(1));
    if suppliers.last().is_none_or(|last| last.reference != reference) {
        let record = Record::default();
        suppliers.push(Supplier { reference: reference.into(), name: name.into(), record });
    }
    let Some(supplier) = suppliers.last_mut() else { return };
    let named = std::iter::once((Kind::Organisation, name));
    let others = FIELDS.iter().enumerate().map(|(at, kind)| (*kind, text(at + 2)));
    for (kind, value) in named.chain(others).filter(|(_, value)| !value.is_empty()) {
        let field = (kind, value.to_owned());
        if !supplier.record.fields.contains(&field) {
            supplier.record.fields.push(field);
        }
    }
}

fn surest(cluster: &[usize], odds: impl Fn(usize, usize) -> f64) -> Option<(usize, usize)> {
    let pairs = cluster.iter().enumerate().flat_map(|(at, a)| {
        let (a, others) = (*a, &cluster[at + 1..]);
        others.iter().map(move |b| (a.min(*b), a.max(*b)))
    });
    pairs.max_by(|x, y| odds(x.0, x.1).total_cmp(&odds(y.0, y.1)))
}

fn field(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisation | Kind::GivenName | Kind::Surname => "supplier_name",
        Kind::Address | Kind::StreetNumber | Kind::Region => "address_line_1",
        Kind::Town => "town",
        Kind::Postcode => "postcode",
        Kind::Telephone => "telephone",
        Kind::Email => "email",
        Kind::Identifier("company number") => "company_registration_number",
        Kind::Identifier("VAT number") => "vat_number",
        Kind::Identifier("bank account") => "account_number",
        Kind::BirthDate | Kind::Identifier(_) => "identifier",
    }
}

struct BilledSupplier {
    reference: String,
    name: String,
    forms: NameForms,
    /// Account, VAT registration and address: what one party would share.
    own: [Option<String>; 3],
    billed: f64,
    currency: Option<String>,
}

impl BilledSupplier {
    /// The sum of its invoices.
    fn money(&self) -> Money {
        let amount = reckoned(self.billed).in_units_of(self.currency.as_deref());
        Money { amount, currency: self.currency.clone() }
    }

    /// The sum of its invoices as sentences write it.
    fn billed_words(&self) -> String {
        self.money().amount.written(self.currency.as_deref())
    }
}

/// Names near those of the suppliers that bill most, of parties that share nothing else with them.
pub(super) async fn find_look_alikes(
    session: &SessionContext,
    check: &ConfiguredCheck,
) -> Result<Outcome, Error> {
    let mut suppliers: Vec<BilledSupplier> = Vec::new();
    for batch in query_all(session, &check.main_sql()).await? {
        suppliers.extend((0..batch.num_rows()).map(|row| named(&batch, row)));
    }
    let rarity = TokenRarity::new(suppliers.iter().map(|supplier| &supplier.forms.name));
    let (big, share) = (check.parameter("big"), check.parameter("share"));
    let mut outcome = Outcome::default();
    for (at, other) in suppliers.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "compared with a parameter")]
        let imitated =
            suppliers[..at].iter().enumerate().take_while(|(place, _)| (*place as f64) < big);
        for (_, one) in imitated {
            if !one.forms.could_be(&other.forms)
                || other.billed > one.billed * share
                || shares_anything(one, other)
            {
                continue;
            }
            if let Some(how) = look_alike(&one.forms, &other.forms, &rarity) {
                outcome.findings.push(impostor(check.definition, one, other, how));
            }
        }
    }
    Ok(outcome)
}

fn named(batch: &RecordBatch, row: usize) -> BilledSupplier {
    let text = |at: usize| {
        let column = batch.column(at).as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let name = text(1).unwrap_or_default();
    BilledSupplier {
        reference: text(0).unwrap_or_default(),
        forms: NameForms::of(canonical(&name)),
        name,
        own: [text(2), text(3), text(4)],
        billed: batch.column(5).as_primitive::<Float64Type>().value(row),
        currency: text(6),
    }
}

fn shares_anything(one: &BilledSupplier, other: &BilledSupplier) -> bool {
    one.own.iter().zip(&other.own).any(|(x, y)| x.is_some() && x == y)
}

fn impostor(
    check: &Check,
    one: &BilledSupplier,
    other: &BilledSupplier,
    how: LookAlike,
) -> Finding {
    let (difference, bits) = match how {
        LookAlike::SameToTheEye => ("characters that look the same", 6.0),
        LookAlike::DoubledLetter => ("a doubled letter", 5.0),
        LookAlike::OneEdit => ("one letter of a rare word", 4.0),
        LookAlike::AddedWord => ("a word that one has more, and no third has what they share", 3.0),
    };
    let evidence = vec![
        draft::reason("supplier_name", format!("the names differ only by {difference}"), bits),
        draft::reason(
            "base_amount",
            format!(
                "{} has billed {}, {} {}",
                one.name,
                one.billed_words(),
                other.name,
                other.billed_words()
            ),
            1.0,
        ),
        draft::reason("iban", "they share no account, no VAT number and no address".into(), 0.0),
    ];
    FindingDraft {
        key: key(check, [one.reference.as_str(), other.reference.as_str()]),
        kind: check.name,
        title: format!(
            "{} could be taken for the big supplier {} and is another party",
            party(&other.name, &other.reference),
            party(&one.name, &one.reference)
        ),
        bits: None,
        money: Some(impostors_money(one, other)),
        rows: rows([one.reference.as_str(), other.reference.as_str()]),
        evidence,
        pattern: Some(other.reference.clone()),
        claim: None,
        next_step: None,
    }
    .finish(check)
}

/// The sum that the smaller supplier has billed: the bigger one's own invoices are no impostor's. Of one that
/// has billed nothing yet it is nought, in the currency of the other.
fn impostors_money(one: &BilledSupplier, other: &BilledSupplier) -> Money {
    let Money { amount, currency } = other.money();
    Money { amount, currency: currency.or_else(|| one.currency.clone()) }
}

fn key<'a>(check: &Check, references: impl IntoIterator<Item = &'a str>) -> FindingKey {
    FindingKey::new(check.name, references.into_iter().map(|id| (FileType::Suppliers, id)))
}

fn rows<'a>(references: impl IntoIterator<Item = &'a str>) -> Vec<FindingRow> {
    references.into_iter().map(|id| draft::row(FileType::Suppliers, id)).collect()
}
