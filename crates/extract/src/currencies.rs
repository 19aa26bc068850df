//! The currencies of ISO 4217 that invoices are written in, and how they are written: codes, symbols, names.
//!
//! Not for: amounts, rates, or the digits behind the point (`domain::currency`).
//!
//! Invariant: a code is three capital letters.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::MinorDigits;

mod names;
mod symbols;

/// Active codes, those of the last currencies the euro replaced, and the offshore renminbi that banks
/// write.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB \
    BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN \
    ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD \
    JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP \
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD \
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// A bit for each three letters: looked up twice a row.
type Codes = [u64; LETTERS.pow(3).div_ceil(64)];

const IS_CODE: Codes = codes(CODES);

const LETTERS: usize = 26;
const CODE_LETTERS: usize = 3;

const fn codes(list: &str) -> Codes {
    let mut bits = [0; LETTERS.pow(3).div_ceil(64)];
    let codes = list.as_bytes();
    let mut at = 0;
    while at < codes.len() {
        let index = index([codes[at], codes[at + 1], codes[at + 2]]);
        bits[index / 64] |= 1 << (index % 64);
        at += 4;
    }
    bits
}

pub(crate) fn is_code(text: &str) -> bool {
    let Ok(letters) = <[u8; 3]>::try_from(text.as_bytes()) else { return false };
    letters.iter().all(u8::is_ascii_uppercase) && {
        let index = index(letters);
        IS_CODE[index / 64] >> (index % 64) & 1 == 1
    }
}

/// Returns `true` when amounts in this currency are whole.
pub(crate) fn has_no_decimals(code: &str) -> bool {
    decimals(code) == 0
}

/// The index of three capital letters.
const fn index(letters: [u8; 3]) -> usize {
    let [a, b, c] = letters;
    ((a - b'A') as usize * LETTERS + (b - b'A') as usize) * LETTERS + (c - b'A') as usize
}

/// Digits behind the point of an amount in this currency.
pub(crate) fn decimals(code: &str) -> usize {
    MinorDigits::of(Some(code)).count().into()
}

/// A currency as it was written: by its code, its name, or a symbol that may stand for several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency {
    /// With a blank between; empty for the sign of any currency.
    codes: &'static str,
    /// Set when the first of several is not likelier than the others.
    is_shared: bool,
}

impl Currency {
    /// The code that is meant; none where several have the symbol alike.
    pub(crate) fn code(self) -> Option<&'static str> {
        if self.is_shared { None } else { self.codes.get(..CODE_LETTERS) }
    }

    /// The code, or the codes of a symbol that several have alike; empty for the sign of any currency.
    pub(crate) fn key(self) -> &'static str {
        self.code().unwrap_or(self.codes)
    }

    /// Returns `true` when it is the currency with this key, or its likeliest.
    pub(crate) fn is(self, key: &str) -> bool {
        let is_shared = key.len() > CODE_LETTERS;
        if is_shared { self.key() == key || key.starts_with(self.key()) } else { self.may_be(key) }
    }

    pub(crate) fn may_be(self, code: &str) -> bool {
        self.codes.is_empty() || self.codes.split(' ').any(|known| known == code)
    }

    /// A code in capitals.
    pub(crate) fn of_code(text: &str) -> Option<Self> {
        let codes = is_code(text).then(|| CODES.find(text))?;
        codes.map(|at| Self { codes: &CODES[at..at + 3], is_shared: false })
    }

    /// A code in capitals, a symbol or a name, as they stand with an amount.
    pub(crate) fn written(text: &str) -> Option<Self> {
        Self::of_code(text).or_else(|| Self::in_table(text)).or_else(|| Self::beside_symbol(text))
    }

    fn in_table(text: &str) -> Option<Self> {
        WRITTEN.get(&folded(text)).copied()
    }

    /// A code beside a symbol that it may have, as in `CLP$` and `€ EUR`, and a symbol with a blank
    /// inside, as in `US $`.
    fn beside_symbol(text: &str) -> Option<Self> {
        if let Some(letters) = text.strip_suffix('$').filter(|letters| letters.ends_with(' ')) {
            let found = Self::in_table(&format!("{}$", letters.trim_end()));
            if found.is_some() {
                return found;
            }
        }
        let front = text.split_at_checked(CODE_LETTERS);
        let behind = text.len().checked_sub(CODE_LETTERS).and_then(|at| text.split_at_checked(at));
        let parts = [front, behind.map(|(symbol, code)| (code, symbol))];
        parts.into_iter().flatten().find_map(|(code, symbol)| {
            let is_symbol = !symbol.contains(|c: char| c.is_alphanumeric());
            let known = Self::of_code(code).filter(|_| is_symbol)?;
            let symbol = Self::in_table(symbol.trim())?;
            symbol.may_be(known.codes).then_some(known)
        })
    }

    /// Like [`Self::written`], before the digits of an amount.
    pub(crate) fn written_before(text: &str) -> Option<Self> {
        let (rand, codes) = symbols::BEFORE_DIGITS;
        let rand = folded(text) == rand;
        Self::written(text).or_else(|| rand.then_some(Self { codes, is_shared: false }))
    }

    /// The currency of a cell in a column of currencies: codes in any case as well.
    pub(crate) fn of_column(text: &str) -> Option<Self> {
        Self::of_code(&text.to_ascii_uppercase()).or_else(|| Self::written_before(text))
    }
}

static WRITTEN: LazyLock<HashMap<String, Currency>> = LazyLock::new(|| {
    let any = ("\u{a4}", Currency { codes: "", is_shared: true });
    let of = |codes, is_shared| Currency { codes, is_shared };
    let one = symbols::OF_ONE.iter().map(|(symbol, codes)| (*symbol, of(codes, false)));
    let shared = symbols::SHARED.iter().map(|(symbol, codes)| (*symbol, of(codes, true)));
    let named = names::NAMES.iter().map(|(code, name)| (*name, of(code, false)));
    let all = one.chain(shared).chain(named).chain([any]);
    all.map(|(text, currency)| (text.to_owned(), currency)).collect()
});

/// Text as the tables have it: lower case, one blank between words, no point behind a letter, no `s` of
/// a plural behind a word.
fn folded(text: &str) -> String {
    const WORD_CHARS: usize = 4;
    let text = text.strip_suffix('.').filter(|front| front.ends_with(is_of_symbol)).unwrap_or(text);
    let folded = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.strip_suffix('s') {
        Some(one) if one.chars().count() >= WORD_CHARS => one.to_owned(),
        _ => folded,
    }
}

/// The point of `Rs.` and `S/.`, and not that of `£.50`.
fn is_of_symbol(c: char) -> bool {
    c.is_alphabetic() || c == '/'
}

#[cfg(test)]
mod tests;
