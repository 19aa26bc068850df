//! Text with fields in braces, such as `{supplier}`: taken apart and filled in.
//!
//! Not for: which fields a text may name; each kind of template has its own.
//!
//! Invariant: pieces put behind each other are the text again, and nothing of a value is read as a field.

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    Text(&'t str),
    /// The name of a field, without its braces.
    Field(&'t str),
}

/// Text and fields in turn. Braces round anything but one word of small letters are text.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(open) = rest.find('{') {
        let behind = &rest[open + 1..];
        let is_field = |name: &&str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let name = behind.find('}').map(|close| &behind[..close]).filter(is_field);
        if let Some(name) = name {
            pieces.push(Piece::Text(&rest[..open]));
            pieces.push(Piece::Field(name));
            rest = &behind[name.len() + 1..];
        } else {
            pieces.push(Piece::Text(&rest[..=open]));
            rest = behind;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The text with each field as `value` writes it.
pub(crate) fn filled(text: &str, value: impl Fn(&str) -> String) -> String {
    let written = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Field(name) => value(name),
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_pieces_that_make_it_again(text in "[a-z{}\\n é]{0,40}") {
            prop_assert_eq!(filled(&text, |name| format!("{{{name}}}")), text);
        }
    }
}
