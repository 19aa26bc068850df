use std::borrow::Cow;

use tiberius::numeric::Numeric;
use tiberius::time::{Date as Days, DateTime, DateTime2, DateTimeOffset, SmallDateTime, Time};
use tiberius::xml::XmlData;
use tiberius::{ColumnData as Cell, ColumnType as Kind, Uuid};

use super::*;

fn decimal(value: i128, scale: u8) -> Cell<'static> {
    Cell::Numeric(Some(Numeric::new_with_scale(value, scale)))
}

fn moment(days: u32, increments: u64, scale: u8) -> DateTime2 {
    DateTime2::new(Days::new(days), Time::new(increments, scale))
}

fn abroad(days: u32, increments: u64, scale: u8, minutes: i16) -> Cell<'static> {
    Cell::DateTimeOffset(Some(DateTimeOffset::new(moment(days, increments, scale), minutes)))
}

#[test]
fn values_as_the_server_writes_them() {
    let guid = Uuid::parse_str("6f9619ff-8b86-d011-b42d-00c04fc964ff").unwrap();
    let most = 99_999_999_999_999_999_999_999_999_999_999_999_999_i128;
    for (cell, kind, expected) in [
        (Cell::Bit(Some(true)), Kind::Bitn, "1"),
        (Cell::Bit(Some(false)), Kind::Bit, "0"),
        (Cell::U8(Some(255)), Kind::Int1, "255"),
        (Cell::I16(Some(-1)), Kind::Int2, "-1"),
        (Cell::I32(Some(i32::MIN)), Kind::Intn, "-2147483648"),
        (Cell::I64(Some(i64::MIN)), Kind::Int8, "-9223372036854775808"),
        (Cell::F32(Some(0.1)), Kind::Float4, "0.1"),
        (Cell::F64(Some(0.1)), Kind::Floatn, "0.1"),
        (Cell::F64(Some(12.1)), Kind::Money, "12.1000"),
        (Cell::F64(Some(-0.0001)), Kind::Money4, "-0.0001"),
        (Cell::F64(Some(549_755_813_887.999_9)), Kind::Money, "549755813887.9999"),
        (Cell::F64(Some(12.1)), Kind::SSVariant, "12.1"),
        (decimal(0, 0), Kind::Numericn, "0"),
        (decimal(-5, 2), Kind::Numericn, "-0.05"),
        (decimal(1000, 2), Kind::Decimaln, "10.00"),
        (decimal(most, 0), Kind::Decimaln, "99999999999999999999999999999999999999"),
        (decimal(-most, 38), Kind::Decimaln, "-0.99999999999999999999999999999999999999"),
        (Cell::String(Some("M\u{fc}ller".into())), Kind::NVarchar, "M\u{fc}ller"),
        (Cell::String(Some("".into())), Kind::NVarchar, ""),
        (Cell::Guid(Some(guid)), Kind::Guid, "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
        (Cell::Binary(Some(Cow::Borrowed(&[0, 0xab]))), Kind::BigVarBin, "0x00AB"),
        (Cell::Xml(Some(Cow::Owned(XmlData::new("<a/>")))), Kind::Xml, "<a/>"),
        (Cell::Date(Some(Days::new(0))), Kind::Daten, "0001-01-01"),
        (Cell::Date(Some(Days::new(738_944))), Kind::Daten, "2024-02-29"),
        (Cell::Date(Some(Days::new(3_652_058))), Kind::Daten, "9999-12-31"),
        (Cell::Time(Some(Time::new(0, 0))), Kind::Timen, "00:00:00"),
        (Cell::Time(Some(Time::new(863_999_999_999, 7))), Kind::Timen, "23:59:59.9999999"),
        (Cell::DateTime2(Some(moment(693_595, 1, 3))), Kind::Datetime2, "1900-01-01 00:00:00.001"),
        (abroad(693_595, 0, 0, 330), Kind::DatetimeOffsetn, "1900-01-01 05:30:00 +05:30"),
        (abroad(693_595, 0, 1, -90), Kind::DatetimeOffsetn, "1899-12-31 22:30:00.0 -01:30"),
        (abroad(693_594, 86_399, 0, 1), Kind::DatetimeOffsetn, "1900-01-01 00:00:59 +00:01"),
        (Cell::DateTime(Some(DateTime::new(0, 1))), Kind::Datetime, "1900-01-01 00:00:00.003"),
        (Cell::DateTime(Some(DateTime::new(0, 2))), Kind::Datetimen, "1900-01-01 00:00:00.007"),
        (
            Cell::DateTime(Some(DateTime::new(-53_690, 25_919_999))),
            Kind::Datetime,
            "1753-01-01 23:59:59.997",
        ),
        (
            Cell::SmallDateTime(Some(SmallDateTime::new(65_535, 1439))),
            Kind::Datetime4,
            "2079-06-06 23:59:00",
        ),
    ] {
        let mut text = String::new();
        assert_eq!(write(&cell, kind, &mut text), Ok(true), "{cell:?}");
        assert_eq!(text, expected, "{cell:?}");
    }
}

#[test]
fn nothing_is_nothing() {
    for cell in [
        Cell::Bit(None),
        Cell::I32(None),
        Cell::F64(None),
        Cell::Numeric(None),
        Cell::String(None),
        Cell::Date(None),
        Cell::DateTimeOffset(None),
    ] {
        assert_eq!(write(&cell, Kind::Null, &mut String::new()), Ok(false), "{cell:?}");
    }
}

#[test]
fn what_is_not_exact_is_not_written() {
    for (cell, kind) in [
        (Cell::F64(Some(549_755_813_888.0)), Kind::Money),
        (Cell::F64(Some(-922_337_203_685_477.6)), Kind::Money),
        (Cell::F64(Some(549_755_813_888.0)), Kind::SSVariant),
        (Cell::Date(Some(Days::new(3_652_059))), Kind::Daten),
        (Cell::Date(Some(Days::new(0xff_ffff))), Kind::Daten),
        (Cell::DateTime(Some(DateTime::new(i32::MIN, 0))), Kind::Datetime),
        (abroad(3_652_058, 86_399, 0, 1), Kind::DatetimeOffsetn),
    ] {
        let fault = write(&cell, kind, &mut String::new());
        assert!(fault.is_err(), "{cell:?} gives {fault:?}");
    }
}
