//! The query engine: a runtime and memory of its own, so that a heavy check starves nobody.
//!
//! Not for: what is looked for (`checks`). The only file of the workspace that sets `DataFusion` up; the
//! program in `cluster` makes sessions of its own.
//!
//! Invariant: work ends when whoever waits for it is gone; memory beyond the limit is spilled to disk or
//! refused, never taken.

mod cluster;
mod functions;
mod held_columns;
mod holidays;
mod own_session;
mod part_files;
mod tables;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow_array::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::object_store::DefaultObjectStoreRegistry;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures_util::StreamExt as _;

use crate::error::Error;
use crate::limits::{ENGINE_MEMORY_BYTES, OWN_CHECK_TIME_MAX, QUERY_THREADS, RUN_TIME_MAX};
use crate::threads::{ThreadPriority, Threads};

pub use cluster::{Cluster, LEDGERS_URL, check_functions};
pub(crate) use functions::{reckoned, workflow_state};
pub(crate) use held_columns::HeldColumns;
pub(crate) use own_session::{hide_personal, without_hidden};
pub(crate) use tables::{Tables, add_up_lines, leave_out, lines_are_repeated};

/// Consumers of memory that are named when there is not enough.
const CONSUMERS_NAMED: NonZeroUsize = NonZeroUsize::new(5).expect("five are some");

/// The memory, disk, threads and time that the engine may use.
#[derive(Debug, Clone)]
pub struct EngineLimits {
    /// Bytes of the queries' own memory; what exceeds it goes to disk.
    pub memory_bytes: usize,
    /// Where to; the system's folder for temporary files when absent.
    pub spill: Option<PathBuf>,
    pub threads: usize,
    /// Of its threads.
    pub priority: ThreadPriority,
    pub time: Duration,
    /// Of one check of somebody's own.
    pub own_check_time: Duration,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self {
            memory_bytes: ENGINE_MEMORY_BYTES,
            spill: None,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            priority: ThreadPriority::default(),
            time: RUN_TIME_MAX,
            own_check_time: OWN_CHECK_TIME_MAX,
        }
    }
}

/// Runs queries and what follows them, within limits of its own: a process has one for each sort of work that
/// must not wait for another.
#[derive(Debug)]
pub struct Engine {
    threads: Threads,
    environment: Arc<RuntimeEnv>,
    /// Of statements of somebody else's making, whose memory is their own.
    own_environment: Arc<RuntimeEnv>,
    limits: EngineLimits,
}

/// The way in which tables are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joins {
    /// The first side is held in memory.
    Hash,
    /// The first side is held in memory, for few rows out of many: columns are read where the join has found
    /// something.
    Few,
}

/// Told to stop when whoever waits has gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

struct StopOnDrop(Stop, tokio::task::AbortHandle);

impl Engine {
    pub fn new(limits: EngineLimits) -> Result<Self, Error> {
        let threads = Threads::start("checks", limits.threads, limits.priority)?;
        let pool =
            TrackConsumersPool::new(FairSpillPool::new(limits.memory_bytes), CONSUMERS_NAMED);
        let mut environment = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool));
        if let Some(folder) = &limits.spill {
            environment = environment.with_temp_file_path(folder);
        }
        let environment = environment.build_arc()?;
        let own_environment = own_session::environment()?;
        Ok(Self { threads, environment, own_environment, limits })
    }

    /// A session with our functions and no tables, whose queries are on so many threads each.
    pub(crate) fn session(&self, joins: Joins, threads: usize) -> SessionContext {
        Self::session_in(&self.environment, joins, threads)
    }

    /// A session for a statement of somebody else's making, without tables.
    pub(crate) fn own_session(&self) -> SessionContext {
        let session = Self::session_in(&self.own_environment, Joins::Hash, QUERY_THREADS);
        own_session::limit_functions(&session);
        session
    }

    fn session_in(environment: &Arc<RuntimeEnv>, joins: Joins, threads: usize) -> SessionContext {
        let settings = Self::settings(joins, threads);
        // Memory and disk are shared. Stores are not: each session has the parts of its own tables, and one
        // that begins took those of another away, whose question failed.
        let object_store_registry = Arc::new(DefaultObjectStoreRegistry::new());
        let environment = RuntimeEnv { object_store_registry, ..environment.as_ref().clone() };
        let session = SessionContext::new_with_config_rt(settings, Arc::new(environment));
        functions::register(&session);
        session
    }

    /// The settings by which statements come to what they come to.
    pub(crate) fn settings(joins: Joins, threads: usize) -> SessionConfig {
        SessionConfig::new()
            .with_target_partitions(threads)
            .with_information_schema(false)
            .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
            .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false)
            .set_bool("datafusion.execution.parquet.pushdown_filters", joins == Joins::Few)
            // Statements name the smaller side of a join first: what is guessed of groups is wrong.
            .set_bool("datafusion.optimizer.join_reordering", false)
    }

    /// Executes work on the engine's own threads; dropping the future ends it.
    pub(crate) async fn execute<T, F>(&self, work: impl FnOnce(Stop) -> F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let stop = Stop::default();
        let task = self.threads.spawn(work(stop.clone()));
        let _stops = StopOnDrop(stop, task.abort_handle());
        match tokio::time::timeout(self.limits.time, task).await {
            Ok(done) => done?,
            Err(_too_long) => Err(Error::TooLong),
        }
    }

    /// Lets something large go on the engine's own threads, as it takes time to give its memory back.
    pub(crate) fn let_go(&self, large: impl Send + 'static) {
        drop(Threads::spawn_blocking(Some(&self.threads), move || drop(large)));
    }

    pub(crate) const fn threads(&self) -> usize {
        self.limits.threads
    }

    pub(crate) const fn own_check_time(&self) -> Duration {
        self.limits.own_check_time
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
        self.1.abort();
    }
}

/// Begins work on another thread of the engine at once; it ends when the future is dropped.
pub(crate) fn beside<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> impl Future<Output = Result<T, Error>> {
    let mut begun = tokio::task::JoinSet::new();
    begun.spawn(work);
    async move { begun.join_next().await.expect("it was begun")? }
}

impl Stop {
    /// For work that knows nothing of runs.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.0.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}

/// The batches of one statement, as they come.
pub(crate) async fn query(
    session: &SessionContext,
    sql: &str,
) -> Result<SendableRecordBatchStream, Error> {
    Ok(session.sql(sql).await?.execute_stream().await?)
}

/// The batches of one statement whose result is small.
pub(crate) async fn query_all(
    session: &SessionContext,
    sql: &str,
) -> Result<Vec<RecordBatch>, Error> {
    let mut stream = query(session, sql).await?;
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        batches.push(batch?);
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use datafusion::execution::object_store::ObjectStoreUrl;
    use object_store::ObjectStore;
    use object_store::memory::InMemory;

    use super::cluster::LEDGERS_URL;
    use super::*;

    #[tokio::test]
    async fn a_session_keeps_its_files_when_another_begins() {
        let engine = Engine::new(EngineLimits::default()).unwrap();
        let url = ObjectStoreUrl::parse(LEDGERS_URL).unwrap();
        let stores: [Arc<dyn ObjectStore>; 2] =
            [Arc::new(InMemory::new()), Arc::new(InMemory::new())];
        let sessions = stores.each_ref().map(|store| {
            let session = engine.session(Joins::Few, 1);
            session.register_object_store(url.as_ref(), Arc::clone(store));
            session
        });
        for (session, store) in sessions.iter().zip(&stores) {
            let found = session.runtime_env().object_store(&url).unwrap();
            assert!(Arc::ptr_eq(&found, store), "the files of another session");
        }
    }

    /// Grouped counts that spill. With two threads a query one of the five never ends, as
    /// `apache/datafusion` issue 24883 has them.
    #[tokio::test]
    async fn queries_that_spill_end() {
        let limits = EngineLimits { memory_bytes: 2 << 20, ..EngineLimits::default() };
        let engine = Arc::new(Engine::new(limits).unwrap());
        let session = engine.session(Joins::Hash, QUERY_THREADS);
        let begin = [
            "SET datafusion.execution.batch_size = 64",
            "CREATE TABLE t AS SELECT v % 13 AS g, repeat(CAST(v % 337 AS VARCHAR), 10) AS word \
             FROM generate_series(1, 40000) AS s(v)",
        ];
        for statement in begin {
            query_all(&session, statement).await.unwrap();
        }
        for _turn in 0..5 {
            let own = session.clone();
            let counted = engine.execute(move |_stop| async move {
                query_all(&own, "SELECT g, count(DISTINCT word) AS n FROM t GROUP BY g").await
            });
            let rows: usize = counted.await.unwrap().iter().map(RecordBatch::num_rows).sum();
            assert_eq!(rows, 13);
        }
    }

    #[tokio::test]
    async fn work_that_panics_says_so() {
        let engine = Engine::new(EngineLimits::default()).unwrap();
        let number = 7;
        let work = move |_stop| async move { panic!("no place for {number}") };
        let error = engine.execute::<(), _>(work).await.unwrap_err();
        assert!(matches!(error, Error::Panicked(_)), "{error:?}");
        let why = std::error::Error::source(&error).unwrap().to_string();
        assert!(why.contains("no place for 7"), "{why}");
    }
}
