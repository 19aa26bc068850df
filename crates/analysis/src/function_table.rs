//! The functions of checks as whoever writes one reads of them: what each takes, what it gives, an example.
//!
//! Not for: what they do (`engine::functions`). Invariant: every function that is registered stands here, and
//! each example gives its answer; tests say so.

use std::fmt::Write as _;

/// A function of checks.
pub(crate) struct CheckFunction {
    pub(crate) name: &'static str,
    /// The arguments, each by what it is.
    pub(crate) arguments: &'static str,
    pub(crate) gives: &'static str,
    /// An example, as SQL.
    pub(crate) example: &'static str,
    /// The answer to it, as text.
    pub(crate) answer: &'static str,
    /// Set when checks of a unit's own may use it.
    pub(crate) is_for_all: bool,
}

const fn function(
    name: &'static str,
    arguments: &'static str,
    gives: &'static str,
    (example, answer): (&'static str, &'static str),
) -> CheckFunction {
    CheckFunction { name, arguments, gives, example, answer, is_for_all: true }
}

/// A function that checks of the program alone may use.
const fn built_in(mut of: CheckFunction) -> CheckFunction {
    of.is_for_all = false;
    of
}

/// Every function, by what it is about.
pub(crate) const CHECK_FUNCTIONS: [CheckFunction; 24] = [
    // Sentences.
    function(
        "money",
        "amount, currency",
        "the amount as people write it, in its currency",
        ("money(1234.5, 'GBP')", "GBP 1,234.50"),
    ),
    function(
        "party",
        "name, reference",
        "how findings name a supplier: the name and, in brackets, the reference",
        ("party('Alder Works', 'S1')", "Alder Works (S1)"),
    ),
    // Invoice numbers.
    function(
        "number_key",
        "invoice number",
        "a number that is equal for invoice numbers that differ only in punctuation, case and leading zeros",
        ("number_key('INV-0042') = number_key('inv 42')", "true"),
    ),
    function(
        "number_merged_key",
        "invoice number",
        "the same, and letters and digits that scanners confuse are equal too (`O` and `0`, `I` and `1`)",
        ("number_merged_key('IO983') = number_merged_key('10983')", "true"),
    ),
    function(
        "number_stem_key",
        "invoice number",
        "the same as `number_key` without what was appended to the number, such as `A` or `-1`",
        ("number_stem_key('4711A') = number_stem_key('4711')", "true"),
    ),
    // Texts.
    function("digits", "text", "its digits alone", ("digits('+44 20 7946')", "44207946")),
    function(
        "letters_and_digits",
        "text",
        "its letters and digits alone, in capitals",
        ("letters_and_digits('12, High St.')", "12HIGHST"),
    ),
    function(
        "is_po_box",
        "first line of an address",
        "whether it is a post office box",
        ("is_po_box('P.O. Box 12')", "true"),
    ),
    // Companies and countries.
    function(
        "company_key",
        "name of a company",
        "a text that is equal for spellings of one name: without the legal form, punctuation and case",
        ("company_key('Alder Works Ltd.') = company_key('ALDER WORKS LIMITED')", "true"),
    ),
    function(
        "country_code",
        "country, by its name or a code",
        "its code of two letters; null where it is not known",
        ("country_code('Germany')", "DE"),
    ),
    // VAT.
    function(
        "vat_fault",
        "VAT number, country code",
        "what is wrong with the number; null where nothing is, or the country's rules are not known",
        (
            "vat_fault('GB123456789', 'GB')",
            "The check digits of this VAT number of the United Kingdom do not fit: a character is wrong or \
             two are swapped. Compare it with an invoice, or ask the register.",
        ),
    ),
    function(
        "vat_key",
        "VAT number, country code",
        "the registration that the number is of; null where the number is not valid",
        ("vat_key('GB 980 7806 84', 'GB')", "GB980780684"),
    ),
    function(
        "vat_percent",
        "VAT rate as text",
        "the rate in percent; null for a code such as `S1`",
        ("vat_percent('17,5 %')", "17.5"),
    ),
    function(
        "vat_rate_fault",
        "VAT rate as text, country code, another country code",
        "why neither country has the rate; null where one has it, or one is not known",
        (
            "vat_rate_fault('25', 'GB', 'IE')",
            "GB has 20, 17.5, 15, 12.5, 5 and IE has 23, 21.5, 21, 13.5, 9, 4.8",
        ),
    ),
    function(
        "vat_rate_highest",
        "country code",
        "the highest VAT rate of the country in percent",
        ("vat_rate_highest('GB')", "20.0"),
    ),
    // Days and terms.
    function(
        "is_day_off",
        "day as text, calendar in one line",
        "whether nobody works on the day: see [a calendar in a check](../write-a-check.md#what-may-be-written)",
        ("is_day_off('2026-12-26', 'saturday,sunday;england;;')", "true"),
    ),
    function(
        "is_english_holiday",
        "day as text",
        "whether it is a bank holiday in England",
        ("is_english_holiday('2026-12-25')", "true"),
    ),
    function(
        "discount_share",
        "terms of payment",
        "the discount for early payment, as a share of 1",
        ("discount_share('2/10 net 30')", "0.02"),
    ),
    function(
        "discount_days",
        "terms of payment",
        "the days within which that discount may be taken",
        ("discount_days('2/10 net 30')", "10.0"),
    ),
    // Accounts, which own checks see hidden; workflow and pictures.
    built_in(function(
        "account_key",
        "IBAN, sort code, account number",
        "one text for an account, in whichever way it is given",
        (
            "account_key('GB29NWBK60161331926819', NULL, NULL) = account_key(NULL, '60-16-13', '31926819')",
            "true",
        ),
    )),
    built_in(function(
        "iban_country",
        "IBAN",
        "its country code; null where the IBAN is not valid",
        ("iban_country('GB33BUKB20201555555555')", "GB"),
    )),
    built_in(function(
        "iban_fault",
        "IBAN",
        "what is wrong with it; null where nothing is",
        (
            "iban_fault('GB34BUKB20201555555555')",
            "The check digits of this IBAN do not fit: a character is wrong or two are swapped. Ask the \
             supplier for the number again, by a way you already trust.",
        ),
    )),
    built_in(function(
        "workflow_state",
        "status, Unique ID it was posted as",
        "where an unposted invoice stands: `open`, `rejected`, `removed` or `posted`",
        ("workflow_state('Rejected', NULL)", "rejected"),
    )),
    built_in(function(
        "first_two_digits",
        "whole number",
        "its first two digits, as a number",
        ("first_two_digits(4310)", "43"),
    )),
];

const HEAD: &str = "# The functions of checks

What SQL cannot say well: the functions of this program that the statements of checks use beside those of the query \
engine.
This page is made by `cargo xtask reference` from the list in `crates/analysis/src/function_table.rs`; change that, \
not the page.
[Write a check](../write-a-check.md) says how they are used, and which functions of the engine a check of your own \
may use.

Null gives null, where nothing else is said.

| function | takes | gives | an example | its answer | in checks of your own |
|---|---|---|---|---|---|
";

/// The page of the documentation that lists them.
pub fn functions_page() -> String {
    let mut page = HEAD.to_owned();
    for function in &CHECK_FUNCTIONS {
        let CheckFunction { name, arguments, gives, example, answer, is_for_all } = function;
        let for_all = if *is_for_all { "yes" } else { "no" };
        writeln!(
            page,
            "| `{name}` | {arguments} | {gives} | `{example}` | `{answer}` | {for_all} |"
        )
        .expect("a text takes all that is written to it");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/functions.md");
        let kept = std::fs::read_to_string(path).expect("the page is in the repository");
        assert!(
            kept == functions_page(),
            "docs/reference/functions.md is not current: run `cargo xtask reference`"
        );
    }
}
