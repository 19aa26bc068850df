//! Permission as a value: who asks, and for whose data.
//!
//! Invariant: an [`Uploader`], a [`Viewer`], an [`Analyst`] and an [`Admin`] hold the only way to their
//! customer's data, and are made only from a token that was checked, whose scope covers the customer and
//! the unit in the path, and whose role is theirs.

mod agent;
mod screening;

use axum::extract::FromRequestParts;
use domain::{
    AccessScope, CustomerName, FileType, RefusalCode, Role, TokenId, UnitName, Visibility,
};
use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use jiff::Timestamp;
use store::{CustomerStore, Decider};

pub use self::agent::Agent;
pub use self::screening::{Acknowledger, Screener};
use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};
use crate::http::path::tenant_segments;
use crate::http::permission::Access;
use crate::http::request::PeerAddress;
use crate::keys;
use crate::limits::TOKEN_USED_EVERY;
use crate::tokens::{Checker, Grant, Refusal};

const REALM: &str = "Bearer realm=\"bursar\"";

/// Somebody with an access token for the unit in the path, who may send files.
#[derive(Debug)]
pub struct Uploader {
    pub customer: CustomerName,
    pub unit: UnitName,
    pub scope: AccessScope,
    pub token: TokenId,
    pub store: CustomerStore,
}

/// Somebody who may read the findings and runs of the unit in the path.
#[derive(Debug)]
pub struct Viewer {
    /// The visibility of personal values for them.
    pub visibility: Visibility,
    pub unit: UnitName,
    pub store: CustomerStore,
    /// The id by which the audit log knows them.
    pub token: TokenId,
}

/// Somebody who may also decide about them.
#[derive(Debug)]
pub struct Analyst {
    pub unit: UnitName,
    pub store: CustomerStore,
    decider: TokenDecider,
}

/// Somebody who may also set how the files of the unit in the path are read.
#[derive(Debug)]
pub struct Admin {
    pub unit: UnitName,
    pub store: CustomerStore,
    scope: AccessScope,
    decider: TokenDecider,
}

/// Whoever decides by an access token, as the history and the audit log know them.
#[derive(Debug)]
pub(crate) struct TokenDecider {
    /// The name by which people know who decided.
    known_as: String,
    /// The id by which the audit log knows them.
    token: String,
}

impl TokenDecider {
    fn new(grant: &Grant) -> Self {
        Self { known_as: grant.known_as.clone(), token: grant.token.to_string() }
    }

    pub(crate) fn at(&self, at: Timestamp) -> Decider<'_> {
        Decider { by: &self.known_as, who: &self.token, at }
    }
}

impl Analyst {
    pub(crate) fn decider(&self, app: &App) -> Decider<'_> {
        self.decider.at(app.clock.now())
    }
}

impl Admin {
    /// The customer whose data it is.
    pub(crate) const fn customer(&self) -> &CustomerName {
        &self.scope.customer
    }

    /// Refuses a token that is not for all units.
    pub(crate) fn sees_all_units(&self) -> Result<(), ApiError> {
        if self.scope.units.is_none() { Ok(()) } else { Err(out_of_scope(&self.scope)) }
    }

    pub(crate) fn decider(&self, app: &App) -> Decider<'_> {
        self.decider.at(app.clock.now())
    }

    /// The file type of the path, when the token is for it.
    pub(crate) fn file_type(&self, segment: &str) -> Result<FileType, ApiError> {
        let unknown = |_unknown| ApiError::new(RefusalCode::FileTypeUnknown);
        let file_type: FileType = segment.parse().map_err(unknown)?;
        if self.scope.allows_type(file_type) {
            Ok(file_type)
        } else {
            Err(out_of_scope(&self.scope))
        }
    }
}

/// A good token whose scope covers the unit in the path, whatever its role.
struct Holder {
    customer: CustomerName,
    unit: UnitName,
    grant: Grant,
    store: CustomerStore,
}

impl FromRequestParts<App> for Uploader {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Holder { customer, unit, grant, store } =
            Holder::load(parts, app, Role::may_upload, "sending and following files").await?;
        Ok(Self { customer, unit, scope: grant.scope, token: grant.token, store })
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let holder = Holder::load(parts, app, Role::may_view, "reading findings").await?;
        let visibility = holder.grant.role.visibility();
        let Holder { unit, grant, store, .. } = holder;
        Ok(Self { visibility, unit, store, token: grant.token })
    }
}

impl FromRequestParts<App> for Analyst {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let holder = Holder::load(parts, app, Role::may_decide, "deciding").await?;
        let Holder { unit, grant, store, .. } = holder;
        Ok(Self { unit, store, decider: TokenDecider::new(&grant) })
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let holder =
            Holder::load(parts, app, Role::may_set_up, "setting how files are read").await?;
        let Holder { unit, grant, store, .. } = holder;
        Ok(Self { unit, store, decider: TokenDecider::new(&grant), scope: grant.scope })
    }
}

/// The reasons why a token, or what it is for, may be refused, and what the store may say.
const REFUSALS: &[RefusalCode] = &[
    RefusalCode::AuthorizationAmbiguous,
    RefusalCode::TokenMissing,
    RefusalCode::TokenInvalid,
    RefusalCode::TokenExpired,
    RefusalCode::TokenNotYetValid,
    RefusalCode::TokenRevoked,
    RefusalCode::ScopeInsufficient,
    RefusalCode::RoleInsufficient,
    RefusalCode::NotFound,
    RefusalCode::Busy,
];

impl Takes for Uploader {
    const ACCESS: Access = Access::Uploader;
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(REFUSALS);
    }
}

impl Takes for Viewer {
    const ACCESS: Access = Access::Viewer;
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(REFUSALS);
    }
}

impl Takes for Analyst {
    const ACCESS: Access = Access::Analyst;
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(REFUSALS);
        operation.refuses(&[RefusalCode::DecisionImpossible, RefusalCode::StorageFull]);
    }
}

impl Takes for Admin {
    const ACCESS: Access = Access::Admin;
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(REFUSALS);
        operation.refuses(&[RefusalCode::StorageFull]);
    }
}

impl Holder {
    async fn load(
        parts: &Parts,
        app: &App,
        may: fn(Role) -> bool,
        what: &str,
    ) -> Result<Self, ApiError> {
        let grant = authenticate(app, &parts.headers).await?;
        note_use(app, &grant, parts);
        let (customer, unit) = tenant_segments(parts.uri.path())
            .ok_or_else(|| ApiError::new(RefusalCode::NotFound))?;
        // A segment that is no short name is nobody's: refused like another customer's.
        let names = (customer.parse::<CustomerName>(), unit.parse::<UnitName>());
        let (Ok(customer), Ok(unit)) = names else {
            return Err(out_of_scope(&grant.scope));
        };
        if !grant.scope.allows_unit(&customer, &unit) {
            return Err(out_of_scope(&grant.scope));
        }
        if !may(grant.role) {
            return Err(too_weak(&grant, may, what));
        }
        let store = app.store.customer(&customer);
        if !store.unit_exists(&unit).await? {
            let units = store.units().await?;
            return Err(ApiError::because(
                RefusalCode::NotFound,
                format_args!("{customer} has no unit {unit}; it has {}", join(&units)),
            ));
        }
        Ok(Self { customer, unit, grant, store })
    }
}

/// The token is good, and for something else.
fn too_weak(grant: &Grant, may: fn(Role) -> bool, what: &str) -> ApiError {
    let able: Vec<&str> =
        Role::ALL.into_iter().filter(|role| may(*role)).map(Role::as_str).collect();
    let error = ApiError::saying(
        RefusalCode::RoleInsufficient,
        format_args!(
            "the token's role is {}, and {what} takes the role {}; make such a token with: bursard \
             token issue --customer {} --role {}",
            grant.role,
            able.join(" or "),
            grant.scope.customer,
            able.first().copied().unwrap_or_default()
        ),
    );
    challenged(error, "insufficient_scope", Some(&grant.scope))
}

async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Grant, ApiError> {
    let token = bearer(headers)?;
    let checker = Checker { store: &app.store, keys: &app.keys, region: &app.region };
    checker.check(&token, app.clock.now()).await.map_err(ApiError::from)
}

/// Notes a use now and then. A use that cannot be noted is no reason to refuse it, and none to let whoever
/// asks wait: while somebody else writes, every question of this token would.
fn note_use(app: &App, grant: &Grant, parts: &Parts) {
    let now = app.clock.now();
    if grant.last_used_at.is_some_and(|used| used + TOKEN_USED_EVERY > now) {
        return;
    }
    let address = parts.extensions.get::<PeerAddress>();
    let from = address.map_or_else(|| "unknown".to_owned(), |address| address.0.to_string());
    app.store.system().note_token_used_later(grant.token, &from, now);
}

/// The token behind `Bearer` (RFC 6750 section 2.1; the scheme in any case).
fn bearer(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(ApiError::new(RefusalCode::TokenMissing)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(REALM)));
    };
    if values.next().is_some() {
        let error = ApiError::because(
            RefusalCode::AuthorizationAmbiguous,
            "there are several Authorization headers",
        );
        return Err(challenged(error, "invalid_request", None));
    }
    let invalid = |why: &str| {
        let error = ApiError::because(RefusalCode::TokenInvalid, why);
        challenged(error, "invalid_token", None)
    };
    // Header bytes are not UTF-8 by right; what is not must not hide the scheme.
    let text = String::from_utf8_lossy(value.as_bytes());
    let Some((scheme, token)) = text.split_once(' ') else {
        return Err(invalid("the Authorization header has no token behind the word Bearer"));
    };
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(invalid("the Authorization header does not begin with Bearer"));
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(invalid("the Authorization header holds bytes that are not text"));
    }
    Ok(token.trim_matches(' ').to_owned())
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let why = refusal.to_string();
        let code = match refusal {
            Refusal::Invalid(_) => RefusalCode::TokenInvalid,
            Refusal::Expired { .. } => RefusalCode::TokenExpired,
            Refusal::NotYetValid { .. } => RefusalCode::TokenNotYetValid,
            Refusal::Revoked { .. } | Refusal::KeyRetired { .. } => RefusalCode::TokenRevoked,
            Refusal::Unchecked(keys::Error::Store(error)) => return error.into(),
            Refusal::Unchecked(error) => return Self::internal(error),
        };
        challenged(Self::because(code, why), "invalid_token", None)
    }
}

/// The token is good and does not cover this. What it covers is no secret to its holder; whether the
/// other customer exists is.
pub(crate) fn out_of_scope(scope: &AccessScope) -> ApiError {
    let units = scope.units.as_ref().map_or_else(|| "all units".to_owned(), |units| join(units));
    let types = scope.types.as_ref().map_or_else(|| "all types".to_owned(), |types| join(types));
    let error = ApiError::because(
        RefusalCode::ScopeInsufficient,
        format_args!("the token is for customer {}, {units}, {types}", scope.customer),
    );
    challenged(error, "insufficient_scope", Some(scope))
}

fn challenged(error: ApiError, code: &str, scope: Option<&AccessScope>) -> ApiError {
    let scope =
        scope.map(|scope| format!(", scope=\"upload:{}\"", scope.customer)).unwrap_or_default();
    let challenge = format!("{REALM}, error=\"{code}\"{scope}");
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => error.with_header(header::WWW_AUTHENTICATE, challenge),
        Err(_never_for_short_names) => error,
    }
}

fn join<T: ToString>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
