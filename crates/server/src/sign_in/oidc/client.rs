//! Asking an identity provider over HTTP.
//!
//! Not for: what is asked.
//!
//! Invariant: no redirect is followed, an answer is read up to a bound and within a time, and no error
//! repeats what was sent.

use std::time::Duration;

use domain::causes;
use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder};
use serde::de::DeserializeOwned;
use url::Url;

use super::limits::{ANSWER_BYTES_MAX, ANSWER_TIME_MAX, CONNECT_TIME_MAX};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const USER_AGENT: &str = concat!("bursard/", env!("CARGO_PKG_VERSION"));

/// Asks identity providers; cheap to clone.
#[derive(Debug, Clone)]
pub struct ProviderClient(Client);

/// The way by which providers are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Through the proxy that the system names, where it names one.
    SystemProxy,
    Direct,
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("no client for identity providers: {0}")]
pub struct ClientError(#[from] reqwest::Error);

/// Why there is no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("it cannot be reached: {}", causes::one_line(.0))]
    Unreachable(#[source] reqwest::Error),
    #[error("it answered {status}")]
    Status {
        status: StatusCode,
        /// The `error` of OAuth 2.0, RFC 6749.
        error: Option<String>,
    },
    #[error("its answer is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
    #[error("its answer is not the JSON that was asked for: {0}")]
    Malformed(String),
}

/// The answer of the token endpoint to a code that is not taken.
#[derive(serde::Deserialize)]
struct OauthError {
    error: String,
}

impl ProviderClient {
    /// A client that trusts what the system trusts, and the authorities of `pem` besides.
    pub fn new(route: Route, pem: Option<&[u8]>) -> Result<Self, ClientError> {
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIME_MAX)
            .timeout(ANSWER_TIME_MAX)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(USER_AGENT);
        if route == Route::Direct {
            builder = builder.no_proxy();
        }
        if let Some(pem) = pem {
            builder = builder.tls_certs_merge(Certificate::from_pem_bundle(pem)?);
        }
        Ok(Self(builder.build()?))
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<T, Fault> {
        answer(self.0.get(url.clone())).await
    }

    pub(super) async fn get_as<T: DeserializeOwned>(
        &self,
        url: &Url,
        bearer: &str,
    ) -> Result<T, Fault> {
        answer(self.0.get(url.clone()).bearer_auth(bearer)).await
    }

    /// Sends a form, with the credentials of a client where they travel in a header.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: &Url,
        form: String,
        credentials: Option<HeaderValue>,
    ) -> Result<T, Fault> {
        let mut request = self.0.post(url.clone()).header(CONTENT_TYPE, FORM).body(form);
        if let Some(credentials) = credentials {
            request = request.header(AUTHORIZATION, credentials);
        }
        answer(request).await
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Fault> {
    let sent = request.header(ACCEPT, JSON).send().await;
    let mut response = sent.map_err(|error| Fault::Unreachable(error.without_url()))?;
    let mut body = Vec::new();
    loop {
        let piece = response.chunk().await;
        let Some(piece) = piece.map_err(|error| Fault::Unreachable(error.without_url()))? else {
            break;
        };
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        body.extend_from_slice(&piece);
    }
    let status = response.status();
    if status != StatusCode::OK {
        let error = serde_json::from_slice::<OauthError>(&body).ok().map(|answer| answer.error);
        return Err(Fault::Status { status, error });
    }
    // The place of the fault and its kind: the text may hold a token.
    serde_json::from_slice(&body).map_err(|fault| {
        Fault::Malformed(format!(
            "{:?}, byte {} of line {}",
            fault.classify(),
            fault.column(),
            fault.line()
        ))
    })
}
