//! Bank accounts: IBANs with true check digits on bank codes that no bank has.
//!
//! Not for: checking what customers send.
//!
//! Invariant: two accounts made from two serial numbers differ, and every IBAN made is valid.

use super::country::Country;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) holder: String,
    /// `00-12-34` in Britain and Ireland, the national bank code elsewhere.
    pub(super) sort_code: String,
    pub(super) number: String,
    /// Empty where a country has none.
    pub(super) iban: String,
    pub(super) bic: String,
}

/// A prime below 10^8: multiplying by anything else visits every number before one comes again.
const ACCOUNTS: u64 = 99_999_989;
const BANKS: [&str; 4] = ["QXBA", "VZBK", "XQMB", "ZVBN"];

impl Account {
    pub(super) fn new(serial: u64, country: Country, holder: &str) -> Self {
        let number = (serial + 1) * 48_271_009 % ACCOUNTS;
        let bank = BANKS[usize::try_from(serial % 4).expect("it is below four")];
        // No clearing code begins with two zeros.
        let branch = serial * 37 % 10_000;
        let (sort_code, number, bban) = match country {
            Country::Gb | Country::Ie => (
                format!("00-{:02}-{:02}", branch / 100, branch % 100),
                format!("{number:08}"),
                format!("{bank}00{branch:04}{number:08}"),
            ),
            Country::De => (
                format!("0000{branch:04}"),
                format!("{number:010}"),
                format!("0000{branch:04}{number:010}"),
            ),
            Country::Fr => {
                let account = format!("{number:011}");
                let key = 97 - (89 * 99_000 + 15 * branch + 3 * number) % 97;
                (
                    format!("99000{branch:05}"),
                    account,
                    format!("99000{branch:05}{number:011}{key:02}"),
                )
            }
            Country::Nl => {
                (bank.to_owned(), format!("{number:010}"), format!("{bank}{number:010}"))
            }
            Country::Us => (format!("00000{branch:04}"), format!("{number:010}"), String::new()),
        };
        let code = country.code();
        let iban = if bban.is_empty() {
            String::new()
        } else {
            format!("{code}{:02}{bban}", check_digits(code, &bban))
        };
        Self { holder: holder.to_owned(), sort_code, number, iban, bic: format!("{bank}{code}2X") }
    }

    /// The account with one check digit off.
    pub(super) fn with_wrong_iban(mut self) -> Self {
        let digit = self.iban.as_bytes()[3];
        let wrong = if digit == b'9' { '0' } else { char::from(digit + 1) };
        self.iban.replace_range(3..4, wrong.encode_utf8(&mut [0; 4]));
        self
    }
}

/// ISO 7064 mod 97-10, as ISO 13616 applies it.
fn check_digits(country: &str, bban: &str) -> u64 {
    98 - remainder(bban.chars().chain(country.chars()).chain("00".chars()))
}

fn remainder(text: impl Iterator<Item = char>) -> u64 {
    text.filter_map(|c| c.to_digit(36)).map(u64::from).fold(0, |rest, value| {
        if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 }
    })
}

#[cfg(test)]
pub(super) fn is_valid_iban(iban: &str) -> bool {
    remainder(iban[4..].chars().chain(iban[..4].chars())) == 1
}

#[cfg(test)]
mod tests {
    use super::{Account, Country, check_digits, is_valid_iban};

    #[test]
    fn check_digits_are_those_of_the_registry_examples() {
        for (country, bban, digits) in [
            ("GB", "NWBK60161331926819", 29),
            ("DE", "370400440532013000", 89),
            ("FR", "20041010050500013M02606", 14),
            ("NL", "ABNA0417164300", 91),
        ] {
            assert_eq!(check_digits(country, bban), digits, "{country}");
        }
    }

    #[test]
    fn accounts_are_valid_and_wrong_ones_are_not() {
        for country in [Country::Gb, Country::Ie, Country::De, Country::Fr, Country::Nl] {
            for serial in 0..500 {
                let account = Account::new(serial, country, "A");
                assert!(is_valid_iban(&account.iban), "{}", account.iban);
                assert!(!is_valid_iban(&account.with_wrong_iban().iban));
            }
        }
    }
}
