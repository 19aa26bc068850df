//! A number as somebody keys it the second time.
//!
//! Invariant: none of a number that cannot have the slip.

use super::chance::Chance;

/// So many digits at least make a number that somebody knows again with more round it.
const DIGITS_MIN: usize = 3;

pub(crate) fn punctuated(number: &str, chance: &mut Chance) -> Option<String> {
    let kept: String = number.chars().filter(|c| c.is_alphanumeric()).collect();
    if kept != number && chance.percent(60) {
        return Some(kept);
    }
    let at = kept.len() / 2;
    (kept.is_ascii() && kept.len() >= 4)
        .then(|| format!("{}{}{}", &kept[..at], chance.pick(&["-", "/", " ", "."]), &kept[at..]))
}

pub(crate) fn zeros(number: &str, chance: &mut Chance) -> Option<String> {
    let at = number.find(|c: char| c.is_ascii_digit())?;
    let (head, digits) = number.split_at(at);
    if let Some(rest) =
        digits.strip_prefix('0').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Some(format!("{head}{rest}"));
    }
    Some(format!("{head}{}{digits}", chance.pick(&["0", "00", "000"])))
}

fn digit_places(number: &str) -> Vec<usize> {
    number.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()).map(|(at, _)| at).collect()
}

/// A slip of one digit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DigitSlip {
    Transposed,
    Substituted,
    Dropped,
    Added,
}

impl DigitSlip {
    pub(crate) const ALL: [Self; 4] =
        [Self::Transposed, Self::Substituted, Self::Dropped, Self::Added];
}

pub(crate) fn digit_slip(number: &str, slip: DigitSlip, chance: &mut Chance) -> Option<String> {
    let places = digit_places(number);
    if places.len() < 4 || !number.is_ascii() {
        return None;
    }
    let mut bytes = number.as_bytes().to_vec();
    match slip {
        DigitSlip::Transposed => {
            let swaps: Vec<usize> = places
                .windows(2)
                .filter(|pair| pair[1] == pair[0] + 1 && bytes[pair[0]] != bytes[pair[1]])
                .map(|pair| pair[0])
                .collect();
            let at = *chance.pick_some(&swaps)?;
            bytes.swap(at, at + 1);
        }
        DigitSlip::Substituted => {
            let at = *chance.pick(&places);
            bytes[at] = b'0' + (bytes[at] - b'0' + 1 + u8::try_from(chance.index(9)).ok()?) % 10;
        }
        DigitSlip::Dropped => {
            bytes.remove(*chance.pick(&places));
        }
        DigitSlip::Added => {
            let at = *chance.pick(&places);
            bytes.insert(at, b'0' + u8::try_from(chance.index(10)).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

pub(crate) fn misread(number: &str, chance: &mut Chance) -> Option<String> {
    const LOOK: [(char, char); 7] =
        [('0', 'O'), ('1', 'I'), ('5', 'S'), ('8', 'B'), ('2', 'Z'), ('6', 'G'), ('1', 'L')];
    let could: Vec<(usize, char)> = number
        .char_indices()
        .flat_map(|(at, c)| {
            LOOK.iter().filter_map(move |(digit, letter)| {
                if c == *digit {
                    Some((at, *letter))
                } else if c == *letter {
                    Some((at, *digit))
                } else {
                    None
                }
            })
        })
        .collect();
    let (at, with) = *chance.pick_some(&could)?;
    let mut written = number.to_owned();
    written.replace_range(at..=at, &with.to_string());
    Some(written)
}

pub(crate) fn date_number(day: i32, chance: &mut Chance) -> String {
    let date = super::header::date(day);
    let (year, month, day) = (date.year(), date.month(), date.day());
    match chance.index(3) {
        0 => format!("{day:02}{month:02}{year}"),
        1 => format!("{day:02}{month:02}{:02}", year % 100),
        _ => format!("{day:02}/{month:02}/{year}"),
    }
}

/// Letters in front, or those that are there left out; or the number of a branch in front.
pub(crate) fn prefixed(number: &str, chance: &mut Chance) -> Option<String> {
    let letters = number.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = number[letters..].trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    if letters > 1 && digit_places(rest).len() >= DIGITS_MIN {
        return Some(rest.to_owned());
    }
    let prefix = match chance.index(4) {
        0 => "INV".to_owned(),
        1 => "INV-".to_owned(),
        2 => "SI/".to_owned(),
        _ => format!("{:03}-", chance.between(1, 99)),
    };
    (digit_places(number).len() >= DIGITS_MIN).then(|| format!("{prefix}{number}"))
}

/// The name of a place behind.
pub(crate) fn located(number: &str, chance: &mut Chance) -> Option<String> {
    let tail = chance.pick(&[" LDS", "/NORTH", " SITE 2", "-HQ"]);
    (digit_places(number).len() >= DIGITS_MIN).then(|| format!("{number}{tail}"))
}

/// A second number behind.
pub(crate) fn with_long_tail(number: &str, chance: &mut Chance) -> Option<String> {
    let tail = match chance.index(2) {
        0 => format!("/{:04}", chance.between(1, 999)),
        _ => format!("-{}", chance.between(100, 9_999)),
    };
    (digit_places(number).len() >= DIGITS_MIN).then(|| format!("{number}{tail}"))
}

/// The number of an order.
pub(crate) fn order(chance: &mut Chance) -> String {
    format!("PO{}", chance.between(4_500_000, 4_599_999))
}

/// The number of an order behind or in front.
pub(crate) fn with_order(number: &str, chance: &mut Chance) -> Option<String> {
    let order = order(chance);
    let written = match chance.index(2) {
        0 => format!("{number} {order}"),
        _ => format!("{}/{number}", &order[2..]),
    };
    (digit_places(number).len() >= DIGITS_MIN).then_some(written)
}

/// The parts of a number, the last first.
pub(crate) fn rearranged(number: &str) -> Option<String> {
    let sign = number.chars().find(|c| ['/', '-', '.', ' '].contains(c))?;
    let mut parts: Vec<&str> = number.split(sign).collect();
    parts.reverse();
    let written = parts.join(&sign.to_string());
    (written != number && digit_places(number).len() >= DIGITS_MIN).then_some(written)
}
