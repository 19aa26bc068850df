//! Credits of a ledger against money that was asked for: which of them may be the answer to which claim.
//!
//! Not for: where credits are found (`analysis`), or whether one is taken for the answer; a person says that.
//!
//! Invariant: a credit is the answer to one claim at most, and only of its own supplier, from the day
//! on which the money was asked for.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FindingKey;
use crate::amount::{Amount, Money};
use crate::schema::Day;

/// A shorter number is a part of too many others to name an invoice.
const NUMBER_CHARS_MIN: usize = 4;
/// Credits differ from what was asked for by a rounding, and no more.
const ROUNDING: i64 = 100;

/// An invoice of a ledger with a negative amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Credit {
    /// The Unique ID of its row.
    pub id: String,
    /// The number of the supplier in the ERP.
    pub supplier: String,
    /// Its own number, where it has one.
    pub number: String,
    #[schemars(with = "Option<Day>")]
    pub on: Option<Date>,
    /// Without its sign.
    pub money: Money,
    /// Words that stand with it, in which it may name an invoice.
    pub words: String,
}

/// Money that was asked for and is not here yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenClaim {
    pub finding: FindingKey,
    /// The number of the supplier in the ERP.
    pub supplier: String,
    /// The numbers of its invoices.
    pub numbers: Vec<String>,
    /// The money that is still to come.
    pub money: Money,
    pub asked_on: Date,
}

/// A credit that may be the answer to a claim, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreditMatch {
    pub finding: FindingKey,
    pub credit: Credit,
    /// It names the number of an invoice of the claim.
    pub names_number: bool,
    /// It is of the money that is still to come.
    pub is_amount: bool,
}

impl CreditMatch {
    /// Returns `true` when number and amount both say so.
    pub const fn is_certain(&self) -> bool {
        self.names_number && self.is_amount
    }
}

/// The claim that each credit may be the answer to; what fits none is left out.
pub fn matched_credits(claims: &[OpenClaim], credits: &[Credit]) -> Vec<CreditMatch> {
    credits.iter().filter_map(|credit| best_match(claims, credit)).collect()
}

/// Matches by both, else by the number, else by the amount; among equals the money that was asked for first.
fn best_match(claims: &[OpenClaim], credit: &Credit) -> Option<CreditMatch> {
    let fits = claims.iter().filter_map(|claim| {
        let is_later = credit.on.is_none_or(|on| on >= claim.asked_on);
        let is_theirs = claim.supplier.trim().eq_ignore_ascii_case(credit.supplier.trim());
        if !is_later || !is_theirs || claim.supplier.trim().is_empty() {
            return None;
        }
        let names_number = claim.numbers.iter().any(|number| names(credit, number));
        let is_amount = is_same(&claim.money, &credit.money);
        (names_number || is_amount).then_some((claim, names_number, is_amount))
    });
    let rank = |(claim, names_number, is_amount): &(&OpenClaim, bool, bool)| {
        let weight = 2 * u8::from(*names_number) + u8::from(*is_amount);
        (std::cmp::Reverse(weight), claim.asked_on, claim.finding.clone())
    };
    let (claim, names_number, is_amount) = fits.min_by_key(rank)?;
    let finding = claim.finding.clone();
    Some(CreditMatch { finding, credit: credit.clone(), names_number, is_amount })
}

/// Returns `true` when a credit has a number in its own or among its words, whatever signs stand round it.
fn names(credit: &Credit, number: &str) -> bool {
    let wanted = plain(number);
    if wanted.chars().count() < NUMBER_CHARS_MIN {
        return false;
    }
    let own = plain(&credit.number);
    // `CN-10983` is the credit note of 10983; `109831` is another invoice.
    let is_own = own.ends_with(&wanted) && !own.strip_suffix(&wanted).is_some_and(ends_in_digit);
    is_own || credit.words.split_whitespace().any(|word| plain(word) == wanted)
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|last: char| last.is_ascii_digit())
}

/// Letters and digits alone, without zeros in front.
fn plain(number: &str) -> String {
    let kept = number.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase);
    let kept: String = kept.collect();
    kept.trim_start_matches('0').to_owned()
}

fn is_same(asked: &Money, credited: &Money) -> bool {
    let is_of_currency = match (&asked.currency, &credited.currency) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => true,
    };
    let of = |amount: Amount| amount.ten_thousandths();
    is_of_currency && of(asked.amount).abs_diff(of(credited.amount)) <= ROUNDING.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::file_type::FileType;

    fn money(amount: &str) -> Money {
        Money { amount: amount.parse().unwrap(), currency: Some("GBP".to_owned()) }
    }

    fn claim(row: &str, number: &str, amount: &str, on: &str) -> OpenClaim {
        OpenClaim {
            finding: FindingKey::new("duplicate_invoices", [(FileType::Transactions, row)]),
            supplier: "S1".to_owned(),
            numbers: vec![number.to_owned()],
            money: money(amount),
            asked_on: on.parse().unwrap(),
        }
    }

    fn credit(number: &str, amount: &str, on: &str, words: &str) -> Credit {
        Credit {
            id: "U9".to_owned(),
            supplier: "s1".to_owned(),
            number: number.to_owned(),
            on: on.parse().ok(),
            money: money(amount),
            words: words.to_owned(),
        }
    }

    #[test]
    fn a_credit_answers_the_claim_that_it_names() {
        let claims = [
            claim("1", "INV-10983", "4310.00", "2026-03-10"),
            claim("2", "INV-20001", "4310.00", "2026-03-01"),
        ];
        for (credit, row, names_number, is_amount) in [
            (credit("CN10983X", "4310.00", "2026-03-20", ""), Some("2"), false, true),
            (credit("INV-10983", "4310.00", "2026-03-20", ""), Some("1"), true, true),
            (credit("CN 9", "10.00", "2026-03-20", "for (inv-20001)."), Some("2"), true, false),
            (credit("CN-INV10983", "10.00", "", ""), Some("1"), true, false),
            (credit("CN 9", "4310.01", "2026-03-05", ""), Some("2"), false, true),
            (credit("CN 9", "4310.01", "2026-02-28", ""), None, false, false),
            (credit("CN 9", "4311.00", "2026-03-20", "for 110983"), None, false, false),
        ] {
            let found = matched_credits(&claims, std::slice::from_ref(&credit));
            let found = found
                .first()
                .map(|found| (found.finding.clone(), found.names_number, found.is_amount));
            let wanted = row.map(|row| {
                let key = FindingKey::new("duplicate_invoices", [(FileType::Transactions, row)]);
                (key, names_number, is_amount)
            });
            assert_eq!(found, wanted, "{credit:?}");
        }
        let foreign = Money { currency: Some("EUR".to_owned()), ..money("4310.00") };
        let other = Credit { money: foreign, ..credit("CN 9", "1", "2026-03-20", "") };
        assert!(matched_credits(&claims, &[other]).is_empty());
        let of_another =
            Credit { supplier: "S2".to_owned(), ..credit("INV-10983", "4310", "", "") };
        assert!(matched_credits(&claims, &[of_another]).is_empty());
    }

    proptest! {
        #[test]
        fn a_credit_answers_one_claim_at_most(numbers in proptest::collection::vec("[0-9A-Z -]{0,8}", 1..6), words in "\\PC{0,40}") {
            let claims: Vec<OpenClaim> = numbers.iter().enumerate()
                .map(|(row, number)| claim(&row.to_string(), number, "5.00", "2026-03-10"))
                .collect();
            let credits: Vec<Credit> =
                numbers.iter().map(|number| credit(number, "6.00", "", &words)).collect();
            prop_assert!(matched_credits(&claims, &credits).len() <= credits.len());
        }
    }
}
