//! How a name is compared, and what exporters put round one.
//!
//! Not for: what a name means. Invariant: two spellings of one name that differ in case, blanks,
//! punctuation or accents are compared as one.

use super::abbreviations::spelt_out;
use super::header_currency::{plain, stated};

/// A name as it is compared: letters and digits only, lower case, without accents.
pub(crate) fn normal(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            plain.push(letter.to_ascii_lowercase());
        } else if !letter.is_ascii() {
            push_plain(&mut plain, letter);
        }
    }
    // `PO #` is the number and `PO` may be the whole order; a `#` alone counts rows.
    if name.trim_end().ends_with('#') && !plain.is_empty() {
        plain.push_str("no");
    }
    plain
}

/// The forms by which a known name is found: as it is compared, and with two letters for one as
/// files without umlauts write it.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let mut spelt_out = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter.to_lowercase().next() {
            Some('ä') => spelt_out.push_str("ae"),
            Some('ö' | 'ø') => spelt_out.push_str("oe"),
            Some('ü') => spelt_out.push_str("ue"),
            Some('å') => spelt_out.push_str("aa"),
            _ => spelt_out.push(letter),
        }
    }
    let mut forms = vec![normal(name), normal(&spelt_out)];
    forms.dedup();
    forms
}

/// Letters with their plain form. Those that begin with the same are together.
const PLAIN: [(&str, &str); 36] = [
    ("àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "a"),
    ("æ", "ae"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęěẹẻẽếềểễệ", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıǐỉị", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõöøōŏőǒºơọỏốồổỗộớờởỡợ", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűųǔưụủứừửữự", "u"),
    ("ŵ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżž", "z"),
    ("ª", "a"),
    ("№", "no"),
    ("ё", "е"),
    ("й", "и"),
    ("ά", "α"),
    ("έ", "ε"),
    ("ή", "η"),
    ("ίϊΐ", "ι"),
    ("ό", "ο"),
    ("ύϋΰ", "υ"),
    ("ώ", "ω"),
    ("ς", "σ"),
    ("أإآٱ", "ا"),
];

/// The distance from a usual letter to its form in full width.
const FULL_WIDTH: u32 = 0xFEE0;

#[cold]
fn push_plain(plain: &mut String, letter: char) {
    let usual = u32::from(letter).checked_sub(FULL_WIDTH).and_then(char::from_u32);
    if let Some(usual) = usual.filter(char::is_ascii_graphic) {
        plain.extend(usual.is_ascii_alphanumeric().then(|| usual.to_ascii_lowercase()));
        return;
    }
    for lower in letter.to_lowercase() {
        let known = PLAIN.iter().find(|(letters, _)| letters.contains(lower));
        match known {
            Some((_, form)) => plain.push_str(form),
            None if lower.is_alphanumeric() => plain.push(lower),
            None => {}
        }
    }
}

/// The name without what exporters put round it, less and less of it, in the form in which names
/// are compared: `T0."DocNum"`, `[dbo].[Invoices].[Amount]`, `3. Amount (GBP)`, `Amount in EUR`,
/// `Amount.1`.
pub(super) fn plainer(header: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let mut rest = header.trim().to_owned();
    for strip in [
        without_breaks,
        without_number,
        without_sum,
        without_table,
        without_brackets,
        without_currency,
        without_repeat,
        spelt_out,
    ] {
        if let Some(plain) = strip(&rest) {
            forms.push(normal(&plain));
            rest = plain;
        }
    }
    forms.retain(|form| !form.is_empty());
    forms
}

/// The parts of a header in two languages, as `Rechnungsnummer / Invoice Number`; none where it has one part.
pub(super) fn parts(header: &str) -> Vec<&str> {
    const BETWEEN: [&str; 4] = [" / ", " | ", "\n", " - "];
    let between = BETWEEN.iter().find(|between| header.contains(**between));
    let parts = between.map(|between| header.split(between).map(str::trim));
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect()
}

/// `Invoice<br>Date` and `Invoice\nDate` with blanks, where a line break was written out.
fn without_breaks(header: &str) -> Option<String> {
    const BREAKS: [&str; 5] = ["\\r\\n", "\\n", "<br>", "<br/>", "<br />"];
    let plain = BREAKS.iter().fold(header.to_owned(), |text, sign| text.replace(sign, " "));
    (plain != header).then_some(plain)
}

/// `Sum of Amount` and `MAX(Amount)` without what a pivot table or a query did with it.
fn without_sum(header: &str) -> Option<String> {
    const BEGINNINGS: [&str; 8] = [
        "sum of ",
        "max of ",
        "min of ",
        "summe von ",
        "somme de ",
        "suma de ",
        "soma de ",
        "somma di ",
    ];
    const CALLS: [&str; 4] = ["sum(", "max(", "min(", "any_value("];
    let lower = header.to_ascii_lowercase();
    let behind = |start: &&str| {
        let start: &str = start;
        header.get(start.len()..).filter(|_| lower.starts_with(start))
    };
    let of_pivot = BEGINNINGS.iter().find_map(behind);
    let of_query = || CALLS.iter().find_map(|start| behind(start)?.strip_suffix(')'));
    of_pivot.or_else(of_query).map(|name| name.trim().to_owned())
}

/// `3. Amount`, `3) Amount`, `(3) Amount`, `3 Amount` without the number in front.
fn without_number(header: &str) -> Option<String> {
    let digits = header.trim_start_matches('(');
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let count = digits.len() - rest.len();
    let rest = rest.strip_prefix(['.', ')', ' '])?;
    let is_number = (1..=2).contains(&count) && rest.starts_with(|c: char| !c.is_ascii_digit());
    is_number.then(|| rest.trim().to_owned())
}

/// The column of `table.column`. A name with a full stop inside is none: the parts are quoted, or
/// the first is short or as no person writes it.
fn without_table(header: &str) -> Option<String> {
    const QUOTES: [char; 4] = ['"', '[', ']', '`'];
    // `Invoices[Invoice Number]`, as Power BI writes it.
    if let Some((table, column)) = header.strip_suffix(']').and_then(|name| name.split_once('['))
        && !table.is_empty()
        && !table.ends_with(' ')
        && !is_beside_the_name(column)
    {
        return Some(column.to_owned());
    }
    let parts: Vec<&str> = header.split('.').collect();
    let (column, tables) = parts.split_last()?;
    let is_quoted = header.starts_with(QUOTES) || column.starts_with(QUOTES);
    let is_name = |part: &&str| {
        let part = part.trim_matches(QUOTES);
        !part.is_empty()
            && (is_quoted
                || part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$'))
    };
    let is_technical = |part: &&str| {
        let is_alias = part.len() <= 3 && part.starts_with(|c: char| c.is_ascii_alphabetic());
        let has_mark = part.bytes().any(|b| b == b'_' || b.is_ascii_digit());
        is_alias || has_mark || part.bytes().all(|b| b.is_ascii_uppercase())
    };
    let is_path = !tables.is_empty()
        && parts.iter().all(is_name)
        && (is_quoted || tables.iter().all(is_technical))
        && !column.bytes().all(|b| b.is_ascii_digit());
    is_path.then(|| column.trim_matches(QUOTES).to_owned())
}

/// The header without brackets that hold a unit, a format or whether it must be filled. Brackets with
/// anything else belong to the name, as in `Amount (LCY)`.
fn without_brackets(header: &str) -> Option<String> {
    const PAIRS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];
    let (start, close) =
        PAIRS.iter().find_map(|(open, close)| Some((header.find(*open)?, *close)))?;
    let length = header[start..].find(close)?;
    let inside = &header[start + 1..start + length];
    let outside = [&header[..start], &header[start + length + 1..]].concat();
    is_beside_the_name(inside).then(|| outside.trim().to_owned())
}

/// Returns `true` when a text in brackets says how a column is written and not what it is.
fn is_beside_the_name(text: &str) -> bool {
    const WORDS: [&str; 19] = [
        "",
        "mandatory",
        "required",
        "optional",
        "pflicht",
        "pflichtfeld",
        "obligatoire",
        "text",
        "string",
        "number",
        "numeric",
        "decimal",
        "date",
        "datum",
        "datetime",
        "header",
        "unique",
        "key",
        "iso",
    ];
    let text = text.trim();
    let plain = normal(text);
    let is_format = plain.len() >= 6
        && plain.contains('y')
        && plain.contains('d')
        && plain.bytes().all(|b| b"dmyhst".contains(&b));
    stated(text).is_some() || is_format || WORDS.contains(&plain.as_str())
}

/// `Amount GBP`, `Amount in GBP` and `GBP Amount` without the currency.
fn without_currency(header: &str) -> Option<String> {
    let words: Vec<&str> = header.split([' ', '_', '-']).filter(|word| !word.is_empty()).collect();
    let rest = match words.as_slice() {
        [rest @ .., "in" | "In" | "IN", last] if stated(last).is_some() => rest,
        [rest @ .., last] if plain(last).is_some() => rest,
        [first, rest @ ..] if plain(first).is_some() => rest,
        _ => return None,
    };
    (!rest.is_empty()).then(|| rest.join(" "))
}

/// `Amount.1` and `Amount_1`, as exporters number a name that stands twice.
fn without_repeat(header: &str) -> Option<String> {
    let rest = header.strip_suffix(|c: char| c.is_ascii_digit())?;
    let name = rest.strip_suffix(['.', '_'])?;
    name.ends_with(|c: char| c.is_alphanumeric()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_blanks_punctuation_and_accents() {
        for (name, form) in [
            ("Invoice_Date", "invoicedate"),
            ("invoiceDate*", "invoicedate"),
            (" Invoice\nDate: ", "invoicedate"),
            ("Fälligkeit", "falligkeit"),
            ("Fa\u{308}lligkeit", "falligkeit"),
            ("Straße", "strasse"),
            ("Nº de facture", "nodefacture"),
            ("№ счёта", "noсчета"),
            ("Ｉｎｖｏｉｃｅ　Ｎｏ．", "invoiceno"),
            ("発票番号", "発票番号"),
            ("Łódź", "lodz"),
            ("İhale", "ihale"),
            ("Invoice #", "invoiceno"),
            ("#", ""),
            ("--", ""),
        ] {
            assert_eq!(normal(name), form, "{name}");
        }
        assert_eq!(spellings("Fälligkeit"), ["falligkeit", "faelligkeit"]);
        assert_eq!(spellings("Förfallodatum"), ["forfallodatum", "foerfallodatum"]);
        assert_eq!(spellings("Datum"), ["datum"]);
    }

    #[test]
    fn a_header_in_two_languages_has_parts() {
        assert_eq!(parts("Betrag / Amount"), ["Betrag", "Amount"]);
        assert_eq!(parts("Betrag\nAmount"), ["Betrag", "Amount"]);
        assert!(parts("Debit/Credit").is_empty());
    }

    #[test]
    fn what_exporters_put_round_a_name_is_taken_away() {
        for (header, forms) in [
            ("Amount (GBP)", &["amount"][..]),
            ("Betrag [EUR]", &["betrag"]),
            ("Invoice Date (DD/MM/YYYY)", &["invoicedate"]),
            ("Supplier Name (Mandatory)", &["suppliername"]),
            ("Amount GBP", &["amount"]),
            ("Amount in EUR", &["amount"]),
            ("USD_Amount", &["amount"]),
            ("Amount in Euro", &["amount"]),
            ("Amount (US$)", &["amount"]),
            ("Amount R$", &["amount"]),
            ("T0.\"DocNum\"", &["docnum"]),
            ("T0.DocNum", &["docnum"]),
            ("VENDTRANS.INVOICE", &["invoice"]),
            ("[dbo].[PLPosted Tran].[Document Value]", &["documentvalue"]),
            ("`ap`.`invoice_no`", &["invoiceno"]),
            ("ap_invoices_all.invoice_num", &["invoicenum", "invoicenumber"]),
            ("3. Amount (GBP)", &["amountgbp", "amount"]),
            ("(3) Amount", &["amount"]),
            ("Amount.1", &["amount"]),
            ("Amount_1", &["amount"]),
            ("3 Amount", &["amount"]),
            ("Invoices[Invoice Number]", &["invoicenumber"]),
            ("'AP Invoices'[Amount]", &["amount"]),
            ("Sum of Amount", &["amount"]),
            ("MAX(Invoice Date)", &["invoicedate"]),
            ("Invoice<br>Date", &["invoicedate"]),
            ("Invoice\\nDate", &["invoicedate"]),
            ("Inv Dt", &["invoicedate"]),
            ("Doc. Date", &["documentdate"]),
            ("SUPP_NAME", &["suppliername"]),
            // What belongs to the name stays.
            ("Amount (LCY)", &[]),
            ("Amount (Net)", &[]),
            ("Document No.", &[]),
            ("Delivery.Date", &[]),
            ("1099 Number", &[]),
            ("Address 2", &[]),
            ("GBP", &[]),
            (". . .", &[]),
            ("", &[]),
        ] {
            assert_eq!(plainer(header), forms, "{header}");
        }
    }
}
