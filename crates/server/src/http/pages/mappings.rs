//! How each unit's extracts are read: what was mapped, and what is as usual.
//!
//! Not for: changing it; that is done before the eyes of a file, from an upload.

use askama::Template;
use axum::extract::State;
use domain::{DateOrder, FileType, ReadingRules, TitledUnit};

use super::access::Admin;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/mappings";

#[derive(Template)]
#[template(path = "mappings.html")]
struct MappingsPage {
    page: Layout,
    customer: String,
    rows: Vec<Line>,
}

struct Line {
    unit: TitledUnit,
    file_type: FileType,
    is_usual: bool,
    /// Header and field, of a field that is built its headers; the field is empty where it is kept as text.
    columns: Vec<(String, String)>,
    /// What else is set, and to what.
    settings: Vec<(&'static str, String)>,
}

pub(crate) async fn list_mappings(
    State(app): State<App>,
    admin: Admin,
    flash: Option<Flash>,
) -> PageResult {
    let mut rows = Vec::new();
    for unit in admin.store.titled_units().await? {
        for file_type in FileType::ALL {
            let rules = admin.store.reading_rules(&unit.name, file_type).await?;
            rows.push(line(unit.clone(), file_type, rules));
        }
    }
    let page = Layout::for_member(&app, &admin, Section::Settings(PATH), "Mappings").await?;
    html(&MappingsPage { page: page.with_flash(flash), customer: admin.customer.to_string(), rows })
}

fn line(unit: TitledUnit, file_type: FileType, rules: ReadingRules) -> Line {
    Line {
        unit,
        file_type,
        is_usual: rules == ReadingRules::default(),
        settings: settings(&rules),
        columns: rules
            .mapping
            .map(|mapping| {
                let built = mapping.fields.into_iter();
                let built = built.map(|(name, source)| (source.to_string(), name));
                built.chain(mapping.columns).collect()
            })
            .unwrap_or_default(),
    }
}

/// What is set beside the columns, in words.
fn settings(rules: &ReadingRules) -> Vec<(&'static str, String)> {
    let order = rules.date_order.map(|order| match order {
        DateOrder::DayFirst => "day first".to_owned(),
        DateOrder::MonthFirst => "month first".to_owned(),
        DateOrder::YearFirst => "year first".to_owned(),
    });
    let words = rules.empty_words.join(", ");
    let said = |is_set: bool, words: &str| is_set.then(|| words.to_owned());
    let refused = rules.failed_per_mille_max;
    [
        ("Dates", order),
        ("Amounts", rules.decimal_style.map(|style| format!("decimal {}", style.as_str()))),
        ("Invoices", rules.invoice_sign.map(|sign| sign.as_str().to_owned())),
        ("Encoding", rules.encoding.clone()),
        ("Sheet", rules.sheet.clone()),
        ("Words for nothing", Some(words).filter(|words| !words.is_empty())),
        ("Totals", said(rules.keeps_totals, "no record is taken for one")),
        ("Required fields", said(rules.is_strict, "never derived")),
        (
            "Refused above",
            refused.map(|most| format!("{} failed rows in 1,000", format::count(most))),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}
