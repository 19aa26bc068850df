//! NACHA: lines of 94 places, entries in batches, each batch and the file with its sums.
//!
//! Not for: debits and prenotes, which are counted and left out; international entries (`IAT`), whose payees
//! stand in addenda.
//!
//! Invariant: the counts, sums and hashes of batches and of the file are those of their entries.

mod cleaned;

use jiff::civil::Date;

pub(super) use self::cleaned::without;
use super::fixed_width::{Line, lines};
use super::order::{OrderFault, OrderedPayment, check_room, hundredths};

const PLACES: usize = 94;
/// Hashes are kept to ten digits.
const HASH_MODULUS: u64 = 10_000_000_000;

/// Entries of a batch or a file in sums.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sums {
    entries: u64,
    hash: u64,
    debits: u64,
    credits: u64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.entries += other.entries;
        self.hash = (self.hash + other.hash) % HASH_MODULUS;
        self.debits += other.debits;
        self.credits += other.credits;
    }
}

#[derive(Debug, Default)]
struct File {
    payments: Vec<OrderedPayment>,
    batch: Option<Batch>,
    sums: Sums,
    batches: u64,
    is_summed: bool,
}

#[derive(Debug)]
struct Batch {
    day: String,
    sums: Sums,
    /// The entry above was a payment: addenda belong to it.
    is_paid: bool,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Vec<OrderedPayment>, OrderFault> {
    let lines = lines(bytes)?;
    let mut file = File::default();
    for line in &lines {
        if line.text.len() != PLACES {
            let what = format!("a line has {PLACES} places, and this one {}", line.text.len());
            return Err(line.fault(what));
        }
        file.take(line)?;
    }
    match lines.last() {
        Some(last) if !file.is_summed => {
            Err(last.fault("the file ends without its control line (9); was it cut short?"))
        }
        _ => Ok(file.payments),
    }
}

impl File {
    fn take(&mut self, line: &Line<'_>) -> Result<(), OrderFault> {
        // Blocks of ten lines are filled up with nines.
        if self.is_summed {
            let is_filling = line.text.bytes().all(|byte| byte == b'9');
            return if is_filling {
                Ok(())
            } else {
                Err(line.fault("a line stands behind the file's control line"))
            };
        }
        match (line.raw(1, 1)?, &mut self.batch) {
            ("1", None) => Ok(()),
            ("5", None) => {
                if line.raw(51, 53)? == "IAT" {
                    return Err(line.fault(
                        "international entries (IAT) are not read; send them as a list (CSV)",
                    ));
                }
                self.batch =
                    Some(Batch { day: day_of(line)?, sums: Sums::default(), is_paid: false });
                Ok(())
            }
            ("6", Some(batch)) => {
                check_room(&self.payments, line.number)?;
                let payment = entry(line, batch)?;
                batch.is_paid = payment.is_some();
                self.payments.extend(payment);
                Ok(())
            }
            ("7", Some(batch)) => {
                batch.sums.entries += 1;
                let last = self.payments.last_mut().filter(|_| batch.is_paid);
                if let Some(payment) = last {
                    let words = line.field(4, 83)?;
                    if !payment.reference.is_empty() && !words.is_empty() {
                        payment.reference.push(' ');
                    }
                    payment.reference.push_str(words);
                }
                Ok(())
            }
            ("8", Some(batch)) => {
                let found = batch.sums;
                check_sums(line, found, [(5, 10), (11, 20), (21, 32), (33, 44)])?;
                self.sums.add(found);
                self.batches += 1;
                self.batch = None;
                Ok(())
            }
            ("9", None) => {
                check_sums(line, self.sums, [(14, 21), (22, 31), (32, 43), (44, 55)])?;
                let said = line.number(2, 7, "the number of batches")?;
                if said != self.batches {
                    let what = format!("the file says {said} batches and has {}", self.batches);
                    return Err(line.fault(what));
                }
                self.is_summed = true;
                Ok(())
            }
            (kind, _) => Err(line.fault(format!("a line of kind {kind} does not belong here"))),
        }
    }
}

fn entry(line: &Line<'_>, batch: &mut Batch) -> Result<Option<OrderedPayment>, OrderFault> {
    let code = line.number(2, 3, "the transaction code")?;
    let cents = line.number(30, 39, "the amount")?;
    let bank = line.number(4, 11, "the bank's routing number")?;
    check_routing(line)?;
    batch.sums.entries += 1;
    batch.sums.hash = (batch.sums.hash + bank) % HASH_MODULUS;
    // Of each account kind codes end in 1 to 4 for credits and in 6 to 9 for debits.
    match code % 10 {
        1..=4 => batch.sums.credits += cents,
        6..=9 => batch.sums.debits += cents,
        _ => return Err(line.fault(format!("the transaction code {code} is not known"))),
    }
    if code % 10 > 4 || cents == 0 {
        return Ok(None);
    }
    Ok(Some(OrderedPayment {
        line: line.number,
        id: line.field(80, 94)?.to_owned(),
        payee: line.field(55, 76)?.to_owned(),
        payee_ref: line.field(40, 54)?.to_owned(),
        amount: hundredths(cents),
        currency: "USD".to_owned(),
        sort_code: line.raw(4, 12)?.to_owned(),
        account_number: line.field(13, 29)?.to_owned(),
        date: batch.day.clone(),
        ..OrderedPayment::default()
    }))
}

/// The ninth digit of a routing number makes its weighted sum a multiple of ten.
fn check_routing(line: &Line<'_>) -> Result<(), OrderFault> {
    const WEIGHTS: [u32; 9] = [3, 7, 1, 3, 7, 1, 3, 7, 1];
    let text = line.raw(4, 12)?;
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
    let sum =
        digits.map(|digits| digits.iter().zip(WEIGHTS).map(|(digit, by)| digit * by).sum::<u32>());
    match sum {
        Some(sum) if sum.is_multiple_of(10) => Ok(()),
        _ => Err(line.fault(format!("the routing number {text} in places 4 to 12 is none"))),
    }
}

/// The day on which a batch is to be paid; empty where it does not say.
fn day_of(line: &Line<'_>) -> Result<String, OrderFault> {
    if line.field(70, 75)?.is_empty() {
        return Ok(String::new());
    }
    let part = |from| line.number(from, from + 1, "the day of payment");
    let (year, month, day) = (part(70)?, part(72)?, part(74)?);
    let two = |number: u64| i8::try_from(number).expect("two digits");
    let date = Date::new(2000 + i16::from(two(year)), two(month), two(day));
    date.map(|date| date.to_string())
        .map_err(|_no_day| line.fault("the day of payment in places 70 to 75 is none"))
}

fn check_sums(line: &Line<'_>, found: Sums, places: [(usize, usize); 4]) -> Result<(), OrderFault> {
    let number = |at: usize, of| line.number(places[at].0, places[at].1, of);
    let said = Sums {
        entries: number(0, "the number of entries")?,
        hash: number(1, "the hash")?,
        debits: number(2, "the sum of debits")?,
        credits: number(3, "the sum of credits")?,
    };
    if said == found {
        return Ok(());
    }
    Err(line.fault(format!(
        "the line says {} entries, hash {}, {} debited and {} credited; the lines above it come to {}, {}, {} and {}",
        said.entries,
        said.hash,
        hundredths(said.debits),
        hundredths(said.credits),
        found.entries,
        found.hash,
        hundredths(found.debits),
        hundredths(found.credits)
    )))
}
