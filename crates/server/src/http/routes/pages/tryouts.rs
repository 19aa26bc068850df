//! *Try a file*: files looked at and checked before anything is sent.

use super::{get, post};
use crate::http::pages::tryout::{self, TRY};
use crate::http::permission::Permission::Analyst;
use crate::http::routes::Entry;

const TRYOUT: &str = "/at/{customer}/{unit}/try/{tryout}";

pub(super) fn entries() -> Vec<Entry> {
    vec![
        get(TRY, "get_try", "The form to try files", Analyst, tryout::get_try),
        post(TRY, "begin_tryout", "Try files", Analyst, tryout::begin_tryout),
        get(TRYOUT, "get_tryout", "One tryout: files, findings", Analyst, tryout::get_tryout),
        post(
            "/at/{customer}/{unit}/try/{tryout}/check",
            "check_tryout",
            "Run the checks over files that are tried",
            Analyst,
            tryout::check_tryout,
        ),
        post(
            "/at/{customer}/{unit}/try/{tryout}/keep",
            "keep_tryout",
            "Make uploads of files that are tried",
            Analyst,
            tryout::keep_tryout,
        ),
        post(
            "/at/{customer}/{unit}/try/{tryout}/end",
            "end_tryout",
            "Throw a tryout away",
            Analyst,
            tryout::end_tryout,
        ),
        get(
            "/at/{customer}/{unit}/try/{tryout}/report.html",
            "get_tryout_report",
            "The report of a tryout, to save",
            Analyst,
            tryout::get_tryout_report,
        ),
        get(
            "/at/{customer}/{unit}/try/{tryout}/report.xlsx",
            "get_tryout_workbook",
            "The findings of a tryout as a workbook",
            Analyst,
            tryout::get_tryout_workbook,
        ),
    ]
}
