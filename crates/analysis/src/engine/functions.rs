//! What SQL cannot say well, as functions over columns, for every check and on every executor.
//!
//! Invariant: pure; null in, null out, where nothing else is said.

mod countries;
mod payment_terms;

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, StringBuilder, UInt64Builder};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array as _, ArrayRef, Int32Array, StringArray};
use arrow_schema::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::SessionContext;
use domain::finding::party;
use domain::{Amount, HolidayRule, InvoiceWorkflow, Money, WorkCalendar};
use evidence::bank::{self, Iban};
use evidence::entities::company_name;
use evidence::invoice_number::InvoiceNumber;
use evidence::vat::{VatError, VatNumber, rates};
use jiff::civil::Date;

use self::countries::country_code;
use super::holidays::is_english_holiday;

pub(super) fn register(session: &SessionContext) {
    for function in all() {
        session.register_udf(function);
    }
}

/// Every function. Texts are compared by their canonical forms: empty ones are null.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        hash("number_key", |text| InvoiceNumber::new(text).plain),
        hash("number_merged_key", |text| InvoiceNumber::new(text).merged().to_owned()),
        hash("number_stem_key", InvoiceNumber::stem),
        text("company_key", |name| some(company_name::canonical(name).squeezed())),
        text("iban_fault", |iban| bank::iban_fault(iban).map(|fault| fault.to_string())),
        text("iban_country", |iban| Iban::parse(iban).ok().map(|iban| iban.country().to_owned())),
        written("letters_and_digits", |text, to| {
            to.extend(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase));
        }),
        text("country_code", country_code),
        number("discount_share", |terms| Some(payment_terms::discount(terms)?.share)),
        number("discount_days", |terms| Some(payment_terms::discount(terms)?.days)),
        written("digits", |text, to| to.extend(text.chars().filter(char::is_ascii_digit))),
        texts("vat_fault", 2, |of| {
            let fault = VatNumber::parse(of[0]?, of[1]).err()?;
            // By unknown rules nothing is wrong.
            (fault != VatError::UnknownCountry).then(|| fault.to_string())
        }),
        number("vat_percent", rates::percent),
        number("vat_rate_highest", rates::highest),
        texts("vat_rate_fault", 3, |of| vat_rate_fault(of[0]?, [of[1], of[2]])),
        texts("vat_key", 2, |of| {
            VatNumber::parse(of[0]?, of[1]).ok().map(|vat| vat.registration())
        }),
        texts("party", 2, |of| {
            Some(match (of[0], of[1]) {
                (Some(name), Some(reference)) => party(name, reference),
                (name, reference) => name.or(reference)?.to_owned(),
            })
        }),
        workflow_state(),
        texts("account_key", 3, |of| bank::account_key(of[0], of[1], of[2])),
        money(),
        first_two_digits(),
        is_day_off(),
        truth("is_english_holiday", |day| day.parse().is_ok_and(is_english_holiday)),
        truth("is_po_box", |address| {
            let letters: String = address
                .chars()
                .filter(|c| c.is_alphabetic())
                .flat_map(char::to_lowercase)
                .collect();
            letters.starts_with("pobox") || letters.starts_with("postofficebox")
        }),
    ]
}

/// Days off by a calendar in one line, as `domain::calendar` writes it; null by a text that is none.
fn is_day_off() -> ScalarUDF {
    make("is_day_off", 2, DataType::Boolean, |columns, rows| {
        let mut built = BooleanBuilder::with_capacity(rows);
        // One calendar is asked about all days of a statement.
        let mut read: Option<(String, Option<WorkCalendar>)> = None;
        for row in 0..rows {
            let text = value(&columns[1], row).unwrap_or_default();
            if read.as_ref().is_none_or(|(known, _)| known != text) {
                read = Some((text.to_owned(), text.parse().ok()));
            }
            let calendar = read.as_ref().and_then(|(_, calendar)| calendar.as_ref());
            let day = value(&columns[0], row).and_then(|day| day.parse().ok());
            let is_off = |calendar: &WorkCalendar| Some(calendar.is_off(day?, is_holiday));
            built.append_option(calendar.and_then(is_off));
        }
        Arc::new(built.finish())
    })
}

fn is_holiday(rule: HolidayRule, day: Date) -> bool {
    match rule {
        HolidayRule::England => is_english_holiday(day),
        HolidayRule::None => false,
    }
}

/// Where an unposted invoice stands, by its status and the transaction that it was posted as.
pub(crate) fn workflow_state() -> ScalarUDF {
    texts("workflow_state", 2, |of| Some(InvoiceWorkflow::new(of[0], of[1]).as_str().to_owned()))
}

/// Why a rate is none of the first country's nor of the others; none where one is not known.
fn vat_rate_fault(rate: &str, countries: [Option<&str>; 2]) -> Option<String> {
    let percent = rates::percent(rate)?;
    let mut of = Vec::new();
    for country in countries.into_iter().flatten() {
        if rates::has(country, percent)? {
            return None;
        }
        of.push(format!("{country} has {}", rates::listed(country)?));
    }
    of.dedup();
    (!of.is_empty()).then(|| of.join(" and "))
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn text(name: &str, of: fn(&str) -> Option<String>) -> ScalarUDF {
    make(name, 1, DataType::Utf8, move |columns, rows| {
        let mut built = StringBuilder::new();
        for row in 0..rows {
            built.append_option(value(&columns[0], row).and_then(of));
        }
        Arc::new(built.finish())
    })
}

/// A text that is written letter by letter; none where nothing is.
fn written(name: &str, write: fn(&str, &mut String)) -> ScalarUDF {
    make(name, 1, DataType::Utf8, move |columns, rows| {
        let mut built = StringBuilder::with_capacity(rows, columns[0].value_data().len());
        let mut text = String::new();
        for row in 0..rows {
            text.clear();
            if let Some(value) = value(&columns[0], row) {
                write(value, &mut text);
            }
            built.append_option((!text.is_empty()).then_some(text.as_str()));
        }
        Arc::new(built.finish())
    })
}

fn texts(name: &str, count: usize, of: fn(&[Option<&str>]) -> Option<String>) -> ScalarUDF {
    make(name, count, DataType::Utf8, move |columns, rows| {
        let mut built = StringBuilder::new();
        let mut values: Vec<Option<&str>> = Vec::with_capacity(columns.len());
        for row in 0..rows {
            values.clear();
            values.extend(columns.iter().map(|column| value(column, row)));
            built.append_option(of(&values));
        }
        Arc::new(built.finish())
    })
}

fn truth(name: &str, of: fn(&str) -> bool) -> ScalarUDF {
    make(name, 1, DataType::Boolean, move |columns, rows| {
        let mut built = BooleanBuilder::with_capacity(rows);
        for row in 0..rows {
            built.append_option(value(&columns[0], row).map(of));
        }
        Arc::new(built.finish())
    })
}

fn number(name: &str, of: fn(&str) -> Option<f64>) -> ScalarUDF {
    make(name, 1, DataType::Float64, move |columns, rows| {
        let mut built = Float64Builder::with_capacity(rows);
        for row in 0..rows {
            built.append_option(value(&columns[0], row).and_then(of));
        }
        Arc::new(built.finish())
    })
}

/// Grouping by 64 bits is several times faster than by text, and two texts meet once in 10^19.
fn hash(name: &str, of: fn(&str) -> String) -> ScalarUDF {
    make(name, 1, DataType::UInt64, move |columns, rows| {
        let mut built = UInt64Builder::with_capacity(rows);
        for row in 0..rows {
            let canonical = value(&columns[0], row).map(of).filter(|text| !text.is_empty());
            built.append_option(canonical.map(|text| evidence::text_key(&text)));
        }
        Arc::new(built.finish())
    })
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row)).filter(|text| !text.trim().is_empty())
}

/// An amount as people write it, with its currency before it where the ledger names one.
fn money() -> ScalarUDF {
    let call = |values: &[ColumnarValue]| -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(values)?;
        let (amounts, currencies) =
            (arrays[0].as_primitive::<Float64Type>(), arrays[1].as_string::<i32>());
        let mut built = StringBuilder::new();
        for (row, amount) in amounts.iter().enumerate() {
            let currency = value(currencies, row);
            built.append_option(amount.map(|amount| {
                let amount = reckoned(amount).in_units_of(currency);
                Money { amount, currency: currency.map(str::to_owned) }.written()
            }));
        }
        Ok(ColumnarValue::Array(Arc::new(built.finish())))
    };
    let types = vec![DataType::Float64, DataType::Utf8];
    create_udf("money", types, DataType::Utf8, Volatility::Immutable, Arc::new(call))
}

/// The first two digits of a number above nine; of fewer, all there are.
fn first_two_digits() -> ScalarUDF {
    let call = |values: &[ColumnarValue]| -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(values)?;
        let numbers = arrays[0].as_primitive::<Int64Type>();
        let leading = |number: i64| {
            let mut number = number.unsigned_abs();
            while number > 99 {
                number /= 10;
            }
            i32::try_from(number).expect("it has two digits")
        };
        let digits: Int32Array = numbers.iter().map(|number| number.map(leading)).collect();
        Ok(ColumnarValue::Array(Arc::new(digits)))
    };
    let types = vec![DataType::Int64];
    create_udf("first_two_digits", types, DataType::Int32, Volatility::Immutable, Arc::new(call))
}

/// The amount nearest to what SQL reckoned.
#[expect(clippy::cast_possible_truncation, reason = "rounded, and saturating")]
pub(crate) fn reckoned(amount: f64) -> Amount {
    Amount::from_ten_thousandths((amount * 10_000.0).round() as i64)
}

fn make(
    name: &str,
    arguments: usize,
    returns: DataType,
    of: impl Fn(&[StringArray], usize) -> ArrayRef + Send + Sync + 'static,
) -> ScalarUDF {
    let call = move |values: &[ColumnarValue]| -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(values)?;
        let columns: Vec<StringArray> =
            arrays.iter().map(|array| array.as_string::<i32>().clone()).collect();
        let rows = columns.first().map_or(0, StringArray::len);
        Ok(ColumnarValue::Array(of(&columns, rows)))
    };
    let types = vec![DataType::Utf8; arguments];
    create_udf(name, types, returns, Volatility::Immutable, Arc::new(call))
}

#[cfg(test)]
mod tests;
