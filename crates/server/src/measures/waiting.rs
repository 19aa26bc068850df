//! Jobs that wait, by kind and by customer.
//!
//! Invariant: a customer that was measured once is measured from then on, as 0 when nothing of it waits: a
//! gauge that is no longer set would go on showing its last value.

use std::collections::{BTreeMap, BTreeSet};

use domain::CustomerName;
use jiff::Timestamp;
use metrics::gauge;
use store::{JobKind, WaitingJobs};

/// Customers with measures of their own, the first that had jobs waiting. Two series each are no burden for
/// a Prometheus, and operators have tens to hundreds.
pub const CUSTOMERS_MEASURED_MAX: usize = 500;
/// The label of all others together; no customer's name, which has letters and digits only.
const OTHERS: &str = "_others";

/// Keeps in mind which customers have measures.
#[derive(Debug, Default)]
pub struct WaitingMeasures {
    measured: BTreeSet<CustomerName>,
}

/// Of one kind or one customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Waiting {
    jobs: u64,
    since: Option<Timestamp>,
}

impl WaitingMeasures {
    /// `waiting` is all that waits.
    pub fn set(&mut self, waiting: &[WaitingJobs], now: Timestamp) {
        for kind in JobKind::ALL {
            let of_kind = sum(waiting.iter().filter(|jobs| jobs.kind == kind));
            gauge!("bursar_oldest_waiting_job_seconds", "kind" => kind.as_str())
                .set(of_kind.age(now));
        }
        for (label, of_customer) in self.by_customer(waiting) {
            set_customer(label, of_customer, now);
        }
    }

    /// By label: every customer measured so far, and the others when there are any.
    fn by_customer(&mut self, waiting: &[WaitingJobs]) -> BTreeMap<String, Waiting> {
        for jobs in waiting {
            if self.measured.len() < CUSTOMERS_MEASURED_MAX {
                self.measured.insert(jobs.customer.clone());
            }
        }
        let mut by_label: BTreeMap<String, Waiting> = self
            .measured
            .iter()
            .map(|customer| {
                let theirs = waiting.iter().filter(|jobs| jobs.customer == *customer);
                (customer.to_string(), sum(theirs))
            })
            .collect();
        if self.measured.len() == CUSTOMERS_MEASURED_MAX {
            let others = waiting.iter().filter(|jobs| !self.measured.contains(&jobs.customer));
            by_label.insert(OTHERS.to_owned(), sum(others));
        }
        by_label
    }
}

impl Waiting {
    /// In seconds; 0 when nothing waits, and when the clock went back.
    #[expect(clippy::cast_precision_loss, reason = "seconds are exact in a double")]
    fn age(self, now: Timestamp) -> f64 {
        self.since.map_or(0, |since| now.duration_since(since).as_secs()).max(0) as f64
    }
}

fn sum<'a>(waiting: impl Iterator<Item = &'a WaitingJobs>) -> Waiting {
    waiting.fold(Waiting::default(), |sum, jobs| Waiting {
        jobs: sum.jobs + jobs.jobs,
        since: Some(sum.since.map_or(jobs.since, |since| since.min(jobs.since))),
    })
}

#[expect(clippy::cast_precision_loss, reason = "more than 2^53 jobs are not to be feared")]
fn set_customer(label: String, waiting: Waiting, now: Timestamp) {
    gauge!("bursar_customer_waiting_jobs", "customer" => label.clone()).set(waiting.jobs as f64);
    gauge!("bursar_customer_oldest_waiting_job_seconds", "customer" => label).set(waiting.age(now));
}

#[cfg(test)]
mod tests;
