//! Jobs that an executor took part in which is lost: they end, and whoever asked asks again.
//!
//! Ballista would mend them, and does so wrongly: `dormant_then_paid`, a statement of more than sixty
//! stages, came to two findings instead of four after an executor was killed, without a word.
//!
//! Invariant: no job goes on behind the loss of an executor.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::logical_plan::AsLogicalPlan;
use datafusion_proto::physical_plan::AsExecutionPlan;

/// Silent for so long, an executor is lost. Executors ask for work every five seconds even where they are
/// busy. Less than what Ballista waits before it mends.
const SILENT: Duration = Duration::from_secs(12);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Ends all jobs that run whenever an executor is there no more.
pub(crate) async fn end_jobs_behind<T, U>(scheduler: SchedulerServer<T, U>)
where
    T: 'static + AsLogicalPlan,
    U: 'static + AsExecutionPlan,
{
    let mut known = HashSet::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let present = match present(&scheduler).await {
            Ok(present) => present,
            Err(why) => {
                tracing::error!("nobody knows which executors there are: {why}");
                continue;
            }
        };
        let lost: Vec<&String> = known.difference(&present).collect();
        if !lost.is_empty() {
            let jobs = scheduler.state.task_manager.get_running_job_cache();
            tracing::warn!("lost {lost:?}: {} jobs are ended, to be asked for again", jobs.len());
            for job in jobs.keys() {
                if let Err(why) = scheduler.cancel_job(job.clone()).await {
                    tracing::error!("{job} was not ended: {why}");
                }
            }
        }
        known = present;
    }
}

/// The executors that were heard of lately.
async fn present<T, U>(
    scheduler: &SchedulerServer<T, U>,
) -> ballista_core::error::Result<HashSet<String>>
where
    T: 'static + AsLogicalPlan,
    U: 'static + AsExecutionPlan,
{
    let now =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later than 1970");
    let all = scheduler.state.executor_manager.get_executors_state().await?;
    let is_heard = |heard: Option<Duration>| heard.is_some_and(|at| at + SILENT >= now);
    let heard = all.into_iter().filter(|(_, heard, _)| is_heard(*heard));
    Ok(heard.map(|(executor, ..)| executor.id).collect())
}
