//! The pages behind the `type` of problem details: what a kind of refusal means and what to do.

use axum::extract::Path;
use axum::response::Response;
use domain::RefusalCode;

use crate::http::error::ApiError;
use crate::http::respond::text;

pub(crate) async fn get_problem(Path(code): Path<String>) -> Result<Response, ApiError> {
    let known = RefusalCode::ALL.iter().find(|known| known.as_str() == code);
    let known = known.ok_or_else(|| ApiError::new(RefusalCode::NotFound))?;
    let again = if known.is_retryable() {
        "The same request may succeed later."
    } else {
        "The same request will be refused again."
    };
    Ok(text(format!(
        "{code}: {title} ({status})\n\n{advice}\n{again}\n",
        title = known.title(),
        status = known.status(),
        advice = known.advice(),
    )))
}
