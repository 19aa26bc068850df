//! A fault of the program ends one request or one attempt, and is said.

use std::io;
use std::sync::{Arc, Mutex};

use domain::FileType;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use tracing::subscriber::DefaultGuard;

use crate::book::Act;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::workplace::Workplace;

/// What is logged and counted on this thread while it is kept.
struct WatchedThread {
    lines: Lines,
    counts: PrometheusRecorder,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WatchedThread {
    fn begin() -> (Self, DefaultGuard) {
        let lines = Lines::default();
        let writer = lines.clone();
        let logged = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
        let guard = tracing::subscriber::set_default(logged.finish());
        server::panics::log_all();
        (Self { lines, counts: PrometheusBuilder::new().build_recorder() }, guard)
    }

    /// The one line that holds this.
    fn line(&self, part: &str) -> String {
        let text = String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap();
        let mut lines = text.lines().filter(|line| line.contains(part));
        let line = lines.next().unwrap_or_else(|| panic!("nothing of {part}: {text}"));
        assert_eq!(lines.next(), None, "{part} once");
        line.to_owned()
    }

    fn count(&self, name: &str) -> Option<String> {
        let page = self.counts.handle().render();
        page.lines().find_map(|line| line.strip_prefix(name).map(|rest| rest.trim().to_owned()))
    }
}

#[tokio::test]
async fn a_job_that_panics_is_a_failed_attempt_that_is_logged_and_counted() {
    let (watched, _logging) = WatchedThread::begin();
    let _counting = metrics::set_default_local_recorder(&watched.counts);
    let place = Workplace::open().await;
    place.book.next("first_1.csv", Act::Panic);
    let first = place.receive(FileType::Transactions, "first_1.csv").await;
    place.work().await;
    assert_eq!(place.word(&first).await, "reading");
    let line = watched.line("an attempt failed");
    assert!(line.contains("the work panicked"), "{line}");
    assert!(line.contains("told to") && line.contains(&first.id.to_string()), "{line}");
    let line = watched.line("panicked: ");
    assert!(line.contains("panicked: told to") && line.contains("book.rs"), "{line}");
    assert_eq!(watched.count("bursar_panics_total").as_deref(), Some("1"));
    let retried = "bursar_job_attempts_total{kind=\"read_upload\",end=\"retried\"}";
    assert_eq!(
        watched.count(retried).as_deref(),
        Some("1"),
        "{}",
        watched.counts.handle().render()
    );
    place.later(400);
    place.work().await;
    assert_eq!(place.word(&first).await, "read");
}

#[tokio::test]
async fn a_request_that_panics_is_answered_and_said() {
    let (watched, _logging) = WatchedThread::begin();
    let _counting = metrics::set_default_local_recorder(&watched.counts);
    let desk = Desk::open().await;
    let mut ann = Browser::ann(&desk).await;
    desk.book.panics();
    let page = ann.get(&desk, "/at/acme/acme/transactions").await;
    assert_eq!(page.status, 500);
    let line = watched.line("a request panicked");
    assert!(line.contains("no place for") && line.contains("req_"), "{line}");
    assert_eq!(watched.count("bursar_panics_total").as_deref(), Some("1"));
    let page = ann.get(&desk, "/at/acme/acme/findings").await;
    assert_eq!(page.status, 200, "only that request");
}
