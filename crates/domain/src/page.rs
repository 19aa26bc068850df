//! Paging of long lists, newest first.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The entries of a page when nobody asks for a number.
pub const PAGE_SIZE_DEFAULT: u32 = 50;
/// Keeps one answer under about half a megabyte.
pub const PAGE_SIZE_MAX: u32 = 500;

/// The entries a page may hold: 1 to [`PAGE_SIZE_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct PageSize(u32);

/// A number that is not a page size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a page holds 1 to {PAGE_SIZE_MAX} entries")]
pub struct InvalidPageSize;

impl PageSize {
    /// A size that the program itself names, in a constant: one that no page may have does not compile.
    pub const fn fixed(size: u32) -> Self {
        assert!(1 <= size && size <= PAGE_SIZE_MAX, "no page holds so many entries");
        Self(size)
    }

    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(PAGE_SIZE_DEFAULT)
    }
}

impl TryFrom<u32> for PageSize {
    type Error = InvalidPageSize;
    fn try_from(size: u32) -> Result<Self, InvalidPageSize> {
        if (1..=PAGE_SIZE_MAX).contains(&size) { Ok(Self(size)) } else { Err(InvalidPageSize) }
    }
}

impl JsonSchema for PageSize {
    fn schema_name() -> Cow<'static, str> {
        "PageSize".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 1,
            "maximum": PAGE_SIZE_MAX,
            "default": PAGE_SIZE_DEFAULT,
        })
    }
}

/// Some entries, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T, Cursor> {
    pub items: Vec<T>,
    /// Pass it as `after` to get the entries that follow; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T, Cursor> Page<T, Cursor> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U, Cursor> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}
