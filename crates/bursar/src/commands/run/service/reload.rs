//! What is done now and then while jobs run: a changed bursar.toml is taken up, and the heartbeat is written.

use std::time::Duration;

use crate::commands::run::context::JobContext;
use crate::commands::run::health::{self, Health};
use crate::commands::run::run_plan::{self, RunPlan};
use crate::config::profile;
use crate::source::FileFingerprint;

/// A monitor that looks each minute sees a fresh one.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The time within which a changed bursar.toml is seen.
const RELOAD_LOOK: Duration = Duration::from_secs(2);

/// Waits for a bursar.toml that is another and can be used.
pub(super) async fn reloaded(context: &JobContext<'_>) -> RunPlan {
    let stamp = || {
        let path = profile::path(context.args.config.as_deref(), context.system);
        path.and_then(|path| std::fs::metadata(path).ok())
            .map(|found| FileFingerprint::from_metadata(&found))
    };
    let mut known = stamp();
    loop {
        tokio::time::sleep(RELOAD_LOOK).await;
        let now = stamp();
        if now == known {
            continue;
        }
        known = now;
        match run_plan::read(context.args, context.system) {
            Ok(run_plan) => return run_plan,
            Err(failure) => {
                context.output.failure("the changed bursar.toml is not taken up", &failure);
            }
        }
    }
}

pub(super) async fn beat(run_plan: &RunPlan, context: &JobContext<'_>, health: &Health) {
    let Some(path) = &run_plan.heartbeat else { return std::future::pending().await };
    let mut is_told = false;
    loop {
        let beaten = health::beat(path, health, (context.system.now)());
        if let Err(fault) = &beaten
            && !is_told
        {
            context
                .output
                .warn(&format!("the heartbeat {} cannot be written: {fault}", path.display()));
        }
        is_told = beaten.is_err();
        tokio::time::sleep(HEARTBEAT).await;
    }
}
