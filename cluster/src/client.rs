//! The cluster as the checks see it: sessions whose statements it answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use analysis::{Check, Cluster, Error, Method};
use ballista_core::extension::{SessionConfigExt as _, SessionStateExt as _};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use domain::causes;

use crate::certificates::Certificates;
use crate::codec::TableCodec;
use crate::scheduler::MESSAGE_BYTES_MAX;

/// A Ballista cluster, by its scheduler.
#[derive(Debug)]
pub(crate) struct BallistaClient {
    /// Name and port.
    pub(crate) scheduler: String,
    pub(crate) certificates: Certificates,
    /// Parts into which what is grouped or joined is split.
    pub(crate) partitions: usize,
    pub(crate) time: Duration,
    /// Checks that it did not answer, and why.
    pub(crate) not_answered: Mutex<BTreeMap<&'static str, String>>,
}

/// A job ends when an executor is lost, and the others take it the next time.
const ATTEMPTS: usize = 3;

/// Why checks are not left to the cluster at all.
pub(crate) fn stays_here(check: &Check) -> Option<&'static str> {
    match check.method {
        Method::InvoicePairs => Some("its pairs are weighed in the memory of one machine"),
        _ => None,
    }
}

impl Cluster for BallistaClient {
    fn session(&self, settings: SessionConfig) -> Result<SessionContext, Error> {
        let settings = settings
            .upgrade_for_ballista()
            .with_target_partitions(self.partitions)
            // Ballista would merge sorted sides, where DataFusion 55.2 panics in `split_invoice`:
            // `sort_merge_join/filter.rs: index out of bounds`. A side that is held is that of one
            // partition.
            .set_bool("datafusion.optimizer.prefer_hash_join", true)
            .with_ballista_grpc_client_max_message_size(MESSAGE_BYTES_MAX as usize)
            .with_ballista_use_tls(true)
            // The adaptive planner fails where the last stage is sorted by a constant too, and the job
            // then never ends: `SanityCheckPlan … does not satisfy order requirements` of `benford`.
            .with_ballista_adaptive_query_planner(false)
            .with_ballista_override_create_grpc_client_endpoint(self.certificates.endpoints())
            .with_ballista_logical_extension_codec(std::sync::Arc::new(TableCodec::default()));
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(settings)
            .build()
            .upgrade_for_ballista(format!("https://{}", self.scheduler))?;
        let session = SessionContext::new_with_state(state);
        // Behind the upgrade, which puts functions of its own in the place of all.
        for function in analysis::check_functions() {
            session.register_udf(function);
        }
        Ok(session)
    }

    fn answers(&self, check: &Check) -> bool {
        stays_here(check).is_none()
    }

    fn time(&self) -> Duration {
        self.time
    }

    fn attempts(&self) -> usize {
        ATTEMPTS
    }

    fn not_answered(&self, check: &Check, why: &Error) {
        let words = causes::one_line(why);
        tracing::warn!("{} is run here, as the cluster did not answer it: {words}", check.name);
        let mut all = self.not_answered.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(check.name, words);
    }
}
