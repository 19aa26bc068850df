//! A file read before it is sent, as a server will read it.
//!
//! Invariant: the reading is done on a thread of its own, so that a large file keeps nobody waiting.

use crate::explain::explain_source;
use crate::inputs::examination::{ExampleBounds, ReadingPlan, examine};
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::Source;

/// The report on a file that is to be sent.
#[derive(Debug)]
pub struct VetReport {
    /// Why a server would refuse it.
    pub refusal: Option<Failure>,
    /// The warning of one that is accepted: rows that are not, or none at all.
    pub warning: Option<String>,
    /// With those that a server would set aside.
    pub rows: u64,
}

/// Reads the file whole; an error when it cannot be read, or is not the one that was opened any more.
pub async fn vet(
    source: &Source,
    plan: ReadingPlan,
    output: &Output,
) -> Result<VetReport, Failure> {
    let (path, fingerprint) = (source.path().to_owned(), source.fingerprint().clone());
    let output = output.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let source = Source::open_unchanged(&path, &fingerprint);
        let source = source.map_err(|fault| explain_source(&fault))?;
        let none = ExampleBounds { set_aside: 0, shared_identifiers: 0 };
        let examination = examine(&source, &plan, none, &output)?;
        let refusal = examination.failure().map(|mut failure| {
            failure.next.push_str(" bursar check shows all that is wrong.");
            failure
        });
        Ok(VetReport { refusal, warning: examination.warning(), rows: examination.rows() })
    });
    match reading.await {
        Ok(report) => report,
        // Nobody cancels it: it has met a fault of its own.
        Err(died) => std::panic::resume_unwind(died.into_panic()),
    }
}
