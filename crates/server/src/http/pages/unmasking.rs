//! Looks at what is masked: whoever is shown it whole stands in the audit log first, an auditor with the
//! reason.
//!
//! Not for: what is masked for whom (`domain::personal`).
//!
//! Invariant: only [`Unmasker::unmask`] makes [`Visibility::Full`] of somebody, and each time it is noted.

use domain::{AuditEntry, Unmasking, Visibility};
use serde::Deserialize;
use serde_json::json;

use super::access::{Member, Unmasker};
use super::error::PageError;
use super::field::Text;
use crate::App;

/// A few sentences: the case it is about, who asked.
const REASON_CHARS_MAX: usize = 500;

/// The form by which somebody asks to be shown what is masked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UnmaskForm {
    reason: Text,
}

/// The offer of a page to show whole what it masks.
#[derive(Debug)]
pub(crate) struct UnmaskOffer {
    /// The path that the form is sent to.
    pub(crate) action: String,
    pub(crate) asks_reason: bool,
}

impl UnmaskOffer {
    /// The offer to a member from whom something is hidden; none for who is never shown more.
    pub(crate) fn to(member: &Member, action: String) -> Option<Self> {
        let asks_reason = match member.role.unmasking() {
            Unmasking::Never => return None,
            Unmasking::OnRequest => false,
            Unmasking::WithReason => true,
        };
        Some(Self { action, asks_reason })
    }
}

impl Unmasker {
    /// Notes in the audit log that somebody is shown what is masked elsewhere, before it is shown. `what` is
    /// the kind of the look, as the log has it.
    pub(crate) async fn unmask(
        &self,
        app: &App,
        (what, about): (&str, &str),
        form: &UnmaskForm,
    ) -> Result<Visibility, PageError> {
        let reason = &*form.reason;
        if reason.is_empty() && self.role.unmasking() == Unmasking::WithReason {
            let why = "An auditor says why before what is masked is shown. Go back and write the reason; it \
                       is kept in the audit log.";
            return Err(PageError::Impossible(why.to_owned()));
        }
        if reason.chars().count() > REASON_CHARS_MAX {
            return Err(PageError::Impossible(format!(
                "A reason has at most {REASON_CHARS_MAX} characters. Go back and shorten it."
            )));
        }
        let unit = self.unit.as_str();
        let entry = AuditEntry {
            at: app.clock.now(),
            who: self.address().to_owned(),
            what: what.to_owned(),
            about: about.to_owned(),
            customer: None,
            details: match reason {
                "" => json!({ "unit": unit }),
                reason => json!({ "unit": unit, "reason": reason }),
            },
        };
        self.store.audit(entry).await?;
        Ok(Visibility::Full)
    }
}
