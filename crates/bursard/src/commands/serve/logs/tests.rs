use std::panic;
use std::sync::{Arc, Mutex};

use super::*;

#[derive(Debug, Clone, Default)]
struct LogBuffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for LogBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that are logged meanwhile.
fn logged(log: impl FnOnce()) -> Vec<Value> {
    let written = LogBuffer::default();
    let writer = written.clone();
    let lines = tracing_subscriber::fmt()
        .with_ansi(false)
        .event_format(JsonLines)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(lines, log);
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_error_has_its_causes_and_fields_their_types() {
    let error = anyhow::Error::from(io::Error::other("the inner one"));
    let error = error.context("the outer \"one\"\nof two lines");
    let error: &dyn StdError = error.as_ref();
    let lines = logged(|| {
        let span = tracing::info_span!("work", job = 7);
        let _entered = span.enter();
        tracing::warn!(error, count = 3, ok = false, "not {}", "ready");
    });
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line["message"], "not ready");
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["error"], "the outer \"one\"\nof two lines");
    assert_eq!(line["error.sources"], serde_json::json!(["the inner one"]));
    assert_eq!((&line["count"], &line["ok"]), (&3.into(), &false.into()));
    assert_eq!(line["spans"][0]["name"], "work");
    assert!(line["timestamp"].is_string() && line["target"].is_string(), "{line}");
}

#[test]
fn a_long_value_is_cut_and_what_is_said_is_not() {
    let long = "SELECT ".repeat(VALUE_CHARS_MAX);
    let say = || tracing::warn!(statement = long, rows = 1, "{}", "x".repeat(VALUE_CHARS_MAX + 1));
    let line = logged(say).remove(0);
    assert_eq!(line["statement"].as_str().unwrap().chars().count(), VALUE_CHARS_MAX + 2);
    assert_eq!(line["message"].as_str().unwrap().len(), VALUE_CHARS_MAX + 1);
    let written = LogBuffer::default();
    let writer = written.clone();
    let lines = tracing_subscriber::fmt()
        .with_ansi(false)
        .fmt_fields(ShortFields)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(lines, say);
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains(" …") && text.contains(" rows=1"), "{text}");
    assert!(text.len() < 3 * VALUE_CHARS_MAX, "{text}");
}

#[test]
fn a_panic_is_a_line_of_the_log() {
    let before = panic::take_hook();
    server::panics::log_all();
    let lines = logged(|| {
        let ended = panic::catch_unwind(|| panic!("at {}", 5));
        assert!(ended.is_err());
    });
    panic::set_hook(before);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["message"], "panicked: at 5");
    assert!(lines[0]["location"].as_str().is_some_and(|at| at.contains("tests.rs")), "{lines:?}");
}
