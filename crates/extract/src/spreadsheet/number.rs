//! Numbers of a sheet as the text everybody behind expects: plain decimals, ISO dates.
//!
//! Not for: texts that look like numbers; those stay as they are.
//!
//! Invariant: a number comes out with the digits the file has, up to the 15 a spreadsheet itself shows;
//! what cannot be a date stays the number it is, so that somebody sees it.

use std::fmt::Write;

use super::format_code::NumberFormat;
use crate::dates::from_days;

/// The day that has number 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DateSystem {
    #[default]
    From1900,
    /// Workbooks begun on an old Macintosh.
    From1904,
}

const SECONDS_A_DAY: i64 = 86_400;
/// 9999-12-31 in the 1900 system; the last day a sheet can show.
const LAST_DAY: f64 = 2_958_466.0;
/// Excel has a 29 February 1900, as Lotus 1-2-3 had.
const DAY_THAT_NEVER_WAS: i32 = 60;
/// A number of hours this long, 27 years, is a day of the calendar.
const ELAPSED_DAYS_MAX: i32 = 10_000;
/// Digits a spreadsheet shows; those behind are noise of the binary fraction.
const SIGNIFICANT_DIGITS: usize = 15;

/// Appends the number `raw` (as the file has it) in the way `format` asks for.
pub(super) fn write_number(raw: &str, format: NumberFormat, system: DateSystem, out: &mut String) {
    let raw = raw.trim_ascii();
    match format {
        NumberFormat::Plain => write_plain(raw, out),
        NumberFormat::Padded(digits) => {
            let before = out.len();
            write_plain(raw, out);
            let length = out.len() - before;
            if out[before..].bytes().all(|byte| byte.is_ascii_digit()) {
                let zeros = usize::from(digits).saturating_sub(length);
                out.insert_str(before, &"0".repeat(zeros));
            }
        }
        NumberFormat::Date | NumberFormat::Time | NumberFormat::Elapsed => {
            match raw.parse::<f64>() {
                Ok(serial) if (0.0..LAST_DAY).contains(&serial) => {
                    write_serial(serial, format, system, out);
                }
                _ => write_plain(raw, out),
            }
        }
    }
}

/// A date and time in ISO 8601, as `t="d"` cells have it, in the form dates of numbers get.
pub(super) fn write_iso(raw: &str, out: &mut String) {
    let seconds = raw.trim_ascii().trim_end_matches('Z');
    let seconds = seconds.split_once('.').map_or(seconds, |(seconds, _fraction)| seconds);
    out.push_str(seconds.strip_suffix("T00:00:00").unwrap_or(seconds));
}

fn write_plain(raw: &str, out: &mut String) {
    let (sign, digits) = raw.strip_prefix('-').map_or(("", raw), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !whole.is_empty() && all_digits(whole) && all_digits(fraction) {
        let fraction = fraction.trim_end_matches('0');
        // Whole numbers are kept to the last digit: long references are stored so.
        if fraction.is_empty() || whole.len() + fraction.len() <= SIGNIFICANT_DIGITS {
            return write_parts(sign, whole, fraction, out);
        }
    }
    match raw.parse::<f64>() {
        Ok(value) if value.is_finite() => write_rounded(value, out),
        _ => out.push_str(raw),
    }
}

fn write_rounded(value: f64, out: &mut String) {
    let scientific = format!("{:.*e}", SIGNIFICANT_DIGITS - 1, value.abs());
    let (mantissa, exponent) = scientific.split_once('e').expect("the `e` format has one");
    let exponent: i32 = exponent.parse().expect("the `e` format ends in a number");
    let digits: String = mantissa.chars().filter(|&digit| digit != '.').collect();
    let digits = digits.trim_end_matches('0');
    let sign = if value < 0.0 { "-" } else { "" };
    let point = exponent + 1;
    if digits.len() == SIGNIFICANT_DIGITS
        && usize::try_from(exponent).is_ok_and(|exponent| exponent >= SIGNIFICANT_DIGITS)
    {
        // Digits were lost, and a reference that is written so is known to be ruined.
        let mantissa = mantissa.trim_end_matches('0');
        return push(out, format_args!("{sign}{mantissa}E+{exponent}"));
    }
    let Ok(before_point) = usize::try_from(point) else {
        let zeros = "0".repeat(point.unsigned_abs() as usize);
        return write_parts(sign, "0", &format!("{zeros}{digits}"), out);
    };
    if digits.len() <= before_point {
        let zeros = "0".repeat(before_point - digits.len());
        return write_parts(sign, &format!("{digits}{zeros}"), "", out);
    }
    let (whole, fraction) = digits.split_at(before_point);
    write_parts(sign, whole, fraction, out);
}

/// Writes it without zeros in front, a fraction of nothing, or a minus before zero.
fn write_parts(sign: &str, whole: &str, fraction: &str, out: &mut String) {
    let whole = whole.trim_start_matches('0');
    if !whole.is_empty() || !fraction.is_empty() {
        out.push_str(sign);
    }
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
}

/// A date, or a time alone.
fn write_serial(serial: f64, format: NumberFormat, system: DateSystem, out: &mut String) {
    // Thousandths are exact in a serial number; what is behind them is noise, and 23:59:59.997 is of its day.
    #[expect(clippy::cast_possible_truncation, reason = "below LAST_DAY, far inside an i64")]
    let thousandths = (serial * 86_400_000.0).round() as i64;
    let seconds = thousandths / 1_000;
    let day = i32::try_from(seconds / SECONDS_A_DAY).expect("below LAST_DAY");
    let second = seconds % SECONDS_A_DAY;
    // Of a date without a day only the time is left, and it is all there is to show. A time of some day is
    // that day, whose format shows the hours only.
    let is_time = match format {
        NumberFormat::Time => day == 0,
        NumberFormat::Elapsed => day < ELAPSED_DAYS_MAX,
        _ => day == 0 && system == DateSystem::From1900,
    };
    if is_time {
        return write_time(seconds, out);
    }
    let (year, month, day) = match system {
        DateSystem::From1900 if day == DAY_THAT_NEVER_WAS => (1900, 2, 29),
        DateSystem::From1900 if day < DAY_THAT_NEVER_WAS => from_days(day + DAY_0_FROM_1970 + 1),
        DateSystem::From1900 => from_days(day + DAY_0_FROM_1970),
        DateSystem::From1904 => from_days(day + DAY_0_OF_1904_FROM_1970),
    };
    push(out, format_args!("{year:04}-{month:02}-{day:02}"));
    if second > 0 {
        out.push('T');
        write_time(second, out);
    }
}

fn write_time(seconds: i64, out: &mut String) {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    push(out, format_args!("{hours:02}:{minutes:02}:{seconds:02}"));
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes everything");
}

/// 1899-12-30: with it, numbers behind the day that never was come out right.
const DAY_0_FROM_1970: i32 = -25_569;
const DAY_0_OF_1904_FROM_1970: i32 = -24_107;
