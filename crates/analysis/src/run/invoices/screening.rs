//! A ledger of invoices that is held in memory, so that one more is held against it at once.
//!
//! Not for: which ledgers are held (`crate::screening`), or the accounts that invoices are paid into.
//!
//! Invariant: an invoice is described as a run would describe it that met it in the ledger.

use std::collections::BTreeMap;

use domain::document::is_invoice_number;
use domain::finding::{Finding, FindingRow, Suppression};
use domain::{Amount, InvoiceLines, ScreenedInvoice};
use evidence::duplicates::{Screening, groups};
use evidence::invoices::{Invoice, NO_DAY};
use evidence::weigh::WeighedPair;
use evidence::{narrow, short_text_key};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::describe::{finding, why};
use super::lines::{Line, LineHabits, LineSplit};
use super::{InvoiceTable, normalised, thresholds};
use crate::checks::ConfiguredCheck;
use crate::engine::{Engine, Joins, Stop, Tables, leave_out};
use crate::error::Error;
use crate::limits::QUERY_THREADS;
use crate::run::inputs::RunSettings;
use crate::run::statuses::Statuses;
use crate::supplier_lookup::{SupplierLookup, name_key};

/// The check whose evidence it is.
const CHECK: &str = "duplicate_invoices";
/// Explanations of one invoice; more say the same of other pairs.
const EXPLAINED_MAX: usize = 5;
/// Words of newcomers have numbers from here on: a ledger has fewer of its own.
const NEWCOMERS_WORDS: u32 = 1 << 31;
/// Days are counted from it.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The invoices of a unit, ready for one more.
pub(crate) struct ScreenedLedger {
    table: InvoiceTable,
    screening: Screening,
    check: ConfiguredCheck,
    lines: InvoiceLines,
    line_habits: LineHabits,
    suppliers: SupplierLookup,
}

/// An invoice that is in no ledger, with the id by which it is known.
#[derive(Debug, Clone)]
pub(crate) struct NewInvoice<'a> {
    pub(crate) invoice: &'a ScreenedInvoice,
    pub(crate) id: &'a str,
    /// Rows that it was added up from.
    pub(crate) rows: u32,
}

/// Findings about one invoice, as a run would have them, and what was explained.
#[derive(Debug, Default)]
pub(crate) struct ScreenedFindings {
    pub(crate) findings: Vec<Finding>,
    pub(crate) explained: Vec<Suppression>,
}

impl std::fmt::Debug for ScreenedLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let invoices = self.table.invoices.len();
        f.debug_struct("ScreenedLedger").field("invoices", &invoices).finish_non_exhaustive()
    }
}

impl ScreenedLedger {
    /// Reads the invoices of a unit, as a run reads them.
    pub(crate) async fn read(
        engine: &Engine,
        tables: &Tables,
        settings: &RunSettings,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let session = engine.session(Joins::Hash, QUERY_THREADS);
        tables.register(&session)?;
        let statuses = Statuses::read(&session, &settings.left_out_statuses).await?;
        leave_out(&session, &statuses.left_out)?;
        let check = settings.check(CHECK).expect("it comes with the program");
        let mut table = InvoiceTable::read(stop, &session, &check).await?;
        let (lines, threads) = (settings.invoice_lines, engine.threads());
        tokio::task::block_in_place(|| {
            let line_habits = table.roll_up(lines, threads).habits;
            let screening =
                Screening::new(&table.invoices, thresholds(&check), threads, stop.flag());
            stop.check()?;
            let suppliers = table.payees.lookup();
            Ok(Self { table, screening, check, lines, line_habits, suppliers })
        })
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.table.invoices.bytes()
            + self.screening.bytes()
            + self.table.payees.bytes()
            + self.suppliers.bytes()
    }

    /// The suppliers that have billed.
    pub(crate) const fn suppliers(&self) -> &SupplierLookup {
        &self.suppliers
    }

    /// Brings rows together that a run would add up: the places of each invoice's, its own row to begin with.
    pub(crate) fn documents(&self, rows: &[&ScreenedInvoice]) -> Vec<Vec<usize>> {
        let mut documents: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut invoices = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let number = row.invoice_number.trim();
            if !is_invoice_number(number) {
                invoices.push(vec![at]);
                continue;
            }
            let entered = row.entered_date.unwrap_or(row.invoice_date);
            let supplier = (row.supplier(), self.biller(row));
            let key = (supplier, number, row.invoice_date, entered);
            documents.entry(key).or_default().push(at);
        }
        for (((_, supplier), ..), mut places) in documents {
            let id = |at: usize| rows[at].unique_id.as_deref().map_or("", str::trim);
            places.sort_by(|x, y| (id(*x), x).cmp(&(id(*y), y)));
            let lines = places.chunk_by(|x, y| !id(*x).is_empty() && id(*x) == id(*y));
            let lines: Vec<&[usize]> = lines.collect();
            let line = |(at, places): (usize, &&[usize])| {
                let sum = |of: fn(&ScreenedInvoice) -> Amount| {
                    places.iter().map(|at| of(rows[*at]).ten_thousandths()).sum()
                };
                let (amount, stated) = (sum(ScreenedInvoice::base), sum(|row| row.invoice_amount));
                Line { at: narrow(at), amount, stated, upload: 0 }
            };
            let mut split: Vec<Line> = lines.iter().enumerate().map(line).collect();
            split.sort_by_key(Line::money);
            // A row without an id says nothing of its document.
            let have_ids = lines.iter().all(|places| !id(places[0]).is_empty());
            let split_lines = if have_ids { LineSplit::new } else { LineSplit::by_amounts };
            let split = split_lines(&split, self.lines, &self.line_habits, supplier);
            invoices.extend(split.invoices.into_iter().map(|mut own| {
                own.sort_by_key(|line| line.at);
                own.iter().flat_map(|line| lines[line.at as usize]).copied().collect()
            }));
        }
        invoices.sort_unstable_by_key(|places| places.iter().min().copied());
        invoices
    }

    /// The supplier of an invoice, where it has billed before.
    fn biller(&self, invoice: &ScreenedInvoice) -> Option<u32> {
        let name = invoice.supplier_name.as_deref().unwrap_or("");
        self.table.payees.supplier_of(invoice.supplier(), &name_key(name))
    }

    /// The last of some invoices against the ledger and those before it.
    pub(crate) fn screen(&mut self, invoices: &[NewInvoice<'_>]) -> ScreenedFindings {
        let kept_names = self.table.payees.names();
        let kept = self.table.invoices.len();
        let posted = invoices.last().and_then(|new| self.posted(new.invoice, new.id));
        let newcomers = if posted.is_some() { &[] } else { invoices };
        for NewInvoice { invoice, id, rows } in newcomers {
            let texts = Texts::of(&self.table, invoice, id);
            let newcomer = texts.newcomer(&mut self.table, self.screening.parties());
            self.screening.admit(&mut self.table.invoices, &newcomer);
            *self.table.invoices.rows.last_mut().expect("one was admitted") = *rows;
        }
        let at = posted.unwrap_or(self.table.invoices.len() - 1);
        let found = self.found(at, kept);
        self.screening.dismiss(&mut self.table.invoices);
        self.table.payees.dismiss(kept_names);
        found
    }

    /// The place of an invoice that is in the ledger already, as it is asked about.
    fn posted(&self, invoice: &ScreenedInvoice, id: &str) -> Option<usize> {
        let invoices = &self.table.invoices;
        let at = invoices.place_of(id, invoices.len())?;
        let is_it = self.table.supplier_of(at).0 == invoice.supplier()
            && invoices.number(at) == invoice.invoice_number.trim()
            && invoices.amount[at] == invoice.base().ten_thousandths();
        is_it.then_some(at)
    }

    /// The findings that the pairs of an invoice come to; `kept` are the places of the ledger.
    fn found(&self, at: usize, kept: usize) -> ScreenedFindings {
        let (table, habits) = (&self.table, self.screening.habits());
        let invoices = &table.invoices;
        let mut judged = self.screening.judge(invoices, at);
        let is_other = |weighed: &WeighedPair| !self.are_lines(weighed);
        judged.shown.retain(is_other);
        judged.suppressed.retain(|(weighed, _)| is_other(weighed));
        let check = self.check.definition;
        let mut findings: Vec<Finding> = groups(invoices, judged.shown, Vec::new())
            .iter()
            .map(|group| finding(table, habits, check, group))
            .collect();
        for row in findings.iter_mut().flat_map(|finding| &mut finding.rows) {
            self.fill(row, kept);
        }
        let explained = judged.suppressed.iter().take(EXPLAINED_MAX).map(|(weighed, reason)| {
            let words = why(table, habits, self.screening.netting(), weighed, *reason);
            Suppression { reason: reason.as_str().into(), words }
        });
        ScreenedFindings { findings, explained: explained.collect() }
    }

    /// Returns `true` when a run would take the two for lines of one invoice, and add them up.
    fn are_lines(&self, weighed: &WeighedPair) -> bool {
        let invoices = &self.table.invoices;
        let (a, b) = (weighed.pair.a, weighed.pair.b);
        let number = invoices.number(a);
        let are_of_one_document = invoices.supplier[a] == invoices.supplier[b]
            && number == invoices.number(b)
            && is_invoice_number(number)
            && (invoices.invoiced[a], invoices.entered[a])
                == (invoices.invoiced[b], invoices.entered[b]);
        if !are_of_one_document {
            return false;
        }
        if (invoices.amount[a], invoices.stated[a]) == (invoices.amount[b], invoices.stated[b]) {
            // What came before came with another file: there a line that comes again is a copy.
            return false;
        }
        let supplier = self.line_habits.known(invoices.supplier[a]);
        if self.line_habits.are_split_by_ids(self.lines, supplier) {
            return false;
        }
        if invoices.rows[a] > 1 || invoices.rows[b] > 1 {
            // Of sums nothing tells which of their lines are whose.
            return self.lines != InvoiceLines::Never;
        }
        let line = |at: usize| {
            let (amount, stated) = (invoices.amount[at], invoices.stated[at]);
            Line { at: narrow(at), amount, stated, upload: 0 }
        };
        let mut lines = [line(a), line(b)];
        lines.sort_by_key(Line::money);
        let split = LineSplit::by_amounts(&lines, self.lines, &self.line_habits, supplier);
        split.invoices.len() == 1
    }

    /// The fields of a row by which a person knows an invoice.
    fn fill(&self, row: &mut FindingRow, kept: usize) {
        let invoices = &self.table.invoices;
        let newcomers = (kept..invoices.len()).find(|at| invoices.id(*at) == row.id);
        let Some(at) = newcomers.or_else(|| invoices.place_of(&row.id, kept)) else { return };
        let amount = |value| Amount::from_ten_thousandths(value).to_string();
        let (_, name) = self.table.supplier_of(at);
        let fields = [
            ("invoice_number", Some(invoices.number(at).to_owned())),
            ("supplier_name", Some(name.to_owned())),
            ("base_amount", Some(amount(invoices.amount[at]))),
            ("invoice_amount", Some(amount(invoices.stated[at]))),
            ("invoice_date", date(invoices.invoiced[at])),
            ("entered_date", date(invoices.entered[at])),
            ("paid_date", date(invoices.paid[at])),
        ];
        for (field, value) in fields {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                row.fields.entry(field.to_owned()).or_insert(value);
            }
        }
    }
}

/// The texts of an invoice that is asked about.
struct Texts<'a> {
    invoice: &'a ScreenedInvoice,
    id: &'a str,
    reference: String,
    name: String,
}

impl<'a> Texts<'a> {
    fn of(table: &InvoiceTable, invoice: &'a ScreenedInvoice, id: &'a str) -> Self {
        let reference = invoice.supplier().to_owned();
        let given = invoice.supplier_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = given.or_else(|| table.payees.name_of(&reference)).unwrap_or(&reference);
        Self { invoice, id, name: name.to_owned(), reference }
    }

    fn newcomer(&self, table: &mut InvoiceTable, next: u32) -> Invoice<'_> {
        let invoice = self.invoice;
        let payee = table.payees.admit(&self.reference, &self.name, next);
        let text = |text: &'a Option<String>| text.as_deref().map_or("", str::trim);
        let invoiced = day(invoice.invoice_date);
        let mut normal = String::new();
        Invoice {
            id: self.id,
            number: invoice.invoice_number.trim(),
            supplier: payee.supplier,
            name: payee.name,
            party: payee.party,
            amount: invoice.base().ten_thousandths(),
            stated: invoice.invoice_amount.ten_thousandths(),
            currency: word(table, text(&invoice.invoice_amount_currency)),
            invoiced,
            entered: invoice.entered_date.map_or(invoiced, day),
            paid: NO_DAY,
            is_paid: false,
            user: word(table, text(&invoice.user_id)),
            group: word(table, text(&invoice.org_group_ref)),
            order: short_text_key(text(&invoice.po_number)),
            means: word(table, text(&invoice.payment_type)),
            description: short_text_key(normalised(text(&invoice.description), &mut normal)),
        }
    }
}

/// The number of a word; of one that the ledger does not know, one of its own.
fn word(table: &InvoiceTable, text: &str) -> u32 {
    if text.is_empty() {
        return 0;
    }
    table.words.get(text).copied().unwrap_or_else(|| short_text_key(text) | NEWCOMERS_WORDS)
}

fn day(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// The day as ledgers write it; none where there is none.
fn date(day: i32) -> Option<String> {
    (day != NO_DAY).then(|| EPOCH.saturating_add(i64::from(day).days()).to_string())
}
