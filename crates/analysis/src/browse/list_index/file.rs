//! A list index as a file, so that it is there at once after a start.
//!
//! Not for: where files lie (`index_folder`). Invariant: what is read back answers as what was written, or
//! nothing is read: a file that was cut short or of another form is no index.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::ops::RangeInclusive;

use domain::FileType;

use super::dictionary::{Dictionary, NONE};
use super::numbers::{
    read_all, read_count, read_number, read_numbers, read_text, write_all, write_count,
    write_number, write_numbers, write_text,
};
use super::{Column, ID, ListIndex};

/// The form of the file; another number with every change of what is written.
const FORM: &[u8; 24] = b"bursar list index 2     ";
const END: u32 = 0x1d_e5_0f_f1;
/// Since 1970, about ten thousand years to either side.
const DAYS_OF_CALENDARS: RangeInclusive<i32> = -4_500_000..=4_500_000;

const DICTIONARY: u32 = 1;
const DAYS: u32 = 2;
const AMOUNTS: u32 = 3;

impl ListIndex {
    /// `key` is what the index is of.
    pub(in crate::browse) fn write(&self, key: &str, to: &mut impl Write) -> io::Result<()> {
        to.write_all(FORM)?;
        write_text(to, key)?;
        write_number(to, self.rows)?;
        write_count(to, self.columns.len())?;
        for (name, column) in &self.columns {
            write_text(to, name)?;
            match column {
                Column::Dictionary(texts) => {
                    write_number(to, DICTIONARY)?;
                    texts.write(to)?;
                }
                Column::Days(days) => {
                    write_number(to, DAYS)?;
                    write_all(to, days.iter().map(|day| day.to_le_bytes()))?;
                }
                Column::Amounts(amounts) => {
                    write_number(to, AMOUNTS)?;
                    write_all(to, amounts.iter().map(|amount| amount.to_le_bytes()))?;
                }
            }
        }
        write_count(to, self.orders.len())?;
        for (name, order) in &self.orders {
            write_text(to, name)?;
            write_numbers(to, order)?;
        }
        write_number(to, END)
    }

    /// Reads an index; none of what is of something else than `key`, or no index.
    pub(in crate::browse) fn read(key: &str, from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut form = [0; FORM.len()];
        from.read_exact(&mut form)?;
        if form != *FORM || read_text(from)? != key {
            return Ok(None);
        }
        let rows = read_number(from)?;
        let mut columns = BTreeMap::new();
        for _ in 0..read_count(from)? {
            let name = read_text(from)?;
            let column = match read_number(from)? {
                DICTIONARY => Column::Dictionary(Dictionary::read(from, rows)?),
                DAYS => Column::Days(read_all(from, rows, i32::from_le_bytes)?),
                AMOUNTS => Column::Amounts(read_all(from, rows, i64::from_le_bytes)?),
                _ => return Ok(None),
            };
            columns.insert(name, column);
        }
        let mut orders = BTreeMap::new();
        for _ in 0..read_count(from)? {
            let name = read_text(from)?;
            let order = read_numbers(from, rows)?;
            let known = FileType::Transactions.spec().orders().find(|known| *known == name);
            let (Some(known), true) = (known, order.iter().all(|row| *row < rows)) else {
                return Ok(None);
            };
            orders.insert(known, order);
        }
        let index = Self::new(rows, columns, orders);
        let is_whole = read_number(from)? == END && index.holds_what_rows_hold();
        Ok(is_whole.then_some(index))
    }

    /// Returns `true` when every row has an id and every day is one of a calendar.
    fn holds_what_rows_hold(&self) -> bool {
        let is_day = |day: &i32| *day == i32::MAX || DAYS_OF_CALENDARS.contains(day);
        let have_ids = match self.columns.get(ID) {
            Some(Column::Dictionary(ids)) => !ids.places().contains(&NONE),
            _ => self.rows == 0,
        };
        have_ids
            && self.columns.values().all(|column| match column {
                Column::Days(days) => days.iter().all(is_day),
                Column::Dictionary(_) | Column::Amounts(_) => true,
            })
    }
}
