//! Whether the token is taken: by asking for the list of uploads, which changes nothing.
//!
//! Invariant: a service without such a list says nothing about the token, and neither do we.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::Empty;

use crate::net::link::Breakage;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::Handed;
use crate::system::Machine;
use crate::transfer::attempt::persist;
use crate::transfer::delivery::PRODUCT;
use crate::transfer::plan::Route;

pub(super) async fn ask(
    route: &Route,
    machine: &Machine,
    output: &Output,
) -> Result<String, Failure> {
    let path = format!("{}?limit=1", route.place.uploads_path());
    let authorization = route.token.header()?;
    let outcome = persist(route.patience, machine, output, async || {
        let mut request = Request::new(Empty::<Bytes>::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = path.parse().map_err(|_not_path| Breakage::NotHttp)?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, authorization.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(PRODUCT));
        route.link.exchange(request, &Handed::default()).await
    })
    .await;
    let has_no_list = outcome.result.as_ref().is_ok_and(|answer| {
        matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
    });
    if has_no_list {
        return Ok(
            "this service has no list of uploads to ask for, so only sending can tell".to_owned()
        );
    }
    outcome.expect(StatusCode::OK, &route.link.target)?;
    let place = &route.place;
    Ok(format!("the token is taken for unit {} of {}", place.unit, place.customer))
}
