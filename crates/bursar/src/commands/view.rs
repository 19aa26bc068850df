//! Parts that answers about several resources share, as far as this program shows them.
//!
//! Invariants: whatever a server leaves out is empty here, as servers of before and of later differ; every
//! member is one of the answers that `api` describes, which the views of each resource test.

use serde::Deserialize;

/// All of a list.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct ItemsView<T> {
    #[serde(default)]
    pub(super) items: Vec<T>,
}

/// A page of a list, and the place after which the next one begins.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(bound(deserialize = "T: Deserialize<'de>, P: Deserialize<'de>"))]
pub(super) struct PageView<T, P> {
    #[serde(default)]
    pub(super) items: Vec<T>,
    #[serde(default)]
    pub(super) next: Option<P>,
}

/// An amount of money.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct MoneyView {
    pub(super) amount: String,
    pub(super) currency: Option<String>,
}

impl<T> Default for ItemsView<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T, P> Default for PageView<T, P> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}
