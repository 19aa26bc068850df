//! The ways for an invoice to come twice that are injected, each with its name.
//!
//! Invariant: no weight is set by looking at the kinds that are held back, so what they show is what a
//! ledger that nobody has seen would.

/// One way for an invoice to come twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Exact,
    Punctuation,
    LeadingZeros,
    Suffix,
    Transposed,
    Substituted,
    Dropped,
    Added,
    Misread,
    DateAsNumber,
    SecondReference,
    WrongSupplier,
    OtherGroup,
    ByCard,
    OtherCurrency,
    NetForGross,
    AmountTransposed,
    SlippedDecimal,
    AmountNearly,
    DayAndMonth,
    WrongYear,
    Half,
    SumOfTwo,
    Prefix,
    Location,
    LongTail,
    WithOrder,
    Rearranged,
    AmountAndNumber,
    NetAndNumber,
    ThreeCopies,
    InTwoParts,
    StatementOfThree,
    BilledAgain,
    BatchAgain,
    MisreadTwice,
    RoundedAmount,
    PennyOff,
    QuarterLater,
    OrderAsNumber,
    InThreeParts,
    StatementOfFive,
    ZerosAndSuffix,
    BatchWithPrefix,
}

/// A kind, as it is printed.
pub(crate) struct KindName {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    /// Not looked at while weights are set.
    pub(crate) is_held_back: bool,
}

/// New ones at the end of their part, so that the others stay as they are for a seed.
pub(crate) const ALL: [KindName; 44] = [
    shown(Kind::Exact, "exact"),
    shown(Kind::Punctuation, "punctuation"),
    shown(Kind::LeadingZeros, "leading zeros"),
    shown(Kind::Suffix, "suffix"),
    shown(Kind::Transposed, "digits transposed"),
    shown(Kind::Substituted, "digit substituted"),
    shown(Kind::Dropped, "digit dropped"),
    shown(Kind::Added, "digit added"),
    shown(Kind::Misread, "misread character"),
    shown(Kind::DateAsNumber, "date in place of the number"),
    shown(Kind::SecondReference, "duplicate supplier"),
    shown(Kind::WrongSupplier, "wrong supplier"),
    shown(Kind::OtherGroup, "other unit"),
    shown(Kind::ByCard, "paid by card as well"),
    shown(Kind::OtherCurrency, "same figure in another currency"),
    shown(Kind::NetForGross, "VAT on or off"),
    shown(Kind::AmountTransposed, "amount transposed"),
    shown(Kind::SlippedDecimal, "decimal slipped"),
    shown(Kind::AmountNearly, "1 to 3% off"),
    shown(Kind::DayAndMonth, "day and month swapped"),
    shown(Kind::WrongYear, "wrong year"),
    shown(Kind::Half, "half"),
    shown(Kind::SumOfTwo, "sum of two"),
    shown(Kind::Prefix, "prefix gained or lost"),
    shown(Kind::Location, "place appended"),
    shown(Kind::LongTail, "long tail appended"),
    shown(Kind::WithOrder, "number with an order's"),
    shown(Kind::Rearranged, "parts of the number in another order"),
    shown(Kind::AmountAndNumber, "amount and number at once"),
    shown(Kind::NetAndNumber, "VAT and number at once"),
    shown(Kind::ThreeCopies, "three copies"),
    shown(Kind::InTwoParts, "paid again in two parts"),
    shown(Kind::StatementOfThree, "statement of three"),
    shown(Kind::BilledAgain, "credited, billed again, keyed twice"),
    shown(Kind::BatchAgain, "batch keyed again"),
    held_back(Kind::MisreadTwice, "two characters misread"),
    held_back(Kind::RoundedAmount, "amount without its pence"),
    held_back(Kind::PennyOff, "penny off"),
    held_back(Kind::QuarterLater, "a quarter later"),
    held_back(Kind::OrderAsNumber, "order in place of the number"),
    held_back(Kind::InThreeParts, "paid again in three parts"),
    held_back(Kind::StatementOfFive, "statement of five"),
    held_back(Kind::ZerosAndSuffix, "zeros and suffix at once"),
    held_back(Kind::BatchWithPrefix, "batch keyed again with a prefix"),
];

const fn shown(kind: Kind, name: &'static str) -> KindName {
    KindName { kind, name, is_held_back: false }
}

const fn held_back(kind: Kind, name: &'static str) -> KindName {
    KindName { kind, name, is_held_back: true }
}

impl Kind {
    /// Returns `true` when the number is of no help, as another stands in its place or none tells.
    pub(crate) const fn is_of_batch(self) -> bool {
        matches!(self, Self::BatchAgain | Self::BatchWithPrefix)
    }
}
