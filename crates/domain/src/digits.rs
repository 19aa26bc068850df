//! Digits as people read them.

/// `1234567` with a comma before every three: `1,234,567`. For digits alone, without a sign or a point.
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `2,000 rows`
pub fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(&number.to_string()), if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped};

    #[test]
    fn a_comma_stands_before_every_three() {
        for (digits, text) in
            [("", ""), ("7", "7"), ("999", "999"), ("1000", "1,000"), ("1234567", "1,234,567")]
        {
            assert_eq!(grouped(digits), text);
        }
    }

    #[test]
    fn one_is_counted_otherwise_than_more() {
        for (number, text) in [(0, "0 rows"), (1, "1 row"), (2_000, "2,000 rows")] {
            assert_eq!(counted(number, "row", "rows"), text);
        }
    }
}
