//! What a command or a query gives, kept in the outbox to be sent.
//!
//! Not for: running them (`source`, `query`).
//!
//! Invariant: what is not to be sent leaves nothing behind.

use super::context::JobContext;
use super::round::Round;
use super::tally::Tally;
use crate::config::job::JobSource;
use crate::explain::explain_source;
use crate::journal::{Admission, Offer, Origin, Repeat};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{Source, SourceFault, discard_spooled};
use crate::transfer::plan::SendPlan;
use crate::transfer::route::Route;

impl Round<'_> {
    /// Runs the command or the query and keeps what it gives; nothing of what is not to be sent, and why.
    pub(super) async fn produce(
        &self,
        route: &(Route, SendPlan),
        tally: &mut Tally,
    ) -> Result<Option<Failure>, Failure> {
        let JobContext { journal, system, .. } = self.context;
        let spooled = match &self.job.source {
            JobSource::Files { .. } => return Ok(None),
            JobSource::Command { command, .. } => {
                crate::inputs::command::run_command(
                    command,
                    &journal.spool(),
                    &journal.spool_name(&(system.new_id)()),
                )
                .await?
            }
            JobSource::Sql { query, database, .. } => {
                crate::inputs::query::run(
                    query,
                    database,
                    &journal.spool(),
                    &journal.spool_name(&(system.new_id)()),
                )
                .await?
            }
        };
        let discard = || discard_spooled(&spooled.path);
        let source = match Source::open(&spooled.path) {
            Ok(source) => source,
            Err(fault) => {
                discard();
                return self.produced_nothing(&fault);
            }
        };
        let request = self.request("", route)?;
        let vet =
            self.vet_produced(&source, &request, &route.1).await.inspect_err(|_| discard())?;
        if vet.unfit.is_some() {
            discard();
            return Ok(vet.unfit);
        }
        if vet.sets_aside {
            tally.add_code(ExitCode::RowsSetAside);
        }
        // Each run is a file of its own, also when it gives what the last one gave.
        let offer = Offer {
            request: &request,
            source: &source,
            origin: Origin::Spooled(spooled.sha256),
            repeat: Repeat::Asked,
        };
        match journal.admit(&offer, (system.now)()).await? {
            Admission::Due(entry) if entry.path == spooled.path => {}
            // The same bytes wait already.
            _ => {
                discard();
                tally.known += 1;
            }
        }
        Ok(None)
    }

    /// Judges output without even headings: nothing to send, which is right where min-rows is 0.
    fn produced_nothing(&self, fault: &SourceFault) -> Result<Option<Failure>, Failure> {
        let failure = explain_source(fault);
        match fault {
            SourceFault::Empty if self.job.min_rows == 0 => Ok(None),
            SourceFault::Empty => Ok(Some(failure)),
            _ => Err(failure),
        }
    }
}
