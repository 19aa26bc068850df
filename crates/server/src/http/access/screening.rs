//! Permission to ask about invoices before they are paid, and to say that holds arrived.

use axum::extract::FromRequestParts;
use domain::{CustomerName, RefusalCode, Role, TokenId, UnitName};
use http::request::Parts;
use store::{CustomerStore, Decider};

use super::{Holder, REFUSALS, TokenDecider};
use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};
use crate::http::permission::Access;

/// Somebody who may hold invoices against the ledgers of the unit in the path, and fetch its list of holds.
#[derive(Debug)]
pub struct Screener {
    pub customer: CustomerName,
    pub unit: UnitName,
    pub store: CustomerStore,
    /// The id by which the audit log knows them.
    pub token: TokenId,
}

/// Somebody who may say that the list of holds of the unit in the path has arrived where payments are made.
#[derive(Debug)]
pub struct Acknowledger {
    pub unit: UnitName,
    pub store: CustomerStore,
    decider: TokenDecider,
}

impl Acknowledger {
    pub(crate) fn decider(&self, app: &App) -> Decider<'_> {
        self.decider.at(app.clock.now())
    }
}

impl FromRequestParts<App> for Screener {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let holder = Holder::load(parts, app, Role::may_screen, "screening invoices").await?;
        let Holder { customer, unit, grant, store } = holder;
        Ok(Self { customer, unit, store, token: grant.token })
    }
}

impl FromRequestParts<App> for Acknowledger {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let may = Role::may_acknowledge;
        let Holder { unit, grant, store, .. } =
            Holder::load(parts, app, may, "acknowledging holds").await?;
        Ok(Self { unit, store, decider: TokenDecider::new(&grant) })
    }
}

impl Takes for Screener {
    const ACCESS: Access = Access::Screener;
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(REFUSALS);
    }
}

impl Takes for Acknowledger {
    const ACCESS: Access = Access::Acknowledger;
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(REFUSALS);
        operation.refuses(&[RefusalCode::StorageFull]);
    }
}
