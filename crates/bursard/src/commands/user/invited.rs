//! Whoever was invited and has not come yet, as `bursard user list` shows them.

use domain::{CustomerName, OfferedRole};
use jiff::Timestamp;
use store::{Invitation, Store};

use super::in_words;

use crate::output;

/// The invitations that still work: of one customer, or of all.
pub(super) async fn open_invitations(
    store: &Store,
    customer: Option<&CustomerName>,
    now: Timestamp,
) -> anyhow::Result<Vec<Invitation>> {
    let customers = match customer {
        Some(customer) => vec![customer.clone()],
        None => store.system().customers().await?,
    };
    let mut open = Vec::new();
    for customer in customers {
        open.extend(store.customer(&customer).open_invitations(now).await?);
    }
    Ok(open)
}

/// Says whom a link waits for, and why a list of accounts is empty.
pub(super) fn say(customer: Option<&CustomerName>, accounts: usize, open: &[Invitation]) {
    match customer {
        Some(customer) if accounts == 0 => {
            output::note(format_args!("{customer} has no members yet"));
            if open.is_empty() {
                output::note(format_args!(
                    "invite one with: bursard user invite EMAIL --customer {customer} --role admin"
                ));
            }
        }
        None if accounts == 0 && open.is_empty() => {
            output::note("nobody has an account yet; bursard serve makes a link for the first");
        }
        _ => {}
    }
    for invitation in open {
        output::note(line(invitation));
    }
}

/// `invited: gail@contoso.example, as admin of contoso, by operator, until 7 Dec 2026 10:00 UTC`
fn line(invitation: &Invitation) -> String {
    let who = invitation.email.as_ref().map_or("whoever opens the link", |email| email.as_str());
    let offered = OfferedRole { role: invitation.role, unit: invitation.unit.clone() };
    let by = invitation.invited_by.as_deref().unwrap_or("the first start");
    format!(
        "invited: {who}, as {} of {}, by {by}, until {}",
        in_words(&offered),
        invitation.customer,
        output::minute_in_utc(invitation.expires_at)
    )
}

pub(super) fn to_json(invitation: &Invitation) -> serde_json::Value {
    serde_json::json!({
        "id": invitation.id,
        "email": invitation.email.as_ref().map(domain::EmailAddress::as_str),
        "customer": invitation.customer,
        "role": invitation.role,
        "unit": invitation.unit,
        "invitedBy": invitation.invited_by,
        "madeAt": invitation.made_at,
        "expiresAt": invitation.expires_at,
    })
}
