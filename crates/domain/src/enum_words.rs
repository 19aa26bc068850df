//! The words of an enum, listed once: its values in their order, each with the text that it is kept and
//! sent as.
//!
//! Not for: what people read of a value (`title`), or its JSON, which serde derives; a test holds the two
//! together.
//!
//! Invariant: a value without a word does not compile, and whatever has a word is in `ALL` and is read again.

/// Gives an enum `ALL` and `as_str`, and `FromStr` where the fault of an unknown word follows: a unit
/// struct, or a type with the value to use of it.
macro_rules! enum_words {
    ($name:ident or $fault:ident; $($words:tt)+) => {
        enum_words! { $name or $fault = $fault; $($words)+ }
    };
    ($name:ident or $fault:ty = $unknown:expr; $($words:tt)+) => {
        enum_words! { $name; $($words)+ }

        impl std::str::FromStr for $name {
            type Err = $fault;

            fn from_str(text: &str) -> Result<Self, $fault> {
                Self::ALL.into_iter().find(|value| value.as_str() == text).ok_or($unknown)
            }
        }
    };
    ($name:ident; $($value:ident = $word:literal),+ $(,)?) => {
        impl $name {
            /// Every value, in the order in which lists show them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$value),+];

            /// The word of the value, wherever it is kept or sent.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }
        }
    };
}

pub(crate) use enum_words;

#[cfg(test)]
mod tests;
