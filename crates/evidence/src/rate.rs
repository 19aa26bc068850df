//! How often something is so, as people read it.

use domain::digits::grouped;

/// Nothing here is known better than to three digits.
const DIGITS: i32 = 3;

/// `74%`, `3.1%`, `1 in 2,500`, `nearly all`: exact enough to make the weight again by hand.
pub(crate) fn words(rate: f64) -> String {
    let percent = rate * 100.0;
    match percent {
        ..1.0 => format!("1 in {}", grouped(&format!("{:.0}", rounded(rate.recip().min(1e15))))),
        ..10.0 => format!("{percent:.1}%"),
        99.5.. => "nearly all".to_owned(),
        _ => format!("{percent:.0}%"),
    }
}

fn rounded(number: f64) -> f64 {
    let unit = 10_f64.powf((number.log10().floor() + 1.0 - f64::from(DIGITS)).max(0.0));
    (number / unit).round() * unit
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
            (1.0 / 15_140_501.0, "1 in 15,100,000"),
            (1.0 / 179.0, "1 in 179"),
            (0.0, "1 in 1,000,000,000,000,000"),
            (0.999, "nearly all"),
            (1.0, "nearly all"),
        ];
        for (rate, expected) in cases {
            assert_eq!(words(rate), expected);
        }
    }
}
