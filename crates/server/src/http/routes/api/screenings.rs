//! What is asked before money leaves: screenings, and invoices that are not to be paid.

use domain::RefusalCode;
use http::Method;

use super::super::entry;
use super::{Entry, documented, get, post, tagged};
use crate::http::api::{holds, screenings};
use crate::http::mcp;
use crate::http::permission::Access;

const SCREENINGS: &str = "/customers/{customer}/units/{unit}/screenings";
const SCREENING_SETTINGS: &str = "/customers/{customer}/units/{unit}/screeningSettings";
const HOLDS: &str = "/customers/{customer}/units/{unit}/holds";
const HOLDS_CSV: &str = "/customers/{customer}/units/{unit}/holds.csv";
const HOLDS_ACKNOWLEDGED: &str = "/customers/{customer}/units/{unit}/holds/acknowledged";
const HOLDS_LIFTED: &str = "/customers/{customer}/units/{unit}/holds/lifted";

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = screening_routes();
    entries.extend(hold_routes());
    entries.push(entry(
        Method::POST,
        "/mcp",
        "serve_agent",
        "What agents ask by the Model Context Protocol",
        Access::Viewer,
        mcp::serve_agent,
    ));
    entries
}

fn screening_routes() -> Vec<Entry> {
    tagged(
        "Screening",
        [
            post(
                SCREENINGS,
                "screen_invoices",
                "Check invoices against the ledgers before they are paid: clear, look or stop, and why",
                screenings::screen_invoices,
            ),
            get(
                SCREENING_SETTINGS,
                "get_screening_settings",
                "From which probability on, and at which oddities, a screening says look or stop",
                screenings::get_screening_settings,
            ),
            documented(
                Method::PUT,
                SCREENING_SETTINGS,
                "set_screening_settings",
                "Set that from then on",
                screenings::set_screening_settings,
            ),
        ],
    )
}

fn hold_routes() -> Vec<Entry> {
    tagged(
        "Holds",
        [
            get(
                HOLDS,
                "list_holds",
                "Invoices that are not to be paid: changes since one, in their order",
                holds::list_holds,
            ),
            get(HOLDS_CSV, "list_holds_csv", "The same as a file", holds::list_holds_csv),
            post(
                HOLDS,
                "hold_payments",
                "Hold the unpaid invoices of findings: of all or of none",
                holds::hold_payments,
            )
            .refuses(&[RefusalCode::FindingNotFound]),
            post(
                HOLDS_LIFTED,
                "lift_holds",
                "Let invoices be paid again: all of them or none",
                holds::lift_holds,
            ),
            post(
                HOLDS_ACKNOWLEDGED,
                "acknowledge_holds",
                "Say that the ERP has every change up to one",
                holds::acknowledge_holds,
            ),
        ],
    )
}
