//! One spelling for dates: in ASCII digits, and without what databases, spreadsheets and programs write round
//! them.
//!
//! Not for: telling what a date is (`shapes`).

use std::borrow::Cow;

use domain::problem::Reason;

use super::Day;

/// The text in ASCII where that is the same: what is of full width, Arabic, Persian and Thai digits, the
/// signs for year, month and day, and names of eras.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ff01}'..='\u{ff5e}' => {
                let ascii = u32::from(c) - 0xff01 + 0x21;
                cleaned.push(char::from_u32(ascii).expect("the block mirrors ASCII"));
            }
            '٠'..='٩' => cleaned.push(digit(c, '٠')),
            '۰'..='۹' => cleaned.push(digit(c, '۰')),
            '๐'..='๙' => cleaned.push(digit(c, '๐')),
            // The signs for year and month, and dashes.
            '年' | '月' | '년' | '월' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' => {
                cleaned.push('-');
            }
            '\u{3000}' | '\u{a0}' | '\u{202f}' | '\u{2009}' => cleaned.push(' '),
            '元' => cleaned.push('1'),
            '日' | '일' | '\u{200e}' | '\u{200f}' => {}
            _ => cleaned.push(c),
        }
    }
    for (name, letter) in [
        ("令和", "R"),
        ("平成", "H"),
        ("昭和", "S"),
        ("大正", "T"),
        ("明治", "M"),
        ("民國", "民"),
        ("民国", "民"),
    ] {
        if cleaned.contains(name) {
            cleaned = cleaned.replace("中華", "").replace("中华", "").replacen(name, letter, 1);
        }
    }
    // Before noon and after, which say nothing of a day.
    for half in ["上午", "下午", "午前", "午後", "오전", "오후"] {
        if cleaned.contains(half) {
            cleaned = cleaned.replace(half, "");
        }
    }
    let trimmed = cleaned.trim();
    // A weekday in parentheses behind.
    let trimmed = trimmed.split_once('(').map_or(trimmed, |(date, _)| date).trim();
    Cow::Owned(trimmed.to_owned())
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).expect("one of ten digits")
}

/// The text without what databases, spreadsheets and programs write round a date: `{d '…'}`, `DATE '…'`,
/// `#…#`, `="…"`, quotes.
pub(super) fn unwrapped(text: &str) -> &str {
    let mut bare = text.trim().trim_start_matches('=');
    if let Some(inner) = bare.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        bare = inner.trim();
    }
    for word in ["timestamp", "datetime", "date", "ts", "d"] {
        let (start, rest) = bare.split_at_checked(word.len()).unwrap_or(("", bare));
        if start.eq_ignore_ascii_case(word) && rest.trim_start().starts_with(['\'', '"']) {
            bare = rest.trim();
            break;
        }
    }
    let inner = bare.strip_prefix('#').and_then(|rest| rest.strip_suffix('#'));
    // Access writes one on each side; more are a column that was too narrow.
    let bare = inner.filter(|inner| !inner.contains('#') && !inner.is_empty()).unwrap_or(bare);
    bare.trim_matches(['\'', '"']).trim()
}

/// Signs and zeros without a date, and what a spreadsheet left of one.
pub(super) fn without_a_day(bare: &str) -> Option<Result<Day, Reason>> {
    if bare.bytes().all(|byte| b"/-._: ".contains(&byte)) {
        return Some(Ok(Day::Nothing(Reason::EmptyWords)));
    }
    if bare.bytes().all(|byte| byte == b'#') {
        return Some(Err(Reason::RuinedDate));
    }
    let is_zero = bare.bytes().all(|byte| b"0/-.: TtZ".contains(&byte)) && bare.contains('0');
    let clock = bare.as_bytes();
    // Minutes, seconds and tenths: what a spreadsheet shows of a time stamp.
    if let [a, b, b':', c, d, b'.', e] = clock
        && [a, b, c, d, e].into_iter().all(u8::is_ascii_digit)
    {
        return Some(Err(Reason::RuinedDate));
    }
    // Nines throughout, and what PHP makes of zeros.
    let nines = bare.bytes().filter(|byte| *byte == b'9').count();
    let is_nines = matches!(nines, 6 | 8) && bare.bytes().all(|byte| b"9/-.".contains(&byte));
    if is_nines || bare.starts_with("-0001-11-30") {
        return Some(Ok(Day::Nothing(Reason::PlaceholderDate)));
    }
    is_zero.then_some(Ok(Day::Nothing(Reason::EmptyWords)))
}
