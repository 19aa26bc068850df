//! Which column of a statement is what: by the headers that its supplier was settled with, or by those that
//! programs write.
//!
//! Not for: the lines below (`table`).
//!
//! Invariant: a column has one role, and one of amounts or days holds some.

use std::collections::BTreeSet;

use domain::DecimalStyle;
use domain::statement::{StatementColumn, StatementColumns};
use domain::text::fold;
use extract::{TableRecord, cell_amount, cell_currency, column_days};
use jiff::civil::Date;

mod names;

use names::{CURRENCIES, HEADERS};

/// Records above the header: letterheads of PDFs have a few dozen lines.
const HEADER_SEARCH_MAX: usize = 120;
/// Headers that tell a table: a number or a date, and an amount.
const HEADERS_MIN: usize = 2;
/// Records below the header that tell what a column holds.
const TRIED_RECORDS: usize = 60;

/// The places of the columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Columns {
    found: Vec<(StatementColumn, usize)>,
}

impl Columns {
    /// The columns of a row that names them; none where it does not.
    fn of_header(record: &TableRecord, settled: Option<&StatementColumns>) -> Option<Self> {
        match settled {
            Some(settled) => Self::settled(record, settled),
            // One column may yet have either of two roles.
            None => Some(Self::named(record, |_, _, _| true)).filter(Self::are_of_statement),
        }
    }

    /// Finds the columns by the headers that were settled, all of which the row has.
    fn settled(record: &TableRecord, settled: &StatementColumns) -> Option<Self> {
        let plain: Vec<String> = record.cells.iter().map(|cell| fold(cell.trim())).collect();
        let place = |(role, header): (StatementColumn, &str)| {
            let header = fold(header.trim());
            plain.iter().position(|cell| *cell == header).map(|place| (role, place))
        };
        settled.headers().map(place).collect::<Option<Vec<_>>>().map(|found| Self { found })
    }

    /// Finds the columns by the names that programs give them, the likeliest first, of those that may have
    /// the role.
    fn named(
        record: &TableRecord,
        may_be: impl Fn(StatementColumn, usize, &BTreeSet<usize>) -> bool,
    ) -> Self {
        let plain: Vec<String> = record.cells.iter().map(|cell| header_letters(cell)).collect();
        let mut taken = BTreeSet::new();
        let mut found = Vec::new();
        for (role, names) in HEADERS {
            let of_name = |name: &&str| {
                let mut places = plain.iter().enumerate();
                places.find(|(place, cell)| cell == name && may_be(role, *place, &taken))
            };
            if let Some((place, _)) = names.iter().find_map(of_name) {
                taken.insert(place);
                found.push((role, place));
            }
        }
        Self { found }
    }

    fn place(&self, role: StatementColumn) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == role).map(|(_, place)| *place)
    }

    pub(super) fn has(&self, role: StatementColumn) -> bool {
        self.place(role).is_some()
    }

    /// Enough to tell lines: what is owed, and for what or since when.
    fn are_of_statement(&self) -> bool {
        use StatementColumn::{Amount, Credit, Date, Debit, Number, Open};
        let has_amount =
            self.has(Amount) || self.has(Open) || (self.has(Debit) && self.has(Credit));
        let is_told = self.has(Number) || self.has(Date);
        has_amount && is_told && self.found.len() >= HEADERS_MIN
    }

    pub(super) fn cell<'r>(&self, role: StatementColumn, record: &'r TableRecord) -> &'r str {
        let cell = self.place(role).and_then(|place| record.cells.get(place));
        cell.map_or("", |cell| cell.trim())
    }
}

/// The columns of a table, and the place of the row that names them. Of several that could be, the one that
/// names most: a box of sums above the lines names fewer.
pub(super) fn find_header(
    records: &[TableRecord],
    settled: Option<&StatementColumns>,
    today: Date,
) -> Option<(usize, Columns)> {
    let place = header_place(records, settled)?;
    let columns = if let Some(settled) = settled {
        Columns::settled(&records[place], settled)?
    } else {
        let below = &records[place + 1..];
        let columns = Columns::named(&records[place], |role, column, taken| {
            !taken.contains(&column) && holds(role, column, below, today)
        });
        // By their names alone, so that what cannot be read is named with its line.
        if columns.are_of_statement() {
            columns
        } else {
            Columns::named(&records[place], |_, column, taken| !taken.contains(&column))
        }
    };
    (settled.is_some() || columns.are_of_statement()).then_some((place, columns))
}

/// The place of the row that names the columns, by its words alone.
pub(super) fn header_place(
    records: &[TableRecord],
    settled: Option<&StatementColumns>,
) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (place, record) in records.iter().take(HEADER_SEARCH_MAX).enumerate() {
        let Some(columns) = Columns::of_header(record, settled) else { continue };
        let found = columns.found.len();
        if best.is_none_or(|(_, most)| found > most) {
            best = Some((place, found));
        }
    }
    best.map(|(place, _)| place)
}

/// Returns `true` for a row that names the columns, as it stands again on every page.
pub(super) fn is_header(record: &TableRecord, settled: Option<&StatementColumns>) -> bool {
    Columns::of_header(record, settled).is_some()
}

/// Returns `true` where the cells of a column are what its role wants: `Due` may be a day or an amount, and
/// `Invoice` a number or what is owed.
fn holds(role: StatementColumn, column: usize, below: &[TableRecord], today: Date) -> bool {
    let cells: Vec<&str> = below
        .iter()
        .take(TRIED_RECORDS)
        .filter_map(|record| record.cells.get(column))
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .collect();
    let amounts = cells.iter().filter(|cell| is_amount(cell)).count();
    match role {
        StatementColumn::Number => {
            let money = cells.iter().filter(|cell| is_money(cell)).count();
            money * 2 <= cells.len()
        }
        StatementColumn::Date => {
            cells.is_empty() || column_days(&cells, today).iter().any(Option::is_some)
        }
        StatementColumn::Kind => true,
        // `Valuta` may be a day as well.
        StatementColumn::Currency => cells.iter().any(|cell| cell_currency(cell).is_some()),
        // A column of credits may hold none.
        StatementColumn::Debit | StatementColumn::Credit => cells.is_empty() || amounts > 0,
        StatementColumn::Amount | StatementColumn::Open => amounts > 0,
    }
}

fn is_amount(text: &str) -> bool {
    let styles = [DecimalStyle::Point, DecimalStyle::Comma];
    styles.into_iter().any(|style| cell_amount(text, style).is_some())
}

/// Returns `true` for an amount with two decimals, which no number of an invoice has.
fn is_money(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let sign = digits.len().checked_sub(3).and_then(|at| digits.as_bytes().get(at));
    matches!(sign, Some(b'.' | b',')) && is_amount(text)
}

/// Letters and digits of a header, without accents and currencies: `Betrag (EUR)` is `BETRAG`.
fn header_letters(text: &str) -> String {
    let folded = fold(text);
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !CURRENCIES.contains(word))
        .collect::<String>()
        .replace(['º', 'ª'], "")
}
