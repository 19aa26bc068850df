//! Runs of payments about to go out.

use domain::RefusalCode;

use super::{Entry, get, post, tagged};
use crate::http::api::payment_runs;

const PAYMENT_RUNS: &str = "/customers/{customer}/units/{unit}/paymentRuns";
const PAYMENT_RUN: &str = "/customers/{customer}/units/{unit}/paymentRuns/{upload}";
const RUN_PAYMENTS: &str = "/customers/{customer}/units/{unit}/paymentRuns/{upload}/payments";
const RUN_DECISIONS: &str = "/customers/{customer}/units/{unit}/paymentRuns/{upload}/decisions";
const RUN_FILE: &str = "/customers/{customer}/units/{unit}/paymentRuns/{upload}/file";

pub(super) fn entries() -> Vec<Entry> {
    tagged(
        "Payment runs",
        [
            get(
                PAYMENT_RUNS,
                "list_payment_runs",
                "Runs of payments that were checked, newest first",
                payment_runs::list_payment_runs,
            ),
            get(
                PAYMENT_RUN,
                "get_payment_run",
                "One run of payments in sums",
                payment_runs::get_payment_run,
            )
            .refuses(&[RefusalCode::UploadNotFound]),
            get(
                RUN_PAYMENTS,
                "list_run_payments",
                "The payments of a run, and what speaks against each",
                payment_runs::list_run_payments,
            )
            .refuses(&[RefusalCode::UploadNotFound]),
            post(
                RUN_DECISIONS,
                "decide_run_payments",
                "Release or hold payments of a run, by their lines or all that nothing speaks against",
                payment_runs::decide_run_payments,
            )
            .refuses(&[RefusalCode::UploadNotFound]),
            get(
                RUN_FILE,
                "get_payment_file",
                "The file of a run without the payments that were held, its counts and sums mended",
                payment_runs::get_payment_file,
            ),
        ],
    )
}
