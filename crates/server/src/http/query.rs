//! Queries as values: parsed by the types that the document shows.

use axum::extract::{FromRequestParts, Query};
use domain::RefusalCode;
use http::request::Parts;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};

/// A query that was parsed.
#[derive(Debug)]
pub(crate) struct QueryParams<T>(pub(crate) T);

impl<T: DeserializeOwned> QueryParams<T> {
    pub(super) fn parse(parts: &Parts) -> Result<Self, ApiError> {
        let query = Query::try_from_uri(&parts.uri).map_err(|rejection| {
            // Of the client's own text, by the names and limits that the document has too.
            let why = std::error::Error::source(&rejection)
                .map_or_else(|| rejection.to_string(), ToString::to_string);
            ApiError::because(
                RefusalCode::RequestMalformed,
                format_args!("the query is not one that is understood here: {why}"),
            )
        })?;
        Ok(Self(query.0))
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for QueryParams<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, ApiError> {
        Self::parse(parts)
    }
}

impl<T: JsonSchema> Takes for QueryParams<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.takes_query::<T>(&[]);
    }
}
