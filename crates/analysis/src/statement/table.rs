//! The table of a statement: which column is what, and its lines.
//!
//! Not for: where its cells come from. Invariant: a row whose amount cannot be read is refused with its line
//! and never left out: a gap in a statement would be taken for an agreement.

use domain::Amount;
use domain::statement::StatementLine;
use extract::TableRecord;
use jiff::civil::Date;

/// Records above the header: letterheads of PDFs have a few dozen lines.
const HEADER_SEARCH_MAX: usize = 120;
/// Headers that tell a table: a number or a date, and an amount.
const HEADERS_MIN: usize = 2;

/// Why a statement cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    #[error("{0}")]
    Unreadable(String),
    #[error(
        "the PDF has no text that can be read: it is a scan or a picture; ask the supplier for the statement as \
         CSV, XLSX or a PDF made by its program"
    )]
    NoText,
    #[error("the PDF cannot be read: {0}; ask the supplier for the statement as CSV or XLSX")]
    Pdf(String),
    #[error(
        "no row names the columns: a statement has a row with headers such as Date, Invoice number and Amount; add \
         it above the lines"
    )]
    NoHeader,
    #[error("the amount \"{text}\" at line {line} cannot be read; write it like 1,234.56")]
    Amount { line: u64, text: String },
    #[error("there are no lines below the headers; is the statement empty?")]
    NoLines,
}

/// The role of a column of a statement: what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnRole {
    Number,
    Date,
    Kind,
    Amount,
    /// The part of the line that is still owed; taken where no column has the amount.
    Open,
    Debit,
    Credit,
}

/// Headers by their letters and digits, the likeliest first.
const HEADERS: [(ColumnRole, &[&str]); 7] = [
    (
        ColumnRole::Number,
        &[
            "invoicenumber",
            "invoiceno",
            "invno",
            "invoice",
            "documentnumber",
            "documentno",
            "docno",
            "document",
            "reference",
            "referenceno",
            "ref",
            "ourref",
            "ourreference",
            "number",
            "transactionno",
            "transactionnumber",
            "billno",
            "billnumber",
            "rechnungsnummer",
            "rechnungsnr",
            "belegnummer",
            "belegnr",
            "numerodefacture",
            "facture",
            "piece",
            "factuurnummer",
            "factura",
        ],
    ),
    (
        ColumnRole::Date,
        &[
            "date",
            "invoicedate",
            "invdate",
            "documentdate",
            "docdate",
            "transactiondate",
            "posted",
            "datum",
            "rechnungsdatum",
            "belegdatum",
            "datefacture",
            "fecha",
            "factuurdatum",
        ],
    ),
    (
        ColumnRole::Kind,
        &[
            "type",
            "transactiontype",
            "doctype",
            "documenttype",
            "description",
            "details",
            "particulars",
            "transaction",
            "narrative",
            "activity",
            "art",
            "belegart",
            "text",
            "libelle",
            "omschrijving",
        ],
    ),
    (
        ColumnRole::Amount,
        &[
            "amount",
            "invoiceamount",
            "originalamount",
            "value",
            "total",
            "gross",
            "grossamount",
            "amountgbp",
            "amounteur",
            "amountusd",
            "betrag",
            "bruttobetrag",
            "montant",
            "importe",
            "bedrag",
            "invoicetotal",
        ],
    ),
    (
        ColumnRole::Open,
        &[
            "outstanding",
            "outstandingamount",
            "amountoutstanding",
            "amountdue",
            "openamount",
            "open",
            "due",
            "unpaid",
            "remaining",
            "offen",
            "offenerbetrag",
            "restbetrag",
            "solde",
            "openstaand",
        ],
    ),
    (
        ColumnRole::Debit,
        &["debit", "debits", "charges", "charge", "invoices", "dr", "soll", "debe", "debet"],
    ),
    (
        ColumnRole::Credit,
        &["credit", "credits", "payments", "payment", "creditspayments", "cr", "haben", "haber"],
    ),
];

/// Words of rows that are no lines: balances, totals, ages.
const NO_LINES: [&str; 14] = [
    "balance",
    "total",
    "brought forward",
    "carried forward",
    "b/f",
    "c/f",
    "opening",
    "closing",
    "current",
    "30 days",
    "overdue",
    "saldo",
    "summe",
    "page ",
];

/// The places of the columns.
#[derive(Debug, Default)]
struct Columns {
    found: Vec<(ColumnRole, usize)>,
}

impl Columns {
    fn of(record: &TableRecord) -> Self {
        let mut found: Vec<(ColumnRole, usize)> = Vec::new();
        for (role, names) in HEADERS {
            let plain: Vec<String> = record.cells.iter().map(|cell| letters(cell)).collect();
            let place = names.iter().find_map(|name| plain.iter().position(|cell| cell == name));
            let place = place.filter(|place| found.iter().all(|(_, taken)| taken != place));
            found.extend(place.map(|place| (role, place)));
        }
        Self { found }
    }

    fn place(&self, role: ColumnRole) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == role).map(|(_, place)| *place)
    }

    fn has(&self, role: ColumnRole) -> bool {
        self.place(role).is_some()
    }

    /// Enough to tell lines: what is owed, and for what or since when.
    fn are_of_statement(&self) -> bool {
        let has_amount = self.has(ColumnRole::Amount)
            || self.has(ColumnRole::Open)
            || (self.has(ColumnRole::Debit) && self.has(ColumnRole::Credit));
        let is_told = self.has(ColumnRole::Number) || self.has(ColumnRole::Date);
        has_amount && is_told && self.found.len() >= HEADERS_MIN
    }

    fn cell<'r>(&self, role: ColumnRole, record: &'r TableRecord) -> &'r str {
        let cell = self.place(role).and_then(|place| record.cells.get(place));
        cell.map_or("", String::as_str)
    }
}

/// Returns `true` for a row that names the columns of a statement.
pub(super) fn is_header(record: &TableRecord) -> bool {
    Columns::of(record).are_of_statement()
}

/// The lines below the first row that names the columns.
pub(super) fn lines(records: &[TableRecord]) -> Result<Vec<StatementLine>, StatementFault> {
    let header = records
        .iter()
        .take(HEADER_SEARCH_MAX)
        .position(is_header)
        .ok_or(StatementFault::NoHeader)?;
    let columns = Columns::of(&records[header]);
    let below = &records[header + 1..];
    let days = below.iter().map(|record| columns.cell(ColumnRole::Date, record));
    let order = DayOrder::of_column(days);
    let mut lines = Vec::new();
    for record in below {
        // The header stands once more on every page.
        if is_header(record) || is_no_line(record, &columns) {
            continue;
        }
        lines.extend(line(record, &columns, order)?);
    }
    if lines.is_empty() { Err(StatementFault::NoLines) } else { Ok(lines) }
}

/// Returns `true` for rows without a document: blank, a balance, an age.
fn is_no_line(record: &TableRecord, columns: &Columns) -> bool {
    let number = columns.cell(ColumnRole::Number, record);
    let date = columns.cell(ColumnRole::Date, record);
    if date.is_empty() && number.is_empty() {
        return true;
    }
    let said = record.cells.join(" ").to_lowercase();
    let is_balance = NO_LINES.iter().any(|word| said.contains(word));
    is_balance && !number.bytes().any(|byte| byte.is_ascii_digit())
}

fn line(
    record: &TableRecord,
    columns: &Columns,
    order: DayOrder,
) -> Result<Option<StatementLine>, StatementFault> {
    let amount = |role| {
        let text = columns.cell(role, record);
        if text.is_empty() || text == "-" {
            return Ok(None);
        }
        amount_of(text).map(Some).ok_or_else(|| StatementFault::Amount {
            line: record.line,
            text: text.chars().take(40).collect(),
        })
    };
    let sides = (amount(ColumnRole::Debit)?, amount(ColumnRole::Credit)?);
    let whole = match amount(ColumnRole::Amount)? {
        Some(amount) => Some(amount),
        None => amount(ColumnRole::Open)?,
    };
    let amount = match (whole, sides) {
        (Some(amount), _) => amount,
        (None, (None, None)) => return Ok(None),
        (None, (debit, credit)) => {
            let of = |side: Option<Amount>| side.map_or(0, Amount::ten_thousandths);
            Amount::from_ten_thousandths(of(debit) - of(credit).abs())
        }
    };
    let kind = columns.cell(ColumnRole::Kind, record).to_owned();
    Ok(Some(StatementLine {
        line: record.line,
        number: columns.cell(ColumnRole::Number, record).to_owned(),
        date: order.day(columns.cell(ColumnRole::Date, record)),
        amount: if is_credit(&kind) && amount.ten_thousandths() > 0 {
            Amount::from_ten_thousandths(-amount.ten_thousandths())
        } else {
            amount
        },
        kind,
    }))
}

/// The words by which a supplier calls a credit note.
fn is_credit(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    let words = ["credit", "crn", "gutschrift", "avoir", "creditnota", "abono"];
    words.iter().any(|word| kind.contains(word)) || kind == "cn" || kind == "cr"
}

/// An amount as statements have it: also `(12.00)`, `12.00-` and `12.00 CR`.
fn amount_of(text: &str) -> Option<Amount> {
    let text = text.trim();
    let marked = |mark: &str| {
        let at = text.len().checked_sub(mark.len())?;
        let (number, end) = text.split_at_checked(at)?;
        end.eq_ignore_ascii_case(mark).then_some(number)
    };
    let enclosed = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let taken = enclosed.or_else(|| marked("CR")).or_else(|| marked("-"));
    let number = taken.or_else(|| marked("DR")).unwrap_or(text).trim();
    // A workbook writes a number with a point and as many decimals as it has.
    let amount = Amount::from_typed(number).ok().or_else(|| number.parse().ok())?;
    let value = amount.ten_thousandths();
    Some(Amount::from_ten_thousandths(if taken.is_some() { -value.abs() } else { value }))
}

/// The order of day and month in a column of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayOrder {
    DayFirst,
    MonthFirst,
}

impl DayOrder {
    /// Day first, unless some date can only be read the other way.
    fn of_column<'t>(mut days: impl Iterator<Item = &'t str>) -> Self {
        let is_month_first =
            |text: &str| Self::DayFirst.day(text).is_none() && Self::MonthFirst.day(text).is_some();
        if days.any(is_month_first) { Self::MonthFirst } else { Self::DayFirst }
    }

    fn day(self, text: &str) -> Option<Date> {
        const NAMED: [&str; 6] =
            ["%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d %b %y", "%b %d, %Y"];
        const ISO: [&str; 2] = ["%Y-%m-%d", "%Y/%m/%d"];
        const DAY_FIRST: [&str; 6] =
            ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y"];
        const MONTH_FIRST: [&str; 3] = ["%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"];
        let text = text.trim();
        // A workbook's day may carry a time.
        let text = text.split_once('T').map_or(text, |(day, _)| day);
        let own: &[&str] = match self {
            Self::DayFirst => &DAY_FIRST,
            Self::MonthFirst => &MONTH_FIRST,
        };
        let mut formats = ISO.iter().chain(own).chain(&NAMED);
        formats.find_map(|format| Date::strptime(format, text).ok())
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
