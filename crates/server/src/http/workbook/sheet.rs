//! A sheet of a workbook: headers, widths, filters, and values as people expect them in cells.
//!
//! Not for: which sheets there are and what stands in them.
//!
//! Invariant: no cell is a formula; an amount has the decimals of its currency, and more where it has more; a
//! moment stands as clocks showed it in one time zone, which the header of its column names.

use domain::{Amount, MinorDigits, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

/// Excel takes 32,767; what is longer ends with an ellipsis.
const CELL_CHARS_MAX: usize = 32_000;
/// Excel takes 65,530 links on a sheet; what is beyond is the address as text.
const LINKS_MAX: usize = 65_000;

/// A header and how wide its column is, in characters; that of moments has [`ZONE`] in it.
pub(super) type Header = (&'static str, u8);

/// The place in a header where the name of the time zone stands.
const ZONE: &str = "{zone}";

/// The time zone in which a workbook has its moments.
#[derive(Debug, Clone)]
pub(in crate::http) struct SheetZone {
    zone: TimeZone,
    /// By its name in the database of time zones, or `UTC`.
    name: String,
}

impl Default for SheetZone {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, name: "UTC".to_owned() }
    }
}

impl SheetZone {
    /// The time zone of a name; UTC where there is none of that name.
    pub(in crate::http) fn named(name: &str) -> Self {
        match TimeZone::get(name) {
            Ok(zone) => Self { zone, name: name.to_owned() },
            Err(_unknown) => Self::default(),
        }
    }

    /// The day that it was at a moment.
    pub(super) fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

/// One cell.
pub(super) enum Value {
    Empty,
    Text(String),
    /// From 0 to 1.
    Share(f64),
    Count(u64),
    Amount(Amount, MinorDigits),
    Day(Date),
    Moment(Timestamp),
    Link(String),
}

pub(super) struct SheetWriter {
    head: Format,
    total: Format,
    /// By the digits behind the point.
    money: [Format; 5],
    share: Format,
    day: Format,
    moment: Format,
    zone: SheetZone,
}

/// The formats of amounts by the digits behind the point that a currency has; further ones are shown where
/// there are some. Excel would leave a point behind a whole number that may have decimals.
const MONEY: [&str; 5] = ["#,##0", "#,##0.0###", "#,##0.00##", "#,##0.000#", "#,##0.0000"];

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn amount(amount: Option<Amount>, digits: MinorDigits) -> Self {
        amount.map_or(Self::Empty, |amount| Self::Amount(amount, digits))
    }

    pub(super) fn money(money: Option<&Money>) -> Self {
        money.map_or(Self::Empty, |money| {
            Self::Amount(money.amount, MinorDigits::of(money.currency.as_deref()))
        })
    }
}

impl SheetWriter {
    /// Of sheets without moments.
    pub(super) fn new() -> Self {
        Self::in_zone(&SheetZone::default())
    }

    pub(super) fn in_zone(zone: &SheetZone) -> Self {
        Self {
            head: Format::new().set_bold().set_text_wrap(),
            total: Format::new().set_bold(),
            money: MONEY.map(|format| Format::new().set_num_format(format)),
            share: Format::new().set_num_format("0.0%"),
            day: Format::new().set_num_format("d mmm yyyy"),
            moment: Format::new().set_num_format("d mmm yyyy hh:mm"),
            zone: zone.clone(),
        }
    }

    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        headers: &[Header],
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> Result<(), XlsxError> {
        self.write_with_totals(sheet, headers, (rows, std::iter::empty()))
    }

    /// Totals stand below the rows; whoever sorts or filters these leaves them where they are.
    pub(super) fn write_with_totals(
        &self,
        sheet: &mut Worksheet,
        headers: &[Header],
        (rows, totals): (impl Iterator<Item = Vec<Value>>, impl Iterator<Item = Vec<Value>>),
    ) -> Result<(), XlsxError> {
        for (column, (label, width)) in (0..).zip(headers) {
            let label = label.replace(ZONE, &self.zone.name);
            sheet.write_string_with_format(0, column, label, &self.head)?;
            sheet.set_column_width(column, f64::from(*width))?;
        }
        let (mut last, mut links) = (0, 0);
        let rows = rows.map(|values| (values, false));
        let rows = rows.chain(totals.map(|values| (values, true)));
        for (row, (values, is_total)) in (1..).zip(rows) {
            for (column, value) in (0..).zip(values) {
                let value = match value {
                    Value::Link(url) if links == LINKS_MAX => Value::Text(url),
                    other => other,
                };
                links += usize::from(matches!(value, Value::Link(_)));
                self.write_value(sheet, (row, column), value)?;
            }
            if is_total {
                sheet.set_row_format(row, &self.total)?;
            } else {
                last = row;
            }
        }
        sheet.set_freeze_panes(1, 1)?;
        let columns = u16::try_from(headers.len()).expect("a sheet has a few dozen columns");
        sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
        Ok(())
    }

    fn write_value(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        value: Value,
    ) -> Result<(), XlsxError> {
        match value {
            Value::Empty => {}
            Value::Share(share) => {
                sheet.write_number_with_format(row, column, share, &self.share)?;
            }
            #[expect(clippy::cast_precision_loss, reason = "fewer than a double counts exactly")]
            Value::Count(count) => {
                sheet.write_number(row, column, count as f64)?;
            }
            Value::Amount(amount, digits) => {
                let number: f64 = amount.to_string().parse().expect("an amount is a number");
                let is_whole = amount.ten_thousandths() % 10_000 == 0;
                let digits = if is_whole { digits } else { digits.at_least_one() };
                let format = &self.money[usize::from(digits.count())];
                sheet.write_number_with_format(row, column, number, format)?;
            }
            Value::Day(day) => {
                let at = excel_day(day).ok_or(day.to_string());
                write_date(sheet, (row, column), at, &self.day)?;
            }
            Value::Moment(at) => {
                let ahead = i64::from(self.zone.zone.to_offset(at).seconds());
                let moment = ExcelDateTime::from_timestamp(at.as_second() + ahead);
                let moment = moment.map_err(|_out_of_range| at.to_string());
                write_date(sheet, (row, column), moment, &self.moment)?;
            }
            Value::Link(url) => {
                sheet.write_url_with_text(row, column, url.as_str(), "Open the finding")?;
            }
            // Always a text, never a formula or a link of somebody else's.
            Value::Text(text) => {
                sheet.write_string(row, column, shortened(text))?;
            }
        }
        Ok(())
    }
}

/// A day or a moment, or the text of one that Excel does not know.
fn write_date(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    at: Result<ExcelDateTime, String>,
    format: &Format,
) -> Result<(), XlsxError> {
    match at {
        Ok(at) => sheet.write_datetime_with_format(row, column, &at, format)?,
        Err(text) => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// Excel knows days from 1900 on.
fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    let month = u8::try_from(day.month()).ok()?;
    ExcelDateTime::from_ymd(year, month, u8::try_from(day.day()).ok()?).ok()
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
