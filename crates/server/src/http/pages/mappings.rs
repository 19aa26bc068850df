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
    date_order: &'static str,
    refused_above: String,
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
        date_order: match rules.date_order {
            None => "as the file shows",
            Some(DateOrder::DayFirst) => "day first",
            Some(DateOrder::MonthFirst) => "month first",
            Some(DateOrder::YearFirst) => "year first",
        },
        refused_above: rules.failed_per_mille_max.map_or_else(
            || "the usual share of failed rows".to_owned(),
            |most| format!("{} failed rows in 1,000", format::count(most)),
        ),
        columns: rules
            .mapping
            .map(|mapping| {
                let built = mapping.fields.into_iter();
                let built = built.map(|(name, source)| (source.headers().join(", "), name));
                built.chain(mapping.columns).collect()
            })
            .unwrap_or_default(),
    }
}
