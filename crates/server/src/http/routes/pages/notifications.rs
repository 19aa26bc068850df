//! What people and programs are told of.
//!
//! Invariant: what somebody is told of is theirs alone; where events are posted is an admin's of all units.

use super::super::Entry;
use super::{get, post};
use crate::http::pages::{notifications, own_work, webhooks};
use crate::http::permission::Permission::{Admin, SignedIn};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        get(own_work::PATH, "get_own_work", "One's own work", SignedIn, own_work::get_own_work),
        get(
            notifications::PATH,
            "get_notifications_page",
            "What one is told of",
            SignedIn,
            notifications::get_notifications,
        ),
        post(
            notifications::PATH,
            "set_notifications",
            "Choose what one is told of",
            SignedIn,
            notifications::set_notifications,
        ),
        post(
            "/me/notifications/none",
            "silence_notifications",
            "No e-mail at all",
            SignedIn,
            notifications::silence_notifications,
        ),
        get(webhooks::PATH, "list_webhooks_page", "Webhooks", Admin, webhooks::list_webhooks),
        post(webhooks::PATH, "add_webhook", "Add a webhook", Admin, webhooks::add_webhook),
        post(
            "/settings/{customer}/webhooks/remove",
            "remove_webhook",
            "Remove a webhook",
            Admin,
            webhooks::remove_webhook,
        ),
        post(
            "/settings/{customer}/webhooks/switch",
            "switch_webhook",
            "Switch a webhook off or on",
            Admin,
            webhooks::switch_webhook,
        ),
        post(
            "/settings/{customer}/webhooks/secret",
            "renew_webhook_secret",
            "Make another key for a webhook",
            Admin,
            webhooks::renew_webhook_secret,
        ),
        post(
            "/settings/{customer}/webhooks/try",
            "try_webhook",
            "Post a trial to a webhook",
            Admin,
            webhooks::try_webhook,
        ),
        post(
            "/settings/{customer}/webhooks/again",
            "redeliver_page",
            "Post once more what was posted",
            Admin,
            webhooks::redeliver,
        ),
    ]
}
