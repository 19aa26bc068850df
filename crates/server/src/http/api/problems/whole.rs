//! Every problem of an upload, some at a time: those that are kept, or where they are only the first, what
//! reading the file once more by the same rules finds.
//!
//! Invariant: a few thousand problems are in memory, however many there are.

use domain::{Problem, Upload};
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use store::CustomerStore;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::App;
use crate::ledgers::{LedgersError, ProblemTaker};
use crate::limits::PROBLEM_LISTS_AT_ONCE;

static LISTS: Semaphore = Semaphore::const_new(PROBLEM_LISTS_AT_ONCE);

/// The reason why a list broke off.
type ListFault = Box<dyn std::error::Error + Send + Sync>;

type ProblemReading = JoinHandle<Result<(), LedgersError>>;

pub(super) type SomeProblems = BoxStream<'static, Result<Vec<Problem>, ListFault>>;

/// Returns them in the order of a reading, those that only the ledger knows of behind the others.
pub(super) async fn all_problems(
    app: &App,
    store: &CustomerStore,
    upload: &Upload,
) -> Result<SomeProblems, store::Error> {
    let kept = store.kept_problems(&upload.unit, upload.id).await?;
    let are_kept = store.all_problems(&upload.unit, upload.id).await?.map_err(ListFault::from);
    if kept.are_all || upload.removed_at.is_some() {
        return Ok(are_kept.boxed());
    }
    let rules = match kept.read_by {
        Some(rules) => rules,
        None => store.reading_rules(&upload.unit, upload.file_type).await?,
    };
    let permit = LISTS.acquire().await.expect("it is never closed");
    let file = store.open_object_start(upload, u64::MAX).await?;
    let (to, found) = mpsc::channel(1);
    let (app, upload) = (app.clone(), upload.clone());
    let reading = tokio::spawn(async move {
        let read = app.reader.problems(&upload, file, &rules, ProblemTaker::new(to)).await;
        // Held as long as it reads.
        drop(permit);
        read
    });
    // Which rows took the place of others, or have their Unique ID, no reading of the file tells.
    let of_ledger = are_kept.map_ok(|some| {
        let is_of_ledger = |problem: &Problem| problem.reason.is_of_ledger();
        some.into_iter().filter(is_of_ledger).collect::<Vec<_>>()
    });
    Ok(found_by(reading, found).chain(of_ledger).boxed())
}

/// The problems that a reading gives, and at its end the error it ended by.
fn found_by(reading: ProblemReading, found: mpsc::Receiver<Vec<Problem>>) -> SomeProblems {
    let next = async |(mut reading, mut found): (Option<ProblemReading>, mpsc::Receiver<_>)| {
        if let Some(some) = found.recv().await {
            return Some((Ok(some), (reading, found)));
        }
        let error = match reading.take()?.await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => ListFault::from(error),
            Err(error) => ListFault::from(error),
        };
        Some((Err(error), (None, found)))
    };
    stream::unfold((Some(reading), found), next).boxed()
}
