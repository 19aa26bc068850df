//! The columns that lists of transactions show, of one version, in memory: in every order already, searched
//! without being read from the disk and decoded again for each look.
//!
//! Not for: all columns of a row (the engine reads them), or which versions have one (`index_cache`).
//!
//! Invariant: answers are the engine's, row for row: nothing comes last in either direction, and rows alike
//! stand in the order of their Unique ID.

mod bitmap;
mod dictionary;
mod file;
mod numbers;
mod supplier_sums;
mod supplier_totals;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type};
use domain::columns::transactions::AMOUNTS_SEARCHED;
use domain::ledger_view::{LedgerRow, RowsFilter, RowsOrder, RowsPage};
use domain::{Amount, FileType};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use bitmap::Bitmap;
use dictionary::{Dictionary, DictionaryBuilder, NONE};
use supplier_totals::PlaceTotal;

const ID: &str = "unique_id";
const SUPPLIER: &str = "supplier_ref";
const DATED: &str = "invoice_date";
const EPOCH: Date = date(1970, 1, 1);
/// Amounts are kept in ten-thousandths.
const PLACES: usize = 4;

/// The listed columns of a version.
#[derive(Debug)]
pub(super) struct ListIndex {
    rows: u32,
    columns: BTreeMap<String, Column>,
    /// Rows by each column that lists are ordered by, the smallest first.
    orders: BTreeMap<&'static str, Vec<u32>>,
    /// The last day of all rows, looked for once.
    newest_day: OnceLock<Option<i32>>,
    /// The total of each supplier, by its place; added up once.
    supplier_totals: OnceLock<Vec<PlaceTotal>>,
}

#[derive(Debug)]
enum Column {
    Dictionary(Dictionary),
    /// Since 1970; the greatest number is no day.
    Days(Vec<i32>),
    /// In ten-thousandths; the greatest number is no amount.
    Amounts(Vec<i64>),
}

/// A version whose rows are still coming.
#[derive(Debug, Default)]
pub(super) struct ListIndexBuilder {
    rows: usize,
    columns: BTreeMap<String, ColumnBuilder>,
}

#[derive(Debug)]
enum ColumnBuilder {
    Dictionary(DictionaryBuilder),
    Days(Vec<i32>),
    Amounts(Vec<i64>),
}

impl ListIndexBuilder {
    /// Batches of the same columns: texts, days and amounts; false of what cannot be held.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> bool {
        let rows = self.rows + batch.num_rows();
        if rows >= NONE as usize {
            return false;
        }
        self.rows = rows;
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            let known = self.columns.get_mut(field.name());
            if let Some(texts) = array.as_string_opt::<i32>() {
                let column = match known {
                    Some(column) => column,
                    None => self.begin(
                        field.name(),
                        ColumnBuilder::Dictionary(DictionaryBuilder::default()),
                    ),
                };
                let ColumnBuilder::Dictionary(dictionary) = column else { return false };
                texts.iter().for_each(|text| dictionary.push(text));
            } else if let Some(days) = array.as_primitive_opt::<Date32Type>() {
                let column = match known {
                    Some(column) => column,
                    None => self.begin(field.name(), ColumnBuilder::Days(Vec::new())),
                };
                let ColumnBuilder::Days(column_days) = column else { return false };
                column_days.extend(days.iter().map(|day| day.unwrap_or(i32::MAX)));
            } else if let Some(amounts) = array.as_primitive_opt::<Decimal128Type>() {
                let column = match known {
                    Some(column) => column,
                    None => self.begin(field.name(), ColumnBuilder::Amounts(Vec::new())),
                };
                let ColumnBuilder::Amounts(column_amounts) = column else { return false };
                let small =
                    |amount: i128| i64::try_from(amount).expect("18 digits fit into 64 bits");
                column_amounts.extend(amounts.iter().map(|amount| amount.map_or(i64::MAX, small)));
            } else {
                return false;
            }
        }
        true
    }

    fn begin(&mut self, name: &str, column: ColumnBuilder) -> &mut ColumnBuilder {
        self.columns.entry(name.to_owned()).or_insert(column)
    }

    /// The memory taken so far, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let of = |column: &ColumnBuilder| match column {
            ColumnBuilder::Dictionary(texts) => texts.bytes(),
            ColumnBuilder::Days(days) => days.capacity() * size_of::<i32>(),
            ColumnBuilder::Amounts(amounts) => amounts.capacity() * size_of::<i64>(),
        };
        self.columns.values().map(of).sum()
    }

    pub(super) fn finish(self) -> ListIndex {
        let mut columns = BTreeMap::new();
        for (name, column) in self.columns {
            columns.insert(
                name,
                match column {
                    ColumnBuilder::Dictionary(texts) => Column::Dictionary(texts.finish()),
                    ColumnBuilder::Days(mut days) => {
                        days.shrink_to_fit();
                        Column::Days(days)
                    }
                    ColumnBuilder::Amounts(mut amounts) => {
                        amounts.shrink_to_fit();
                        Column::Amounts(amounts)
                    }
                },
            );
        }
        let rows = evidence::narrow(self.rows);
        let mut index = ListIndex::new(rows, columns, BTreeMap::new());
        let mut by_id: Vec<u32> = (0..rows).collect();
        index.sort(&mut by_id, ID);
        for name in FileType::Transactions.spec().orders() {
            // Stable, so that the id stays the second order.
            let mut order = by_id.clone();
            index.sort(&mut order, name);
            index.orders.insert(name, order);
        }
        index
    }
}

impl Column {
    /// The value that a row is ordered by; the greatest is nothing.
    fn key(&self, row: u32) -> i64 {
        let row = row as usize;
        match self {
            Self::Dictionary(texts) => i64::from(texts.places()[row]),
            Self::Days(days) => i64::from(days[row]),
            Self::Amounts(amounts) => amounts[row],
        }
    }

    fn null_key(&self) -> i64 {
        match self {
            Self::Dictionary(_) => i64::from(NONE),
            Self::Days(_) => i64::from(i32::MAX),
            Self::Amounts(_) => i64::MAX,
        }
    }

    /// The text of a row, as the engine writes it.
    fn text(&self, row: u32) -> Option<String> {
        if self.key(row) == self.null_key() {
            return None;
        }
        match self {
            Self::Dictionary(texts) => texts.text(row).map(str::to_owned),
            Self::Days(days) => Some(day(days[row as usize]).to_string()),
            Self::Amounts(amounts) => Some(decimal(amounts[row as usize])),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Dictionary(texts) => texts.bytes(),
            Self::Days(days) => days.capacity() * size_of::<i32>(),
            Self::Amounts(amounts) => amounts.capacity() * size_of::<i64>(),
        }
    }
}

impl ListIndex {
    const fn new(
        rows: u32,
        columns: BTreeMap<String, Column>,
        orders: BTreeMap<&'static str, Vec<u32>>,
    ) -> Self {
        Self {
            rows,
            columns,
            orders,
            newest_day: OnceLock::new(),
            supplier_totals: OnceLock::new(),
        }
    }

    /// The memory taken, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let columns: usize = self.columns.values().map(Column::bytes).sum();
        let orders: usize = self.orders.values().map(Vec::capacity).sum();
        let suppliers = match self.columns.get(SUPPLIER) {
            Some(Column::Dictionary(suppliers)) => suppliers.len(),
            _ => 0,
        };
        columns + orders * size_of::<u32>() + suppliers * size_of::<PlaceTotal>()
    }

    /// `searched` are the columns that a text is looked for in. None for a filter by id: such a row is shown
    /// with all its columns.
    pub(super) fn page(
        &self,
        filter: &RowsFilter,
        order: &RowsOrder,
        searched: &[&str],
        [skip, size]: [usize; 2],
    ) -> Option<RowsPage> {
        if filter.id.is_some() {
            return None;
        }
        let wanted = self.matches(filter, searched);
        let total = wanted.as_ref().map_or(u64::from(self.rows), Bitmap::count);
        let (sorted, column) =
            (self.orders.get(order.column())?, self.columns.get(order.column())?);
        let rows = |ordered: &mut dyn Iterator<Item = u32>| -> Vec<LedgerRow> {
            ordered
                .filter(|row| wanted.as_ref().is_none_or(|wanted| wanted.has(*row)))
                .skip(skip)
                .take(size)
                .map(|row| self.row(row))
                .collect()
        };
        let rows = if order.is_descending {
            rows(&mut descending(sorted, column))
        } else {
            rows(&mut sorted.iter().copied())
        };
        Some(RowsPage { rows, total, ..RowsPage::default() })
    }

    fn sort(&self, rows: &mut [u32], name: &str) {
        if let Some(column) = self.columns.get(name) {
            rows.sort_by_key(|row| column.key(*row));
        }
    }

    /// The rows that are wanted; none when all are.
    fn matches(&self, filter: &RowsFilter, searched: &[&str]) -> Option<Bitmap> {
        let rows = self.rows as usize;
        let mut wanted: Vec<Bitmap> = Vec::new();
        if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let (text, mut found) = (text.to_lowercase(), Bitmap::none(rows));
            for name in searched {
                if let Some(Column::Dictionary(texts)) = self.columns.get(*name) {
                    texts.mark_containing(&text, &mut found);
                }
            }
            if let Some(amount) = filter.amount() {
                self.mark_amounts(amount, &mut found);
            }
            wanted.push(found);
        }
        if let (Some(reference), Some(Column::Dictionary(texts))) =
            (&filter.supplier, self.columns.get(SUPPLIER))
        {
            wanted.push(match texts.find(reference) {
                Some(place) => Bitmap::from_fn(rows, |row| texts.places()[row] == place),
                None => Bitmap::none(rows),
            });
        }
        if let (true, Some(Column::Days(days))) =
            (filter.from.is_some() || filter.to.is_some(), self.columns.get(DATED))
        {
            let since_epoch = |day: Date| (day - EPOCH).get_days();
            let from = filter.from.map_or(i32::MIN, since_epoch);
            let to = filter.to.map_or(i32::MAX - 1, since_epoch);
            wanted.push(Bitmap::from_fn(rows, |row| (from..=to).contains(&days[row])));
        }
        wanted.into_iter().reduce(|one, other| one.and(&other))
    }

    fn mark_amounts(&self, wanted: Amount, found: &mut Bitmap) {
        let wanted = wanted.ten_thousandths();
        for name in AMOUNTS_SEARCHED {
            let Some(Column::Amounts(amounts)) = self.columns.get(name) else { continue };
            let is_it = |amount: i64| amount == wanted || amount == -wanted;
            let rows = amounts.iter().enumerate().filter(|(_, amount)| is_it(**amount));
            rows.for_each(|(row, _)| found.set(row));
        }
    }

    fn row(&self, row: u32) -> LedgerRow {
        let fields: BTreeMap<String, String> = self
            .columns
            .iter()
            .filter_map(|(name, column)| Some((name.clone(), column.text(row)?)))
            .collect();
        let id = fields.get(ID).expect("only rows with a Unique ID come into the ledger").clone();
        LedgerRow { id, is_active: None, fields }
    }
}

/// The greatest first, and rows alike as they stand; those with nothing last all the same.
fn descending<'a>(sorted: &'a [u32], column: &'a Column) -> impl Iterator<Item = u32> + 'a {
    let something = sorted.partition_point(|row| column.key(*row) < column.null_key());
    let (mut rest, nothing) = sorted.split_at(something);
    let alike = std::iter::from_fn(move || {
        let last = column.key(*rest.last()?);
        let before = rest.iter().rposition(|row| column.key(*row) != last);
        let (left, alike) = rest.split_at(before.map_or(0, |at| at + 1));
        rest = left;
        Some(alike)
    });
    alike.flatten().chain(nothing).copied()
}

fn day(days: i32) -> Date {
    EPOCH.saturating_add(i64::from(days).days())
}

fn decimal(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", amount.unsigned_abs(), width = PLACES + 1);
    let (whole, part) = digits.split_at(digits.len() - PLACES);
    format!("{sign}{whole}.{part}")
}
