//! What a problem may show of a value.
//!
//! Not for: what a problem is (`domain::problem`). Invariant: a personal value leaves this crate only
//! with its letters and digits replaced, so that its shape can be seen and nothing else.

use crate::fields::Field;

/// Enough to recognise a value by; a longer one is cut, and the cut shown.
const VALUE_SHOWN_CHARS: usize = 80;

/// A value as a problem may show it.
pub fn shown(value: &str, field: Option<Field>) -> String {
    let mut shown: String = value.chars().take(VALUE_SHOWN_CHARS).collect();
    if field.is_some_and(Field::is_personal) {
        shown = masked(&shown);
    }
    if value.chars().nth(VALUE_SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// The shape of a personal text: one character for one, letters and digits replaced.
pub fn masked(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0'..='9' => '0',
            _ if c.is_alphanumeric() => 'x',
            _ => c,
        })
        .collect()
}
