//! One invoice as the evaluation handles it: a real header, or a second keying of one.

use jiff::civil::{Date, date as civil};

/// A header of a ledger; amounts in ten-thousandths, days since 1970.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) supplier: String,
    pub(crate) supplier_name: String,
    pub(crate) amount: i64,
    pub(crate) stated: i64,
    pub(crate) currency: String,
    pub(crate) invoiced: i32,
    pub(crate) entered: i32,
    pub(crate) paid: Option<i32>,
    pub(crate) user: String,
    pub(crate) group: String,
    pub(crate) order: String,
    pub(crate) means: String,
    pub(crate) description: String,
}

pub(crate) fn date(day: i32) -> Date {
    civil(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

pub(crate) fn day(date: Date) -> i32 {
    (date - civil(1970, 1, 1)).get_days()
}
