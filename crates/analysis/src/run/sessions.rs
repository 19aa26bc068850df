//! The sessions of a run: with which rows, and who answers their statements.
//!
//! Invariant: a check sees the same rows whoever answers; where a cluster did not, the engine here does.

use std::sync::Arc;

use datafusion::prelude::SessionContext;
use tokio::time::timeout;

use super::check_queue::CheckQueue;
use super::{Outcome, Run};
use crate::checks::{ConfiguredCheck, Method};
use crate::engine::{Engine, HeldColumns, Joins, add_up_lines, leave_out, lines_are_repeated};
use crate::error::Error;
use crate::limits::QUERY_THREADS;

/// The sessions that the checks of a queue ask.
pub(super) struct Sessions {
    here: SessionContext,
    /// None where there is no cluster.
    cluster: Option<SessionContext>,
}

/// Invoices as the queried checks see them.
pub(super) struct QueriedInvoices {
    held: Arc<HeldColumns>,
    are_lines: bool,
}

impl Run {
    /// Sessions for pairs of invoices: with every row, except of those that were taken back.
    pub(super) fn sessions(&self) -> Result<Sessions, Error> {
        Ok(Sessions { here: self.session()?, cluster: self.cluster_session()? })
    }

    /// Sessions in which an invoice of several lines is one row.
    pub(super) async fn queried_sessions(
        &self,
        invoices: &QueriedInvoices,
    ) -> Result<Sessions, Error> {
        let sessions = self.sessions()?;
        invoices.held.register(&sessions.here)?;
        if let Some(cluster) = sessions.cluster.as_ref().filter(|_| invoices.are_lines) {
            add_up_lines(cluster).await?;
        }
        Ok(sessions)
    }

    /// Holds the columns of invoices that the checks of a queue read here, unless the last run has all that
    /// they would find.
    pub(super) async fn hold_columns(&self, queue: &CheckQueue) -> Result<QueriedInvoices, Error> {
        let session = self.session()?;
        let are_lines = lines_are_repeated(&session).await?;
        if are_lines {
            add_up_lines(&session).await?;
        }
        // Names are looked up for credits of statements only where there are any, and not worth holding.
        let is_left_out = |check: &ConfiguredCheck| {
            check.definition.method == Method::StatementCredits
                || self.cluster.as_ref().is_some_and(|all| all.answers(check.definition))
                || self.results.as_ref().is_some_and(|all| all.get(check).is_some())
        };
        let columns = queue.columns_read(is_left_out);
        let held = HeldColumns::read(&session, &columns, &self.stop).await?;
        Ok(QueriedInvoices { held, are_lines })
    }

    /// A session with every row.
    pub(super) fn whole_session(&self, joins: Joins) -> Result<SessionContext, Error> {
        let session = self.engine.session(joins, QUERY_THREADS);
        self.tables.register(&session)?;
        Ok(session)
    }

    /// A session for checks, in which invoices that were taken back are not there.
    fn session(&self) -> Result<SessionContext, Error> {
        let session = self.whole_session(Joins::Hash)?;
        leave_out(&session, &self.statuses.left_out)?;
        Ok(session)
    }

    /// A session of the same rows, whose statements the cluster answers.
    fn cluster_session(&self) -> Result<Option<SessionContext>, Error> {
        let Some(cluster) = &self.cluster else { return Ok(None) };
        let session = cluster.session(Engine::settings(Joins::Hash, QUERY_THREADS))?;
        self.tables.register(&session)?;
        leave_out(&session, &self.statuses.left_out)?;
        Ok(Some(session))
    }

    /// The findings of a check, by the cluster where there is one that answers it.
    pub(super) async fn find(
        &self,
        sessions: &Sessions,
        check: &ConfiguredCheck,
    ) -> Result<Outcome, Error> {
        let definition = check.definition;
        let cluster = self.cluster.as_ref().filter(|cluster| cluster.answers(definition));
        if let (Some(cluster), Some(session)) = (cluster, &sessions.cluster) {
            let mut last = None;
            for _attempt in 0..cluster.attempts() {
                let found = timeout(cluster.time(), self.find_in(session, check)).await;
                match found.unwrap_or_else(|_elapsed| Err(Error::TooLong)) {
                    // It is the operator's file that cannot be used, and no other machine can.
                    Err(why @ (Error::Stopped | Error::Register(_))) => return Err(why),
                    Err(Error::TooLong) => {
                        last = Some(Error::TooLong);
                        break;
                    }
                    Err(why) => last = Some(why),
                    found => return found,
                }
            }
            if let Some(why) = last {
                cluster.not_answered(definition, &why);
            }
        }
        self.find_in(&sessions.here, check).await
    }
}
