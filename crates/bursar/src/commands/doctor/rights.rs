//! Whether the token is taken: by asking for the list of uploads, which changes nothing.
//!
//! Invariant: a service without such a list says nothing about the token, and neither do we.

use http::StatusCode;

use crate::report::failure::Failure;
use crate::transfer::client::{Client, Question};

pub(super) async fn ask(client: Client<'_>) -> Result<String, Failure> {
    let unit = &client.route.address;
    let path = format!("{}?limit=1", unit.uploads_path());
    let attempts = client.ask(&Question::get(&path)).await?;
    if let Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) = attempts.status() {
        return Ok(
            "this service has no list of uploads to ask for, so only sending can tell".to_owned()
        );
    }
    attempts.expect(StatusCode::OK, &client.route.link.target)?;
    Ok(format!("the token is taken for unit {} of {}", unit.unit, unit.customer))
}
