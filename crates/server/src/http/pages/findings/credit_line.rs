//! Credits that may be the answer to money that was asked for, as they stand beside a claim.
//!
//! Not for: how they are matched (`domain::finding`), or deciding about one (`verdicts`).

use domain::FileType;
use domain::finding::CreditMatch;

use crate::http::pages::access::Member;
use crate::http::pages::format;

/// A credit beside a claim.
#[derive(Debug)]
pub(crate) struct CreditLine {
    pub(crate) id: String,
    /// `Credit CN 9 of 3 Mar 2026, £4,310.00`
    pub(crate) what: String,
    /// Why it may be the answer.
    pub(crate) why: &'static str,
    /// Its row in the ledger.
    pub(crate) href: String,
    /// The form that decides about it.
    pub(crate) action: String,
    /// The finding that it may be the answer to.
    pub(crate) finding: String,
}

pub(crate) fn credit_line(member: &Member, found: &CreditMatch) -> CreditLine {
    let CreditMatch { finding, credit, names_number, is_amount } = found;
    let number = if credit.number.is_empty() { &credit.id } else { &credit.number };
    let day = credit.on.map(|day| format!(" of {}", format::day(day)));
    let path = member.path(&format!("findings/{finding}"));
    CreditLine {
        what: format!(
            "Credit {number}{}, {}",
            day.unwrap_or_default(),
            format::money(&credit.money)
        ),
        why: match (names_number, is_amount) {
            (true, true) => "It names the invoice and is of what was asked for.",
            (true, false) => "It names the invoice; the amount is another.",
            _ => "It is of what was asked for, and names no invoice.",
        },
        href: member.invoice_path(FileType::Transactions, &credit.id, &credit.supplier),
        action: format!("{path}/credit"),
        finding: path,
        id: credit.id.clone(),
    }
}
