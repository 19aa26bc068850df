//! Refusals as pages.
//!
//! Invariant: a refusal is written by [`render`] only, once the request's id is known.

use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::RequestId;
use http::{HeaderMap, header};

use super::appearance::Appearance;
use super::cookie;
use super::document::Document;
use super::error::PageError;
use super::filters;
use super::local_path::sign_in_then;
use super::respond::{html, see_other};
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
pub(crate) fn render(app: &App, response: &mut Response, request: &HeaderMap, id: RequestId) {
    let Some(error) = response.extensions_mut().remove::<PageError>() else {
        return;
    };
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
        _ => html(&ErrorPage {
            doc: Document::bare(error.title(), Appearance::from_headers(request)),
            title: error.title(),
            words: error.words(),
            request: matches!(error, PageError::Internal | PageError::Busy).then_some(id),
        }),
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
        Err(error) => tracing::error!(request = %id, ?error, "no page for a refusal"),
    }
}
