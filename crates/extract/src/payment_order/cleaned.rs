//! An order of payments without some of them, its counts and sums mended.
//!
//! Not for: what is counted in each format (`bacs`, `nacha`, `pain001`).
//!
//! Invariant: what is given is read once more, which holds its counts and sums against its payments, and has
//! the payments that were kept and no others.

use std::collections::BTreeSet;

use domain::content::PaymentOrderKind;

use super::{NotCleaned, OrderFault, OrderedPayment, bacs, nacha, pain001, parse};
use crate::error::ReadError;

/// The order without the payments of these lines.
pub(crate) fn cleaned_order(
    bytes: &[u8],
    kind: PaymentOrderKind,
    held: &BTreeSet<u64>,
) -> Result<Result<Vec<u8>, NotCleaned>, ReadError> {
    let before = parse(bytes, kind)?;
    if held.is_empty() {
        return Ok(Ok(bytes.to_vec()));
    }
    let is_kept: Vec<bool> = before.iter().map(|payment| !held.contains(&payment.line)).collect();
    let kept = is_kept.iter().filter(|is_kept| **is_kept).count();
    if kept == 0 {
        return Ok(Err(NotCleaned::new("every payment of the file is held")));
    }
    if before.len() - kept != held.len() {
        let what = "the payments of the file are others than when it was checked";
        return Ok(Err(NotCleaned::new(what)));
    }
    let cleaned = match kind {
        PaymentOrderKind::Pain001 => pain001::without(bytes, &before, &is_kept),
        PaymentOrderKind::Bacs => bacs::without(bytes, held),
        PaymentOrderKind::Nacha => nacha::without(bytes, held),
    };
    Ok(cleaned.and_then(|cleaned| {
        let after = parse(&cleaned, kind).map_err(|OrderFault { line, what }| {
            NotCleaned::new(format!("without them line {line} would not be right: {what}"))
        })?;
        let kept = before.iter().zip(&is_kept).filter(|(_, is_kept)| **is_kept);
        let is_same =
            kept.map(|(payment, _)| without_place(payment)).eq(after.iter().map(without_place));
        if is_same {
            Ok(cleaned)
        } else {
            Err(NotCleaned::new("without the held payments the file would read otherwise"))
        }
    }))
}

/// A payment without what only says where it stands.
fn without_place(payment: &OrderedPayment) -> OrderedPayment {
    let is_own = payment.id != super::id_of_place(payment.line);
    let id = if is_own { payment.id.clone() } else { String::new() };
    OrderedPayment { line: 0, id, ..payment.clone() }
}
