//! References such as `&amp;` and `&#8364;` to characters.
//!
//! Not for: the two thousand names of mathematics. Invariant: what means nothing stays as it stands.

use memchr::memchr;

/// Names of the characters from U+00A0 on, in their order (HTML 4.01, 24.2).
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr \
    deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest \
    Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml \
    ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig \
    agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml \
    eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// Others that stand in texts of accounts payable.
const OTHERS: [(&str, char); 26] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("euro", '€'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("minus", '−'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("hellip", '…'),
    ("bull", '•'),
    ("trade", '™'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
];

/// Appends `raw` with its references resolved.
pub(in super::super) fn push_decoded(raw: &str, text: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = &rest[1..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        let length = name.find(|c: char| !is_name(c)).unwrap_or(name.len());
        if let Some(character) = resolve(&name[..length]) {
            text.push(character);
            let behind = &name[length..];
            rest = behind.strip_prefix(';').unwrap_or(behind);
        } else {
            text.push('&');
            rest = name;
        }
    }
    text.push_str(rest);
}

fn resolve(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return numbered(number);
    }
    let other = OTHERS.iter().find(|(known, _)| *known == name).map(|(_, character)| *character);
    other.or_else(|| {
        let place = LATIN.split_ascii_whitespace().position(|known| known == name)?;
        char::from_u32(0xa0 + u32::try_from(place).ok()?)
    })
}

/// The character of a numbered entity; as in browsers, numbers of Windows-1252 mean its characters.
fn numbered(number: u32) -> Option<char> {
    match u8::try_from(number) {
        Ok(byte @ 0x80..=0x9f) => {
            let bytes = [byte];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            text.chars().next()
        }
        _ => char::from_u32(number).filter(|character| *character != '\0'),
    }
}
