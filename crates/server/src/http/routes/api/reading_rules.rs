//! How files of each type are read.

use domain::RefusalCode;
use http::Method;

use super::{Entry, documented, get, tagged};
use crate::http::api::reading_rules;

const READING_RULES: &str = "/customers/{customer}/units/{unit}/readingRules";
const READING_RULES_OF_TYPE: &str = "/customers/{customer}/units/{unit}/readingRules/{type}";

pub(super) fn entries() -> Vec<Entry> {
    const REFUSALS: &[RefusalCode] = &[RefusalCode::FileTypeUnknown];
    tagged(
        "Reading rules",
        [
            get(
                READING_RULES,
                "list_reading_rules",
                "How the unit's files are read, type by type",
                reading_rules::list_reading_rules,
            ),
            get(
                READING_RULES_OF_TYPE,
                "get_reading_rules",
                "How files of one type are read",
                reading_rules::get_reading_rules,
            )
            .refuses(REFUSALS),
            documented(
                Method::PUT,
                READING_RULES_OF_TYPE,
                "set_reading_rules",
                "Set how files of one type are read from then on; what is left out is as usual",
                reading_rules::set_reading_rules,
            )
            .refuses(REFUSALS),
            documented(
                Method::DELETE,
                READING_RULES_OF_TYPE,
                "clear_reading_rules",
                "Let files of one type be read as usual from then on",
                reading_rules::clear_reading_rules,
            )
            .refuses(REFUSALS),
        ],
    )
}
