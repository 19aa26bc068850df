//! What sort of second keying a pair is.

use crate::amounts::AmountLikeness;
use crate::days::DayLikeness;
use crate::habits::{Field, JointBill, same};
use crate::invoice_number::NumberLikeness;
use crate::invoices::Invoices;
use crate::weigh::WeighedPair;

/// The slip that tells most about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Exact,
    Punctuation,
    LeadingZeros,
    Suffix,
    Prefix,
    PrefixAndSuffix,
    Rearranged,
    TransposedDigits,
    SubstitutedDigit,
    DroppedDigit,
    MisreadCharacter,
    NeighbouringNumber,
    DateAsNumber,
    OtherNumber,
    SecondReference,
    WrongSupplier,
    OtherGroup,
    NetForGross,
    TransposedAmount,
    SlippedDecimal,
    AmountNearly,
    Half,
    SumOfTwo,
    SumOfThree,
    SumOfSeveral,
    PaidInPieces,
    OtherAmount,
    OtherDay,
    DayAndMonthSwapped,
    WrongYear,
    OtherCurrency,
    CreditAsInvoice,
    CardAndInvoice,
    Batch,
}

impl Kind {
    pub fn of(invoices: &Invoices, weighed: &WeighedPair) -> Self {
        let (a, b) = (weighed.pair.a, weighed.pair.b);
        if let Some(joint) = &weighed.joint {
            return of_joint(invoices, weighed, joint);
        }
        if let Some(kind) = of_amount(weighed.pair.amount) {
            return kind;
        }
        if !invoices.are_of_one_supplier(a, b) {
            return Self::WrongSupplier;
        }
        if invoices.supplier[a] != invoices.supplier[b] {
            return Self::SecondReference;
        }
        if weighed.pair.date_as_number {
            return Self::DateAsNumber;
        }
        if let Some(kind) = of_number(weighed.pair.number) {
            return kind;
        }
        let differs = |field| same(invoices, field, a, b) == Some(false);
        match weighed.pair.day {
            DayLikeness::Swapped => Self::DayAndMonthSwapped,
            DayLikeness::WrongYear => Self::WrongYear,
            _ if differs(Field::SameGroup) => Self::OtherGroup,
            _ if differs(Field::SameMeans) => Self::CardAndInvoice,
            _ if weighed.pair.number == NumberLikeness::Unrelated => Self::OtherNumber,
            DayLikeness::Same | DayLikeness::FewDays => Self::Exact,
            _ => Self::OtherDay,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Punctuation => "punctuation",
            Self::LeadingZeros => "leading_zeros",
            Self::Suffix => "suffix",
            Self::Prefix => "prefix",
            Self::PrefixAndSuffix => "prefix_and_suffix",
            Self::Rearranged => "rearranged_number",
            Self::TransposedDigits => "transposed_digits",
            Self::SubstitutedDigit => "substituted_digit",
            Self::DroppedDigit => "dropped_digit",
            Self::MisreadCharacter => "misread_character",
            Self::NeighbouringNumber => "neighbouring_number",
            Self::DateAsNumber => "date_as_number",
            Self::OtherNumber => "other_number",
            Self::SecondReference => "second_reference",
            Self::WrongSupplier => "wrong_supplier",
            Self::OtherGroup => "other_group",
            Self::NetForGross => "net_for_gross",
            Self::TransposedAmount => "transposed_amount",
            Self::SlippedDecimal => "slipped_decimal",
            Self::AmountNearly => "amount_nearly",
            Self::Half => "half",
            Self::SumOfTwo => "sum_of_two",
            Self::SumOfThree => "sum_of_three",
            Self::SumOfSeveral => "sum_of_several",
            Self::PaidInPieces => "paid_in_pieces",
            Self::OtherAmount => "other_amount",
            Self::OtherDay => "other_day",
            Self::DayAndMonthSwapped => "day_and_month_swapped",
            Self::WrongYear => "wrong_year",
            Self::OtherCurrency => "other_currency",
            Self::CreditAsInvoice => "credit_as_invoice",
            Self::CardAndInvoice => "card_and_invoice",
            Self::Batch => "batch",
        }
    }

    /// The claim of such a pair, where it is not that one invoice was keyed more than once.
    pub const fn claim(self) -> Option<&'static str> {
        match self {
            Self::SumOfTwo | Self::SumOfThree | Self::SumOfSeveral => {
                Some("one invoice bills again what the others had billed")
            }
            Self::PaidInPieces => Some("one invoice was billed again in pieces"),
            Self::Batch => Some("a batch of invoices was keyed again"),
            Self::CreditAsInvoice => Some("a credit note was keyed as an invoice"),
            _ => None,
        }
    }

    /// The innocent explanation of such a pair, and what to look at.
    pub const fn innocent_if(self) -> &'static str {
        match self {
            Self::Exact | Self::Punctuation | Self::LeadingZeros | Self::MisreadCharacter => {
                "the two papers differ in what was delivered or when (ask for both), or one of them was \
                 credited or its payment stopped outside this ledger"
            }
            Self::Suffix => {
                "what is appended stands for a further part of the delivery, with a paper of its own: \
                 compare the lines of the two"
            }
            Self::Prefix | Self::PrefixAndSuffix | Self::Rearranged => {
                "the two numbers are of two branches or series of the supplier, each with a paper of its \
                 own: ask for both papers"
            }
            Self::TransposedDigits
            | Self::SubstitutedDigit
            | Self::DroppedDigit
            | Self::NeighbouringNumber
            | Self::OtherNumber
            | Self::DateAsNumber => {
                "the supplier really wrote two invoices of the same amount: ask it for both papers, or look \
                 for two orders"
            }
            Self::SecondReference => {
                "the supplier is paid under both references on purpose, for two sites or two contracts, and \
                 each has its own paper"
            }
            Self::WrongSupplier => {
                "both suppliers really billed this amount under such a number: ask both for the paper; \
                 only one has it if it was keyed twice"
            }
            Self::OtherGroup => {
                "each part of the organisation ordered and received its own: compare the two orders"
            }
            Self::NetForGross => {
                "one of the two was billed without VAT for a reason, for something else: compare the papers"
            }
            Self::TransposedAmount
            | Self::SlippedDecimal
            | Self::AmountNearly
            | Self::OtherAmount => {
                "the supplier corrected its invoice and only the correction was paid, or number and amount \
                 are alike by chance: compare the papers"
            }
            Self::Half => {
                "it is an instalment or a part delivery: look for the other half and for the order"
            }
            Self::PaidInPieces => {
                "the pieces are instalments of an order and the whole was withdrawn, or further deliveries whose \
                 sum happens to be the same: compare the lines of the papers"
            }
            Self::SumOfTwo | Self::SumOfThree | Self::SumOfSeveral => {
                "the joint invoice was withdrawn before it was paid, or the parts are further deliveries \
                 whose sum happens to be the same: compare the lines of the papers"
            }
            Self::OtherDay | Self::DayAndMonthSwapped | Self::WrongYear => {
                "it is a charge that comes again, under a contract or a standing order"
            }
            Self::OtherCurrency => {
                "two deliveries were billed, one in each currency: compare the papers"
            }
            Self::CreditAsInvoice => {
                "the supplier billed once more after its credit: ask for the new paper"
            }
            Self::Batch => {
                "each of the later invoices has a paper of its own (look at three of them), or the ERP keyed the \
                 batch anew after taking the first one back"
            }
            Self::CardAndInvoice => "the card's statement shows another purchase than the invoice",
        }
    }

    /// The words in a sentence, behind “the same invoice, ”.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Exact => "keyed again as it is",
            Self::Punctuation => "with its number punctuated differently",
            Self::LeadingZeros => "with other zeros before its number",
            Self::Suffix => "with something appended to its number",
            Self::Prefix => "with something else before its number",
            Self::PrefixAndSuffix => "with something else round its number",
            Self::Rearranged => "with the parts of its number in another order",
            Self::TransposedDigits => "with two characters of its number swapped",
            Self::SubstitutedDigit => "with one character of its number replaced",
            Self::DroppedDigit => "with one character of its number missing",
            Self::MisreadCharacter => "with a character of its number misread",
            Self::NeighbouringNumber => "under the number of a neighbour",
            Self::DateAsNumber => "with its date in the place of its number",
            Self::OtherNumber => "under another number",
            Self::SecondReference => "under two references of one supplier",
            Self::WrongSupplier => "under another supplier",
            Self::OtherGroup => "keyed by two parts of the organisation",
            Self::NetForGross => "once with VAT and once without",
            Self::TransposedAmount => "with two digits of its amount swapped",
            Self::SlippedDecimal => "with the decimal point slipped",
            Self::AmountNearly => "with nearly the same amount",
            Self::Half => "with half of its amount",
            Self::SumOfTwo => "billed together with another one",
            Self::SumOfThree => "billed together with two others",
            Self::SumOfSeveral => "billed together with others",
            Self::PaidInPieces => "once more in pieces",
            Self::OtherAmount => "with another amount",
            Self::OtherDay => "with another date",
            Self::DayAndMonthSwapped => "with day and month of its date swapped",
            Self::WrongYear => "with the wrong year in its date",
            Self::OtherCurrency => "with the same figure in another currency",
            Self::CreditAsInvoice => "a credit note keyed as an invoice",
            Self::CardAndInvoice => "paid in two ways",
            Self::Batch => "keyed again with many others",
        }
    }
}

/// Of a sum: what was keyed before its parts was paid once more in them; else it bills them once more.
fn of_joint(invoices: &Invoices, weighed: &WeighedPair, joint: &JointBill) -> Kind {
    let whole = weighed.whole(invoices);
    let is_first = joint.parts.iter().all(|at| invoices.entered[whole] < invoices.entered[*at]);
    if is_first || joint.numbered_usually.is_some() {
        Kind::PaidInPieces
    } else {
        match joint.parts.len() {
            2 => Kind::SumOfTwo,
            3 => Kind::SumOfThree,
            _ => Kind::SumOfSeveral,
        }
    }
}

const fn of_amount(likeness: AmountLikeness) -> Option<Kind> {
    Some(match likeness {
        // One figure, whatever the books made of it.
        AmountLikeness::Equal | AmountLikeness::OtherRate => return None,
        AmountLikeness::OtherCurrency => Kind::OtherCurrency,
        AmountLikeness::NetForGross => Kind::NetForGross,
        AmountLikeness::Transposed => Kind::TransposedAmount,
        AmountLikeness::SlippedDecimal => Kind::SlippedDecimal,
        AmountLikeness::Nearly => Kind::AmountNearly,
        AmountLikeness::Half => Kind::Half,
        AmountLikeness::SumOfTwo => Kind::SumOfTwo,
        AmountLikeness::SumOfSeveral => Kind::SumOfSeveral,
        AmountLikeness::Opposite => Kind::CreditAsInvoice,
        AmountLikeness::Other => Kind::OtherAmount,
    })
}

const fn of_number(likeness: NumberLikeness) -> Option<Kind> {
    Some(match likeness {
        NumberLikeness::Punctuation => Kind::Punctuation,
        NumberLikeness::LeadingZeros => Kind::LeadingZeros,
        NumberLikeness::Misread => Kind::MisreadCharacter,
        NumberLikeness::Suffix | NumberLikeness::LongTail => Kind::Suffix,
        NumberLikeness::Prefix => Kind::Prefix,
        NumberLikeness::Contained => Kind::PrefixAndSuffix,
        NumberLikeness::Rearranged => Kind::Rearranged,
        NumberLikeness::Transposed => Kind::TransposedDigits,
        NumberLikeness::Neighbouring => Kind::NeighbouringNumber,
        NumberLikeness::Substituted => Kind::SubstitutedDigit,
        NumberLikeness::Dropped => Kind::DroppedDigit,
        NumberLikeness::Identical | NumberLikeness::Unrelated | NumberLikeness::Unknown => {
            return None;
        }
    })
}
