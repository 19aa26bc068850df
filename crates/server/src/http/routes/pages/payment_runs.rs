//! Runs of payments about to go out.

use super::super::Entry;
use super::{get, post};
use crate::http::pages::ledger::page;
use crate::http::pages::payment_runs;
use crate::http::permission::Permission::{Analyst, Viewer};

pub(super) fn entries() -> Vec<Entry> {
    const RUN: &str = "/at/{customer}/{unit}/payment_runs/{upload}";
    vec![
        get(
            "/at/{customer}/{unit}/payment_runs",
            "list_payment_runs_page",
            "Runs of payments that were checked",
            Viewer,
            payment_runs::list_payment_runs,
        ),
        get(
            RUN,
            "get_payment_run_page",
            "One run of payments and what speaks against them",
            Viewer,
            payment_runs::get_payment_run,
        ),
        post(
            RUN,
            "decide_payments_page",
            "Release or hold payments of a run",
            Analyst,
            payment_runs::decide_payments,
        ),
        get(
            "/at/{customer}/{unit}/payment_runs/{upload}/payments.csv",
            "export_payments_page",
            "The payments of a run as a file",
            Viewer,
            payment_runs::export_payments,
        ),
        get(
            "/at/{customer}/{unit}/payment_runs/{upload}/file",
            "get_payment_file_page",
            "The file of a run without the payments that were held",
            Analyst,
            payment_runs::get_payment_file,
        ),
        get(
            "/at/{customer}/{unit}/payments",
            "list_payments_page",
            "The payments of all runs of the unit",
            Viewer,
            page::list_payments,
        ),
    ]
}
