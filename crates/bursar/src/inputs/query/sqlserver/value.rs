//! Values of SQL Server as text, as the server itself writes them when it is asked for their exact form.
//!
//! Invariant: what is written stands for exactly the value in the table, or nothing is written.

use std::fmt::{self, Write as _};

use jiff::Span;
use jiff::civil::{Date, date};
use tiberius::time::DateTime2;
use tiberius::{ColumnData, ColumnType};

/// The driver hands money over as a double: below 2^39 those lie closer together than ten-thousandths, so
/// that each amount has its own.
const EXACT_MONEY_MAX: f64 = 549_755_813_888.0;
/// `datetime` counts three-hundredths of a second.
const DATETIME_SECOND: u64 = 300;
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// Day one of `date` and its kin.
const FIRST_DAY: Date = date(1, 1, 1);
/// Day one of the older types.
const OLD_FIRST_DAY: Date = date(1900, 1, 1);

/// Adds the value to `text` and says whether there is one; why not, in words.
pub(super) fn write(
    cell: &ColumnData<'_>,
    kind: ColumnType,
    text: &mut String,
) -> Result<bool, String> {
    match cell {
        ColumnData::U8(Some(number)) => put(format_args!("{number}"), text),
        ColumnData::I16(Some(number)) => put(format_args!("{number}"), text),
        ColumnData::I32(Some(number)) => put(format_args!("{number}"), text),
        ColumnData::I64(Some(number)) => put(format_args!("{number}"), text),
        // The shortest text that reads back as the same number.
        ColumnData::F32(Some(number)) => put(format_args!("{number}"), text),
        ColumnData::F64(Some(number)) => put_double(*number, kind, text)?,
        ColumnData::Numeric(Some(number)) => put_decimal(number.value(), number.scale(), text),
        ColumnData::Bit(Some(is_set)) => put(format_args!("{}", u8::from(*is_set)), text),
        ColumnData::Guid(Some(guid)) => put(format_args!("{:X}", guid.hyphenated()), text),
        ColumnData::String(Some(words)) => text.push_str(words),
        ColumnData::Xml(Some(document)) => put(format_args!("{document}"), text),
        ColumnData::Binary(Some(bytes)) => {
            text.push_str("0x");
            bytes.iter().for_each(|byte| put(format_args!("{byte:02X}"), text));
        }
        ColumnData::Date(Some(day)) => put_day(FIRST_DAY, day.days().into(), text)?,
        ColumnData::Time(Some(time)) => put_time(time.increments(), time.scale(), text),
        ColumnData::DateTime2(Some(moment)) => put_moment(*moment, 0, text)?,
        ColumnData::DateTimeOffset(Some(moment)) => {
            let offset = i64::from(moment.offset());
            put_moment(moment.datetime2(), offset, text)?;
            let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs());
            put(format_args!(" {sign}{:02}:{:02}", minutes / MINUTE, minutes % MINUTE), text);
        }
        ColumnData::DateTime(Some(moment)) => {
            put_day(OLD_FIRST_DAY, moment.days().into(), text)?;
            text.push(' ');
            let parts = u64::from(moment.seconds_fragments());
            // To the nearest thousandth, as the server writes it: .000, .003, .007.
            put_time((parts * 1000 + DATETIME_SECOND / 2) / DATETIME_SECOND, 3, text);
        }
        ColumnData::SmallDateTime(Some(moment)) => {
            put_day(OLD_FIRST_DAY, moment.days().into(), text)?;
            text.push(' ');
            // Named fragments by the driver; they are minutes.
            put_time(u64::from(moment.seconds_fragments()) * 60, 0, text);
        }
        // Each by its name: a kind of value that a later driver knows must not pass for nothing.
        ColumnData::U8(None)
        | ColumnData::I16(None)
        | ColumnData::I32(None)
        | ColumnData::I64(None)
        | ColumnData::F32(None)
        | ColumnData::F64(None)
        | ColumnData::Numeric(None)
        | ColumnData::Bit(None)
        | ColumnData::Guid(None)
        | ColumnData::String(None)
        | ColumnData::Xml(None)
        | ColumnData::Binary(None)
        | ColumnData::Date(None)
        | ColumnData::Time(None)
        | ColumnData::DateTime2(None)
        | ColumnData::DateTimeOffset(None)
        | ColumnData::DateTime(None)
        | ColumnData::SmallDateTime(None) => return Ok(false),
    }
    Ok(true)
}

fn put(words: fmt::Arguments<'_>, text: &mut String) {
    text.write_fmt(words).expect("a String takes everything");
}

fn put_double(number: f64, kind: ColumnType, text: &mut String) -> Result<(), String> {
    let is_money = matches!(kind, ColumnType::Money | ColumnType::Money4);
    // What a variant holds may be money.
    if (is_money || kind == ColumnType::SSVariant) && number.abs() >= EXACT_MONEY_MAX {
        return Err(format!(
            "an amount of {EXACT_MONEY_MAX} or more as money is not exact here; CAST it to decimal(19, 4)"
        ));
    }
    if is_money {
        put(format_args!("{number:.4}"), text);
    } else {
        put(format_args!("{number}"), text);
    }
    Ok(())
}

/// `value` with the decimal point before the last `scale` digits.
fn put_decimal(value: i128, scale: u8, text: &mut String) {
    let scale = usize::from(scale);
    let digits = format!("{:0>1$}", value.unsigned_abs(), scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    if value < 0 {
        text.push('-');
    }
    text.push_str(whole);
    if !part.is_empty() {
        text.push('.');
        text.push_str(part);
    }
}

fn put_day(first: Date, days: i64, text: &mut String) -> Result<(), String> {
    let span = Span::new().try_days(days);
    let day =
        span.and_then(|span| first.checked_add(span)).map_err(|_far| "a date out of range")?;
    put(format_args!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()), text);
    Ok(())
}

/// Time of day, counted in as small parts of a second as `scale` says: 10 to the power of it.
fn put_time(increments: u64, scale: u8, text: &mut String) {
    let second = 10_u64.pow(u32::from(scale));
    let (seconds, part) = (increments / second, increments % second);
    let (hour, minute, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    put(format_args!("{hour:02}:{minute:02}:{seconds:02}"), text);
    if scale > 0 {
        put(format_args!(".{part:0width$}", width = usize::from(scale)), text);
    }
}

/// `offset` minutes east of what the server holds, which is UTC where there is an offset.
fn put_moment(moment: DateTime2, offset: i64, text: &mut String) -> Result<(), String> {
    let (time, day) = (moment.time(), i64::from(moment.date().days()));
    let second = 10_i64.pow(u32::from(time.scale()));
    let utc = i64::try_from(time.increments()).map_err(|_far| "a time out of range")?;
    let local = utc + offset * MINUTE * second;
    put_day(FIRST_DAY, day + local.div_euclid(DAY * second), text)?;
    text.push(' ');
    put_time(local.rem_euclid(DAY * second).unsigned_abs(), time.scale(), text);
    Ok(())
}

#[cfg(test)]
mod tests;
