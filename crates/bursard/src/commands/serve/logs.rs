//! Log lines, on standard error: as text for people, or each of them as one JSON object.
//!
//! Invariant: both say the same: an error field has its causes beside it in `<field>.sources`. A panic is a
//! line of the log as everything else is.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io::{self, IsTerminal as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::field::{MakeVisitor as _, RecordFields, VisitOutput as _};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::{LogFormat, PASSWORD_SHOWN, Settings, unknown_in_environment};
use crate::config::Config;
use crate::output;

use super::traces::Traces;

/// Of libraries that call it an error when a new ledger has no files yet, and tell of every step; what is
/// wrong with a ledger is said by whoever asked for it.
const USUAL: &str = "info,buoyant_kernel=off,deltalake_core=warn";

/// The field of what an event says, which is ours and short.
const MESSAGE: &str = "message";
/// The longest value of a field. Statements that are slow come whole otherwise, two hundred lines of a
/// migration among them.
const VALUE_CHARS_MAX: usize = 400;

/// The configuration, with log lines written and traces sent as it says; what is wrong with it is said in the
/// format that is known without it.
pub(in crate::commands) fn begin(settings: &Settings) -> anyhow::Result<(Config, Traces)> {
    if let Some(format) = settings.log_format {
        output::use_format(format);
    }
    let config = Config::read(settings)?;
    let traces = Traces::begin(&config.traces)?;
    install(config.log_format, &traces);
    if settings.is_password_on_command_line {
        tracing::warn!("{PASSWORD_SHOWN}");
    }
    for sentence in unknown_in_environment() {
        tracing::warn!("{sentence}");
    }
    Ok((config, traces))
}

/// Sends log lines to standard error at level info, or as `RUST_LOG` says; what else the program says is
/// written in the same format from then on.
fn install(format: LogFormat, traces: &Traces) {
    output::use_format(format);
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(asked) if !asked.is_empty() => filter.parse_lossy(asked),
        _ => filter.parse_lossy(USUAL),
    };
    // Spans of traces are no part of a line.
    let no_spans = format!("{}=off", server::traces::TARGET);
    let filter = filter.add_directive(no_spans.parse().expect("it is a directive"));
    match traces.layer() {
        Some(layer) => write_lines(tracing_subscriber::registry().with(layer), format, filter),
        None => write_lines(tracing_subscriber::registry(), format, filter),
    }
    server::panics::log_all();
}

fn write_lines<S>(subscriber: S, format: LogFormat, filter: EnvFilter)
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let lines = tracing_subscriber::fmt::layer::<S>().with_writer(io::stderr);
    match format {
        LogFormat::Text => {
            let lines = lines.with_target(false).with_ansi(io::stderr().is_terminal());
            subscriber.with(lines.fmt_fields(ShortFields).with_filter(filter)).init();
        }
        LogFormat::Json => {
            let lines = lines.with_ansi(false).event_format(JsonLines);
            subscriber.with(lines.with_filter(filter)).init();
        }
    }
}

/// A value as it is written to the log.
fn cut(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{} …", &value[..end]).into(),
        None => value.into(),
    }
}

/// Fields as people read them, long values cut.
struct ShortFields;

impl<'w> FormatFields<'w> for ShortFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut visitor = ShortVisitor(DefaultFields::new().make_visitor(writer));
        fields.record(&mut visitor);
        visitor.0.finish()
    }
}

struct ShortVisitor<V>(V);

impl<V: Visit> Visit for ShortVisitor<V> {
    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        self.0.record_error(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.record_str(field, &cut(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == MESSAGE {
            return self.0.record_debug(field, value);
        }
        let text = format!("{value:?}");
        self.0.record_debug(field, &format_args!("{}", cut(&text)));
    }
}

/// An event as one JSON object a line, its fields beside `timestamp`, `level` and `target`.
struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let spans: Vec<Value> = context
            .event_scope()
            .into_iter()
            .flat_map(Scope::from_root)
            .map(|span| {
                let extensions = span.extensions();
                let fields = extensions.get::<FormattedFields<N>>().map(|fields| &fields.fields);
                serde_json::json!({ "name": span.name(), "fields": fields })
            })
            .collect();
        if !spans.is_empty() {
            fields.0.insert("spans".to_owned(), spans.into());
        }
        let metadata = event.metadata();
        let line = output::json_line(metadata.level().as_str(), metadata.target(), fields.0);
        writeln!(writer, "{line}")
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field.name();
        self.0.insert(name.strip_prefix("r#").unwrap_or(name).to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        self.insert(field, value.to_string());
        let mut causes: Vec<Value> = Vec::new();
        let mut next = value.source();
        while let Some(cause) = next {
            causes.push(cause.to_string().into());
            next = cause.source();
        }
        if !causes.is_empty() {
            self.0.insert(format!("{}.sources", field.name()), causes.into());
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, cut(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        let is_message = field.name() == MESSAGE;
        self.insert(field, if is_message { text.into() } else { cut(&text) });
    }
}

#[cfg(test)]
mod tests;
