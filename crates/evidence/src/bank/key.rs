//! One key for one account, however a row names it.
//!
//! Not for: whether the account is possible ([`super::Iban`]). Invariant: what stands in a field only
//! because the field had to be filled gives no key, so that no two suppliers share it.

use super::{Iban, written_plainly};

/// Below this many characters an account number without its bank is shared by chance: among 100,000
/// suppliers dozens of pairs share eight digits.
const ALONE_CHARACTERS_MIN: usize = 9;
/// A British or Irish sort code, and the account number that goes with it.
const SORT_CODE_DIGITS: usize = 6;
const SORTED_ACCOUNT_DIGITS: usize = 8;
/// A run such as 123456 is typed to get past a field; shorter ones occur by chance.
const RUN_DIGITS_MIN: usize = 6;
/// An IBAN is at least so long (Norway's); anything shorter in that field is a national number.
const IBAN_CHARACTERS_MIN: usize = 15;

/// The key of an account: equal for an IBAN of the United Kingdom or Ireland and for the same account as
/// sort code and account number, which those two countries number together. Otherwise the IBAN itself,
/// or the bank code and the account number without leading zeros.
///
/// `None` where nothing names an account: fields are empty or hold a placeholder (all zeros, one digit
/// throughout, 12345678). An IBAN that is not possible is used as it stands only where there is no
/// national number beside it, since two suppliers hardly share a slip by chance.
pub fn account_key(
    iban: Option<&str>,
    sort_code: Option<&str>,
    account_number: Option<&str>,
) -> Option<String> {
    let iban = iban.unwrap_or_default();
    let account = account_number.unwrap_or_default();
    [iban, account]
        .into_iter()
        .filter_map(|text| Iban::parse(text).ok())
        .find_map(|iban| of_iban(&iban))
        .or_else(|| of_national(sort_code.unwrap_or_default(), account))
        .or_else(|| of_broken_iban(iban))
}

fn of_iban(iban: &Iban) -> Option<String> {
    let bban = iban.bban();
    match iban.country() {
        "GB" | "GG" | "IE" | "IM" | "JE" => of_sort_code(&bban[4..10], &bban[10..]),
        _ => (!is_placeholder(&digits_of(bban))).then(|| iban.as_str().to_owned()),
    }
}

fn of_national(bank: &str, account: &str) -> Option<String> {
    let bank = alphanumeric(bank);
    let account = alphanumeric(account);
    if is_placeholder(&account) {
        return None;
    }
    if !has_only_digits(&account) && digits_of(&account).is_empty() {
        return None;
    }
    if let Some(key) = of_sort_code(&bank, &account) {
        return Some(key);
    }
    let (bank, account) = (bank.trim_start_matches('0'), account.trim_start_matches('0'));
    if digits_of(bank).is_empty() && !is_bank_identifier(bank) {
        return (account.len() >= ALONE_CHARACTERS_MIN).then(|| format!("-{account}"));
    }
    Some(format!("{bank}-{account}"))
}

/// `None` when the two are no sort code with its account. A spreadsheet may have dropped leading zeros of
/// both: a sort code keeps at least five digits, as none begins with 00.
fn of_sort_code(sort_code: &str, account: &str) -> Option<String> {
    let is_sort_code = (SORT_CODE_DIGITS - 1..=SORT_CODE_DIGITS).contains(&sort_code.len())
        && has_only_digits(sort_code)
        && !sort_code.trim_start_matches('0').is_empty();
    let significant = account.trim_start_matches('0');
    let is_account = has_only_digits(account)
        && significant.len() <= SORTED_ACCOUNT_DIGITS
        && !is_placeholder(account);
    (is_sort_code && is_account).then(|| format!("{sort_code:0>6}-{significant:0>8}"))
}

fn of_broken_iban(text: &str) -> Option<String> {
    if Iban::parse(text).is_ok() {
        return None;
    }
    let text = alphanumeric(text);
    let text = text.strip_prefix("IBAN").unwrap_or(&text);
    let is_like_one = (IBAN_CHARACTERS_MIN..=super::IBAN_CHARACTERS_MAX).contains(&text.len())
        && text.chars().take(2).all(|character| character.is_ascii_uppercase())
        && text.chars().skip(2).take(2).all(|character| character.is_ascii_digit())
        && !is_placeholder(&digits_of(&text[4..]))
        && !is_placeholder(&text[text.len() - SORTED_ACCOUNT_DIGITS..]);
    is_like_one.then(|| text.to_owned())
}

/// Nothing, zeros, one digit throughout, or a run such as 12345678, whatever zeros stand before it.
fn is_placeholder(account: &str) -> bool {
    let digits = account.trim_start_matches('0');
    let Some(first) = digits.chars().next() else { return true };
    let is_run = digits.len() >= RUN_DIGITS_MIN
        && ["12345678901234567890", "98765432109876543210", "876543210"]
            .iter()
            .any(|run| run.starts_with(digits));
    is_run || digits.chars().all(|digit| digit == first)
}

/// A BIC has eight or eleven characters; other codes of letters only are words such as `none`.
fn is_bank_identifier(bank: &str) -> bool {
    matches!(bank.len(), 8 | 11)
}

fn has_only_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn alphanumeric(text: &str) -> String {
    let mut text = written_plainly(text);
    text.retain(|letter| letter.is_ascii_alphanumeric());
    text
}
