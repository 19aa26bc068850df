//! The pages behind the `type` of problem details: what a kind of refusal means and what to do.

use axum::extract::Path;
use domain::RefusalCode;

use crate::http::error::ApiError;
use crate::http::respond::PlainText;

pub(crate) async fn get_problem(Path(code): Path<String>) -> Result<PlainText, ApiError> {
    let known: RefusalCode =
        code.parse().map_err(|_unknown| ApiError::new(RefusalCode::NotFound))?;
    let again = if known.is_retryable() {
        "The same request may succeed later."
    } else {
        "The same request will be refused again."
    };
    Ok(PlainText(format!(
        "{code}: {title} ({status})\n\n{advice}\n{again}\n",
        title = known.title(),
        status = known.status(),
        advice = known.advice(),
    )))
}
