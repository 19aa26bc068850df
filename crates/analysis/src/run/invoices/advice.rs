//! What a group of invoices comes to for whoever has to act: the claim, what is at risk, what to do now.
//!
//! Not for: why it is probable (`describe`).
//!
//! Invariant: "paid" is said only where the ledger says of every row that it was.

use domain::text::each_once;
use domain::{Amount, Money};
use evidence::duplicates::Kind;

use super::InvoiceTable;

/// A group, by its kind and its invoices in their order.
pub(super) struct GroupAdvice<'a> {
    pub(super) table: &'a InvoiceTable,
    pub(super) kind: Kind,
    pub(super) members: &'a [usize],
    /// With its currency, as it is written.
    pub(super) at_risk: String,
}

impl GroupAdvice<'_> {
    /// The claim that the probability is of.
    pub(super) fn claim(&self) -> String {
        let kind = if self.is_billed_in_pieces() { Kind::PaidInPieces } else { self.kind };
        if let Some(claim) = kind.claim() {
            return claim.to_owned();
        }
        let verb = if self.are_paid() { "paid" } else { "keyed" };
        let often = match self.members.len() {
            2 if self.kind == Kind::WrongSupplier => "under two suppliers".to_owned(),
            2 => "twice".to_owned(),
            more => format!("{more} times"),
        };
        format!("one invoice was {verb} {often}")
    }

    /// Returns `true` for a sum whose whole was keyed before its parts.
    fn is_billed_in_pieces(&self) -> bool {
        let is_sum = matches!(self.kind, Kind::SumOfTwo | Kind::SumOfThree | Kind::SumOfSeveral);
        let invoices = &self.table.invoices;
        let [whole, parts @ ..] = self.members else { return false };
        let is_whole = |part: &usize| {
            invoices.entered[*whole] < invoices.entered[*part]
                && invoices.amount[*whole] > invoices.amount[*part]
        };
        is_sum && parts.iter().all(is_whole)
    }

    /// The meaning of the money at risk, where it is another than the check says.
    pub(super) const fn at_risk_is(&self) -> Option<&'static str> {
        match self.kind {
            Kind::CreditAsInvoice => Some(
                "the invoice that repeats the credit note, in the base currency of the ledger: lost if it was \
                 paid",
            ),
            Kind::SumOfTwo | Kind::SumOfThree | Kind::SumOfSeveral | Kind::PaidInPieces => Some(
                "the invoice that the others come to, in the base currency of the ledger: lost if it and they \
                 were all paid",
            ),
            Kind::Batch => Some(
                "the later invoice of each pair, in the base currency of the ledger: lost if all were paid",
            ),
            _ => None,
        }
    }

    /// The first thing to do, in one or two sentences.
    pub(super) fn next_step(&self) -> String {
        let papers = match self.members.len() {
            2 => "both papers".to_owned(),
            more => format!("all {more} papers"),
        };
        let unpaid = self.unpaid();
        match self.kind {
            Kind::Batch => {
                "Look three of them up in the ERP: is each there twice? Then stop or reverse the second batch."
                    .to_owned()
            }
            Kind::CreditAsInvoice => {
                "Look at the paper: if it is a credit note, have the invoice reversed.".to_owned()
            }
            Kind::WrongSupplier => {
                "Ask both suppliers for the paper: if it was keyed twice, only one of them has it.".to_owned()
            }
            // Their numbers are often one: to name it twice tells them apart from nothing.
            _ if unpaid.len() == self.members.len() => {
                let none = if unpaid.len() == 2 { "Neither" } else { "None of them" };
                format!(
                    "{none} has a day of payment yet: hold them back until the supplier has sent {papers}."
                )
            }
            _ if !unpaid.is_empty() => {
                let are_told_apart =
                    numbers(self.table, self.members).len() == self.members.len();
                let which = match unpaid.len() {
                    _ if are_told_apart => in_words(&numbers(self.table, &unpaid)),
                    1 => "One of them".to_owned(),
                    more => format!("{more} of them"),
                };
                let (has, it) = if unpaid.len() == 1 { ("has", "it") } else { ("have", "them") };
                format!(
                    "{which} {has} no day of payment yet: hold {it} back until the supplier has sent {papers}."
                )
            }
            Kind::SumOfTwo | Kind::SumOfThree | Kind::SumOfSeveral | Kind::PaidInPieces
                if self.are_paid() =>
            {
                format!(
                    "Ask the supplier for {papers}; if the one bills what the others do, ask for {} back.",
                    self.at_risk
                )
            }
            _ if self.are_paid() => format!(
                "Ask the supplier for {papers}; if they are one, ask for {} back.",
                self.at_risk
            ),
            _ => format!("Ask the supplier for {papers}."),
        }
    }

    fn are_paid(&self) -> bool {
        self.members.iter().all(|at| self.table.invoices.is_paid[*at])
    }

    /// The invoices that were not paid, where the ledger says so of any.
    fn unpaid(&self) -> Vec<usize> {
        if !self.table.knows_payments {
            return Vec::new();
        }
        let is_unpaid = |at: &usize| !self.table.invoices.is_paid[*at];
        self.members.iter().copied().filter(is_unpaid).collect()
    }
}

/// The numbers of invoices, each once: to name one twice tells two invoices apart from nothing.
pub(super) fn numbers<'a>(table: &'a InvoiceTable, members: &[usize]) -> Vec<&'a str> {
    each_once(members.iter().map(|at| table.invoices.written_number(*at)))
}

/// The two invoices whose reasons are told, of a group of more.
pub(super) fn compared(table: &InvoiceTable, pair: [usize; 2]) -> String {
    let [a, b] = pair.map(|at| table.invoices.written_number(at));
    if a == b {
        return format!("The reasons compare two of them, both with the number {a}.");
    }
    format!("The reasons compare two of them, {a} and {b}.")
}

/// `1, 2 and 3`
pub(super) fn in_words(numbers: &[&str]) -> String {
    match numbers {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => numbers.concat(),
    }
}

/// An amount of the ledger with its currency before it.
pub(super) fn with_currency(currency: Option<&str>, amount: i64) -> String {
    let currency = currency.map(str::to_owned);
    Money { amount: Amount::from_ten_thousandths(amount), currency }.written()
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn numbers_are_listed_as_people_list_them() {
        for (numbers, words) in [
            (&["1"][..], "1"),
            (&[], ""),
            (&["1", "2"], "1 and 2"),
            (&["1", "2", "3"], "1, 2 and 3"),
        ] {
            assert_eq!(in_words(numbers), words);
        }
    }
}
