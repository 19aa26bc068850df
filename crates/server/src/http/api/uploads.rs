//! A unit's uploads: the list, and one.

use api::{PageQuery, Receipt};
use axum::extract::Path;
use domain::page::Page;
use domain::{RefusalCode, Role, Upload, UploadId};

use crate::http::access::Uploader;
use crate::http::error::ApiError;
use crate::http::query::QueryParams;
use crate::http::respond::Json;
use crate::site::Site;

pub(crate) async fn list_uploads(
    uploader: Uploader,
    QueryParams(query): QueryParams<PageQuery<UploadId>>,
) -> Result<Json<Page<Receipt, UploadId>>, ApiError> {
    let page = uploader.store.uploads(&uploader.unit, query.size(), query.after).await?;
    Ok(Json(page.map(receipt)))
}

pub(crate) async fn get_upload(
    uploader: Uploader,
    Path((_, _, upload)): Path<(String, String, String)>,
) -> Result<Json<Receipt>, ApiError> {
    let upload = find(&uploader, &upload).await?;
    let because = uploader.store.why_unread(&uploader.unit, upload.id).await?;
    Ok(Json(receipt(upload).waiting(because)))
}

/// The receipt of an upload, with examples of sensitive values masked as for a person of the role.
fn receipt(upload: Upload) -> Receipt {
    let receipt = Receipt::from(upload.masked(Role::Uploader.visibility()));
    receipt.below(Site::of_request().prefix())
}

/// Text that is no id is an upload that does not exist: no query is made for it.
pub(super) async fn find(uploader: &Uploader, id: &str) -> Result<Upload, ApiError> {
    let not_found = || ApiError::new(RefusalCode::UploadNotFound);
    let id: UploadId = id.parse().map_err(|_invalid| not_found())?;
    uploader.store.upload(&uploader.unit, id).await?.ok_or_else(not_found)
}
