//! What the system says of a watched folder, so that a round comes sooner.
//!
//! Not for: finding files; each look does that, with events or without.
//!
//! Invariant: looking at a file, as each round does, never makes the next round come.

use std::path::Path;
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use super::context::JobContext;
use crate::config::job::{Job, JobSource};

/// Watches the folder of a job; none, and said, where the system cannot tell: the scan now and then goes on.
pub(super) fn watch_folder(
    job: &Job,
    came: &Arc<Notify>,
    context: &JobContext<'_>,
) -> Option<RecommendedWatcher> {
    let JobSource::Files { folder, .. } = &job.source else { return None };
    if !job.is_watching() {
        return None;
    }
    let came = Arc::clone(came);
    match watch(folder, move |_event| came.notify_one()) {
        Ok(watcher) => Some(watcher),
        Err(fault) => {
            let shown = folder.display();
            context.output.note(&format!(
                "{}: {shown} is looked into now and then only: no file events ({fault})",
                job.name
            ));
            None
        }
    }
}

/// Calls `changed` for every event after which a scan may find something new.
fn watch(
    folder: &Path,
    changed: impl Fn(notify::Result<Event>) + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.as_ref().map_or(true, |event| is_of_change(event.kind)) {
            changed(event);
        }
    })?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

/// Linux also tells of every opening, reading and closing, our own among them; of these only the end of
/// a writing matters.
fn is_of_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
