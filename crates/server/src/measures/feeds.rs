//! The moment at which each unit was last sent a file of each type.
//!
//! Invariant: what was measured once and is there no more, as after an erasure, is no number from then on: a
//! gauge that is no longer set would go on growing old.

use domain::LedgerName;
use jiff::Timestamp;
use metrics::gauge;
use store::NewestUpload;

/// File types of units with measures of their own, the first by name: all three of 500 customers with one
/// unit. A series each is no burden for a Prometheus.
pub const FEEDS_MEASURED_MAX: u32 = 1_500;

/// Keeps in mind which feeds have measures.
#[derive(Debug, Default)]
pub struct FeedMeasures {
    measured: Vec<LedgerName>,
}

impl FeedMeasures {
    /// `newest` is what there is now.
    pub fn set(&mut self, newest: &[NewestUpload]) {
        for (LedgerName { customer, unit, file_type }, received_at) in self.by_feed(newest) {
            let gauge = gauge!(
                "bursar_newest_upload_seconds", "customer" => customer.to_string(),
                "unit" => unit.to_string(), "type" => file_type.as_str()
            );
            gauge.set(received_at.map_or(f64::NAN, seconds));
        }
    }

    /// Every feed that was measured until now, with none where it is gone.
    fn by_feed(&mut self, newest: &[NewestUpload]) -> Vec<(LedgerName, Option<Timestamp>)> {
        let is_gone = |feed: &LedgerName| newest.iter().all(|newest| newest.ledger != *feed);
        let gone = self.measured.iter().filter(|feed| is_gone(feed));
        let gone: Vec<_> = gone.map(|feed| (feed.clone(), None)).collect();
        self.measured = newest.iter().map(|newest| newest.ledger.clone()).collect();
        let there = newest.iter().map(|newest| (newest.ledger.clone(), Some(newest.received_at)));
        there.chain(gone).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds are exact in a double")]
fn seconds(time: Timestamp) -> f64 {
    time.as_second() as f64
}

#[cfg(test)]
mod tests {
    use domain::FileType;

    use super::*;

    #[test]
    fn a_feed_that_is_gone_is_no_number() {
        let newest = |customer: &str| {
            let customer: domain::CustomerName = customer.parse().unwrap();
            let (unit, file_type) = (customer.only_unit(), FileType::Suppliers);
            let ledger = LedgerName { customer, unit, file_type };
            NewestUpload { ledger, received_at: Timestamp::UNIX_EPOCH }
        };
        let (acme, globex) = (newest("acme"), newest("globex"));
        let mut measures = FeedMeasures::default();
        let both = measures.by_feed(&[acme.clone(), globex.clone()]);
        assert!(both.len() == 2 && both.iter().all(|(_, at)| at.is_some()));
        let left = measures.by_feed(std::slice::from_ref(&globex));
        let there = (globex.ledger.clone(), Some(globex.received_at));
        assert_eq!(left, [there.clone(), (acme.ledger, None)]);
        assert_eq!(measures.by_feed(&[globex]), [there], "said once");
    }
}
