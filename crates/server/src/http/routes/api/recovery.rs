//! The recovery of money: what came back, and how far the rest is.

use super::{Entry, get, post, tagged};
use crate::http::api::{recovery, verdicts};

const FINDING_RECOVERED: &str = "/customers/{customer}/units/{unit}/findings/{finding}/recovered";
const FINDING_RECOVERY: &str = "/customers/{customer}/units/{unit}/findings/{finding}/recovery";
const FINDING_CREDIT: &str = "/customers/{customer}/units/{unit}/findings/{finding}/credit";
const CREDITS: &str = "/customers/{customer}/units/{unit}/credits";
const RECOVERY: &str = "/customers/{customer}/units/{unit}/recovery";

pub(super) fn entries() -> Vec<Entry> {
    tagged(
        "Findings",
        [
            post(
                FINDING_RECOVERED,
                "set_recovered",
                "Say what came back of the money",
                verdicts::set_recovered,
            ),
            post(
                FINDING_RECOVERY,
                "step_recovery",
                "Say how far the money of a finding has come on its way back",
                recovery::step_recovery,
            ),
            get(
                RECOVERY,
                "get_recovery",
                "Money on its way back, by stage and by age",
                recovery::get_recovery,
            ),
            get(
                CREDITS,
                "list_credits",
                "Credits that may be the answer to money that was asked for",
                recovery::list_credits,
            ),
            post(
                FINDING_CREDIT,
                "decide_credit",
                "Take a credit for the answer, or say that it is none",
                recovery::decide_credit,
            ),
        ],
    )
}
