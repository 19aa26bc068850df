//! Cells as calamine has them.

use std::fs;
use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader as _, SheetType, open_workbook_auto_from_rs};

use super::CorpusFile;
use super::cells::Values;
use super::value::Value;

/// The sheets of a workbook; the reason where it cannot read it.
pub(super) fn sheets(file: &CorpusFile) -> Result<Vec<(String, Values)>, String> {
    let bytes = fs::read(&file.path).unwrap();
    let read = || {
        let mut workbook =
            open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| error.to_string())?;
        let listed = workbook.sheets_metadata().to_vec();
        let of_cells = listed.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let mut sheets = Vec::new();
        for sheet in of_cells {
            let range = workbook.worksheet_range(&sheet.name).map_err(|error| error.to_string())?;
            let (top, left) = range.start().unwrap_or_default();
            let cells = range.used_cells().filter_map(|(row, column, value)| {
                let place = (row as u64 + u64::from(top) + 1, column + left as usize);
                Some((place, value_of(value)?))
            });
            sheets.push((sheet.name, cells.collect()));
        }
        Ok(sheets)
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_panic| Err("it panics".to_owned()))
}

fn value_of(value: &Data) -> Option<Value> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) if text.is_empty() => return None,
        Data::String(text) => Value::Text(text.clone()),
        #[expect(clippy::cast_precision_loss, reason = "whole numbers of cells are short")]
        Data::Int(number) => Value::Number(*number as f64),
        Data::Float(number) => Value::Number(*number),
        Data::Bool(value) => Value::Boolean(*value),
        Data::Error(error) => Value::Error(error.to_string()),
        Data::DateTime(moment) => moment_of(*moment),
        Data::DateTimeIso(text) => Value::of_iso(text).unwrap_or_else(|| Value::Text(text.clone())),
        Data::DurationIso(text) => duration(text).unwrap_or_else(|| Value::Text(text.clone())),
    })
}

fn moment_of(moment: ExcelDateTime) -> Value {
    let serial = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&serial) {
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a sheet's days")]
        return Value::Time((serial * 86_400.0).round() as i64);
    }
    if serial < 0.0 {
        return Value::Number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    let date = [i64::from(year), i64::from(month), i64::from(day)];
    Value::of_parts(date, seconds + i64::from(milli >= 500))
}

/// `PT10H30M00S`
fn duration(text: &str) -> Option<Value> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let part = |text: &str| text.parse::<f64>().ok();
    let seconds = part(hours)? * 3_600.0 + part(minutes)? * 60.0 + part(seconds)?;
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a sheet's days")]
    Some(Value::Time(seconds.round() as i64))
}
