//! A Bacs file without some of its payments.
//!
//! Not for: parts of which every payment goes: their labels number the parts of a submission.
//!
//! Invariant: the contra that balanced a payment is smaller by it, and every other line stays as it was.

use std::collections::BTreeSet;

use super::{CREDITS, DATED_PLACES, Sums};
use crate::payment_order::fixed_width::{Line, LineEdits, lines};
use crate::payment_order::order::{NotCleaned, OrderFault};

const CONTRA: &str = "17";

/// A contra, which takes from an account what payments take to others.
struct Contra {
    /// Its place among the lines.
    at: usize,
    pence: u64,
    account: String,
    day: String,
}

/// A payment that goes.
struct HeldPayment {
    pence: u64,
    /// The account that it would have been paid from.
    account: String,
    day: String,
}

/// The lines from a label `UHL1` to its `UTL1`.
#[derive(Default)]
struct Part {
    contras: Vec<Contra>,
    gone: Vec<HeldPayment>,
    kept: u64,
}

pub(crate) fn without(bytes: &[u8], held: &BTreeSet<u64>) -> Result<Vec<u8>, NotCleaned> {
    let lines = read(lines(bytes))?;
    let mut mended = LineEdits::new(bytes);
    let mut part = Part::default();
    for (at, line) in lines.iter().enumerate() {
        match line.text.get(..4).unwrap_or("") {
            "VOL1" | "HDR1" | "HDR2" | "EOF1" | "EOF2" => {}
            "UHL1" => part = Part::default(),
            "UTL1" => end_part(&part, (at, line), &mut mended)?,
            _ if held.contains(&line.number) => {
                part.gone.push(HeldPayment {
                    pence: read(line.number(36, 46, "the amount"))?,
                    account: read(line.raw(18, 31))?.to_owned(),
                    day: day(line),
                });
                mended.leave_out(at);
            }
            _ => match read(line.raw(16, 17))? {
                CONTRA => part.contras.push(Contra {
                    at,
                    pence: read(line.number(36, 46, "the amount"))?,
                    account: read(line.raw(1, 14))?.to_owned(),
                    day: day(line),
                }),
                code if CREDITS.contains(&code) => part.kept += 1,
                _ => {}
            },
        }
    }
    Ok(mended.into_bytes())
}

fn read<T>(read: Result<T, OrderFault>) -> Result<T, NotCleaned> {
    read.map_err(|fault| NotCleaned::new(fault.what))
}

/// The day of a line's own; none where the label has it.
fn day(line: &Line<'_>) -> String {
    line.text.get(100..DATED_PLACES).unwrap_or("").to_owned()
}

fn end_part(
    part: &Part,
    (at, line): (usize, &Line<'_>),
    mended: &mut LineEdits<'_>,
) -> Result<(), NotCleaned> {
    if part.gone.is_empty() {
        return Ok(());
    }
    if part.kept == 0 {
        let what = format!("every payment of the part that ends in line {} is held", line.number);
        return Err(NotCleaned::new(what));
    }
    let mut left: Vec<u64> = part.contras.iter().map(|contra| contra.pence).collect();
    let (mut credited, mut debited) = (0, 0);
    for gone in &part.gone {
        credited += gone.pence;
        let Some(of) = contra_of(&part.contras, gone)? else { continue };
        debited += gone.pence;
        left[of] = left[of].checked_sub(gone.pence).ok_or_else(|| {
            NotCleaned::new("a contra is smaller than the payments that it balances")
        })?;
    }
    let mut without_contras = 0;
    for (contra, left) in part.contras.iter().zip(left) {
        if left == 0 && contra.pence > 0 {
            mended.leave_out(contra.at);
            without_contras += 1;
        } else if left < contra.pence {
            mended.set_number(contra.at, (36, 46), left);
        }
    }
    let sums = Sums {
        debits: read(line.number(5, 17, "the sum of debits"))? - debited,
        credits: read(line.number(18, 30, "the sum of credits"))? - credited,
        debit_count: read(line.number(31, 37, "the number of debits"))? - without_contras,
        credit_count: read(line.number(38, 44, "the number of credits"))? - part.gone.len() as u64,
    };
    mended.set_number(at, (5, 17), sums.debits);
    mended.set_number(at, (18, 30), sums.credits);
    mended.set_number(at, (31, 37), sums.debit_count);
    mended.set_number(at, (38, 44), sums.credit_count);
    Ok(())
}

/// The contra that balances a payment: that of its account and day, or the only one; none where there are
/// none.
fn contra_of(contras: &[Contra], gone: &HeldPayment) -> Result<Option<usize>, NotCleaned> {
    let is_own = |contra: &Contra| contra.account == gone.account && contra.day == gone.day;
    let own: Vec<usize> = (0..contras.len()).filter(|at| is_own(&contras[*at])).collect();
    match (own.as_slice(), contras.len()) {
        ([only], _) => Ok(Some(*only)),
        (_, 0) => Ok(None),
        (_, 1) => Ok(Some(0)),
        _ => Err(NotCleaned::new("which contra balances a held payment cannot be told")),
    }
}
