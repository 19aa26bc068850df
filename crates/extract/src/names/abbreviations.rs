//! Words that headers abbreviate, whatever the system.
//!
//! Not for: names that a system writes in its own way; those stand in its table.

/// Words and what they stand for in headers.
const ABBREVIATIONS: [(&str, &str); 30] = [
    ("inv", "invoice"),
    ("amt", "amount"),
    ("dt", "date"),
    ("dte", "date"),
    ("nbr", "number"),
    ("nmbr", "number"),
    ("num", "number"),
    ("nr", "number"),
    ("supp", "supplier"),
    ("suppl", "supplier"),
    ("splr", "supplier"),
    ("vend", "vendor"),
    ("vndr", "vendor"),
    ("vdr", "vendor"),
    ("ven", "vendor"),
    ("cur", "currency"),
    ("curr", "currency"),
    ("ccy", "currency"),
    ("desc", "description"),
    ("descr", "description"),
    ("pmt", "payment"),
    ("pymt", "payment"),
    ("pmnt", "payment"),
    ("doc", "document"),
    ("trx", "transaction"),
    ("txn", "transaction"),
    ("trans", "transaction"),
    ("tran", "transaction"),
    ("acct", "account"),
    ("crtd", "created"),
];

/// The header with its abbreviated words spelt out: `Inv Dt`, `SUPP_NAME`; none where it has none.
pub(super) fn spelt_out(header: &str) -> Option<String> {
    let words = header.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let whole = |word: &str| {
        let known = ABBREVIATIONS.iter().find(|(short, _)| short.eq_ignore_ascii_case(word));
        known.map(|(_, whole)| *whole)
    };
    let spelt: Vec<&str> = words.clone().map(|word| whole(word).unwrap_or(word)).collect();
    words.clone().any(|word| whole(word).is_some()).then(|| spelt.join(" "))
}
