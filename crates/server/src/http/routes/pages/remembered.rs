//! Pages beside a finding: what later runs are told of, and charts.

use super::super::Entry;
use super::{get, post};
use crate::http::pages::findings::distribution;
use crate::http::pages::remembered;
use crate::http::permission::Permission::{Analyst, Viewer};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        get(
            "/at/{customer}/{unit}/findings/{finding}/distribution",
            "get_finding_distribution",
            "The amounts of a finding's supplier as a chart",
            Viewer,
            distribution::get_distribution,
        ),
        get(
            remembered::PATH,
            "list_remembered_page",
            "Remembered verdicts and what they hide",
            Viewer,
            remembered::list_remembered,
        ),
        post(
            "/at/{customer}/{unit}/remembered/{verdict}/end",
            "end_remembered_page",
            "End a remembered verdict",
            Analyst,
            remembered::end_remembered,
        ),
    ]
}
