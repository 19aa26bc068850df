//! A list of a ledger's rows: searched, ordered by a click on a header, paged by the address.
//!
//! Not for: what stands in the cells; `page` says that.
//!
//! Invariant: the address holds all that was asked for, so a list can be sent to somebody else; what it
//! holds and nobody understands is said, and never guessed at.

use std::borrow::Cow;

use domain::FileType;
use domain::ledger_view::{RowsFilter, RowsOrder, RowsPage, RowsRequest};
use domain::page::{PAGE_SIZE_DEFAULT, PageSize};
use jiff::civil::Date;
use serde::Deserialize;

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::{field_labels, format};
use crate::limits::LISTED_ROWS_MAX;

/// The label for whether a party was in the last snapshot; no column of the ledger says it so.
const ACTIVE: Cow<'static, str> = Cow::Borrowed("State");

/// The fields of a list's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListAddress {
    text: Text,
    supplier: Text,
    from: Text,
    to: Text,
    active: Text,
    order: Text,
    desc: Text,
    #[serde(deserialize_with = "valid")]
    page: Option<u32>,
}

/// A request for a page of a list, understood.
#[derive(Debug)]
pub(crate) struct ListQuery {
    file_type: FileType,
    here: String,
    pub(crate) text: String,
    pub(crate) supplier: String,
    /// The days as they were typed.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) is_active_only: bool,
    order: RowsOrder,
    page: u32,
    /// A sentence on the part of the request that was not understood, and what to do.
    pub(crate) notice: Option<String>,
}

/// The head of a column.
pub(crate) struct Head {
    pub(crate) label: Cow<'static, str>,
    /// Orders by it; none where nothing can be ordered by.
    pub(crate) href: Option<String>,
    pub(crate) sort: Option<&'static str>,
    pub(crate) class: &'static str,
}

/// One value in a row.
pub(crate) struct ListCell {
    pub(crate) text: String,
    pub(crate) href: Option<String>,
    pub(crate) label: Cow<'static, str>,
    pub(crate) class: &'static str,
    /// A tag's tone, when it is one.
    pub(crate) tag: Option<&'static str>,
}

/// A page of a list, for the template.
pub(crate) struct LedgerList {
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Vec<ListCell>>,
    /// `41,220 invoices`, `51 to 100 of 41,220 invoices`
    pub(crate) counted: String,
    pub(crate) first: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// Nobody filters, and still there is nothing: the ledger is empty.
    pub(crate) is_ledger_empty: bool,
}

impl ListQuery {
    pub(crate) fn new(query: ListAddress, file_type: FileType, here: String) -> Self {
        let order = RowsOrder::by(file_type, &query.order, &*query.desc == "1");
        let mut wanted = Self {
            file_type,
            here,
            text: query.text.into(),
            supplier: query.supplier.into(),
            from: query.from.into(),
            to: query.to.into(),
            is_active_only: &*query.active == "1",
            order: order.unwrap_or_else(|| RowsOrder::usual(file_type)),
            page: query.page.filter(|page| *page > 0).unwrap_or(1),
            notice: None,
        };
        let pages_max = LISTED_ROWS_MAX / PAGE_SIZE_DEFAULT;
        let wrong = [&wanted.from, &wanted.to].into_iter().find(|text| is_no_day(text));
        if let Some(text) = wrong {
            wanted.notice = Some(format!(
                "“{text}” is not a day, so it was left out. Write days like 2026-11-23."
            ));
        } else if wanted.page > pages_max {
            wanted.page = pages_max;
            wanted.notice = Some(format!(
                "Lists end after {} rows. Search for something to see what lies behind them.",
                format::count(LISTED_ROWS_MAX)
            ));
        }
        wanted
    }

    /// Ordered by this column, the smallest first, unless the address says something that may be.
    #[must_use]
    pub(crate) fn ordered_only_by(self, columns: &[&str], usual: &'static str) -> Self {
        if columns.contains(&self.order.column()) {
            return self;
        }
        let order = RowsOrder::by(self.file_type, usual, false).unwrap_or(self.order);
        Self { order, ..self }
    }

    pub(crate) fn is_filtered(&self) -> bool {
        self.is_active_only
            || [&self.text, &self.supplier, &self.from, &self.to]
                .iter()
                .any(|text| !text.is_empty())
    }

    pub(crate) fn filter(&self) -> RowsFilter {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        RowsFilter {
            id: None,
            text: some(&self.text),
            supplier: some(&self.supplier),
            from: self.from.parse().ok(),
            to: self.to.parse().ok(),
            is_active_only: self.is_active_only,
        }
    }

    pub(crate) async fn rows(
        &self,
        app: &App,
        member: &Member,
        filter: RowsFilter,
    ) -> Result<RowsPage, PageError> {
        let request = RowsRequest {
            of: member.checked_unit(),
            file_type: self.file_type,
            filter,
            order: self.order.clone(),
            skip: self.skip(),
            size: PageSize::default(),
        };
        Ok(app.browser.rows(&request).await?)
    }

    fn skip(&self) -> u32 {
        (self.page - 1) * PAGE_SIZE_DEFAULT
    }

    /// The head of a column, which orders by `order` where it can: clicked again, the other way round.
    pub(crate) fn head(
        &self,
        column: &str,
        order: Option<&'static str>,
        class: &'static str,
    ) -> Head {
        let is_current = order == Some(self.order.column());
        // The first click on a day or an amount is about the newest or the largest.
        let is_descending = if is_current {
            !self.order.is_descending
        } else {
            column.ends_with("_date") || class == "num"
        };
        let sort = if self.order.is_descending { "descending" } else { "ascending" };
        let order = order.and_then(|order| RowsOrder::by(self.file_type, order, is_descending));
        Head {
            label: field_labels::label(column),
            class,
            href: order.map(|order| self.address(&order, 1)),
            sort: is_current.then_some(sort),
        }
    }

    pub(crate) fn list(
        &self,
        heads: Vec<Head>,
        rows: Vec<Vec<ListCell>>,
        total: u64,
        (one, more): (&str, &str),
    ) -> LedgerList {
        let (skip, shown) = (u64::from(self.skip()), rows.len() as u64);
        let all = format::counted(total, one, more);
        let is_last = skip + shown >= total || self.page >= LISTED_ROWS_MAX / PAGE_SIZE_DEFAULT;
        let page = |page: u32| self.address(&self.order, page);
        LedgerList {
            counted: if shown == total || shown == 0 {
                all
            } else {
                format!("{} to {} of {all}", format::count(skip + 1), format::count(skip + shown))
            },
            first: (self.page > 2).then(|| page(1)),
            previous: (self.page > 1).then(|| page(self.page - 1)),
            next: (!is_last).then(|| page(self.page + 1)),
            is_ledger_empty: total == 0 && !self.is_filtered(),
            heads,
            rows,
        }
    }

    /// Hidden in the search form, so that a search keeps the order.
    pub(crate) fn order_column(&self) -> &'static str {
        self.order.column()
    }

    pub(crate) const fn is_descending(&self) -> bool {
        self.order.is_descending
    }

    fn address(&self, order: &RowsOrder, page: u32) -> String {
        let page = page.to_string();
        let usual = RowsOrder::usual(self.file_type);
        let (column, way) = (order.column(), if order.is_descending { "1" } else { "" });
        let (column, way) = if *order == usual { ("", "") } else { (column, way) };
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("text", self.text.as_str()),
            ("supplier", &self.supplier),
            ("from", &self.from),
            ("to", &self.to),
            ("active", if self.is_active_only { "1" } else { "" }),
            ("order", column),
            ("desc", way),
            ("page", if page == "1" { "" } else { &page }),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { self.here.clone() } else { format!("{}?{query}", self.here) }
    }
}

impl ListCell {
    pub(crate) fn text(column: &str, text: String) -> Self {
        Self { text, href: None, label: field_labels::label(column), class: "", tag: None }
    }

    #[must_use]
    pub(crate) fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    #[must_use]
    pub(crate) fn link(self, href: String) -> Self {
        Self { href: Some(href), ..self }
    }

    /// A tag that says whether a party was in the last snapshot.
    pub(crate) fn active(is_active: Option<bool>) -> Self {
        let (text, tag) = match is_active {
            Some(true) => ("active", Some("done")),
            Some(false) => ("inactive", Some("plain")),
            None => ("", None),
        };
        Self { text: text.to_owned(), href: None, label: ACTIVE, class: "", tag }
    }

    /// A value of what is no column of the ledger.
    pub(crate) const fn beside(label: &'static str, text: String, class: &'static str) -> Self {
        Self { text, href: None, label: Cow::Borrowed(label), class, tag: None }
    }
}

impl Head {
    /// The head above [`ListCell::active`].
    pub(crate) const fn active() -> Self {
        Self { label: ACTIVE, href: None, sort: None, class: "" }
    }

    /// The head above [`ListCell::beside`].
    pub(crate) const fn beside(label: &'static str, class: &'static str) -> Self {
        Self { label: Cow::Borrowed(label), href: None, sort: None, class }
    }
}

fn is_no_day(text: &str) -> bool {
    !text.is_empty() && text.parse::<Date>().is_err()
}
