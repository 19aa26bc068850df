//! The currency codes of ISO 4217 that invoices are written in.
//!
//! Not for: amounts or rates. Invariant: a code is three capital letters.

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
const IS_CODE: [u64; LETTERS.pow(3).div_ceil(64)] = {
    let mut bits = [0; LETTERS.pow(3).div_ceil(64)];
    let codes = CODES.as_bytes();
    let mut at = 0;
    while at < codes.len() {
        let index = index([codes[at], codes[at + 1], codes[at + 2]]);
        bits[index / 64] |= 1 << (index % 64);
        at += 4;
    }
    bits
};

const LETTERS: usize = 26;

pub(crate) fn is_code(text: &str) -> bool {
    let Ok(letters) = <[u8; 3]>::try_from(text.as_bytes()) else { return false };
    letters.iter().all(u8::is_ascii_uppercase) && {
        let index = index(letters);
        IS_CODE[index / 64] >> (index % 64) & 1 == 1
    }
}

/// Of three capital letters.
const fn index(letters: [u8; 3]) -> usize {
    let [a, b, c] = letters;
    ((a - b'A') as usize * LETTERS + (b - b'A') as usize) * LETTERS + (c - b'A') as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_nothing_else() {
        for code in ["GBP", "EUR", "USD", "AED", "ZWG"] {
            assert!(is_code(code), "{code}");
        }
        for other in ["", "gbp", "GBPX", "£", "AAA", "ZZZ", "€"] {
            assert!(!is_code(other), "{other}");
        }
        let counted: u32 = IS_CODE.iter().map(|bits| bits.count_ones()).sum();
        assert_eq!(counted as usize, CODES.split(' ').count());
    }
}
