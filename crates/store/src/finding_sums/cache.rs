//! The sums that are kept in this process, over all units, up to a number of bytes.
//!
//! Invariant: of those who ask for the same at once one makes it and the others wait; what fails or is cut
//! off is made by the next of them. What is kept takes no more than so many bytes, whatever is asked, and no
//! sum is older than so long.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::finding::{LaneTotal, VerdictTally};
use domain::{CustomerName, Money, UnitName};
use jiff::civil::Date;
use lru::LruCache;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::error::Error;
use crate::findings::{FilterValue, FoundKind};
use crate::{OpenSum, RecoverySums, TeamWork};

/// Some ten thousand sums of a kilobyte with their questions: those of a thousand units on their overview
/// and their queue. Where it is not enough, the sum asked for longest ago is made anew.
const SUM_BYTES_MAX: usize = 16 * 1024 * 1024;
/// While nodes are replaced one after the other, those of before these versions change findings and count
/// nothing: what they write is in the sums so late at most. A sum that is made once a minute costs nothing.
const SUM_AGE_MAX: Duration = Duration::from_mins(1);
/// The memory of an entry beside the texts in it, with its place in the cache.
const ENTRY_OVERHEAD_BYTES: usize = 256;
/// The memory of a line of a sum beside its texts: amounts with their currencies, in a list.
const LINE_BYTES: usize = 128;

/// A question about the findings of a unit: what is to be summed, of which of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SumQuestion {
    pub(super) sum: &'static str,
    pub(super) condition: String,
    pub(super) values: Vec<FilterValue>,
}

/// A question, and the unit it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SumKey {
    pub(super) customer: CustomerName,
    pub(super) unit: UnitName,
    pub(super) question: SumQuestion,
}

impl SumKey {
    fn bytes(&self) -> usize {
        let names = self.customer.as_str().len() + self.unit.as_str().len();
        let values = self.question.values.iter().map(|value| match value {
            FilterValue::Text(text) => size_of::<FilterValue>() + text.len(),
            FilterValue::Number(_) => size_of::<FilterValue>(),
        });
        ENTRY_OVERHEAD_BYTES + names + self.question.condition.len() + values.sum::<usize>()
    }
}

/// A sum that knows about how much memory it takes.
pub(super) trait Sum: Clone + Send + Sync + 'static {
    fn bytes(&self) -> usize;
}

impl Sum for u64 {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Sum for Option<Date> {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Sum for Vec<Money> {
    fn bytes(&self) -> usize {
        self.len() * LINE_BYTES
    }
}

impl Sum for Vec<LaneTotal> {
    fn bytes(&self) -> usize {
        self.iter().map(|total| LINE_BYTES + total.at_risk.bytes()).sum()
    }
}

impl Sum for Vec<OpenSum> {
    fn bytes(&self) -> usize {
        self.iter().map(|sum| LINE_BYTES + sum.check.len()).sum()
    }
}

impl Sum for Vec<FoundKind> {
    fn bytes(&self) -> usize {
        self.iter().map(|kind| LINE_BYTES + kind.check.len() + kind.kind.len()).sum()
    }
}

impl Sum for Vec<VerdictTally> {
    fn bytes(&self) -> usize {
        let texts = |tally: &VerdictTally| {
            tally.check.len() + tally.kind.len() + tally.pattern.as_ref().map_or(0, String::len)
        };
        self.iter().map(|tally| LINE_BYTES + texts(tally)).sum()
    }
}

impl Sum for RecoverySums {
    fn bytes(&self) -> usize {
        let stages = self.stages.iter().map(|stage| LINE_BYTES + stage.money.bytes());
        let ages = self.ages.iter().map(|age| LINE_BYTES + age.money.bytes());
        stages.chain(ages).sum()
    }
}

impl Sum for Arc<BTreeMap<String, u64>> {
    fn bytes(&self) -> usize {
        self.keys().map(|who| LINE_BYTES + who.len()).sum()
    }
}

impl Sum for BTreeMap<String, TeamWork> {
    fn bytes(&self) -> usize {
        self.keys().map(|who| LINE_BYTES + who.len()).sum()
    }
}

type Answer = Box<dyn Any + Send + Sync>;

/// A sum as it is kept, or while it is made.
struct KeptSum {
    /// The version of the findings at which it was asked for.
    version: i64,
    asked: Instant,
    answer: Arc<OnceCell<Answer>>,
    bytes: usize,
}

impl KeptSum {
    fn is_of(&self, version: i64, now: Instant) -> bool {
        self.version == version && now - self.asked < SUM_AGE_MAX
    }
}

/// The sums, and how many bytes they take.
struct KeptSums {
    by_key: LruCache<SumKey, KeptSum>,
    bytes: usize,
}

/// The sums of all units that are kept.
pub(crate) struct SumCache(Mutex<KeptSums>);

impl Default for SumCache {
    fn default() -> Self {
        Self(Mutex::new(KeptSums { by_key: LruCache::unbounded(), bytes: 0 }))
    }
}

impl fmt::Debug for SumCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sums = self.sums();
        f.debug_struct("SumCache")
            .field("sums", &sums.by_key.len())
            .field("bytes", &sums.bytes)
            .finish()
    }
}

impl SumCache {
    fn sums(&self) -> MutexGuard<'_, KeptSums> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sum as it is kept for this version; else it is made.
    pub(super) async fn answer<T: Sum>(
        &self,
        key: SumKey,
        version: i64,
        made: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let answer = self.kept(&key, version);
        let mut new_bytes = None;
        let new = &mut new_bytes;
        let make = || async move {
            let sum = made.await?;
            *new = Some(sum.bytes());
            let boxed: Answer = Box::new(sum);
            Ok::<_, Error>(boxed)
        };
        let sum = answer.get_or_try_init(make).await?;
        let sum = sum.downcast_ref::<T>().expect("a question has one type of answer").clone();
        if let Some(bytes) = new_bytes {
            self.weigh(&key, &answer, bytes);
        }
        Ok(sum)
    }

    /// The place of an answer, which is empty until it is made.
    fn kept(&self, key: &SumKey, version: i64) -> Arc<OnceCell<Answer>> {
        let (mut sums, asked) = (self.sums(), Instant::now());
        if let Some(kept) = sums.by_key.get(key).filter(|kept| kept.is_of(version, asked)) {
            return Arc::clone(&kept.answer);
        }
        let (answer, bytes) = (Arc::default(), key.bytes());
        let kept = KeptSum { version, asked, answer: Arc::clone(&answer), bytes };
        if let Some(before) = sums.by_key.put(key.clone(), kept) {
            sums.bytes -= before.bytes;
        }
        sums.bytes += bytes;
        sums.make_room();
        answer
    }

    /// Counts the bytes of an answer that was made, unless it is kept no more.
    fn weigh(&self, key: &SumKey, answer: &Arc<OnceCell<Answer>>, bytes: usize) {
        let mut sums = self.sums();
        let kept = sums.by_key.peek_mut(key).filter(|kept| Arc::ptr_eq(&kept.answer, answer));
        if let Some(kept) = kept {
            kept.bytes += bytes;
            sums.bytes += bytes;
        }
        sums.make_room();
    }

    /// Lets go of everything of a customer, or of one of its units.
    pub(crate) fn forget(&self, customer: &CustomerName, unit: Option<&UnitName>) {
        self.retain(|(of, its)| of != customer || unit.is_some_and(|unit| unit != its));
    }

    /// The units of which something is kept.
    pub(crate) fn units(&self) -> Vec<(CustomerName, UnitName)> {
        let sums = self.sums();
        let mut units: Vec<_> =
            sums.by_key.iter().map(|(key, _)| (key.customer.clone(), key.unit.clone())).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    fn retain(&self, wanted: impl Fn((&CustomerName, &UnitName)) -> bool) {
        let mut sums = self.sums();
        let all = sums.by_key.iter().map(|(key, _)| key);
        let gone = all.filter(|key| !wanted((&key.customer, &key.unit))).cloned();
        for key in gone.collect::<Vec<_>>() {
            if let Some(kept) = sums.by_key.pop(&key) {
                sums.bytes -= kept.bytes;
            }
        }
    }
}

impl KeptSums {
    fn make_room(&mut self) {
        while self.bytes > SUM_BYTES_MAX {
            let Some((_, oldest)) = self.by_key.pop_lru() else { break };
            self.bytes -= oldest.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn key(unit: &str, text: String) -> SumKey {
        let (customer, unit) = ("acme".parse().unwrap(), unit.parse().unwrap());
        let values = vec![FilterValue::Text(text)];
        let question = SumQuestion { sum: "count_findings", condition: String::new(), values };
        SumKey { customer, unit, question }
    }

    async fn is(cache: &SumCache, key: &SumKey, version: i64, fresh: u64) -> u64 {
        cache.answer(key.clone(), version, async { Ok(fresh) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_sum_is_made_once_for_all_who_ask_at_once() {
        let (cache, made) = (SumCache::default(), AtomicU64::new(0));
        let ask = || {
            cache.answer(key("uk", String::new()), 1, async {
                tokio::task::yield_now().await;
                Ok(made.fetch_add(1, Ordering::Relaxed))
            })
        };
        let (one, two, three) = tokio::join!(ask(), ask(), ask());
        assert_eq!([one.unwrap(), two.unwrap(), three.unwrap()], [0; 3]);
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_fails_or_is_cut_off_is_made_by_the_next() {
        let (cache, of) = (SumCache::default(), key("uk", String::new()));
        let failed = async { Err(Error::NotFound { what: "unit" }) };
        assert!(cache.answer::<u64>(of.clone(), 1, failed).await.is_err());
        let begun = cache.answer::<u64>(of.clone(), 1, std::future::pending());
        let wait = Duration::from_millis(1);
        assert!(tokio::time::timeout(wait, begun).await.is_err());
        assert_eq!(is(&cache, &of, 1, 7).await, 7);
        assert_eq!(is(&cache, &of, 1, 8).await, 7, "it is kept");
    }

    #[tokio::test]
    async fn a_later_version_takes_the_place() {
        let (cache, of) = (SumCache::default(), key("uk", String::new()));
        assert_eq!(is(&cache, &of, 1, 10).await, 10);
        assert_eq!(is(&cache, &of, 2, 20).await, 20);
        assert_eq!(is(&cache, &of, 2, 21).await, 20);
        assert_eq!(cache.sums().by_key.len(), 1);
        assert_eq!(is(&cache, &of, 0, 0).await, 0, "a unit that was erased has no version");
    }

    #[test]
    fn a_sum_is_made_anew_in_time() {
        let asked = Instant::now();
        let kept = KeptSum { version: 1, asked, answer: Arc::default(), bytes: 0 };
        assert!(kept.is_of(1, asked + SUM_AGE_MAX / 2));
        assert!(!kept.is_of(1, asked + SUM_AGE_MAX) && !kept.is_of(2, asked));
    }

    #[tokio::test]
    async fn sums_are_counted_in_bytes_and_forgotten_with_their_unit() {
        let cache = SumCache::default();
        let third = "x".repeat(SUM_BYTES_MAX / 3);
        for number in 0..5 {
            is(&cache, &key("uk", format!("{number}{third}")), 1, number).await;
        }
        is(&cache, &key("fr", String::new()), 1, 1).await;
        assert_eq!(
            cache.sums().by_key.len(),
            3,
            "three texts do not fit with what they are kept in"
        );
        assert!(cache.sums().bytes <= SUM_BYTES_MAX);
        assert_eq!(cache.units().len(), 2);
        cache.forget(&"acme".parse().unwrap(), Some(&"uk".parse().unwrap()));
        assert_eq!(cache.units().len(), 1);
        cache.forget(&"acme".parse().unwrap(), None);
        assert_eq!((cache.units().len(), cache.sums().bytes), (0, 0));
    }
}
