//! The rates of VAT of each country, those of the last fifteen years among them.
//!
//! Not for: which rate a supply has, or when a rate was in force: an invoice may be older than its ledger.
//! Invariant: of a country that is not here nothing is said.

/// A country as ISO 3166 has it, and its rates in percent, the highest first; 0 is everywhere one.
const RATES: &[(&str, &[f64])] = &[
    ("AT", &[20.0, 19.0, 13.0, 12.0, 10.0, 5.0]),
    ("BE", &[21.0, 12.0, 6.0]),
    ("BG", &[20.0, 9.0, 7.0]),
    ("CH", &[8.1, 8.0, 7.7, 7.6, 3.8, 3.7, 3.6, 2.6, 2.5, 2.4]),
    ("CY", &[19.0, 18.0, 17.0, 15.0, 9.0, 8.0, 5.0, 3.0]),
    ("CZ", &[21.0, 20.0, 15.0, 14.0, 12.0, 10.0]),
    ("DE", &[19.0, 16.0, 7.0, 5.0]),
    ("DK", &[25.0]),
    ("EE", &[24.0, 22.0, 20.0, 13.0, 9.0, 5.0]),
    ("ES", &[21.0, 18.0, 16.0, 10.0, 8.0, 7.5, 7.0, 5.0, 4.0, 2.0]),
    ("FI", &[25.5, 24.0, 23.0, 22.0, 17.0, 14.0, 13.5, 13.0, 12.0, 10.0, 9.0, 8.0]),
    ("FR", &[20.0, 19.6, 13.0, 10.0, 8.5, 7.0, 5.5, 2.1, 1.75, 1.05, 0.9]),
    ("GB", &[20.0, 17.5, 15.0, 12.5, 5.0]),
    (
        "GR",
        &[
            24.0, 23.0, 21.0, 19.0, 17.0, 16.0, 13.0, 11.0, 10.0, 9.0, 6.5, 6.0, 5.5, 5.0, 4.5,
            4.0, 3.0,
        ],
    ),
    ("HR", &[25.0, 23.0, 13.0, 10.0, 5.0]),
    ("HU", &[27.0, 25.0, 20.0, 18.0, 5.0]),
    ("IE", &[23.0, 21.5, 21.0, 13.5, 9.0, 4.8]),
    ("IT", &[22.0, 21.0, 20.0, 10.0, 5.0, 4.0]),
    ("LT", &[21.0, 19.0, 12.0, 9.0, 5.0]),
    ("LU", &[17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 8.0, 7.0, 6.0, 3.0]),
    ("LV", &[22.0, 21.0, 12.0, 10.0, 5.0]),
    ("MT", &[18.0, 12.0, 7.0, 5.0]),
    ("NL", &[21.0, 19.0, 9.0, 6.0]),
    ("NO", &[25.0, 24.0, 15.0, 14.0, 12.0, 11.11, 10.0, 8.0, 6.0]),
    ("PL", &[23.0, 22.0, 8.0, 7.0, 5.0, 3.0]),
    (
        "PT",
        &[
            23.0, 22.0, 21.0, 20.0, 18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 10.0, 9.0, 8.0, 6.0, 5.0,
            4.0,
        ],
    ),
    ("RO", &[24.0, 21.0, 20.0, 19.0, 11.0, 9.0, 5.0]),
    ("SE", &[25.0, 12.0, 6.0]),
    ("SI", &[22.0, 20.0, 9.5, 8.5, 5.0]),
    ("SK", &[23.0, 20.0, 19.0, 10.0, 5.0]),
];

/// Rates are written with two places at most.
const SAME: f64 = 0.005;
/// The whole that rates are parts of where they are whole numbers: hundredths of a percent.
pub(crate) const SHARE: i64 = 10_000;

/// The highest rate of a country in percent; none of one that is not known.
pub fn highest(country: &str) -> Option<f64> {
    of(country)?.first().copied()
}

/// A rate as ledgers write it, in percent: `20`, `20%`, `20,00 %`. Codes such as `S1` are none.
pub fn percent(text: &str) -> Option<f64> {
    let number = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    number.parse().ok().filter(|_| is_number)
}

/// Returns `true` when a country has a rate, written in percent or as a share (`0.2`); none where it
/// is not known.
pub fn has(country: &str, percent: f64) -> Option<bool> {
    let rates = of(country)?;
    let is = |rate: f64| {
        let mut all = rates.iter().copied().chain([0.0]);
        all.any(|known| (known - rate).abs() < SAME)
    };
    Some(is(percent) || (percent < 1.0 && is(percent * 100.0)))
}

/// The rates of a country as a sentence has them: `20, 17.5, 5`.
pub fn listed(country: &str) -> Option<String> {
    let rates: Vec<String> = of(country)?.iter().map(ToString::to_string).collect();
    Some(rates.join(", "))
}

/// The rates of all countries as parts of [`SHARE`], the lowest first, each once.
pub(crate) fn shares() -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a percentage of two places")]
    let share = |percent: &f64| (percent * 100.0).round() as i64;
    let mut shares: Vec<i64> =
        RATES.iter().flat_map(|(_, rates)| rates.iter().map(share)).collect();
    shares.sort_unstable();
    shares.dedup();
    shares
}

/// A part of [`SHARE`] in percent, as people write it: `20`, `8.5`, `11.11`.
pub(crate) fn written(share: i64) -> String {
    let text = format!("{}.{:02}", share / 100, share % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn of(country: &str) -> Option<&'static [f64]> {
    RATES.iter().find(|(known, _)| *known == country).map(|(_, rates)| *rates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_stand_from_the_highest_down() {
        for (country, rates) in RATES {
            assert!(rates.windows(2).all(|pair| pair[0] > pair[1]), "{country}");
        }
        assert!(RATES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn shares_are_written_as_people_write_percentages() {
        for (share, text) in [(2_000, "20"), (850, "8.5"), (1_111, "11.11"), (1_005, "10.05")] {
            assert_eq!(written(share), text);
        }
    }

    #[test]
    fn rates_are_known_as_they_are_written() {
        for (country, text, known) in [
            ("GB", "20", Some(true)),
            ("GB", "20.00%", Some(true)),
            ("GB", "0.2", Some(true)),
            ("GB", "0", Some(true)),
            ("DE", "19,0 %", Some(true)),
            ("GB", "19", Some(false)),
            ("GB", "21%", Some(false)),
            ("US", "8.25", None),
        ] {
            let rate = percent(text).unwrap();
            assert_eq!(has(country, rate), known, "{country} {text}");
        }
        for text in ["", "S1", "STD", "20 + 5", "%", "."] {
            assert_eq!(percent(text), None, "{text}");
        }
    }
}
