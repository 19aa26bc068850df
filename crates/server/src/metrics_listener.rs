//! Metrics in the Prometheus text format, on a listener of their own.
//!
//! Invariant: metrics are not reachable where uploads and pages are: they have no access token to ask for.

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

/// Bounds for answers: from a probe to a large upload over a slow line.
const SECONDS: [f64; 10] = [0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0, 120.0, 600.0, 3600.0];

/// Installs the recorder of this process; once.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()
}

/// Serves `GET /metrics` until the process ends.
pub async fn serve(listener: TcpListener, recorder: PrometheusHandle) {
    let router = Router::new().route("/metrics", get(async move || recorder.render()));
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "metrics are no longer served");
    }
}
