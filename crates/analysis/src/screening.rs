//! Invoices held against the ledgers of their unit before they are paid: which ledgers are in memory, and how
//! the next one comes to be.
//!
//! Not for: weighing pairs (`evidence`), or what is kept of a screening: nothing is.
//!
//! Invariant: of each unit one version at most, `SCREENING_BYTES_MAX` of all together, and beside them the
//! one that is made, one at a time. An answer names the versions it is of; while a newer one of a large
//! ledger is made, it is the one before.

mod accounts;
mod unit_cache;

use std::sync::Arc;

use domain::finding::{CheckedUnit, Finding};
use domain::screening::{InvoiceScreening, LikelyDuplicate, ScreeningRequest};
use domain::{Amount, ScreenedInvoice, Screening};
use evidence::duplicates::stem_key;
use evidence::invoice_number::InvoiceNumber;
use evidence::narrow;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use self::accounts::{AccountBook, AskedSupplier, Recent, SupplierDoubt, listed};
use self::unit_cache::{State, UnitCache};
use crate::engine::{Engine, Joins, Stop, Tables};
use crate::error::Error;
use crate::ledgers::Ledgers;
use crate::limits::{COMPANIONS_MAX, QUERY_THREADS};
use crate::run::invoices::{NewInvoice, ScreenedLedger};
use crate::run::{RunSettings, VerdictRates, VerdictsInForce};

/// Screens invoices against the ledgers of units. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Screener {
    ledgers: Ledgers,
    engine: Arc<Engine>,
    /// For the next version of a ledger, while answers are of the one before.
    background: Arc<Engine>,
    cache: UnitCache,
}

/// The ledgers of a unit as they are held in memory.
#[derive(Debug)]
struct UnitLedgers {
    invoices: ScreenedLedger,
    accounts: AccountBook,
}

impl UnitLedgers {
    async fn read(
        engine: &Engine,
        tables: &Tables,
        settings: &RunSettings,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let invoices = ScreenedLedger::read(engine, tables, settings, stop).await?;
        let session = engine.session(Joins::Hash, QUERY_THREADS);
        tables.register(&session)?;
        Ok(Self { invoices, accounts: AccountBook::read(&session).await? })
    }

    fn bytes(&self) -> usize {
        self.invoices.bytes() + self.accounts.bytes()
    }

    /// The supplier that an invoice names: by its reference as it is written, in another writing, else by its
    /// name. A reference that anybody has is not passed over for a name.
    fn supplier_of(&self, invoice: &ScreenedInvoice) -> AskedSupplier {
        let written = invoice.supplier();
        let text = |text: &Option<String>| text.as_deref().map_or("", str::trim).to_owned();
        let (reference, name) = (text(&invoice.supplier_ref), text(&invoice.supplier_name));
        let mut held = self.accounts.of_reference(written);
        let mut billed = self.invoices.suppliers().of_reference(written);
        let is_known = !held.is_empty() || !billed.is_empty();
        if reference.is_empty() || !is_known {
            let by_name = |found: Vec<_>, of_name| if found.is_empty() { of_name } else { found };
            held = by_name(held, self.accounts.of_name(&name));
            billed = by_name(billed, self.invoices.suppliers().of_name(&name));
        }
        let known = if held.is_empty() { &billed } else { &held };
        let doubt = match known.as_slice() {
            [] => None,
            named if !reference.is_empty() && !is_known => {
                Some(SupplierDoubt::OtherReference(format!(
                    "neither a file of suppliers nor an invoice of the ledger has the reference \
                     {reference}; the name is that of {}",
                    listed(named)
                )))
            }
            [_only] => None,
            several => Some(SupplierDoubt::Several(format!(
                "several suppliers may be meant by {written}: {}; give the reference of one",
                listed(several)
            ))),
        };
        let its_own = match (billed.as_slice(), held.as_slice()) {
            _ if !reference.is_empty() && !is_known => written,
            ([only], _) | ([], [only]) => *only,
            (several, [only]) if several.contains(only) => *only,
            _ => written,
        };
        AskedSupplier {
            reference: its_own.to_owned(),
            has_billed: !billed.is_empty(),
            held: held.into_iter().map(str::to_owned).collect(),
            doubt,
        }
    }
}

impl Screener {
    /// A screener whose clones share the ledgers in memory.
    pub fn new(ledgers: Ledgers, engine: Arc<Engine>) -> Self {
        let background = Arc::clone(&engine);
        Self { ledgers, engine, background, cache: UnitCache::default() }
    }

    /// Takes another engine for what nobody waits for.
    #[must_use]
    pub fn with_background(self, background: Arc<Engine>) -> Self {
        Self { background, ..self }
    }

    /// Holds invoices against the ledgers of their unit, and those of one request against one another.
    pub async fn screen(&self, request: ScreeningRequest) -> Result<Screening, Error> {
        let state = State::new(&request);
        let held = self.held_ledgers(&request.of, state).await?;
        let (unit, of) = (Arc::clone(&held.ledgers), request.of.clone());
        let screened = tokio::task::spawn_blocking(move || {
            let asked = AskedInvoices::new(unit.blocking_lock().get_mut(), &request.invoices);
            let one = |document: usize| {
                // For each invoice anew, in turn: a thousand of one request keep nobody waiting.
                screen_one(unit.blocking_lock().get_mut(), &request, &asked, document)
            };
            let mut screened: Vec<(usize, InvoiceScreening)> =
                (0..asked.documents.len()).flat_map(one).collect();
            screened.sort_unstable_by_key(|(row, _)| *row);
            screened.into_iter().map(|(_, screened)| screened).collect()
        });
        let screened = screened.await.inspect_err(|_panicked| self.cache.forget(&of))?;
        Ok(Screening::new(held.versions, screened))
    }

    /// Makes the newest version of a unit that is screened against ready, so that nobody waits for it.
    pub async fn warm(&self, of: &CheckedUnit) -> Result<(), Error> {
        match self.cache.state_of(of) {
            Some(state) => self.make(of, state, &self.background).await.map(drop),
            None => Ok(()),
        }
    }
}

/// The invoices of a request, as a run would read them.
#[derive(Debug)]
struct AskedInvoices {
    /// The rows of the request, each with the reference by which the ledgers know its supplier.
    rows: Vec<(ScreenedInvoice, AskedSupplier)>,
    documents: Vec<AskedDocument>,
    companions: Companions,
}

/// An invoice that several rows of a request may be lines of.
#[derive(Debug)]
struct AskedDocument {
    invoice: ScreenedInvoice,
    id: String,
    /// Their places.
    rows: Vec<usize>,
}

impl AskedInvoices {
    fn new(unit: &UnitLedgers, invoices: &[ScreenedInvoice]) -> Self {
        let named = |invoice: &ScreenedInvoice| {
            let (mut invoice, supplier) = (invoice.clone(), unit.supplier_of(invoice));
            invoice.supplier_ref = Some(supplier.reference.clone());
            (invoice, supplier)
        };
        let rows: Vec<_> = invoices.iter().map(named).collect();
        let invoices: Vec<&ScreenedInvoice> = rows.iter().map(|(invoice, _)| invoice).collect();
        let documents = unit.invoices.documents(&invoices);
        let documents = documents.into_iter().map(|rows| AskedDocument::new(&invoices, rows));
        let documents: Vec<AskedDocument> = documents.collect();
        let companions = Companions::of(&documents);
        Self { rows, documents, companions }
    }
}

impl AskedDocument {
    /// Adds up rows; the first is the invoice's own.
    fn new(invoices: &[&ScreenedInvoice], rows: Vec<usize>) -> Self {
        let first = invoices[rows[0]];
        let sum = |of: fn(&ScreenedInvoice) -> Amount| {
            let all = rows.iter().map(|row| of(invoices[*row]).ten_thousandths());
            Amount::from_ten_thousandths(all.fold(0, i64::saturating_add))
        };
        let mut invoice = first.clone();
        if rows.len() > 1 {
            invoice.invoice_amount = sum(|row| row.invoice_amount);
            invoice.base_amount = Some(sum(ScreenedInvoice::base));
        }
        Self { invoice, id: id(first, rows[0]), rows }
    }

    fn as_new(&self) -> NewInvoice<'_> {
        NewInvoice { invoice: &self.invoice, id: &self.id, rows: narrow(self.rows.len()) }
    }
}

/// The answers about the rows of one invoice, each with its place.
fn screen_one(
    unit: &mut UnitLedgers,
    request: &ScreeningRequest,
    asked: &AskedInvoices,
    at: usize,
) -> Vec<(usize, InvoiceScreening)> {
    let document = &asked.documents[at];
    let before = asked.companions.of_invoice(&document.invoice, at).into_iter();
    let together: Vec<NewInvoice<'_>> =
        before.chain([at]).map(|at| asked.documents[at].as_new()).collect();
    let found = unit.invoices.screen(&together);
    let (mut findings, mut explained) = (Vec::new(), found.explained);
    let verdicts = VerdictsInForce::new(&request.verdicts, request.now);
    for finding in found.findings {
        match verdicts.suppression(&finding) {
            Some(suppression) => explained.push(suppression),
            None => findings.push(finding),
        }
    }
    if !request.check_settings.ignores_verdict_rates {
        VerdictRates::new(&request.verdict_tallies).apply(&mut findings);
    }
    let mut duplicates: Vec<LikelyDuplicate> =
        findings.into_iter().map(|finding| likely_duplicate(request, finding)).collect();
    duplicates.sort_by(|x, y| y.probability.total_cmp(&x.probability));
    let today = TimeZone::UTC.to_datetime(request.now).date();
    let today = (today - jiff::civil::date(1970, 1, 1)).get_days();
    let recent = Recent { today, settings: &request.settings };
    let answer = |row: &usize| {
        let (invoice, supplier) = &asked.rows[*row];
        let oddities = unit.accounts.oddities(invoice, supplier, recent);
        let (duplicates, explained) = (duplicates.clone(), explained.clone());
        (*row, InvoiceScreening::new(invoice, duplicates, oddities, explained))
    };
    document.rows.iter().map(answer).collect()
}

fn likely_duplicate(request: &ScreeningRequest, finding: Finding) -> LikelyDuplicate {
    let probability = finding.probability.expect("pairs of invoices have measured weights");
    LikelyDuplicate {
        word: request.settings.of_duplicate(probability),
        probability,
        kind: finding.kind,
        title: finding.title,
        at_risk: finding.at_risk,
        rows: finding.rows,
        evidence: finding.evidence,
        reckoning: finding.reckoning,
        next_step: finding.next_step,
    }
}

/// The id of an invoice, or else its line in the request.
fn id(invoice: &ScreenedInvoice, at: usize) -> String {
    let given = invoice.unique_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    given.map_or_else(|| format!("line {} of this request", at + 1), str::to_owned)
}

/// The invoices of one request that are alike: by supplier and amount, by supplier and number or its stem, by
/// number and amount.
#[derive(Debug, Default)]
struct Companions {
    alike: FxHashMap<[String; 2], Vec<usize>>,
}

impl Companions {
    fn of(documents: &[AskedDocument]) -> Self {
        let mut companions = Self::default();
        for (at, document) in documents.iter().enumerate() {
            for key in keys(&document.invoice) {
                companions.alike.entry(key).or_default().push(at);
            }
        }
        companions
    }

    /// The companions of an invoice that come before it, the nearest first.
    fn of_invoice(&self, invoice: &ScreenedInvoice, at: usize) -> Vec<usize> {
        let alike = keys(invoice).into_iter().filter_map(|key| self.alike.get(&key)).flatten();
        let mut before: Vec<usize> = alike.copied().filter(|other| *other < at).collect();
        before.sort_unstable_by(|x, y| y.cmp(x));
        before.dedup();
        before.truncate(COMPANIONS_MAX);
        before
    }
}

fn keys(invoice: &ScreenedInvoice) -> [[String; 2]; 4] {
    let supplier = invoice.supplier().to_owned();
    let number = InvoiceNumber::new(&invoice.invoice_number).plain;
    let stem = format!("~{}", stem_key(&invoice.invoice_number));
    let amount = format!("={}", invoice.base());
    [
        [supplier.clone(), amount.clone()],
        [supplier.clone(), stem],
        [supplier, number.clone()],
        [number, amount],
    ]
}
