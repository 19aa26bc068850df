//! Spans sent to the collector that the configuration names, by OTLP over HTTP.
//!
//! Not for: what spans there are, and what they hold (`server::traces`).
//! Invariant: nobody waits for a collector. Spans that ended wait in a queue that is bounded, and are
//! sent in batches from a thread of their own; what the collector does not take is dropped, which is said
//! once and not for each; a stop waits a few seconds for the last of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use domain::trace_context::{Sampling, TraceContext};
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{
    Protocol, SpanExporter as OtlpExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter,
};
use server::collector::{ANSWER_TIME_MAX, Collector};
use server::traces::{TARGET, TraceLinks};
use tokio::runtime::Handle;
use tracing::{Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::{Layer, Registry};

use crate::config::TraceSettings;
use crate::system;

const SERVICE: &str = "bursard";
/// Some hundred uploads with all that follows from them; a span is about one kilobyte.
const QUEUE_SPANS_MAX: usize = 2_048;
const BATCH_SPANS_MAX: usize = 512;
/// Whoever looks for what happened just now waits no longer.
const SEND_EVERY: Duration = Duration::from_secs(2);
/// One batch is with a collector that answers; others do not hold up a stop.
const END_TIME_MAX: Duration = Duration::from_secs(3);

/// Traces that are sent, or none.
#[derive(Debug, Default)]
pub(in crate::commands) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Begins to send them, where the settings name a collector. Called where a runtime is.
    pub(super) fn begin(settings: &TraceSettings) -> anyhow::Result<Self> {
        let Some(collector) = settings.collector()? else { return Ok(Self::default()) };
        let exporter = OnRuntime::new(&collector).context("traces cannot be sent")?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE_SPANS_MAX)
            .with_max_export_batch_size(BATCH_SPANS_MAX)
            .with_scheduled_delay(SEND_EVERY)
            .build();
        let batches = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let of_all = Sampler::TraceIdRatioBased(settings.sample_ratio);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(batches)
            .with_sampler(Sampler::ParentBased(Box::new(of_all)))
            .with_resource(resource())
            .build();
        server::traces::install(Box::new(Links));
        Ok(Self(Some(provider)))
    }

    /// The part of what is logged that makes spans of ours, and of nobody else.
    pub(super) fn layer(&self) -> Option<impl Layer<Registry> + Send + Sync + use<>> {
        let tracer = self.0.as_ref()?.tracer(SERVICE);
        let is_ours = |metadata: &Metadata<'_>| metadata.is_span() && metadata.target() == TARGET;
        let layer = tracing_opentelemetry::layer::<Registry>()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_level(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let only_ours = FilterFn::new(is_ours).with_max_level_hint(LevelFilter::INFO);
        Some(layer.with_filter(only_ours))
    }

    /// Sends what is left, as far as the collector takes it within its time.
    pub(in crate::commands) async fn end(self) {
        let Some(provider) = self.0 else { return };
        let ending =
            tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(END_TIME_MAX));
        let ended = ending
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
        if let Err(error) = ended {
            tracing::warn!(%error, "the last spans may not have been sent");
        }
    }
}

/// The resource that sends the spans; `OTEL_RESOURCE_ATTRIBUTES` adds to it.
fn resource() -> Resource {
    let instance: [u8; 16] = system::randomness().bytes();
    Resource::builder()
        .with_service_name(SERVICE)
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", format!("{:032x}", u128::from_be_bytes(instance))),
        ])
        .build()
}

/// Sends batches on the runtime of the program, which the client needs and the thread of the batches has not.
#[derive(Debug)]
struct OnRuntime {
    exporter: Arc<OtlpExporter>,
    runtime: Handle,
    /// Set while the collector takes nothing, which was said.
    is_failing: AtomicBool,
}

impl OnRuntime {
    fn new(collector: &Collector) -> anyhow::Result<Self> {
        let exporter = OtlpExporter::builder()
            .with_http()
            .with_http_client(collector.client())
            .with_endpoint(collector.endpoint().as_str())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(ANSWER_TIME_MAX)
            .build()?;
        let (exporter, runtime) = (Arc::new(exporter), Handle::current());
        Ok(Self { exporter, runtime, is_failing: AtomicBool::new(false) })
    }

    fn say(&self, sent: &OTelSdkResult, spans: usize) {
        let was_failing = self.is_failing.swap(sent.is_err(), Ordering::Relaxed);
        match sent {
            Err(error) if !was_failing => {
                tracing::warn!(%error, spans, "the collector takes no traces; they are dropped until it does");
            }
            Ok(()) if was_failing => tracing::info!(spans, "the collector takes traces again"),
            _ => {}
        }
    }
}

impl SpanExporter for OnRuntime {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let (spans, exporter) = (batch.len(), Arc::clone(&self.exporter));
        let sending = self.runtime.spawn(async move { exporter.export(batch).await });
        let sent = sending
            .await
            .unwrap_or_else(|gone| Err(OTelSdkError::InternalFailure(gone.to_string())));
        self.say(&sent, spans);
        sent
    }

    fn set_resource(&mut self, resource: &Resource) {
        let exporter = Arc::get_mut(&mut self.exporter);
        exporter.expect("nothing is sent before it is known who sends").set_resource(resource);
    }
}

/// Places of spans as OpenTelemetry knows them.
#[derive(Debug)]
struct Links;

impl TraceLinks for Links {
    fn go_on(&self, span: &Span, from: TraceContext) {
        let parent = Context::new().with_remote_span_context(remote(from));
        if let Err(error) = span.set_parent(parent) {
            tracing::debug!(%error, "a span is a trace of its own");
        }
    }

    fn link(&self, span: &Span, to: TraceContext) {
        span.add_link(remote(to));
    }

    fn place(&self, span: &Span) -> Option<TraceContext> {
        let context = span.context();
        let span = context.span();
        let found = span.span_context();
        let (trace, id) = (found.trace_id().to_bytes(), found.span_id().to_bytes());
        let sampling = if found.is_sampled() { Sampling::Recorded } else { Sampling::LeftOut };
        TraceContext::new(u128::from_be_bytes(trace), u64::from_be_bytes(id), sampling)
    }
}

fn remote(place: TraceContext) -> SpanContext {
    let flags = match place.sampling() {
        Sampling::Recorded => TraceFlags::SAMPLED,
        Sampling::LeftOut => TraceFlags::default(),
    };
    SpanContext::new(
        TraceId::from_bytes(place.trace().get().to_be_bytes()),
        SpanId::from_bytes(place.span().to_be_bytes()),
        flags,
        true,
        TraceState::default(),
    )
}
