//! How often something is so, as people read it.

use domain::digits::grouped;

/// `74%`, `3.1%`, `1 in 2,500`, `nearly all`: exact enough to make the weight again by hand.
pub(crate) fn words(rate: f64) -> String {
    let percent = rate * 100.0;
    match percent {
        ..1.0 => format!("1 in {}", grouped(&format!("{:.0}", rate.recip().min(1e15)))),
        ..10.0 => format!("{percent:.1}%"),
        99.5.. => "nearly all".to_owned(),
        _ => format!("{percent:.0}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn rates_are_as_exact_as_people_read_them() {
        let cases = [
            (0.74, "74%"),
            (0.031, "3.1%"),
            (0.0004, "1 in 2,500"),
            (0.0, "1 in 1,000,000,000,000,000"),
            (0.999, "nearly all"),
            (1.0, "nearly all"),
        ];
        for (rate, expected) in cases {
            assert_eq!(words(rate), expected);
        }
    }
}
