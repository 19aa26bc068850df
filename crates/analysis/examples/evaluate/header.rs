//! One invoice as the evaluation handles it: a real header, or a second keying of one.

use jiff::civil::{Date, date as civil};

/// As a ledger holds it; amounts in ten-thousandths, days since 1970.
#[derive(Debug, Clone, Default)]
pub struct Header {
    pub id: String,
    pub number: String,
    pub supplier: String,
    pub supplier_name: String,
    pub amount: i64,
    pub stated: i64,
    pub currency: String,
    pub invoiced: i32,
    pub entered: i32,
    pub paid: Option<i32>,
    pub user: String,
    pub group: String,
    pub order: String,
    pub means: String,
    pub description: String,
}

pub fn date(day: i32) -> Date {
    civil(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

pub fn day(date: Date) -> i32 {
    (date - civil(1970, 1, 1)).get_days()
}
