//! How two amounts are alike: the slip that would turn one into the other.
//!
//! Invariant: amounts are whole ten-thousandths; nothing here is a binary fraction.

use std::sync::LazyLock;

use crate::vat::rates;

/// The slip that explains the difference, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AmountLikeness {
    Equal,
    /// Equal figures in two currencies.
    OtherCurrency,
    /// Equal figures in one currency, of which the books made two amounts: the rate of each day.
    OtherRate,
    /// One is the other with some country's VAT on top.
    NetForGross,
    /// Two neighbouring digits have changed places.
    Transposed,
    /// Ten or a hundred times as much.
    SlippedDecimal,
    /// Up to [`NEARLY_PER_MILLE`] apart.
    Nearly,
    Half,
    /// A third invoice of the party makes up the difference.
    SumOfTwo,
    /// It is the sum of several invoices of the party.
    SumOfSeveral,
    /// Equal but for the sign.
    Opposite,
    Other,
}

/// One unit in an amount's last place that people write.
const CENT: i64 = 100;
pub const NEARLY_PER_MILLE: i64 = 32;
/// The rates of VAT of all countries as [`rates::SHARE`] has them, the lowest first. What a lower one makes
/// of an amount is [`AmountLikeness::Nearly`] the same.
static VAT_RATES: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let mut rates = rates::shares();
    rates.retain(|rate| rate * 1_000 > (rates::SHARE + rate) * NEARLY_PER_MILLE);
    rates
});

impl AmountLikeness {
    pub const ALL: [Self; 12] = [
        Self::Equal,
        Self::OtherCurrency,
        Self::OtherRate,
        Self::NetForGross,
        Self::Transposed,
        Self::SlippedDecimal,
        Self::Nearly,
        Self::Half,
        Self::SumOfTwo,
        Self::SumOfSeveral,
        Self::Opposite,
        Self::Other,
    ];

    pub const fn index(self) -> usize {
        self as usize
    }

    /// Returns `true` when a slip, or what is billed together, makes one of the other.
    pub const fn is_slip(self) -> bool {
        !matches!(self, Self::Equal | Self::Opposite | Self::Other)
    }

    /// The likeness of two base amounts; currencies and sums are for the caller to see.
    pub fn of(a: i64, b: i64) -> Self {
        if a == b {
            return Self::Equal;
        }
        if a == -b {
            return Self::Opposite;
        }
        if (a < 0) != (b < 0) || a == 0 || b == 0 {
            return Self::Other;
        }
        let (small, large) = (a.abs().min(b.abs()), a.abs().max(b.abs()));
        if [10, 100]
            .iter()
            .any(|times| (small * times).abs_diff(large) < (times * CENT).unsigned_abs())
        {
            return Self::SlippedDecimal;
        }
        if (small * 2).abs_diff(large) <= (2 * CENT).unsigned_abs() {
            return Self::Half;
        }
        if is_transposed(small, large) {
            return Self::Transposed;
        }
        if vat_rate_between(small, large).is_some() {
            return Self::NetForGross;
        }
        if (large - small) * 1_000 <= large * NEARLY_PER_MILLE {
            return Self::Nearly;
        }
        Self::Other
    }
}

/// The rate of VAT that makes the gross amount of the net one, as [`rates::SHARE`] has it; of any country, as
/// nothing says which country's a supplier charges.
pub(crate) fn vat_rate_between(net: i64, gross: i64) -> Option<i64> {
    // Compared without a division, and far apart from every rate first: most pairs end here.
    let share = i128::from(rates::SHARE);
    let (tax, cent) = (i128::from(gross - net) * share, i128::from(CENT) * share);
    let of_net = |rate: &i64| i128::from(net) * i128::from(*rate);
    let all = &*VAT_RATES;
    if all.last().is_none_or(|highest| of_net(highest) + cent < tax) {
        return None;
    }
    let nearest = all.partition_point(|rate| of_net(rate) + cent < tax);
    (of_net(&all[nearest]) <= tax + cent).then(|| all[nearest])
}

fn is_transposed(a: i64, b: i64) -> bool {
    // Swapping neighbours changes a number by nine times a power of ten times a digit.
    if a % CENT != 0 || b % CENT != 0 || (b - a) % (9 * CENT) != 0 {
        return false;
    }
    let (mut a, mut b) = (a / CENT, b / CENT);
    let mut swapped = false;
    while a > 0 || b > 0 {
        if a % 10 == b % 10 {
            (a, b) = (a / 10, b / 10);
            continue;
        }
        let crossed = a % 10 == b / 10 % 10 && a / 10 % 10 == b % 10;
        if swapped || !crossed {
            return false;
        }
        swapped = true;
        (a, b) = (a / 100, b / 100);
    }
    swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slip_between_two_amounts_is_named() {
        use AmountLikeness::*;
        for (a, b, likeness) in [
            ("120.00", "120.00", Equal),
            ("120.00", "-120.00", Opposite),
            ("100.00", "120.00", NetForGross),
            ("33.33", "40.00", NetForGross),
            // The rates of other countries: Hungary, Finland, Luxembourg, Malta, Switzerland.
            ("1000.00", "1270.00", NetForGross),
            ("1000.00", "1255.00", NetForGross),
            ("1000.00", "1140.00", NetForGross),
            ("1000.00", "1170.00", NetForGross),
            ("1000.00", "1180.00", NetForGross),
            ("1000.00", "1081.00", NetForGross),
            ("3140.17", "3394.52", NetForGross),
            ("3140.17", "3988.03", Other),
            // Between two rates, and above all.
            ("1000.00", "1262.00", Other),
            ("1000.00", "1280.00", Other),
            // The lowest rates make amounts nearly the same.
            ("1000.00", "1025.00", Nearly),
            ("4310.00", "4130.00", Transposed),
            ("43.10", "4.31", SlippedDecimal),
            ("1000.00", "1020.00", Nearly),
            ("500.00", "1000.00", Half),
            ("500.00", "777.00", Other),
            ("0.00", "777.00", Other),
        ] {
            let of = |text: &str| -> i64 { text.replace('.', "").parse::<i64>().unwrap() * CENT };
            assert_eq!(AmountLikeness::of(of(a), of(b)), likeness, "{a} {b}");
            assert_eq!(AmountLikeness::of(of(b), of(a)), likeness, "{b} {a}");
        }
    }
}
