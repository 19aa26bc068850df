//! Pages that were asked for lately: many people look at the same first page of the same version.
//!
//! Invariant: a page is of the version it is asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ledger_view::{RowsPage, RowsRequest};

/// Some 50 KB each.
const PAGES_MAX: usize = 256;

/// The pages asked for last, over all units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pages(Arc<Mutex<VecDeque<(RowsRequest, RowsPage)>>>);

impl Pages {
    pub(super) fn of(&self, request: &RowsRequest, version: u64) -> Option<RowsPage> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at =
            pages.iter().position(|(asked, page)| asked == request && page.version == version)?;
        let found = pages.remove(at)?;
        let page = found.1.clone();
        pages.push_back(found);
        Some(page)
    }

    pub(super) fn keep(&self, request: &RowsRequest, page: &RowsPage) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|(asked, _)| asked != request);
        pages.push_back((request.clone(), page.clone()));
        if pages.len() > PAGES_MAX {
            pages.pop_front();
        }
    }
}
