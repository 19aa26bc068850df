//! Requests to addresses that people have named: never into the network that this server stands in, unless
//! the operator has named a part of it.
//!
//! Not for: what is sent, and identity providers, which the operator names.
//!
//! Invariant: every address that a name stands for is looked at when it is connected to, so that a name that
//! changes its mind between two looks gains nothing; no redirect is followed.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use ipnet::{Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::{Host, Url};

use crate::proxies::Network;

/// A receiver that takes longer does too much before it answers.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(15);
/// A third of it: a host that is there takes the connection at once.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
const USER_AGENT: &str = concat!("bursard/", env!("CARGO_PKG_VERSION"));

/// Addresses of version 4 that are nobody's on the Internet: RFC 6890 and what came after it.
const RESERVED_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];
/// Of version 6 all that are given out begin so; these parts of it lead elsewhere, or back here.
const GIVEN_OUT_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
const RESERVED_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

const fn v4(octets: [u8; 4], bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::from_octets(octets), bits)
}

const fn v6(segments: [u16; 8], bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_segments(segments), bits)
}

/// The networks that may be reached beside the Internet, as the operator has named them.
#[derive(Debug, Clone, Default)]
pub struct InternalNetworks(Arc<[Network]>);

/// Sends requests to addresses that people have named; cheap to clone.
#[derive(Debug, Clone)]
pub struct OutboundClient {
    networks: InternalNetworks,
    /// Over TLS, to the Internet and to the networks that are named.
    anywhere: Client,
    /// Without TLS, to these networks only.
    inside: Client,
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("no client for addresses that people name: {0}")]
pub struct ClientError(#[from] reqwest::Error);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    #[error("the address is no URL")]
    NoUrl,
    #[error(
        "the address is in a network of the server's own; the operator lets it through with internal under \
         [webhooks]"
    )]
    Internal,
    #[error("the receiver took longer than {} seconds", ANSWER_TIME_MAX.as_secs())]
    TooSlow,
    #[error("the receiver cannot be reached")]
    Unreachable,
    #[error("the receiver's certificate cannot be trusted, or it speaks no TLS")]
    Tls,
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is too long")]
    TooLong,
}

/// Where requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the Internet and to the networks that are named.
    Anywhere,
    /// To these networks only.
    Inside,
}

/// A name stands for addresses inside only.
#[derive(Debug, thiserror::Error)]
#[error("inside")]
struct InsideOnly;

/// Looks names up, and leaves out addresses that may not be reached.
struct Resolver {
    networks: InternalNetworks,
    reach: Reach,
    known: Arc<HashMap<String, IpAddr>>,
}

impl InternalNetworks {
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Self {
        Self(networks.into_iter().collect())
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl OutboundClient {
    /// A client that trusts what the system trusts, and the authorities of `pem` besides.
    pub fn new(networks: InternalNetworks, pem: Option<&[u8]>) -> Result<Self, ClientError> {
        Self::knowing(HashMap::new(), networks, pem)
    }

    /// A client as [`Self::new`] makes it that asks nobody what these names stand for: for tests. What may
    /// not be reached is not reached by them either.
    pub fn knowing(
        names: HashMap<String, IpAddr>,
        networks: InternalNetworks,
        pem: Option<&[u8]>,
    ) -> Result<Self, ClientError> {
        let known = Arc::new(names);
        let client = |reach: Reach| {
            let (networks, known) = (networks.clone(), Arc::clone(&known));
            let resolver = Resolver { networks, reach, known };
            let mut builder = Client::builder()
                .redirect(Policy::none())
                .connect_timeout(CONNECT_TIME_MAX)
                .timeout(ANSWER_TIME_MAX)
                .pool_max_idle_per_host(0)
                .user_agent(USER_AGENT)
                // A proxy would look names up elsewhere.
                .no_proxy()
                .https_only(reach == Reach::Anywhere)
                .dns_resolver(Arc::new(resolver));
            if let Some(pem) = pem {
                builder = builder.tls_certs_merge(Certificate::from_pem_bundle(pem)?);
            }
            builder.build()
        };
        let (anywhere, inside) = (client(Reach::Anywhere)?, client(Reach::Inside)?);
        Ok(Self { networks, anywhere, inside })
    }

    /// Posts a body; the status of the answer, of which nothing is read.
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: String,
    ) -> Result<StatusCode, OutboundError> {
        let (client, url) = self.for_url(url)?;
        let sent = client.post(url).headers(headers).body(body).send().await;
        Ok(sent.map_err(|error| fault(&error))?.status())
    }

    /// Gets what is at an address, whole, where it is no longer than `bytes_max`. What is sent says
    /// nothing of who asked.
    pub async fn get(&self, url: &str, bytes_max: usize) -> Result<Bytes, OutboundError> {
        let (client, url) = self.for_url(url)?;
        let mut answer = client.get(url).send().await.map_err(|error| fault(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(OutboundError::Status(answer.status()));
        }
        let mut bytes = BytesMut::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| fault(&error))? {
            if bytes.len() + piece.len() > bytes_max {
                return Err(OutboundError::TooLong);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }

    /// The client for an address, which may be reached as far as it says itself where it leads.
    fn for_url(&self, url: &str) -> Result<(&Client, Url), OutboundError> {
        let url = Url::parse(url).map_err(|_no_url| OutboundError::NoUrl)?;
        let (client, reach) = match url.scheme() {
            "https" => (&self.anywhere, Reach::Anywhere),
            _ => (&self.inside, Reach::Inside),
        };
        // A name is looked at when it is looked up.
        let address = match url.host().ok_or(OutboundError::NoUrl)? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        if let Some(address) = address
            && !may_reach(&self.networks, reach, address)
        {
            return Err(OutboundError::Internal);
        }
        Ok((client, url))
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (networks, reach) = (self.networks.clone(), self.reach);
        let known = self.known.get(name.as_str()).copied();
        Box::pin(async move {
            let mut found: Vec<SocketAddr> = match known {
                Some(address) => vec![SocketAddr::new(address, 0)],
                None => tokio::net::lookup_host((name.as_str(), 0)).await?.collect(),
            };
            found.retain(|found| may_reach(&networks, reach, found.ip()));
            if found.is_empty() {
                return Err(InsideOnly.into());
            }
            Ok::<Addrs, _>(Box::new(found.into_iter()))
        })
    }
}

fn may_reach(networks: &InternalNetworks, reach: Reach, address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.contains(address) || (reach == Reach::Anywhere && is_of_the_internet(address))
}

/// Returns `true` for addresses that stand for one host for everybody.
fn is_of_the_internet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !RESERVED_V4.iter().any(|reserved| reserved.contains(&address)),
        IpAddr::V6(address) => {
            GIVEN_OUT_V6.contains(&address)
                && !RESERVED_V6.iter().any(|reserved| reserved.contains(&address))
        }
    }
}

/// The fault without the address, which may hold a secret.
fn fault(error: &reqwest::Error) -> OutboundError {
    if error.is_timeout() {
        return OutboundError::TooSlow;
    }
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        if deeper.is::<InsideOnly>() {
            return OutboundError::Internal;
        }
        if deeper.is::<rustls::Error>() {
            return OutboundError::Tls;
        }
        let inner = deeper.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(inner) = inner
            && inner.is::<rustls::Error>()
        {
            return OutboundError::Tls;
        }
        cause = deeper.source();
    }
    OutboundError::Unreachable
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_the_internet_and_named_networks_are_reached() {
        let networks = InternalNetworks::new(["10.20.0.0/16".parse().unwrap()]);
        for (address, over_tls, without) in [
            ("93.184.216.34", true, false),
            ("2606:2800:220:1::1", true, false),
            ("10.20.3.4", true, true),
            ("::ffff:10.20.3.4", true, true),
            ("10.21.0.1", false, false),
            ("127.0.0.1", false, false),
            ("::1", false, false),
            ("::ffff:127.0.0.1", false, false),
            ("169.254.169.254", false, false),
            ("100.100.100.200", false, false),
            ("fd00:ec2::254", false, false),
            ("fe80::1", false, false),
            ("2002:7f00:1::", false, false),
            ("64:ff9b::7f00:1", false, false),
            ("0.0.0.0", false, false),
        ] {
            let parsed: IpAddr = address.parse().unwrap();
            assert_eq!(may_reach(&networks, Reach::Anywhere, parsed), over_tls, "{address}");
            assert_eq!(may_reach(&networks, Reach::Inside, parsed), without, "{address}");
        }
    }

    /// Answers each path once or more, as a server of HTTP/1.1 does.
    async fn server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut request = BytesMut::new();
                while !request.ends_with(b"\r\n\r\n") {
                    if connection.read_buf(&mut request).await.unwrap() == 0 {
                        break;
                    }
                }
                let text = String::from_utf8_lossy(&request).into_owned();
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                let answer = match path.as_str() {
                    "/scan.png" => "200 OK\r\nContent-Length: 4\r\n\r\nscan".to_owned(),
                    "/long" => format!("200 OK\r\n\r\n{}", "x".repeat(1_000)),
                    "/moved" => {
                        "302 Found\r\nLocation: /scan.png\r\nContent-Length: 0\r\n\r\n".to_owned()
                    }
                    "/cookies" => {
                        let says_who = text.to_lowercase().contains("cookie:")
                            || text.to_lowercase().contains("referer:");
                        format!("200 OK\r\nContent-Length: 1\r\n\r\n{}", u8::from(says_who))
                    }
                    _ => "404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
                };
                let answer = format!("HTTP/1.1 {answer}");
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn what_is_fetched_is_whole_and_short_and_from_where_it_was_said() {
        // Another test was first.
        let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let address = server().await;
        let here = InternalNetworks::new(["127.0.0.0/8".parse().unwrap()]);
        let client = OutboundClient::new(here, None).unwrap();
        let get = async |path: &str| client.get(&format!("http://{address}{path}"), 100).await;
        assert_eq!(get("/scan.png").await, Ok(Bytes::from_static(b"scan")));
        assert_eq!(get("/cookies").await, Ok(Bytes::from_static(b"0")));
        assert_eq!(get("/long").await, Err(OutboundError::TooLong));
        assert_eq!(get("/moved").await, Err(OutboundError::Status(StatusCode::FOUND)));
        assert_eq!(get("/none").await, Err(OutboundError::Status(StatusCode::NOT_FOUND)));

        // What the operator has not named is not reached, by its address or by a name of it.
        let client = OutboundClient::new(InternalNetworks::default(), None).unwrap();
        for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"] {
            let url = format!("http://{host}:{}/scan.png", address.port());
            assert_eq!(client.get(&url, 100).await, Err(OutboundError::Internal), "{host}");
        }
        assert_eq!(client.get("no address", 100).await, Err(OutboundError::NoUrl));
    }
}
