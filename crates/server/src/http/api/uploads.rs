//! A unit's uploads: the list, and one.

use axum::extract::{Path, Query};
use axum::response::Response;
use domain::page::PageSize;
use domain::{Receipt, RefusalCode, Role, Upload, UploadId};
use serde::Deserialize;

use crate::http::access::Uploader;
use crate::http::error::ApiError;
use crate::http::respond::json;

/// `?limit=50&after=upl_…`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    limit: Option<u32>,
    after: Option<UploadId>,
}

pub(crate) async fn list_uploads(
    uploader: Uploader,
    query: Result<Query<Paging>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(paging) = query.map_err(|_rejection| {
        ApiError::because(
            RefusalCode::RequestMalformed,
            "the query takes limit, a number, and after, the id of the last upload of the page before",
        )
    })?;
    let size = paging.limit.map(PageSize::try_from).transpose();
    let size = size.map_err(|why| ApiError::because(RefusalCode::RequestMalformed, why))?;
    let page =
        uploader.store.uploads(&uploader.unit, size.unwrap_or_default(), paging.after).await?;
    json(&page.map(receipt))
}

pub(crate) async fn get_upload(
    uploader: Uploader,
    Path((_, _, upload)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let upload = find(&uploader, &upload).await?;
    let because = uploader.store.why_unread(&uploader.unit, upload.id).await?;
    json(&receipt(upload).waiting(because))
}

/// What is sensitive in examples of rows is masked, as for a person of the role.
fn receipt(upload: Upload) -> Receipt {
    Receipt::of(upload.masked(Role::Uploader.visibility()))
}

/// Text that is no id is an upload that does not exist: no query is made for it.
pub(super) async fn find(uploader: &Uploader, id: &str) -> Result<Upload, ApiError> {
    let not_found = || ApiError::new(RefusalCode::UploadNotFound);
    let id: UploadId = id.parse().map_err(|_invalid| not_found())?;
    uploader.store.upload(&uploader.unit, id).await?.ok_or_else(not_found)
}
