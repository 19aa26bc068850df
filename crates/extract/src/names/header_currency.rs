//! The currency that the header of an amount names: `Amount (GBP)`, `Betrag in EUR`, `Total £`.
//!
//! Not for: what else the header says (`spelling`). Invariant: a word of a language is no currency unless it
//! stands where currencies do.

use crate::currencies::Currency;

/// Codes that are words as well, or abbreviations in accounts, wherever they stand without brackets and
/// without `in` before them: `ALL AMOUNTS`, `TOP 10`.
const WORDS: [&str; 12] =
    ["ALL", "BAM", "CAD", "COP", "CUP", "GEL", "MAD", "MOP", "PEN", "SOS", "TOP", "TRY"];

/// The currency; none when the header names none, or a symbol that several have alike.
pub(crate) fn currency_of_header(header: &str) -> Option<Currency> {
    let header = header.trim();
    let in_brackets = || {
        let (_, behind) = header.split_once(['(', '[', '{', '<'])?;
        let (inside, _) = behind.split_once([')', ']', '}', '>'])?;
        stated(inside.trim())
    };
    let words: Vec<&str> =
        header.split([' ', '_', '-', '/', ':', '\n']).filter(|w| !w.is_empty()).collect();
    let behind_in = || {
        let (last, before) = words.split_last()?;
        let (word, name) = before.split_last()?;
        (word.eq_ignore_ascii_case("in") && !name.is_empty()).then(|| stated(last)).flatten()
    };
    let plain = |word: &&str| plain(word).filter(|_| !WORDS.contains(word));
    let at_an_end = || {
        let found: Vec<Currency> = words.iter().filter_map(plain).collect();
        let is_at_end =
            [words.first()?, words.last()?].into_iter().any(|word| plain(word).is_some());
        // Of two it is either.
        (is_at_end && words.len() > 1 && found.len() == 1).then(|| found[0])
    };
    in_brackets().or_else(behind_in).or_else(at_an_end).filter(|found| found.code().is_some())
}

/// A currency in a word by itself: a code, or a symbol that is no word.
pub(super) fn plain(word: &str) -> Option<Currency> {
    let is_symbol = word.chars().any(|c| !c.is_ascii_alphanumeric());
    if is_symbol { Currency::written(word) } else { Currency::of_code(word) }
}

/// A currency where one is to be expected: by its code, its symbol or its name.
pub(super) fn stated(text: &str) -> Option<Currency> {
    /// Shorter names are as often another abbreviation, such as `DR` or `Net`.
    const NAME_LETTERS_MIN: usize = 4;
    let is_name = text.chars().all(|c| c.is_ascii_alphabetic());
    let is_long = text.chars().count() >= NAME_LETTERS_MIN;
    if is_name && !is_long { Currency::of_code(text) } else { Currency::written(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_currencies() {
        for (header, code) in [
            ("Amount (GBP)", "GBP"),
            ("Invoice Amount EUR", "EUR"),
            ("Betrag in EUR", "EUR"),
            ("Betrag in Euro", "EUR"),
            ("Total £", "GBP"),
            ("Total (£)", "GBP"),
            ("Amount [US$]", "USD"),
            ("USD_Amount", "USD"),
            ("Kwota zł", "PLN"),
            ("Montant (euros)", "EUR"),
            ("Importe €", "EUR"),
            ("3. Amount (KWD)", "KWD"),
            ("Amount (ALL)", "ALL"),
            ("Amount EUR/USD", ""),
            ("Amount", ""),
            ("Amount (LCY)", ""),
            ("Amount (Net)", ""),
            ("Amount (ex VAT) GBP", "GBP"),
            ("Amount DR", ""),
            ("Amount ($)", ""),
            ("Amount (kr)", ""),
            ("ALL AMOUNTS", ""),
            ("EUR", ""),
            ("£", ""),
            ("Invoice/Credit", ""),
            ("", ""),
        ] {
            let found = currency_of_header(header).and_then(Currency::code).unwrap_or_default();
            assert_eq!(found, code, "{header}");
        }
    }
}
