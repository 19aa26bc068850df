//! A unit's suppliers: the list, and one of them with its bank details over time, what it bills, its newest
//! invoices and the findings about it.

mod brief;

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, State};
use domain::ledger_view::{BilledMonth, LedgerRow, RowsFilter, SupplierHistory, Variation};
use domain::page::PageSize;
use domain::{Amount, FileType, Money, Visibility};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::access::{Member, Unmasker, Viewer};
use super::chart::{BarParts, Chart, ChartParts, units};
use super::error::PageError;
use super::filters;
use super::findings::of_supplier::letter_to;
use super::form::Form;
use super::layout::{Layout, Section};
use super::ledger::fields::{self, FieldText};
use super::ledger::list::ListCell;
use super::ledger::page::row_cells;
use super::ledger::{RelatedFindings, first_rows};
use super::respond::{PageResult, html};
use super::statements::{ColumnField, StatementLink, column_fields, columns_path, statement_links};
use super::unmasking::{UnmaskForm, UnmaskOffer};
use super::{field_labels, format};
use crate::App;
use brief::SupplierFacts;

const SUPPLIERS: FileType = FileType::Suppliers;
/// Months on an axis: a day typed wrongly by a century would make more than anybody sees.
const MONTHS_DRAWN_MAX: usize = 600;
/// The most invoices that a supplier's page lists; the others are behind a link.
const NEWEST_INVOICES: u32 = 10;

#[derive(Template)]
#[template(path = "supplier.html")]
struct SupplierPage {
    page: Layout,
    here: String,
    reference: String,
    brief: SupplierFacts,
    /// All that is open about it, together.
    open_findings: String,
    /// The count of findings that one letter can ask for, and that letter.
    to_ask: u64,
    letter: String,
    /// None when no snapshot names it.
    is_active: Option<bool>,
    newest: Vec<FieldText>,
    columns: Vec<Cow<'static, str>>,
    variations: Vec<VariationLine>,
    /// Set when any list of suppliers was ever read.
    has_list: bool,
    months: Vec<MonthLine>,
    chart: Option<Chart>,
    invoices: Vec<Vec<ListCell>>,
    invoices_total: String,
    all_invoices: String,
    findings: RelatedFindings,
    statements: Vec<StatementLink>,
    statement_columns: Vec<ColumnField>,
    columns_path: String,
    may_send: bool,
    unmask_offer: Option<UnmaskOffer>,
    is_whole: bool,
}

struct VariationLine {
    since: String,
    ended: String,
    is_active: bool,
    values: Vec<Value>,
}

struct Value {
    label: Cow<'static, str>,
    text: String,
    /// Otherwise than in the variation before it.
    has_changed: bool,
}

struct MonthLine {
    month: String,
    invoices: String,
    billed: String,
}

pub(crate) async fn get_supplier(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, reference)): Path<(String, String, String)>,
) -> PageResult {
    let history = history(&app, &viewer, &reference).await?;
    show(&app, &viewer, history, viewer.role.visibility()).await
}

/// Shows a supplier with accounts in full; the audit log knows before anybody sees them.
pub(crate) async fn show_supplier(
    State(app): State<App>,
    unmasker: Unmasker,
    Path((_, _, reference)): Path<(String, String, String)>,
    Form(form): Form<UnmaskForm>,
) -> PageResult {
    let history = history(&app, &unmasker, &reference).await?;
    let visibility = unmasker.unmask(&app, ("supplier.show", &reference), &form).await?;
    show(&app, &unmasker, history, visibility).await
}

async fn history(
    app: &App,
    member: &Member,
    reference: &str,
) -> Result<SupplierHistory, PageError> {
    let found = app.browser.supplier(&member.checked_unit(), reference).await?;
    found.ok_or(PageError::NotFound)
}

async fn show(
    app: &App,
    member: &Member,
    history: SupplierHistory,
    visibility: Visibility,
) -> PageResult {
    const SIZE: PageSize = PageSize::fixed(NEWEST_INVOICES);
    let reference = history.reference.clone();
    let filter = RowsFilter { supplier: Some(reference.clone()), ..RowsFilter::default() };
    let invoices = first_rows(app, member, FileType::Transactions, filter, SIZE).await?;
    let rows: Vec<LedgerRow> = history.variations.iter().map(|one| row(&reference, one)).collect();
    let named = rows.first().or_else(|| invoices.rows.first());
    let name = named.and_then(|row| row.fields.get("supplier_name"));
    let title = name.filter(|name| !name.is_empty()).unwrap_or(&reference).clone();
    let hides = rows.iter().any(|row| fields::hides_anything(SUPPLIERS, row, visibility));
    let columns = followed(&rows);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("supplier", &reference)
        .finish();
    let today = format::today(app.clock.now());
    let (to_ask, letter) = letter_to(member, &reference).await?;
    html(&SupplierPage {
        page: Layout::for_member(app, member, Section::Suppliers, &title).await?,
        here: member.row_path(SUPPLIERS, &reference),
        brief: SupplierFacts::new(&history, today, visibility),
        open_findings: format!("{}?{query}", member.path("findings")),
        to_ask,
        letter,
        is_active: (!rows.is_empty()).then(|| history.variations.iter().any(|one| one.is_active)),
        newest: rows
            .first()
            .map(|row| fields::field_texts(SUPPLIERS, row, visibility))
            .unwrap_or_default(),
        variations: variations(&history.variations, &columns, visibility),
        columns: columns.into_iter().map(field_labels::label).collect(),
        chart: chart(&history),
        months: without_gaps(&history.months)
            .iter()
            .rev()
            .map(|month| month_line(month, &history))
            .collect(),
        invoices: invoices.rows.iter().map(|row| invoice_line(member, row)).collect(),
        invoices_total: invoices_total(&history, invoices.total),
        all_invoices: format!("{}?{query}", member.path("transactions")),
        has_list: member.store.last_fed(&member.unit, SUPPLIERS).await?.is_some(),
        findings: member.related_findings(app, (SUPPLIERS, &reference, None), &title).await?,
        statements: statement_links(member, &reference).await?,
        statement_columns: column_fields(member, &reference).await?,
        columns_path: columns_path(member, &reference),
        may_send: member.role.may_decide(),
        unmask_offer: hides
            .then(|| UnmaskOffer::to(member, member.row_path(SUPPLIERS, &reference)))
            .flatten(),
        is_whole: visibility == Visibility::Full,
        reference,
    })
}

/// The columns worth a look: those of the bank that hold anything, and what changed.
fn followed(rows: &[LedgerRow]) -> Vec<&'static str> {
    let value = |row: &LedgerRow, column: &str| row.fields.get(column).cloned().unwrap_or_default();
    let is_there = |column: &&str| rows.iter().any(|row| !value(row, column).is_empty());
    let has_changed = |column: &&str| {
        rows.windows(2).any(|two| matches!(two, [a, b] if value(a, column) != value(b, column)))
    };
    let spec = SUPPLIERS.spec();
    let followed = spec.followed.columns.iter().copied().filter(has_changed);
    spec.bank.iter().copied().filter(is_there).chain(followed).collect()
}

fn row(reference: &str, variation: &Variation) -> LedgerRow {
    LedgerRow {
        id: reference.to_owned(),
        is_active: Some(variation.is_active),
        fields: variation.fields.clone(),
    }
}

fn variations(all: &[Variation], columns: &[&str], visibility: Visibility) -> Vec<VariationLine> {
    let moment = |at: Option<jiff::Timestamp>| at.map(format::date).unwrap_or_default();
    let one = |(place, variation): (usize, &Variation)| VariationLine {
        since: since(variation),
        ended: moment(variation.ended),
        is_active: variation.is_active,
        values: columns
            .iter()
            .map(|column| {
                let value = variation.fields.get(*column).map(String::as_str).unwrap_or_default();
                let older = all.get(place + 1);
                let before =
                    older.map(|older| older.fields.get(*column).map_or("", String::as_str));
                Value {
                    label: field_labels::label(column),
                    // Comparison unmasked: two accounts may end alike.
                    has_changed: before.is_some_and(|before| before != value),
                    text: fields::masked_text(SUPPLIERS, column, value, visibility),
                }
            })
            .collect(),
    };
    all.iter().enumerate().map(one).collect()
}

/// Since when it is so: the day on which the ERP says it was changed, and when it was first seen here.
fn since(variation: &Variation) -> String {
    let seen = variation.since.map(format::date);
    let changed = variation.fields.get("modified_date").and_then(|day| day.parse::<Date>().ok());
    match (changed.map(format::day), seen) {
        (Some(changed), Some(seen)) if changed != seen => format!("{changed}, first seen {seen}"),
        (Some(changed), _) => changed,
        (None, Some(seen)) => format!("first seen {seen}"),
        (None, None) => "earlier".to_owned(),
    }
}

/// The number of its invoices, and of their rows where several are lines of one.
fn invoices_total(history: &SupplierHistory, rows: u64) -> String {
    let invoices: u64 = history.billed.iter().map(|day| day.invoices).sum();
    let counted = format::counted(invoices, "invoice", "invoices");
    match invoices {
        0 => format::counted(rows, "row", "rows"),
        all if all < rows => format!("{counted} in {}", format::counted(rows, "row", "rows")),
        _ => counted,
    }
}

/// The cells of an invoice without its supplier, who stands above it.
fn invoice_line(member: &Member, row: &LedgerRow) -> Vec<ListCell> {
    let cells = row_cells(member, FileType::Transactions, row);
    cells.into_iter().filter(|cell| !cell.label.starts_with("Supplier")).collect()
}

fn month_line(month: &BilledMonth, history: &SupplierHistory) -> MonthLine {
    let billed = Money { amount: month.billed, currency: history.currency.clone() };
    MonthLine {
        month: format::month(month.month),
        invoices: format::count(month.invoices),
        billed: format::money(&billed),
    }
}

/// Every month from the first to the last, with nothing billed where there is no invoice: an axis without
/// gaps left out.
fn without_gaps(months: &[BilledMonth]) -> Vec<BilledMonth> {
    let mut every: Vec<BilledMonth> = Vec::new();
    for month in months {
        while let Some(last) = every.last()
            && let next = last.month.saturating_add(1.month())
            && next < month.month
            && every.len() < MONTHS_DRAWN_MAX
        {
            every.push(BilledMonth { month: next, invoices: 0, billed: Amount::default() });
        }
        every.push(month.clone());
    }
    every
}

/// Nothing to draw of one month.
fn chart(history: &SupplierHistory) -> Option<Chart> {
    let months = without_gaps(&history.months);
    if months.len() < 2 {
        return None;
    }
    let bar = |month: &BilledMonth| BarParts {
        label: format::short_month(month.month),
        value: units(month.billed),
        words: month_line(month, history).billed,
        is_marked: false,
    };
    Chart::new(&ChartParts {
        bars_name: "Billed",
        bars: months.iter().map(bar).collect(),
        ..ChartParts::default()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::ledger_view::DaySum;

    use super::*;

    #[test]
    fn lines_are_told_from_invoices() {
        for (invoices, rows, told) in [
            (&[][..], 0, "0 rows"),
            (&[], 3, "3 rows"),
            (&[1], 1, "1 invoice"),
            (&[1, 2], 3, "3 invoices"),
            (&[200, 23], 1_258, "223 invoices in 1,258 rows"),
        ] {
            let day = |invoices: &u64| DaySum {
                day: "2026-10-01".parse().unwrap(),
                invoices: *invoices,
                amount: Amount::default(),
            };
            let billed = invoices.iter().map(day).collect();
            let history = SupplierHistory { billed, ..SupplierHistory::default() };
            assert_eq!(invoices_total(&history, rows), told);
        }
    }

    #[test]
    fn an_axis_of_months_has_no_gaps() {
        let month = |text: &str, invoices| BilledMonth {
            month: text.parse().unwrap(),
            invoices,
            billed: Amount::from_ten_thousandths(70_000),
        };
        let every = without_gaps(&[month("2025-11-01", 2), month("2026-02-01", 1)]);
        let told: Vec<(String, u64)> =
            every.iter().map(|month| (month.month.to_string(), month.invoices)).collect();
        let expected = [("2025-11-01", 2), ("2025-12-01", 0), ("2026-01-01", 0), ("2026-02-01", 1)];
        assert_eq!(told, expected.map(|(day, count)| (day.to_owned(), count)));
    }

    #[test]
    fn an_account_is_so_since_the_erp_says_it_was_changed() {
        let of = |changed: Option<&str>, seen: Option<&str>| Variation {
            is_active: true,
            since: seen.map(|seen| seen.parse().unwrap()),
            ended: None,
            fields: changed
                .map(|day| ("modified_date".to_owned(), day.to_owned()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        };
        let seen = Some("2026-11-29T06:08:01Z");
        for (changed, seen, words) in [
            (Some("2026-08-20"), seen, "20 Aug 2026, first seen 29 Nov 2026"),
            (Some("2026-11-29"), seen, "29 Nov 2026"),
            (Some("2026-08-20"), None, "20 Aug 2026"),
            (None, seen, "first seen 29 Nov 2026"),
            (None, None, "earlier"),
        ] {
            assert_eq!(since(&of(changed, seen)), words);
        }
    }
}
