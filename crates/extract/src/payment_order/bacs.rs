//! UK Bacs Standard 18: labels of 80 places, payments of 100, or of 106 where each has a day of its own.
//!
//! Not for: submitting anything, or direct debits, which are counted and left out.
//!
//! Invariant: the sums and counts of the label `UTL1` are those of the lines above it.

mod cleaned;

use jiff::ToSpan as _;
use jiff::civil::Date;

pub(super) use self::cleaned::without;
use super::fixed_width::{Line, lines};
use super::order::{OrderFault, OrderedPayment, check_room, hundredths};

const LABEL_PLACES: usize = 80;
const PAYMENT_PLACES: usize = 100;
const DATED_PLACES: usize = 106;

/// Codes of credits: to an account, interest and dividends.
const CREDITS: [&str; 3] = ["99", "Z4", "Z5"];
/// Codes of debits, the contra that balances the run among them.
const DEBITS: [&str; 5] = ["01", "17", "18", "19", "DD"];

/// The sums of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    debits: u64,
    credits: u64,
    debit_count: u64,
    credit_count: u64,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Vec<OrderedPayment>, OrderFault> {
    let lines = lines(bytes)?;
    let mut payments = Vec::new();
    let (mut sums, mut day, mut is_summed) = (Sums::default(), None, false);
    for line in &lines {
        let label = line.text.get(..4).unwrap_or("");
        match label {
            "VOL1" | "HDR1" | "HDR2" | "EOF1" | "EOF2" => check_places(line, LABEL_PLACES)?,
            "UHL1" => {
                check_places(line, LABEL_PLACES)?;
                day = Some(day_of(line, 5)?);
                (sums, is_summed) = (Sums::default(), false);
            }
            "UTL1" => {
                check_places(line, LABEL_PLACES)?;
                check_sums(line, &sums)?;
                is_summed = true;
            }
            _ => {
                let of_label = day
                    .as_deref()
                    .ok_or_else(|| line.fault("a payment stands before the label UHL1"))?;
                check_room(&payments, line.number)?;
                payments.extend(payment(line, of_label, &mut sums)?);
            }
        }
    }
    match lines.last() {
        Some(last) if !is_summed => {
            Err(last.fault("the file ends without the label UTL1; was it cut short?"))
        }
        _ => Ok(payments),
    }
}

fn check_places(line: &Line<'_>, places: usize) -> Result<(), OrderFault> {
    // Programs cut the blanks at the end of labels.
    if line.text.len() <= places {
        return Ok(());
    }
    Err(line.fault(format!("a label has {places} places, and this line {}", line.text.len())))
}

/// Adds a line to the sums; none where it takes money from an account.
fn payment(
    line: &Line<'_>,
    day: &str,
    sums: &mut Sums,
) -> Result<Option<OrderedPayment>, OrderFault> {
    // The last field is the payee's name: its blanks may be cut.
    let length = line.text.len();
    let is_dated = length == DATED_PLACES;
    if length > DATED_PLACES || (length > PAYMENT_PLACES && !is_dated) {
        let what = format!(
            "a payment has {PAYMENT_PLACES} or {DATED_PLACES} places, and this line {length}"
        );
        return Err(line.fault(what));
    }
    line.number(1, 6, "the sort code")?;
    line.number(7, 14, "the account number")?;
    let pence = line.number(36, 46, "the amount")?;
    let code = line.raw(16, 17)?;
    if DEBITS.contains(&code) {
        sums.debits += pence;
        sums.debit_count += 1;
        return Ok(None);
    }
    if !CREDITS.contains(&code) {
        return Err(
            line.fault(format!("the transaction code {code} in places 16 and 17 is not known"))
        );
    }
    sums.credits += pence;
    sums.credit_count += 1;
    let sort_code = line.raw(1, 6)?;
    let payee = line.text.get(82..length.min(PAYMENT_PLACES)).unwrap_or("");
    Ok(Some(OrderedPayment {
        line: line.number,
        payee: payee.trim().to_owned(),
        amount: hundredths(pence),
        currency: "GBP".to_owned(),
        sort_code: format!("{}-{}-{}", &sort_code[..2], &sort_code[2..4], &sort_code[4..]),
        account_number: line.raw(7, 14)?.to_owned(),
        date: if is_dated { day_of(line, 101)? } else { day.to_owned() },
        reference: line.text.get(64..82.min(length)).unwrap_or("").trim().to_owned(),
        ..OrderedPayment::default()
    }))
}

/// A day as ` YYDDD` from a place on.
fn day_of(line: &Line<'_>, place: usize) -> Result<String, OrderFault> {
    let year = line.number(place + 1, place + 2, "the year")?;
    let day = line.number(place + 3, place + 5, "the day of the year")?;
    let wrong = || line.fault(format!("day {day} of the year is none"));
    let first = Date::new(2000 + i16::try_from(year).map_err(|_three_digits| wrong())?, 1, 1);
    let first = first.map_err(|_no_year| wrong())?;
    let days = i64::try_from(day).map_err(|_no_day| wrong())? - 1;
    let date = first.checked_add(days.days()).map_err(|_out_of_calendar| wrong())?;
    if days < 0 || date.year() != first.year() {
        return Err(wrong());
    }
    Ok(date.to_string())
}

fn check_sums(line: &Line<'_>, found: &Sums) -> Result<(), OrderFault> {
    let said = Sums {
        debits: line.number(5, 17, "the sum of debits")?,
        credits: line.number(18, 30, "the sum of credits")?,
        debit_count: line.number(31, 37, "the number of debits")?,
        credit_count: line.number(38, 44, "the number of credits")?,
    };
    if said == *found {
        return Ok(());
    }
    Err(line.fault(format!(
        "UTL1 says {} credits over {} and {} debits over {}, and the lines above it are {} over {} and {} over {}",
        said.credit_count,
        hundredths(said.credits),
        said.debit_count,
        hundredths(said.debits),
        found.credit_count,
        hundredths(found.credits),
        found.debit_count,
        hundredths(found.debits)
    )))
}
