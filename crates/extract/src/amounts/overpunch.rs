//! Numbers as COBOL writes them, with the sign in the last digit: `0001234{` is 12340, `0001234J` is -12341.
//!
//! Not for: whether a column is of them (`formats`), or where the point belongs: nothing in the number
//! says that.

use crate::fields::AMOUNT_DECIMALS;

/// A whole number whose last digit has the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overpunch {
    value: i64,
    /// Set for a sign that no word of debit or credit begins with.
    pub(crate) is_distinct: bool,
}

impl Overpunch {
    /// Reads an overpunched number; none for any other text, and for more digits than an amount has.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        /// Two decimals, and the digits an amount has before them.
        const DIGITS_MAX: usize = 16;
        let (last, front) = text.as_bytes().split_last()?;
        let (digit, is_negative) = match last {
            b'{' => (0, false),
            b'A'..=b'I' => (last - b'A' + 1, false),
            b'}' => (0, true),
            b'J'..=b'R' => (last - b'J' + 1, true),
            _ => return None,
        };
        if front.is_empty() || front.len() >= DIGITS_MAX || !front.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let value = front.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
        let value = value * 10 + i64::from(digit);
        let is_distinct = !matches!(last, b'C' | b'D' | b'H');
        Some(Self { value: if is_negative { -value } else { value }, is_distinct })
    }

    /// The amount in units of 1/10,000, when so many of its digits are decimals.
    pub(crate) fn with_decimals(self, decimals: usize) -> i128 {
        let missing = AMOUNT_DECIMALS - decimals;
        i128::from(self.value) * 10_i128.pow(u32::try_from(missing).expect("it is 4 at most"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_has_the_sign() {
        for (text, value) in [
            ("0001234{", Some(1_234_000_i128)),
            ("0001234A", Some(1_234_100)),
            ("0001234I", Some(1_234_900)),
            ("0001234}", Some(-1_234_000)),
            ("0001234J", Some(-1_234_100)),
            ("0001234R", Some(-1_234_900)),
            ("0001234S", None),
            ("12345", None),
            ("12.4A", None),
            ("A", None),
            ("", None),
            ("12345678901234567A", None),
        ] {
            let read = Overpunch::parse(text).map(|number| number.with_decimals(2));
            assert_eq!(read, value, "{text}");
        }
    }
}
