//! A NACHA file without some of its payments.
//!
//! Invariant: addenda go with their entry, a batch without payments goes as a whole, and the entry that
//! balances a batch is smaller by what goes.

use std::collections::BTreeSet;

use super::{HASH_MODULUS, PLACES, Sums};
use crate::payment_order::fixed_width::{Line, LineEdits, lines};
use crate::payment_order::order::{NotCleaned, OrderFault};

/// Lines of a block.
const BLOCK_LINES: usize = 10;

/// A batch as far as it was walked.
#[derive(Default)]
struct Batch {
    /// The place of its header among the lines.
    first: usize,
    /// Of all entries, and of those that stay.
    whole: Sums,
    kept: Sums,
    /// Payments that stay, and that go.
    payments: u64,
    gone: u64,
    /// Entries that take from an account, by place and amount.
    debits: Vec<(usize, u64)>,
    /// The entry above goes, and its addenda with it.
    is_leaving: bool,
}

pub(crate) fn without(bytes: &[u8], held: &BTreeSet<u64>) -> Result<Vec<u8>, NotCleaned> {
    let lines = read(lines(bytes))?;
    let mut mended = LineEdits::new(bytes);
    let (mut batch, mut of_file, mut batches) = (Batch::default(), Sums::default(), 0_u64);
    for (at, line) in lines.iter().enumerate() {
        match read(line.raw(1, 1))? {
            "5" => batch = Batch { first: at, ..Batch::default() },
            "6" => take_entry(&mut batch, (at, line), held, &mut mended)?,
            "7" => {
                batch.whole.entries += 1;
                if batch.is_leaving {
                    mended.leave_out(at);
                } else {
                    batch.kept.entries += 1;
                }
            }
            "8" if end_batch(&mut batch, at, &mut mended)? => {
                of_file.add(batch.kept);
                batches += 1;
            }
            "9" => {
                end_file((at, lines.len()), (of_file, batches), &mut mended);
                break;
            }
            _ => {}
        }
    }
    Ok(mended.into_bytes())
}

fn read<T>(read: Result<T, OrderFault>) -> Result<T, NotCleaned> {
    read.map_err(|fault| NotCleaned::new(fault.what))
}

fn take_entry(
    batch: &mut Batch,
    (at, line): (usize, &Line<'_>),
    held: &BTreeSet<u64>,
    mended: &mut LineEdits<'_>,
) -> Result<(), NotCleaned> {
    let cents = read(line.number(30, 39, "the amount"))?;
    let bank = read(line.number(4, 11, "the bank's routing number"))?;
    let is_debit = read(line.number(2, 3, "the transaction code"))? % 10 > 4;
    let (debits, credits) = if is_debit { (cents, 0) } else { (0, cents) };
    let own = Sums { entries: 1, hash: bank % HASH_MODULUS, debits, credits };
    batch.whole.add(own);
    batch.is_leaving = held.contains(&line.number);
    if batch.is_leaving {
        batch.gone += 1;
        mended.leave_out(at);
        return Ok(());
    }
    batch.kept.add(own);
    if is_debit && cents > 0 {
        batch.debits.push((at, cents));
    } else if cents > 0 {
        batch.payments += 1;
    }
    Ok(())
}

/// Mends the control line of a batch; false where the batch goes.
fn end_batch(batch: &mut Batch, at: usize, mended: &mut LineEdits<'_>) -> Result<bool, NotCleaned> {
    if batch.gone == 0 {
        return Ok(true);
    }
    if batch.payments == 0 {
        (batch.first..=at).for_each(|line| mended.leave_out(line));
        return Ok(false);
    }
    // A batch may take from one account all that it pays to others.
    if batch.whole.debits == batch.whole.credits {
        let [(entry, cents)] = batch.debits.as_slice() else {
            let what = "which entry balances a held payment cannot be told";
            return Err(NotCleaned::new(what));
        };
        let left = cents - (batch.whole.credits - batch.kept.credits);
        mended.set_number(*entry, (30, 39), left);
        batch.kept.debits = left;
    }
    set_sums(mended, at, batch.kept, [(5, 10), (11, 20), (21, 32), (33, 44)]);
    Ok(true)
}

fn end_file((at, lines): (usize, usize), (sums, batches): (Sums, u64), mended: &mut LineEdits<'_>) {
    let is_filled = lines.is_multiple_of(BLOCK_LINES);
    // Blocks are filled up with lines of nines, as many as are needed now.
    (at + 1..lines).for_each(|line| mended.leave_out(line));
    let left = mended.lines_left(lines);
    mended.set_number(at, (2, 7), batches);
    mended.set_number(at, (8, 13), left.div_ceil(BLOCK_LINES) as u64);
    set_sums(mended, at, sums, [(14, 21), (22, 31), (32, 43), (44, 55)]);
    if is_filled {
        let missing = left.next_multiple_of(BLOCK_LINES) - left;
        mended.repeat_behind(at, &"9".repeat(PLACES), missing);
    }
}

fn set_sums(mended: &mut LineEdits<'_>, at: usize, sums: Sums, places: [(usize, usize); 4]) {
    let numbers = [sums.entries, sums.hash, sums.debits, sums.credits];
    for (place, number) in places.into_iter().zip(numbers) {
        mended.set_number(at, place, number);
    }
}
