//! Every component of the pages on one page, to look at and to copy from.
//!
//! Invariant: it shows made-up values only, so anybody may see it.

use askama::Template;

use super::access::Visitor;
use super::chart::{BarParts, Chart, ChartParts};
use super::document::Document;
use super::filters;
use super::respond::{PageResult, html};

#[derive(Template)]
#[template(path = "design.html")]
struct DesignPage {
    doc: Document,
    chart: Chart,
}

pub(crate) async fn get_design(visitor: Visitor) -> PageResult {
    html(&DesignPage { doc: visitor.document("Design"), chart: chart() })
}

fn chart() -> Chart {
    let shares = [31.0, 17.0, 12.0, 9.0, 8.0, 7.0, 6.0, 5.0, 5.0];
    let bar = |(digit, share): (usize, f64)| BarParts {
        label: (digit + 1).to_string(),
        value: share,
        words: format!("{share}%"),
        is_marked: digit == 0,
    };
    let parts = ChartParts {
        bars_name: "Found",
        marked_name: Some("Marked"),
        bars: shares.into_iter().enumerate().map(bar).collect(),
        line: Some(("Expected", vec![30.1, 17.6, 12.5, 9.7, 7.9, 6.7, 5.8, 5.1, 4.6])),
        unit: "%".to_owned(),
    };
    Chart::new(&parts).expect("it has bars")
}
