//! Asking a Bursar server about a unit's uploads.
//!
//! Invariant: what may be temporary is asked again, as with sending.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::Empty;
use serde_json::Value;

use crate::net::link::Breakage;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::Handed;
use crate::system::Machine;
use crate::transfer::attempt::persist;
use crate::transfer::delivery::PRODUCT;
use crate::transfer::plan::Route;

/// Who asks, and where.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    pub route: &'a Route,
    pub machine: &'a Machine,
    pub output: &'a Output,
}

impl Asker<'_> {
    /// The JSON under a path; `otherwise` says what to do when there is nothing under it, and `is_right`
    /// whether the answer is what was asked for.
    pub(super) async fn get(
        &self,
        path: &str,
        otherwise: &str,
        is_right: impl FnOnce(&Value) -> bool,
    ) -> Result<Value, Failure> {
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, self.route.token.header()?),
            (ACCEPT, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static(PRODUCT)),
        ]);
        let outcome = persist(self.route.patience, self.machine, self.output, async || {
            let mut request = Request::new(Empty::<Bytes>::new());
            *request.method_mut() = Method::GET;
            *request.uri_mut() = path.parse().map_err(|_not_path| Breakage::NotHttp)?;
            *request.headers_mut() = headers.clone();
            self.route.link.exchange(request, &Handed::default()).await
        })
        .await;
        let answered = outcome.expect(StatusCode::OK, &self.route.link.target);
        let answer = answered.map_err(|mut failure| {
            if failure.what.starts_with("404") || failure.what.starts_with("405") {
                otherwise.clone_into(&mut failure.next);
            }
            failure
        })?;
        answer.json().filter(is_right).ok_or_else(|| {
            Failure::new(
                ExitCode::Refused,
                "the answer is not a list of uploads, or what is known of one",
                "Look at --url: something other than a Bursar server may have answered.",
            )
        })
    }
}
