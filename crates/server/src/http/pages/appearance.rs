//! How the pages look and listen in one browser: the theme, and whether single keys decide.
//!
//! Invariant: it is a matter of taste kept in a cookie; nothing depends on it.

use http::HeaderMap;

use super::cookie::CookieName;

const LOOK: CookieName = CookieName("bursar-look");
/// A year: tastes change less often than sessions end.
const LASTS_SECONDS: i64 = 365 * 24 * 60 * 60;

/// Settings of one browser, as its cookie holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Appearance {
    pub(crate) theme: Theme,
    /// Speech input and unsteady hands press keys by chance (WCAG 2.1.4): then they do nothing.
    pub(crate) are_keys_off: bool,
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }
}

impl Appearance {
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let (theme, keys) =
            LOOK.value(headers).unwrap_or_default().split_once('.').unwrap_or_default();
        Self { theme: Theme::parse(theme), are_keys_off: keys == "off" }
    }

    pub(crate) fn set_cookie(self) -> String {
        let keys = if self.are_keys_off { "off" } else { "on" };
        let theme = self.theme.as_str();
        LOOK.set(&format!("{theme}.{keys}"), LASTS_SECONDS)
    }
}
