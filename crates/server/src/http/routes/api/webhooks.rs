//! Where events are posted, and what was posted there.

use super::{Entry, get, post, tagged};
use crate::http::api::webhooks;

const WEBHOOKS: &str = "/customers/{customer}/units/{unit}/webhooks";
const DELIVERIES: &str = "/customers/{customer}/units/{unit}/deliveries";
const REDELIVERY: &str = "/customers/{customer}/units/{unit}/deliveries/{delivery}/again";

pub(super) fn entries() -> Vec<Entry> {
    tagged(
        "Webhooks",
        [
            get(WEBHOOKS, "list_webhooks", "Where events are posted", webhooks::list_webhooks),
            get(
                DELIVERIES,
                "list_deliveries",
                "What was posted, newest first, and what was answered",
                webhooks::list_deliveries,
            ),
            post(
                REDELIVERY,
                "redeliver",
                "Post once more what was posted, as a delivery of its own",
                webhooks::redeliver,
            ),
        ],
    )
}
