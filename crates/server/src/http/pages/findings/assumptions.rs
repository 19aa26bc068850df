//! The amounts that a check goes by, and whether anybody has set them: a limit that is assumed is no limit of
//! the organisation.
//!
//! Not for: setting them (`check_settings`, `limits`).

use domain::check::ParameterKind;
use domain::{Amount, Limit};

use crate::App;
use crate::http::pages::access::Member;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// A sentence for each amount that the check of a finding goes by.
pub(super) async fn assumptions(
    app: &App,
    member: &Member,
    check: &str,
) -> Result<Vec<String>, PageError> {
    let Some(check) = app.checks.iter().find(|known| known.name == check) else {
        return Ok(Vec::new());
    };
    let settings = member.store.check_settings(&member.unit).await?;
    let amounts = check.parameters.iter();
    let amounts = amounts.filter(|parameter| matches!(parameter.kind, ParameterKind::Amount));
    let sentence = |parameter: &domain::CheckParameter| {
        let value = settings.value(check, parameter);
        let amount: Option<Amount> = value.to_string().parse().ok();
        let written =
            amount.map_or_else(|| value.to_string(), |amount| format::figure(amount, None));
        let is_assumed = value == parameter.default;
        let how = if is_assumed { "assumed: nobody has set yours yet" } else { "as set here" };
        let more = settings.more_limits(check, parameter).iter().map(Limit::written);
        let more: Vec<String> = more.collect();
        let also =
            if more.is_empty() { String::new() } else { format!("; also {}", more.join(", ")) };
        format!("{}: {written}, {how}{also}.", format::capital(&parameter.about))
    };
    Ok(amounts.map(sentence).collect())
}
