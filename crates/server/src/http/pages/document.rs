//! The head of every page, and links with words.
//!
//! Not for: what stands round a page (`layout`).

use super::appearance::Appearance;

/// The head of a document.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) theme: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) csrf: String,
}

/// A link with words.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) is_current: bool,
}

impl Document {
    /// For a page that nobody need be signed in for.
    pub(crate) fn bare(title: &str, appearance: Appearance) -> Self {
        let keys = if appearance.are_keys_off { "off" } else { "on" };
        Self {
            title: title.to_owned(),
            theme: appearance.theme.as_str(),
            keys,
            csrf: String::new(),
        }
    }
}

impl Link {
    pub(crate) fn new(label: &str, href: String) -> Self {
        Self { label: label.to_owned(), href, is_current: false }
    }
}
