//! Refusals as pages, with what stands round every page where somebody is signed in.
//!
//! Invariant: a refusal is written by [`render`] only, once the request's id is known. What stands round it
//! is what that person may see anyway: nothing of a unit that is not theirs.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::RequestId;
use http::{HeaderMap, header};

use super::access::{CurrentUser, Visit, Visitor};
use super::appearance::Appearance;
use super::cookie;
use super::document::Document;
use super::error::PageError;
use super::filters;
use super::kept_form::OlderForm;
use super::layout::{Layout, Section};
use super::local_path::sign_in_then;
use super::respond::{PageResult, html, see_other};
use super::sign_in::{KeptFormPage, older_form_page};
use super::sign_in_form::{SignInPage, SignInWays};
use crate::App;

const SESSION_ENDED: &str = "Your session has ended, so what you sent was not written yet. Sign in, and it is \
    there to be sent.";

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    doc: Document,
    title: &'static str,
    words: String,
    request: Option<RequestId>,
}

/// A refusal of somebody who is signed in.
#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    page: Layout,
    title: &'static str,
    words: String,
    request: Option<RequestId>,
}

/// The request that is refused: who sent it, and for which path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefusedRequest<'a> {
    pub(crate) headers: &'a HeaderMap,
    /// Without the prefix that the site has.
    pub(crate) path: &'a str,
    pub(crate) id: RequestId,
}

impl IntoResponse for PageError {
    /// The answer is rendered later, by `render`, which knows the request.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the page of a refusal into its response; others pass unchanged.
pub(crate) async fn render(app: &App, response: &mut Response, refused: RefusedRequest<'_>) {
    let Some(error) = response.extensions_mut().remove::<PageError>() else {
        return;
    };
    let older = response.extensions_mut().remove::<OlderForm>();
    let request = refused.headers;
    let page = match &error {
        PageError::SignIn { kept: Some(kept), .. } => html(&SignInPage {
            doc: Document {
                csrf: cookie::session(request).map(|secret| secret.csrf()).unwrap_or_default(),
                ..Document::bare("Sign in", Appearance::from_headers(request))
            },
            ways: SignInWays::new(app, "/"),
            flash: None,
            next: "/".to_owned(),
            email: String::new(),
            wrong: Some(SESSION_ENDED.to_owned()),
            kept: Some(kept.clone()),
        }),
        PageError::SignIn { next, .. } => {
            let address = next.as_deref().map_or_else(|| "/sign-in".to_owned(), sign_in_then);
            see_other(&address)
        }
        _ => match unsent(app, older, request).await {
            Some(page) => html(&page),
            None => refusal(app, &error, refused).await,
        },
    };
    match page {
        Ok(page) => {
            let (parts, body) = page.into_parts();
            // Of the empty answer that this one takes the place of.
            response.headers_mut().remove(header::CONTENT_LENGTH);
            response.headers_mut().extend(parts.headers);
            *response.body_mut() = body;
        }
        // The status says the most of it.
        Err(error) => tracing::error!(request = %refused.id, ?error, "no page for a refusal"),
    }
}

/// A form from a page of an older session, for whoever is signed in now: what they typed is not lost.
async fn unsent(app: &App, form: Option<OlderForm>, headers: &HeaderMap) -> Option<KeptFormPage> {
    let form = form?;
    let visitor = Visitor::from_headers(headers, app).await.ok()?;
    let user = &visitor.user.as_ref()?.user;
    Some(older_form_page(&visitor, user, form.kept_for(user.id)?))
}

async fn refusal(app: &App, error: &PageError, refused: RefusedRequest<'_>) -> PageResult {
    // Whatever is wrong with the server may be wrong with what stands round the page as well.
    let is_own_fault = matches!(error, PageError::Internal | PageError::Busy);
    let (title, words) = (error.title(), error.words());
    let request = is_own_fault.then_some(refused.id);
    if !is_own_fault && let Some(page) = surroundings(app, refused, title).await {
        return html(&RefusalPage { page, title, words, request });
    }
    let doc = Document::bare(title, Appearance::from_headers(refused.headers));
    html(&ErrorPage { doc, title, words, request })
}

/// The layout of a page of the refused path: of a unit, where it is one that this person may open;
/// nothing where nobody is signed in, or it cannot be found out.
async fn surroundings(app: &App, refused: RefusedRequest<'_>, title: &str) -> Option<Layout> {
    let user = Visitor::from_headers(refused.headers, app).await.ok()?.user?;
    let mut segments = refused.path.split('/').skip(1);
    let opened = match (segments.next(), segments.next(), segments.next()) {
        (Some("at"), Some(customer), Some(unit)) => {
            Visit::load(app, Arc::clone(&user), customer, Some(unit)).await.ok()
        }
        (Some("settings"), Some(customer), _) => {
            Visit::load(app, Arc::clone(&user), customer, None).await.ok()
        }
        _ => None,
    };
    let Some(opened) = opened else { return of_user(app, &user, title).await };
    let section = Section::of_path(refused.path);
    Layout::for_member(app, &opened.into_member(), section, title).await.ok()
}

async fn of_user(app: &App, user: &CurrentUser, title: &str) -> Option<Layout> {
    Layout::for_user(app, user, title).await.ok()
}
