//! Reaching a host over TCP: name, addresses (the next one is tried while the first is silent), and a
//! proxy where one is set.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tower::ServiceExt as _;

use super::{ProxyFault, TransportError};

/// The proxies that serve hosts.
#[derive(Debug, Clone)]
pub struct Proxies(Arc<Matcher>);

impl Proxies {
    pub fn new(matcher: Arc<Matcher>) -> Self {
        Self(matcher)
    }

    /// Has one proxy serve every host.
    pub fn only(url: &str) -> Self {
        Self::new(Arc::new(Matcher::builder().all(url.to_owned()).build()))
    }

    /// The proxy that serves this address, without its user and password.
    pub fn named(&self, base: &Uri) -> Option<String> {
        self.0.intercept(base).map(|found| shown(&found))
    }

    pub(super) async fn connect(&self, base: &Uri) -> Result<TcpStream, TransportError> {
        match self.0.intercept(base) {
            None => self.direct(base).await,
            Some(proxy) => through_proxy(&proxy, base)
                .await
                .map_err(|fault| TransportError::Proxy { proxy: shown(&proxy), fault }),
        }
    }

    async fn direct(&self, base: &Uri) -> Result<TcpStream, TransportError> {
        let mut connector = HttpConnector::new_with_resolver(tower::service_fn(resolve));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        let stream = connector.oneshot(base.clone()).await;
        stream.map(hyper_util::rt::TokioIo::into_inner).map_err(|fault| from_connect(&fault))
    }
}

/// The URL of a proxy, without its user and password.
fn shown(proxy: &Intercept) -> String {
    let uri = proxy.uri();
    let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", uri.scheme_str().unwrap_or("http"), uri.host().unwrap_or("?"))
}

async fn through_proxy(proxy: &Intercept, base: &Uri) -> Result<TcpStream, ProxyFault> {
    let mut connector = HttpConnector::new_with_resolver(tower::service_fn(resolve));
    connector.enforce_http(false);
    connector.set_nodelay(true);
    let address = proxy.uri().clone();
    let stream = match address.scheme_str() {
        Some("http") => {
            let mut tunnel = Tunnel::new(address, connector);
            if let Some(basic) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(basic.clone());
            }
            tunnel.oneshot(base.clone()).await.map_err(|fault| from_proxy(proxy, &fault))
        }
        Some("socks5" | "socks5h") => {
            let mut socks = SocksV5::new(address, connector);
            if let Some((user, password)) = proxy.raw_auth() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            socks.oneshot(base.clone()).await.map_err(|fault| from_proxy(proxy, &fault))
        }
        _ => Err(ProxyFault::UnknownKind),
    }?;
    Ok(stream.into_inner())
}

/// The fault behind an error, whose type is private to the crate that makes it.
fn from_proxy(proxy: &Intercept, fault: &(dyn Error + 'static)) -> ProxyFault {
    /// The words of a tunnel and of SOCKS.
    const UNAUTHORIZED: [&str; 2] = ["authorization required", "credentials not accepted"];
    let words = fault.to_string();
    let is_unauthorized = UNAUTHORIZED.iter().any(|part| words.contains(part));
    let has_credentials = proxy.basic_auth().is_some() || proxy.raw_auth().is_some();
    match (is_unauthorized, has_credentials) {
        (true, true) => ProxyFault::CredentialsRefused,
        (true, false) => ProxyFault::CredentialsMissing,
        (false, _) => ProxyFault::NotConnected(last_cause(fault)),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the name cannot be resolved")]
struct ResolveError(#[source] io::Error);

async fn resolve(name: Name) -> Result<std::vec::IntoIter<SocketAddr>, ResolveError> {
    let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(ResolveError)?;
    Ok(found.collect::<Vec<_>>().into_iter())
}

fn from_connect(fault: &(dyn Error + 'static)) -> TransportError {
    let mut cause = Some(fault);
    while let Some(error) = cause {
        if error.is::<ResolveError>() {
            return TransportError::NameUnresolved;
        }
        cause = error.source();
    }
    TransportError::Unreachable(last_cause(fault))
}

fn last_cause(fault: &(dyn Error + 'static)) -> String {
    let mut last = fault;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// A connection with or without TLS.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

macro_rules! either {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Plain($stream) => $call,
            Stream::Tls($stream) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_read(cx, into))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => Pin::new(stream).poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
