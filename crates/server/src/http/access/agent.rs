//! Permission of a program that asks by tools, for whatever its token's scope covers.

use axum::extract::FromRequestParts;
use domain::{AccessScope, Role, TokenId};
use http::request::Parts;
use store::CustomerStore;

use super::{TokenDecider, authenticate, note_use, too_weak};
use crate::App;
use crate::http::error::ApiError;
use crate::tokens::Grant;

/// A program that reads for a model and asks by its tools; it may decide where its role does.
#[derive(Debug)]
pub struct Agent {
    pub role: Role,
    pub scope: AccessScope,
    pub store: CustomerStore,
    pub(crate) decider: TokenDecider,
    /// The id by which the audit log knows it.
    pub token: TokenId,
}

impl FromRequestParts<App> for Agent {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let grant = authenticate(app, &parts.headers).await?;
        note_use(app, &grant, parts);
        if !grant.role.may_view() {
            return Err(too_weak(&grant, Role::may_view, "an agent"));
        }
        let decider = TokenDecider::new(&grant);
        let Grant { role, scope, token, .. } = grant;
        Ok(Self { role, store: app.store.customer(&scope.customer), scope, decider, token })
    }
}
