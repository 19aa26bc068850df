//! Questions to a Bursar server, and its answers.
//!
//! Not for: sending files (`delivery`). Invariant: a question that changes something is asked once.

use std::fs::File;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::Full;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::attempt::{Attempts, RetryPolicy, with_retries};
use super::request::request;
use super::route::Route;
use crate::net::link::{ANSWER_BYTES_MAX, PRODUCT, TransportError};
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::SentBytes;
use crate::system::System;

/// A client of one server, which asks along one route.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    pub route: &'a Route,
    pub system: &'a System,
    pub output: &'a Output,
}

/// A request whose body is JSON, a small file or nothing.
#[derive(Debug)]
pub struct Question<'a> {
    pub method: Method,
    /// With its query.
    pub path: &'a str,
    pub accept: &'static str,
    /// Beside those that every question has.
    pub headers: HeaderMap,
    pub body: Option<&'a Value>,
    /// In the place of JSON.
    pub file: Option<Bytes>,
    /// The largest answer that is read.
    pub bytes_max: usize,
}

impl<'a> Question<'a> {
    /// A question for JSON.
    pub fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            accept: "application/json",
            headers: HeaderMap::new(),
            body: None,
            file: None,
            bytes_max: ANSWER_BYTES_MAX,
        }
    }
}

impl Client<'_> {
    /// Asks, and asks again while the answer may be temporary and nothing is changed by asking.
    pub async fn ask(&self, question: &Question<'_>) -> Result<Attempts, Failure> {
        let headers = self.headers(question)?;
        let policy = if question.method == Method::GET {
            self.route.retry_policy
        } else {
            RetryPolicy { retries: 0, ..self.route.retry_policy }
        };
        let ask_once = async || {
            let (request, sent_bytes) = (question.request(&headers)?, SentBytes::default());
            self.route.link.exchange_up_to(request, &sent_bytes, question.bytes_max).await
        };
        Ok(with_retries(policy, self.system, self.output, ask_once).await)
    }

    /// Asks for a file: an answer of this media type goes there, whole or to a failure; any other is read as
    /// by [`Self::ask`].
    pub async fn download(
        &self,
        question: &Question<'_>,
        media_type: &str,
        file: &mut File,
    ) -> Result<Attempts, Failure> {
        let headers = self.headers(question)?;
        let ask_once =
            async || self.route.link.download(question.request(&headers)?, media_type, file).await;
        Ok(with_retries(self.route.retry_policy, self.system, self.output, ask_once).await)
    }

    fn headers(&self, question: &Question<'_>) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::from_iter([
            (AUTHORIZATION, self.route.token.header()?),
            (ACCEPT, HeaderValue::from_static(question.accept)),
            (USER_AGENT, HeaderValue::from_static(PRODUCT)),
        ]);
        if question.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        } else if question.file.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        }
        headers.extend(question.headers.clone());
        Ok(headers)
    }
}

impl Question<'_> {
    fn request(&self, headers: &HeaderMap) -> Result<Request<Full<Bytes>>, TransportError> {
        let body = match (&self.file, self.body) {
            (Some(file), _) => file.clone(),
            (None, body) => Bytes::from(body.map(ToString::to_string).unwrap_or_default()),
        };
        request(self.method.clone(), self.path, headers.clone(), Full::new(body))
    }
}

/// The path with a query behind it, by the names that `api` has for its members: a flat struct, of which what
/// is absent is left out.
pub fn with_query(path: &str, query: &impl Serialize) -> String {
    let query = serde_json::to_value(query).expect("a query is texts, numbers and words");
    let members = query.as_object().expect("a query is a struct");
    let written = members.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={}", utf8_percent_encode(&text, NON_ALPHANUMERIC))
    });
    let pairs: Vec<String> = written.collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Reads of an answer what is shown of it; empty, when it is not of that shape at all.
pub fn view<T: DeserializeOwned + Default>(json: &Value) -> T {
    T::deserialize(json).unwrap_or_else(|_of_another_shape| T::default())
}

/// The members of a view that the schema of an answer does not have.
#[cfg(test)]
pub(crate) fn unknown_members(view: &impl Serialize, schema: &schemars::Schema) -> Vec<String> {
    fn members(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| {
                found.push(name.clone());
                members(value, found);
            }),
            Value::Array(items) => items.iter().for_each(|item| members(item, found)),
            _ => {}
        }
    }
    fn properties(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| {
                if let ("properties", Some(map)) = (name.as_str(), value.as_object()) {
                    found.extend(map.keys().cloned());
                }
                properties(value, found);
            }),
            Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
            _ => {}
        }
    }
    let (mut shown, mut known) = (Vec::new(), Vec::new());
    members(&serde_json::to_value(view).unwrap(), &mut shown);
    properties(schema.as_value(), &mut known);
    shown.retain(|name| !known.contains(name));
    shown
}
