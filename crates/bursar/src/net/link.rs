//! One request over a connection that it has to itself meanwhile: one that was kept, or a new one: dial,
//! directly or through a proxy; TLS; HTTP/1.1.
//!
//! Not for: trying again, or what an answer means.
//!
//! Invariants: a request whose first byte may have left is sent over no other connection. A redirect is an
//! answer like any other, so the token goes to no other host. An answer that comes while the body is still
//! being sent is read, also when writing fails meanwhile.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header::HOST};
use http_body::Body;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::net::answer::Answer;
use crate::net::target::Target;
use crate::net::tls::RefusedChain;
use crate::source::SentBytes;

mod connections;
mod dial;
mod read_first;
mod transport_error;

pub use connections::KeptConnections;
pub use dial::Proxies;
pub use transport_error::{CertificateFault, HandshakeFault, ProxyFault, TransportError};

use connections::{AnyBody, Connection};
use read_first::ReadFirstStream;

/// No receipt, list or problem of ours comes near it; an error page may, and its beginning is enough.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Names the program, as an operator sees it in a log.
pub const PRODUCT: &str = concat!("bursar/", env!("CARGO_PKG_VERSION"));
/// The looks at whether anything moved, within the time that is allowed to pass.
const LOOKS_PER_WAIT: u32 = 4;

/// The way to one server.
#[derive(Debug, Clone)]
pub struct Link {
    pub target: Target,
    pub proxies: Proxies,
    pub tls: TlsClient,
    /// For name, proxy, TCP and TLS together.
    pub connect_timeout: Duration,
    /// For the time in which not a byte moves.
    pub stall_timeout: Duration,
    /// For the next request.
    pub kept: KeptConnections,
}

/// The connector, and the notes its verifier takes.
#[derive(Clone)]
pub struct TlsClient {
    pub connector: TlsConnector,
    pub refused: RefusedChain,
}

impl std::fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsClient").finish_non_exhaustive()
    }
}

impl Link {
    /// Sends the request, whose URI is a path, and reads the answer. `sent_bytes` tells whether the body
    /// moves.
    pub async fn exchange<B>(
        &self,
        request: Request<B>,
        sent_bytes: &SentBytes,
    ) -> Result<Answer, TransportError>
    where
        B: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
    {
        self.exchange_up_to(request, sent_bytes, ANSWER_BYTES_MAX).await
    }

    /// Sends the request and reads an answer of at most so many bytes.
    pub async fn exchange_up_to<B>(
        &self,
        request: Request<B>,
        sent_bytes: &SentBytes,
        bytes_max: usize,
    ) -> Result<Answer, TransportError>
    where
        B: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
    {
        let (mut answer, body, connection) = self.begin(request, sent_bytes).await?;
        self.collect(&mut answer, body, sent_bytes, bytes_max).await;
        self.keep(connection, &answer);
        Ok(answer)
    }

    /// Sends the request; the body of a 200 of this media type goes to the file, in place of what was there.
    /// Any other answer is read as [`Self::exchange`] does.
    pub async fn download<B>(
        &self,
        request: Request<B>,
        media_type: &str,
        file: &mut File,
    ) -> Result<Answer, TransportError>
    where
        B: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
    {
        let sent_bytes = SentBytes::default();
        let (mut answer, body, connection) = self.begin(request, &sent_bytes).await?;
        if answer.status == StatusCode::OK && answer.has_media_type(media_type) {
            self.save(body, file).await?;
            answer.is_whole = true;
        } else {
            self.collect(&mut answer, body, &sent_bytes, ANSWER_BYTES_MAX).await;
        }
        self.keep(connection, &answer);
        Ok(answer)
    }

    /// Sends the request and reads the head of the answer; its body comes for as long as the connection is
    /// kept.
    async fn begin<B>(
        &self,
        mut request: Request<B>,
        sent_bytes: &SentBytes,
    ) -> Result<(Answer, Incoming, Connection), TransportError>
    where
        B: Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
    {
        let host = HeaderValue::from_str(self.target.authority()).map_err(|_not_text| {
            TransportError::Unreachable("its name cannot stand in a header".to_owned())
        })?;
        request.headers_mut().insert(HOST, host);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = self.target.below(path).parse::<http::Uri>().map_err(|_not_path| {
            TransportError::Unreachable("its path cannot stand in a request".to_owned())
        })?;
        let mut request: Request<AnyBody> =
            request.map(|body| body.map_err(Into::into).boxed_unsync());
        let (response, connection) = loop {
            let (mut connection, is_new) = match self.kept.take().await {
                Some(connection) => (connection, false),
                None => (self.open().await?, true),
            };
            let sending = connection.sender.try_send_request(request);
            match self.unless_stalled(sent_bytes, sending).await? {
                Ok(response) => break (response, connection),
                Err(mut fault) => match fault.take_message() {
                    // The server hung up meanwhile, and not a byte has left.
                    Some(unsent) if !is_new => request = unsent,
                    _ => return Err(TransportError::from_hyper(fault.error())),
                },
            }
        };
        let (parts, body) = response.into_parts();
        let (status, headers) = (parts.status, parts.headers);
        Ok((Answer { status, headers, body: Bytes::new(), is_whole: false }, body, connection))
    }

    /// A new connection.
    async fn open(&self) -> Result<Connection, TransportError> {
        let stream = self.connect().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(ReadFirstStream::new(stream)))
            .await
            .map_err(|fault| TransportError::from_hyper(&fault))?;
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        Ok(Connection { sender, driver })
    }

    /// Keeps the connection for the next request, where this one's answer was read to its end.
    fn keep(&self, connection: Connection, answer: &Answer) {
        if answer.is_whole {
            self.kept.keep(connection);
        }
    }

    /// Reads the body of an answer, as far as it comes.
    async fn collect(
        &self,
        answer: &mut Answer,
        body: Incoming,
        sent_bytes: &SentBytes,
        bytes_max: usize,
    ) {
        (answer.body, answer.is_whole) = self
            .unless_stalled(sent_bytes, collect(body, bytes_max))
            .await
            .unwrap_or_else(|_stalled| (Bytes::new(), false));
    }

    /// Writes a body to a file, whole or to a failure.
    async fn save(&self, mut body: Incoming, file: &mut File) -> Result<(), TransportError> {
        let unkept = |fault: io::Error| TransportError::Unkept(fault.to_string());
        file.set_len(0).and_then(|()| file.rewind()).map_err(unkept)?;
        let sent_bytes = SentBytes::default();
        while let Some(frame) = self.unless_stalled(&sent_bytes, body.frame()).await? {
            let frame = frame.map_err(|fault| TransportError::from_hyper(&fault))?;
            if let Some(bytes) = frame.data_ref() {
                file.write_all(bytes).map_err(unkept)?;
            }
        }
        Ok(())
    }

    /// Connects, shakes hands and hangs up; gives the protocol and the cipher suite.
    pub async fn handshake(&self) -> Result<(String, String), TransportError> {
        let stream = self.connect().await?;
        let dial::Stream::Tls(tls) = stream else { return Err(TransportError::NotHttp) };
        let (_, session) = tls.get_ref();
        let protocol = match session.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS",
        };
        let suite = session.negotiated_cipher_suite().map(|suite| suite.suite());
        let suite = suite.and_then(|suite| suite.as_str()).unwrap_or("?");
        Ok((protocol.to_owned(), suite.replace("TLS13_", "TLS_")))
    }

    async fn unless_stalled<T>(
        &self,
        sent_bytes: &SentBytes,
        work: impl Future<Output = T>,
    ) -> Result<T, TransportError> {
        let mut work = pin!(work);
        let (mut seen, mut still) = (sent_bytes.bytes(), 0);
        loop {
            let look = tokio::time::sleep(self.stall_timeout / LOOKS_PER_WAIT);
            tokio::select! {
                done = &mut work => return Ok(done),
                () = look => {}
            }
            let now = sent_bytes.bytes();
            still = if now == seen { still + 1 } else { 0 };
            seen = now;
            if still >= LOOKS_PER_WAIT {
                return Err(TransportError::Stalled(self.stall_timeout));
            }
        }
    }

    /// Dials within the time for it.
    async fn connect(&self) -> Result<dial::Stream, TransportError> {
        let late = |_elapsed| {
            let limit = self.connect_timeout;
            match self.proxies.named(&self.target.base()) {
                Some(proxy) => TransportError::Proxy { proxy, fault: ProxyFault::TimedOut(limit) },
                None => TransportError::ConnectTimedOut(limit),
            }
        };
        tokio::time::timeout(self.connect_timeout, self.dial()).await.map_err(late)?
    }

    async fn dial(&self) -> Result<dial::Stream, TransportError> {
        let base = self.target.base();
        let tcp = self.proxies.connect(&base).await?;
        if !self.target.is_encrypted() {
            return Ok(dial::Stream::Plain(tcp));
        }
        let name = rustls::pki_types::ServerName::try_from(self.target.host().to_owned())
            .map_err(|_not_a_name| TransportError::NameUnresolved)?;
        let tls = self.tls.connector.connect(name, tcp).await;
        tls.map(|stream| dial::Stream::Tls(Box::new(stream)))
            .map_err(|fault| TransportError::from_handshake(&fault, self.tls.refused.take()))
    }
}

/// The body as far as it came; the status was already read, and says more than a lost tail.
async fn collect(body: Incoming, bytes_max: usize) -> (Bytes, bool) {
    let mut body = Limited::new(body, bytes_max);
    let mut collected = Vec::new();
    loop {
        match body.frame().await {
            None => return (collected.into(), true),
            Some(Err(_)) => return (collected.into(), false),
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    collected.extend_from_slice(bytes);
                }
            }
        }
    }
}

/// A connector for a finished configuration.
pub fn connector(config: rustls::ClientConfig, refused: RefusedChain) -> TlsClient {
    TlsClient { connector: TlsConnector::from(Arc::new(config)), refused }
}
