//! One connection: what a proxy says of it, TLS, then HTTP/1.1 or HTTP/2, with limits on time and memory.

pub(crate) mod clients;
mod framing;
mod progress;

use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use clients::Clients;
use framing::FramedStream;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use progress::ProgressStream;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::http::{
    ActivityGuard, DrainPace, FramingFaults, InterimAnswers, RequestFraming, Service,
};
use crate::limits::{
    ANSWER_BYTES_PER_SECOND_MIN, ANSWER_STALL_MAX, H2_CONNECTION_WINDOW_BYTES, H2_HEADER_BYTES_MAX,
    H2_STREAM_WINDOW_BYTES, H2_STREAMS_MAX, HANDSHAKE_TIME_MAX, HEADER_BYTES_MAX,
    HEADER_FIELDS_MAX, IDLE_TIME_MAX, Limits, READ_BUFFER_BYTES, TLS_WRITE_BUFFER_BYTES,
};
use crate::measures::{OpenConnection, connection_refused};
use crate::places::ConnectionPlaces;

/// The first byte of a TLS record that carries a handshake.
const TLS_HANDSHAKE: u8 = 0x16;
/// The answer to plain HTTP on this port: no redirect, for the token has been sent in the clear already.
const PLAIN_HTTP_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
    Content-Length: 117\r\nConnection: close\r\n\r\n\
    This port speaks HTTPS only. Use https:// in the URL, and make a new access token if one was just \
sent without TLS.\n";

/// The service of connections, with its TLS and its limits; cheap to clone.
#[derive(Debug, Clone)]
pub struct Connections {
    tls: Arc<ServerConfig>,
    service: Service,
    limits: Limits,
    clients: Clients,
}

/// When the connection last had a request under way, and when some of an answer was last taken.
#[derive(Debug)]
struct Activity {
    started: Instant,
    in_flight: AtomicUsize,
    last_millis: AtomicU64,
    written_millis: AtomicU64,
    /// Bytes taken since the last request was answered.
    written_bytes: AtomicU64,
}

impl Connections {
    pub(crate) fn new(tls: Arc<ServerConfig>, app: &App, places: ConnectionPlaces) -> Self {
        let (service, limits) = (Service::new(app), app.limits.clone());
        Self { tls, service, limits, clients: Clients::new(app.proxies.clone(), places) }
    }

    pub(crate) async fn run(self, mut socket: TcpStream, peer: IpAddr, stop: CancellationToken) {
        let _open = OpenConnection::count();
        // What is awaited here is in boxes of its own, which end with it: else each connection is for all its
        // life as large as the largest of them.
        let client = Box::pin(self.clients.of_connection(&mut socket, peer)).await;
        let Some((peer, _place)) = client else { return };
        // Answers are small and wanted now; bodies fill segments anyway.
        drop(socket.set_nodelay(true));
        let stream = match timeout(HANDSHAKE_TIME_MAX, Box::pin(self.handshake(socket))).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                connection_refused("handshake");
                tracing::debug!(%error, "no TLS connection");
                return;
            }
            Err(_elapsed) => return connection_refused("handshake_too_slow"),
        };
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let activity = Arc::new(Activity::new());
        let limits = self.limits.clone();
        let (faults, interim) = (FramingFaults::default(), InterimAnswers::default());
        let service = {
            let (activity, faults, interim, requests, stop) = (
                Arc::clone(&activity),
                faults.clone(),
                interim.clone(),
                AtomicU64::new(0),
                stop.clone(),
            );
            service_fn(move |mut request: http::Request<Incoming>| {
                let place = self.clients.of_request(&mut request, peer);
                let number = requests.fetch_add(1, Ordering::Relaxed) + 1;
                let held = Arc::new(Activity::begin(&activity));
                let guard = ActivityGuard { held, stop: stop.clone() };
                let extensions = request.extensions_mut();
                let (faults, interim) = (faults.clone(), interim.clone());
                extensions.insert(RequestFraming { faults, number, interim });
                extensions.insert(guard.clone());
                let service = self.service.clone();
                async move {
                    // In a box of its own: the HTTP library keeps room for it while nothing is asked.
                    let answer = Box::pin(service.call(request)).await;
                    drop((guard, place));
                    answer
                }
            })
        };
        let stream = ProgressStream::new(stream, Arc::clone(&activity));
        if is_h2 {
            let connection = h2_builder().serve_connection(TokioIo::new(stream), service);
            Box::pin(serve_until_idle(connection, stop, &activity)).await;
        } else {
            let pace = DrainPace::new(&limits);
            let under_way = (Arc::clone(&activity), stop.clone());
            let mut stream = FramedStream::new(stream, under_way, (faults, interim), pace);
            if !Box::pin(has_request(&mut stream, limits.header_time_max, &stop)).await {
                return;
            }
            let connection = h1_builder(&limits).serve_connection(TokioIo::new(stream), service);
            Box::pin(serve_until_idle(connection, stop, &activity)).await;
        }
    }

    async fn handshake(&self, mut socket: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [0];
        if socket.peek(&mut first).await? == 1 && first[0] != TLS_HANDSHAKE {
            socket.write_all(PLAIN_HTTP_ANSWER).await?;
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut stream = TlsAcceptor::from(Arc::clone(&self.tls)).accept(socket).await?;
        stream.get_mut().1.set_buffer_limit(Some(TLS_WRITE_BUFFER_BYTES));
        Ok(stream)
    }
}

/// Waits for the head of the first request. Until then a connection has none of the HTTP library's buffers,
/// 16 KiB that it takes at once: whoever sends nothing, or a byte now and then, does not cost them.
async fn has_request<S: AsyncRead + Unpin>(
    stream: &mut FramedStream<S>,
    header_time_max: Duration,
    stop: &CancellationToken,
) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        first = timeout(header_time_max, stream.first_head()) => matches!(first, Ok(Ok(()))),
    }
}

fn h1_builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time_max)
        .max_headers(HEADER_FIELDS_MAX)
        .max_header_size(HEADER_BYTES_MAX)
        .max_buf_size(READ_BUFFER_BYTES);
    builder
}

fn h2_builder() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .initial_stream_window_size(H2_STREAM_WINDOW_BYTES)
        .initial_connection_window_size(H2_CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(H2_STREAMS_MAX)
        .max_header_list_size(H2_HEADER_BYTES_MAX)
        // A peer that is gone is noticed within two of these.
        .keep_alive_interval(IDLE_TIME_MAX / 2)
        .keep_alive_timeout(IDLE_TIME_MAX / 2);
    builder
}

/// Serves a connection until it ends; asks it to end when the server stops or nothing has happened for
/// [`IDLE_TIME_MAX`], and then waits no longer than [`ANSWER_STALL_MAX`] for an answer to be taken.
async fn serve_until_idle<C>(connection: C, stop: CancellationToken, activity: &Activity)
where
    C: GracefulConnection<Error = hyper::Error>,
{
    let mut connection = pin!(connection);
    let mut look = interval(IDLE_TIME_MAX / 4);
    let mut is_ending = false;
    loop {
        tokio::select! {
            served = connection.as_mut() => {
                if let Err(error) = served {
                    tracing::debug!(%error, "connection ended");
                }
                return;
            }
            () = stop.cancelled(), if !is_ending => {}
            _ = look.tick() => {
                if is_ending && (activity.is_stalled() || activity.is_slow()) {
                    return connection_refused("answer_not_taken");
                }
                if is_ending || !activity.is_idle() {
                    continue;
                }
            }
        }
        connection.as_mut().graceful_shutdown();
        is_ending = true;
    }
}

impl Activity {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            in_flight: AtomicUsize::new(0),
            last_millis: AtomicU64::new(0),
            written_millis: AtomicU64::new(0),
            written_bytes: AtomicU64::new(0),
        }
    }

    fn begin(activity: &Arc<Self>) -> RequestInFlight {
        activity.in_flight.fetch_add(1, Ordering::Relaxed);
        RequestInFlight(Arc::clone(activity))
    }

    fn is_idle(&self) -> bool {
        self.rests_for(&[&self.last_millis], IDLE_TIME_MAX, self.started.elapsed())
    }

    /// Returns `true` when nothing is asked any more, and of what was answered nothing is taken.
    fn is_stalled(&self) -> bool {
        self.is_stalled_at(self.started.elapsed())
    }

    fn is_stalled_at(&self, now: Duration) -> bool {
        self.rests_for(&[&self.last_millis, &self.written_millis], ANSWER_STALL_MAX, now)
    }

    /// Returns `true` when nothing is asked any more, and what was answered is taken more slowly than
    /// by any line.
    fn is_slow(&self) -> bool {
        self.is_slow_at(self.started.elapsed())
    }

    fn is_slow_at(&self, now: Duration) -> bool {
        let answered = Duration::from_millis(self.last_millis.load(Ordering::Relaxed));
        let due = now.saturating_sub(answered).as_secs() * ANSWER_BYTES_PER_SECOND_MIN;
        self.rests_for(&[&self.last_millis], IDLE_TIME_MAX, now)
            && self.written_bytes.load(Ordering::Relaxed) < due
    }

    /// Returns `true` when no request is under way and all of these moments are longer ago.
    fn rests_for(&self, moments: &[&AtomicU64], time: Duration, now: Duration) -> bool {
        let is_past = |moment: &&AtomicU64| {
            let moment = Duration::from_millis(moment.load(Ordering::Relaxed));
            now.saturating_sub(moment) > time
        };
        self.in_flight.load(Ordering::Relaxed) == 0 && moments.iter().all(is_past)
    }

    fn note_written(&self, bytes: usize) {
        let now = crate::measures::millis(self.started.elapsed());
        self.written_millis.store(now, Ordering::Relaxed);
        self.written_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct RequestInFlight(Arc<Activity>);

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        let now = crate::measures::millis(self.0.started.elapsed());
        self.0.last_millis.store(now, Ordering::Relaxed);
        self.0.written_bytes.store(0, Ordering::Relaxed);
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_nobody_takes_is_not_waited_for() {
        let activity = Arc::new(Activity::new());
        activity.last_millis.store(1_000, Ordering::Relaxed);
        activity.written_millis.store(10_000, Ordering::Relaxed);
        for (seconds, is_stalled) in [(10, false), (40, false), (41, true)] {
            let now = Duration::from_secs(seconds);
            assert_eq!(activity.is_stalled_at(now), is_stalled, "{seconds}");
        }
        let request = Activity::begin(&activity);
        assert!(!activity.is_stalled_at(Duration::from_secs(41)), "something is asked");
        drop(request);
        assert!(!activity.is_stalled_at(ANSWER_STALL_MAX), "it was asked just now");
    }

    #[test]
    fn an_answer_that_is_taken_byte_by_byte_is_not_waited_for() {
        let activity = Arc::new(Activity::new());
        activity.last_millis.store(1_000, Ordering::Relaxed);
        activity.note_written(70_000);
        for (seconds, is_slow) in [(10, false), (61, false), (69, false), (71, true)] {
            assert_eq!(activity.is_slow_at(Duration::from_secs(seconds)), is_slow, "{seconds}");
        }
    }
}
