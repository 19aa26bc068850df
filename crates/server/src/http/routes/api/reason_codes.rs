//! The reasons that verdicts may name by a code.

use super::{Entry, get, tagged};
use crate::http::api::reason_codes;

const REASON_CODES: &str = "/customers/{customer}/units/{unit}/reasonCodes";

pub(super) fn entries() -> Vec<Entry> {
    tagged(
        "Findings",
        [get(
            REASON_CODES,
            "list_reason_codes",
            "The reasons that verdicts may name by a code, the retired among them",
            reason_codes::list_reason_codes,
        )],
    )
}
