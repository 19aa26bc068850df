//! Which checks a unit's runs carry out, and by what.

use http::Method;

use super::{Entry, documented, get, tagged};
use crate::http::api::check_settings;

const CHECK_SETTINGS: &str = "/customers/{customer}/units/{unit}/checkSettings";

pub(super) fn entries() -> Vec<Entry> {
    tagged(
        "Checks",
        [
            get(
                CHECK_SETTINGS,
                "get_check_settings",
                "Which checks are run, by which numbers, limits and days off",
                check_settings::get_check_settings,
            ),
            documented(
                Method::PUT,
                CHECK_SETTINGS,
                "set_check_settings",
                "Set which checks are run and by what, and ask for a run; what is left out is as usual",
                check_settings::set_check_settings,
            ),
        ],
    )
}
