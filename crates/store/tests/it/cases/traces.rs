//! Traces: from the upload to the jobs that follow from it.

use domain::trace_context::{Sampling, TraceContext};
use domain::{FileType, UploadId};
use jiff::{SignedDuration, ToSpan as _};
use store::{ClaimedJob, JobKind, NextJobs};

use crate::cases::reading::{held, read};
use crate::cases::runs::{LEASE, claim_check};
use crate::cases::verdicts::ann;
use crate::site::{Site, fence, new_job, new_run, now, unit};

/// More readings than one run has room for the traces of.
const READINGS: u64 = 50;

/// The place of a span in a trace of its own.
fn place(id: u64) -> TraceContext {
    TraceContext::new(u128::from(id), id, Sampling::Recorded).unwrap()
}

async fn received(site: &Site, name: &str, trace: Option<TraceContext>) -> UploadId {
    let mut new = site.new_upload(name);
    new.file_type = FileType::Suppliers;
    new.received_at = now() - SignedDuration::from_secs(1);
    new.trace = trace;
    site.try_receive(new, b"1").await.unwrap().into_upload().id
}

async fn begun(site: &Site) -> ClaimedJob {
    let job = site.system().claim_job(&[JobKind::ReadUpload], now(), LEASE, fence()).await;
    let job = job.unwrap().unwrap();
    site.system().begin_reading(&job, now()).await.unwrap();
    job
}

pub(crate) async fn a_trace_goes_on_from_upload_to_run(site: Site) {
    let upload = received(&site, "1.csv", Some(place(1))).await;
    let job = begun(&site).await;
    assert_eq!(job.traces, [place(1)]);
    site.system().finish_reading(&job, held(), NextJobs::default(), now()).await.unwrap();
    site.acme().release(&unit(), upload, new_job(), &ann()).await.unwrap();
    let again = begun(&site).await;
    assert_eq!(again.traces, [place(1)], "it is still the trace of its receipt");
    let next = |trace| NextJobs { tidy: None, check: Some(new_run()), trace };
    site.system().finish_reading(&again, read(), next(Some(place(2))), now()).await.unwrap();

    received(&site, "2.csv", None).await;
    let untraced = begun(&site).await;
    assert!(untraced.traces.is_empty());
    site.system().finish_reading(&untraced, read(), next(None), now()).await.unwrap();
    for reading in 3..READINGS {
        received(&site, &format!("{reading}.csv"), Some(place(reading))).await;
        let job = begun(&site).await;
        site.system()
            .finish_reading(&job, read(), next(Some(place(reading))), now())
            .await
            .unwrap();
    }
    let check = claim_check(&site, now() + 1.second()).await.unwrap();
    assert_eq!(check.traces[..2], [place(2), place(3)], "all that asked for it");
    assert!((30..45).contains(&check.traces.len()), "{}", check.traces.len());
}

pub(crate) async fn a_run_whose_first_asker_has_no_trace_goes_on_from_the_next(site: Site) {
    for (name, trace) in [("1.csv", None), ("2.csv", Some(place(7)))] {
        received(&site, name, trace).await;
        let job = begun(&site).await;
        let next = NextJobs { tidy: None, check: Some(new_run()), trace };
        site.system().finish_reading(&job, read(), next, now()).await.unwrap();
    }
    let check = claim_check(&site, now() + 1.second()).await.unwrap();
    assert_eq!(check.traces, [place(7)]);
}
