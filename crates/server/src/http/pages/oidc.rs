//! The way to an identity provider and back, and out again.
//!
//! Not for: believing what comes back (`crate::sign_in::oidc`).
//!
//! Invariant: an attempt is over when somebody comes back, whatever became of it.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use domain::{Secret, UserId};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tokio::time::timeout;

use super::access::Visitor;
use super::cookie;
use super::document::Document;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::kept_form::KeptForm;
use super::local_path::LocalPath;
use super::query::Query;
use super::respond::{PageResult, go_on, html, html_again, see_other};
use super::sign_in::{kept_form_page, with_session};
use super::sign_in_form::{SignInPage, SignInWays};
use crate::App;
use crate::limits::{FORM_BYTES_MAX, FORM_TIME_MAX};
use crate::sign_in::oidc::provider::Provider;
use crate::sign_in::oidc::refusal::Refusal;
use crate::sign_in::oidc::{self, Callback};
use crate::sign_in::session::{self, Browser};

/// The field of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.5).
const LOGOUT_TOKEN: &str = "logout_token";

/// The page somebody goes on to once they are signed in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextQuery {
    next: LocalPath,
}

/// The query of an answer; what else a provider adds is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallbackQuery {
    code: Option<String>,
    state: Text,
    iss: Option<String>,
    error: Option<String>,
}

/// The form that goes along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AlongForm {
    next: LocalPath,
    #[serde(deserialize_with = "valid")]
    kept_by: Option<UserId>,
    kept_path: Text,
    kept: String,
}

/// The page between a form that is kept and a provider.
#[derive(Template)]
#[template(path = "going_to_provider.html")]
struct GoingPage {
    doc: Document,
    title: String,
    address: String,
}

const TOO_LONG: &str = "What you had sent is too long to go along to another site. Copy what you typed, sign in, and \
    paste it again.";

/// Sends somebody to a provider with a form that comes back with them.
pub(crate) async fn begin_with_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Form(form): Form<AlongForm>,
) -> PageResult {
    let provider = find(&app, &name)?;
    let owner = form.kept_by.ok_or(PageError::NotFound)?;
    let kept = KeptForm::parse(owner, &form.kept_path, form.kept.as_bytes());
    let kept = kept.ok_or(PageError::NotFound)?;
    let Some(kept_cookie) = cookie::set_kept_form(&kept) else {
        let mut page = page(&app, &visitor, form.next.as_str(), TOO_LONG.to_owned());
        page.kept = Some(kept);
        return html_again(&page);
    };
    match oidc::begin(&app, provider, form.next.as_str()).await {
        Ok((url, attempt)) => {
            let (title, address) = (provider.settings.title.clone(), url.to_string());
            let doc = visitor.document("Sign in");
            let mut response = go_on(&GoingPage { doc, title, address }, url.as_str())?;
            cookie::add(response.headers_mut(), &cookie::set_attempt(&attempt));
            cookie::add(response.headers_mut(), &kept_cookie);
            Ok(response)
        }
        Err(refusal) => {
            let words = refusal.words(&provider.settings.title);
            let mut page = page(&app, &visitor, form.next.as_str(), words);
            page.kept = Some(kept);
            html_again(&page)
        }
    }
}

/// Sends somebody to a provider.
pub(crate) async fn begin_at_provider(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(NextQuery { next }): Query<NextQuery>,
) -> PageResult {
    let provider = find(&app, &name)?;
    if visitor.user.is_some() {
        return see_other(next.as_str());
    }
    match oidc::begin(&app, provider, next.as_str()).await {
        Ok((url, attempt)) => {
            let mut response = see_other(url.as_str())?;
            cookie::add(response.headers_mut(), &cookie::set_attempt(&attempt));
            cookie::add(response.headers_mut(), &cookie::clear_kept_form());
            Ok(response)
        }
        Err(refusal) => {
            let words = refusal.words(&provider.settings.title);
            html_again(&page(&app, &visitor, next.as_str(), words))
        }
    }
}

/// Receives somebody whom a provider has sent back.
pub(crate) async fn return_from_provider(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Path(name): Path<String>,
    Query(query): Query<CallbackQuery>,
    headers: HeaderMap,
) -> PageResult {
    let provider = find(&app, &name)?;
    let (attempt, kept) = (cookie::attempt(&headers), cookie::kept_form(&headers));
    let next = attempt.as_ref().map_or_else(|| "/".to_owned(), |attempt| attempt.next.clone());
    let next = LocalPath::parse(&next);
    let callback = Callback {
        code: query.code.map(Secret::new),
        state: query.state.into(),
        iss: query.iss,
        error: query.error,
    };
    let mut response = match oidc::finish(&app, provider, (callback, attempt), &browser).await? {
        Ok(signed_in) => {
            let follows = Some(&signed_in.follows);
            let secret = session::begin_after(&app, &signed_in.user, browser, follows).await?;
            let next = LocalPath::parse(&signed_in.next);
            let answer = match kept {
                Some(kept) if kept.owner != signed_in.user.id => {
                    see_other(&Flash::KeptOfAnother.on("/me"))?
                }
                Some(kept) => html(&kept_form_page(&visitor, &secret, next.as_str(), kept))?,
                None => see_other(next.as_str())?,
            };
            let mut answer = with_session(answer, &secret);
            cookie::add(answer.headers_mut(), &cookie::clear_kept_form());
            answer
        }
        Err(refusal) => {
            let words = refusal.words(&provider.settings.title);
            let mut page = page(&app, &visitor, next.as_str(), words);
            page.kept = kept;
            html_again(&page)?
        }
    };
    cookie::add(response.headers_mut(), &cookie::clear_attempt());
    Ok(response)
}

/// Receives the word of a provider that sessions are over; it comes from no browser.
pub(crate) async fn receive_logout(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let Some(provider) = app.sign_in.providers.find(&name) else {
        return status(StatusCode::NOT_FOUND);
    };
    let body = axum::body::to_bytes(request.into_body(), FORM_BYTES_MAX);
    let Ok(Ok(body)) = timeout(FORM_TIME_MAX, body).await else {
        return status(StatusCode::BAD_REQUEST);
    };
    let mut fields = form_urlencoded::parse(&body);
    let Some((_, token)) = fields.find(|(field, _)| field == LOGOUT_TOKEN) else {
        return status(StatusCode::BAD_REQUEST);
    };
    match oidc::log_out(&app, provider, &Secret::new(token.into_owned())).await {
        Ok(Ok(_ended)) => status(StatusCode::OK),
        Ok(Err(Refusal::Busy | Refusal::Unreachable)) => status(StatusCode::SERVICE_UNAVAILABLE),
        Ok(Err(_not_believed)) => status(StatusCode::BAD_REQUEST),
        Err(error) => status(PageError::from(error).status()),
    }
}

fn find<'a>(app: &'a App, name: &str) -> Result<&'a Provider, PageError> {
    app.sign_in.providers.find(name).ok_or(PageError::NotFound)
}

/// The form to sign in, with why somebody was not.
fn page(app: &App, visitor: &Visitor, next: &str, wrong: String) -> SignInPage {
    SignInPage {
        doc: visitor.document("Sign in"),
        ways: SignInWays::new(app, next),
        flash: None,
        next: next.to_owned(),
        email: String::new(),
        wrong: Some(wrong),
        kept: None,
    }
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
