//! The client by which spans are sent to a collector that the operator names.
//!
//! Not for: what is sent, and when (`bursard`).
//! Invariant: headers, which may be credentials, go to the collector alone: no redirect is followed, and
//! neither a fault nor `Debug` shows them.

use std::time::Duration;

use domain::{Secret, causes};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::Url;

/// One that takes longer has too much to do, and the next spans wait behind these.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// A collector is near.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);
const USER_AGENT: &str = concat!("bursard/", env!("CARGO_PKG_VERSION"));
/// Where collectors take traces, unless the endpoint says otherwise.
const USUAL_PATH: &str = "/v1/traces";
const PROTOBUF: &str = "application/x-protobuf";

/// The collector, as the operator has set it.
#[derive(Debug, Clone)]
pub struct CollectorSettings {
    /// A URL; without a path, the usual one is meant.
    pub endpoint: String,
    pub headers: Vec<(String, Secret<String>)>,
    /// Authorities in PEM that are trusted beside the system's.
    pub authority: Option<Vec<u8>>,
}

/// A collector of spans by OTLP over HTTP; cheap to clone.
#[derive(Debug, Clone)]
pub struct Collector {
    client: Client,
    endpoint: Url,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCollector {
    #[error("traces.endpoint is no URL: write http://localhost:4318 or https://host/v1/traces")]
    Endpoint,
    #[error("traces.endpoint holds a user or a password; put it into a header, which is not shown")]
    Credentials,
    #[error("a header of traces has a name that no header can have")]
    HeaderName,
    #[error("the header {0} of traces has a value that no header can have")]
    HeaderValue(String),
    #[error("traces.authority holds no certificate in PEM")]
    Authority(#[source] reqwest::Error),
    #[error("no client for the collector of traces")]
    Client(#[source] reqwest::Error),
}

/// Why a collector takes no spans.
#[derive(Debug, thiserror::Error)]
pub enum CollectorFault {
    #[error("{endpoint} cannot be reached: {}", causes::one_line(.source))]
    Unreachable { endpoint: Url, source: reqwest::Error },
    #[error("{endpoint} answered {status}")]
    Refused { endpoint: Url, status: StatusCode },
}

impl CollectorSettings {
    /// Looks at what can be known before there is a client.
    pub fn check(&self) -> Result<(), InvalidCollector> {
        self.parse().map(drop)
    }

    fn parse(&self) -> Result<(Url, HeaderMap), InvalidCollector> {
        let endpoint = endpoint(&self.endpoint)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let header: HeaderName =
                name.parse().map_err(|_no_name| InvalidCollector::HeaderName)?;
            let value: Result<HeaderValue, _> = value.expose().parse();
            let mut value =
                value.map_err(|_no_value| InvalidCollector::HeaderValue(name.clone()))?;
            value.set_sensitive(true);
            headers.append(header, value);
        }
        Ok((endpoint, headers))
    }
}

impl Collector {
    pub fn new(settings: &CollectorSettings) -> Result<Self, InvalidCollector> {
        let (endpoint, headers) = settings.parse()?;
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIME_MAX)
            .timeout(ANSWER_TIME_MAX)
            .user_agent(USER_AGENT)
            .default_headers(headers);
        if let Some(pem) = &settings.authority {
            let authorities = Certificate::from_pem_bundle(pem);
            builder = builder.tls_certs_merge(authorities.map_err(InvalidCollector::Authority)?);
        }
        let client = builder.build().map_err(InvalidCollector::Client)?;
        Ok(Self { client, endpoint })
    }

    /// The client, with the headers of the settings in every request.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Sends no spans, which a collector takes as well.
    pub async fn test(&self) -> Result<(), CollectorFault> {
        let request = self.client.post(self.endpoint.clone()).header(CONTENT_TYPE, PROTOBUF);
        let endpoint = self.endpoint.clone();
        let answer = match request.body(Vec::new()).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return Err(CollectorFault::Unreachable { endpoint, source: error.without_url() });
            }
        };
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(CollectorFault::Refused { endpoint, status }) }
    }
}

fn endpoint(text: &str) -> Result<Url, InvalidCollector> {
    let mut url = Url::parse(text).map_err(|_no_url| InvalidCollector::Endpoint)?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(InvalidCollector::Endpoint);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidCollector::Credentials);
    }
    if url.path() == "/" {
        url.set_path(USUAL_PATH);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_without_a_path_has_the_usual_one() {
        for (text, read) in [
            ("http://localhost:4318", Some("http://localhost:4318/v1/traces")),
            ("https://otel.example.org/", Some("https://otel.example.org/v1/traces")),
            (
                "https://otel.example.org/otlp/v1/traces",
                Some("https://otel.example.org/otlp/v1/traces"),
            ),
            ("localhost:4318", None),
            ("grpc://localhost:4317", None),
            ("https://user:hunter2@otel.example.org", None),
            ("", None),
        ] {
            let found = endpoint(text);
            assert_eq!(found.as_ref().ok().map(Url::as_str), read, "{text}");
            assert!(found.err().is_none_or(|why| !why.to_string().contains("hunter2")));
        }
    }
}
