//! Numbers as a person reads them.
//!
//! Not for: bytes and durations, which stand where they are shown.

/// `41,220 rows`
pub fn plural(count: u64, name: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {name}{s}", grouped(count))
}

/// With a comma before every three digits.
pub fn grouped(number: u64) -> String {
    domain::digits::grouped(&number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_a_person() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (41_220_007, "41,220,007")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((plural(1, "row").as_str(), plural(2, "row").as_str()), ("1 row", "2 rows"));
    }
}
