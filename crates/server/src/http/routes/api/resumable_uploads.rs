//! Files that are sent in several requests.

use http::Method;

use super::{Entry, SEND, SEND_AS_FILLED_IN, documented, tagged};
use crate::http::upload::resumable;

const RESUMABLE: &str = "/customers/{customer}/units/{unit}/Uploads/resumable/{resumable}";

pub(super) fn entries() -> Vec<Entry> {
    tagged(
        "Uploads",
        [
            documented(
                Method::OPTIONS,
                SEND,
                "offer_resumption",
                "Whether and how a file can be sent in several requests",
                resumable::offer_resumption,
            )
            .filled_in_as(SEND_AS_FILLED_IN),
            documented(
                Method::HEAD,
                RESUMABLE,
                "get_resumable_offset",
                "How much of a file is safe that is sent in several requests",
                resumable::get_resumable_offset,
            ),
            documented(
                Method::PATCH,
                RESUMABLE,
                "append_to_resumable",
                "Go on with a file where it stands; the request that ends it gets its receipt",
                resumable::append_to_resumable,
            ),
            documented(
                Method::DELETE,
                RESUMABLE,
                "cancel_resumable",
                "Give up a file that is sent in several requests",
                resumable::cancel_resumable,
            ),
        ],
    )
}
