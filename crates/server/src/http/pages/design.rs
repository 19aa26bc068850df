//! Every component of the pages on one page, to look at and to copy from.
//!
//! Invariant: it shows made-up values only, so anybody may see it.

use askama::Template;

use super::access::Visitor;
use super::document::Document;
use super::filters;
use super::respond::{PageResult, html};

#[derive(Template)]
#[template(path = "design.html")]
struct DesignPage {
    doc: Document,
}

pub(crate) async fn get_design(visitor: Visitor) -> PageResult {
    html(&DesignPage { doc: visitor.document("Design") })
}
