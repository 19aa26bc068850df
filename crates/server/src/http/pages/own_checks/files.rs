//! A check of a unit's own as the two files of its folder, to be kept elsewhere or added to another unit.

use axum::body::Body;
use axum::response::Response;
use domain::OwnCheckName;
use http::header::{self, HeaderValue};
use serde::Deserialize;
use store::KeptOwnCheck;

use super::super::access::Admin;
use super::super::error::PageError;
use super::super::field::{Text, valid};
use super::super::query::Query;
use super::super::respond::PageResult;
use super::newest;

/// Shown as a text and never run, whatever stands in it.
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The unit and the check whose files are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FileQuery {
    unit: Text,
    #[serde(deserialize_with = "valid")]
    name: Option<OwnCheckName>,
}

/// `check.toml`
pub(crate) async fn toml_file(admin: Admin, Query(query): Query<FileQuery>) -> PageResult {
    file("check.toml", newest_version(&admin, &query).await?.check.to_toml())
}

/// `check.sql`
pub(crate) async fn sql_file(admin: Admin, Query(query): Query<FileQuery>) -> PageResult {
    file("check.sql", newest_version(&admin, &query).await?.check.sql + "\n")
}

async fn newest_version(admin: &Admin, query: &FileQuery) -> Result<KeptOwnCheck, PageError> {
    let unit = admin.unit_named(&query.unit).await?;
    let name = query.name.as_ref().ok_or(PageError::NotFound)?;
    newest(admin, &unit, name).await?.ok_or(PageError::NotFound)
}

fn file(name: &'static str, text: String) -> PageResult {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, PLAIN);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let as_file = format!("attachment; filename=\"{name}\"");
    let as_file = HeaderValue::try_from(as_file).map_err(PageError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, as_file);
    Ok(response)
}
