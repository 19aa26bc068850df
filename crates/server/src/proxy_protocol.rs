//! The header that a proxy of TCP sends before TLS to say whom it forwards: HAProxy's PROXY protocol,
//! versions 1 and 2.
//!
//! Not for: which proxies may send one (`proxies`).
//!
//! Invariant: not a byte behind the header is read, and no more than [`PROXY_HEADER_BYTES_MAX`] of it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::limits::PROXY_HEADER_BYTES_MAX;

/// The first bytes of version 2, chosen to be none of another protocol.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The signature, version and command, family, length.
const FIXED_BYTES: usize = 16;
/// The longest line of version 1, its end included.
const LINE_BYTES_MAX: usize = 107;
const VERSION_2: u8 = 0x20;
const LOCAL: u8 = 0x0;
const PROXY: u8 = 0x1;
const TCP_OVER_IPV4: u8 = 0x11;
const TCP_OVER_IPV6: u8 = 0x21;

/// Why a connection of a proxy is closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("it does not begin with a header of the PROXY protocol")]
    Missing,
    #[error("its header of the PROXY protocol cannot be understood")]
    Malformed,
    #[error("its header of the PROXY protocol is too long")]
    TooLong,
    #[error("it ended, or broke, before its header of the PROXY protocol was there: {0}")]
    Broken(#[from] io::Error),
}

/// Reads the header: the address that is forwarded; none where the proxy speaks for itself, as for its health
/// checks, or does not know.
pub(crate) async fn read_header(
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<Option<IpAddr>, Error> {
    let mut begin = [0; SIGNATURE.len()];
    stream.read_exact(&mut begin).await?;
    if begin == SIGNATURE {
        let mut fixed = [0; FIXED_BYTES - SIGNATURE.len()];
        stream.read_exact(&mut fixed).await?;
        let [command, family, length @ ..] = fixed;
        let length = usize::from(u16::from_be_bytes(length));
        if FIXED_BYTES + length > PROXY_HEADER_BYTES_MAX {
            return Err(Error::TooLong);
        }
        let mut addresses = vec![0; length];
        stream.read_exact(&mut addresses).await?;
        return parse_binary(command, family, &addresses);
    }
    let mut line = begin.to_vec();
    if !line.starts_with(b"PROXY ") {
        return Err(Error::Missing);
    }
    // Byte by byte: what follows belongs to TLS.
    while !line.ends_with(b"\r\n") {
        if line.len() == LINE_BYTES_MAX {
            return Err(Error::TooLong);
        }
        line.push(stream.read_u8().await?);
    }
    parse_line(&line)
}

fn parse_binary(command: u8, family: u8, addresses: &[u8]) -> Result<Option<IpAddr>, Error> {
    match (command & 0xf0, command & 0x0f) {
        (VERSION_2, LOCAL) => return Ok(None),
        (VERSION_2, PROXY) => {}
        _ => return Err(Error::Malformed),
    }
    // Source and destination address, two ports; other things may follow.
    let source = match family {
        TCP_OVER_IPV4 => addresses
            .get(..12)
            .and_then(|addresses| addresses.first_chunk::<4>())
            .map(|source| IpAddr::from(Ipv4Addr::from(*source))),
        TCP_OVER_IPV6 => addresses
            .get(..36)
            .and_then(|addresses| addresses.first_chunk::<16>())
            .map(|source| IpAddr::from(Ipv6Addr::from(*source))),
        _ => return Ok(None),
    };
    source.map(Some).ok_or(Error::Malformed)
}

fn parse_line(line: &[u8]) -> Result<Option<IpAddr>, Error> {
    let text = std::str::from_utf8(line).map_err(|_no_text| Error::Malformed)?;
    let text = text.strip_suffix("\r\n").unwrap_or(text);
    let words: Vec<&str> = text.split(' ').collect();
    let is_port = |word: &str| word.parse::<u16>().is_ok();
    match *words.as_slice() {
        ["PROXY", "UNKNOWN", ..] => Ok(None),
        ["PROXY", "TCP4", source, _, from, to] if is_port(from) && is_port(to) => {
            source.parse::<Ipv4Addr>().map(|source| Some(source.into())).map_err(malformed)
        }
        ["PROXY", "TCP6", source, _, from, to] if is_port(from) && is_port(to) => {
            source.parse::<Ipv6Addr>().map(|source| Some(source.into())).map_err(malformed)
        }
        _ => Err(Error::Malformed),
    }
}

fn malformed(_why: std::net::AddrParseError) -> Error {
    Error::Malformed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn binary(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let length = u16::try_from(addresses.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, addresses].concat()
    }

    async fn read(bytes: &[u8]) -> Result<(Option<IpAddr>, usize), Error> {
        let mut stream = bytes;
        let found = read_header(&mut stream).await?;
        Ok((found, bytes.len() - stream.len()))
    }

    #[tokio::test]
    async fn a_header_says_who_is_forwarded_and_no_byte_behind_it_is_read() {
        let ipv4 = [203, 0, 113, 9, 10, 0, 0, 1, 1, 2, 3, 4];
        let ipv6: Vec<u8> = (0..36).collect();
        let with_more = [&ipv4[..], &[4, 0, 2, b'a', b'b']].concat();
        for (header, address) in [
            (binary(0x21, 0x11, &ipv4), Some("203.0.113.9")),
            (binary(0x21, 0x11, &with_more), Some("203.0.113.9")),
            (binary(0x21, 0x21, &ipv6), Some("1:203:405:607:809:a0b:c0d:e0f")),
            (binary(0x21, 0x00, &[]), None),
            (binary(0x20, 0x11, &ipv4), None),
            (binary(0x20, 0x00, &[]), None),
            (b"PROXY TCP4 203.0.113.9 10.0.0.1 4711 8443\r\n".to_vec(), Some("203.0.113.9")),
            (b"PROXY TCP6 2001:db8::1 ::1 4711 8443\r\n".to_vec(), Some("2001:db8::1")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".to_vec(), None),
        ] {
            let stream = [&header[..], b"\x16\x03\x01"].concat();
            let address = address.map(|address| address.parse().unwrap());
            assert_eq!(read(&stream).await.unwrap(), (address, header.len()), "{header:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let long = format!("PROXY UNKNOWN {}", "x".repeat(200));
        for (stream, why) in [
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00".to_vec(), "does not begin"),
            (b"GET / HTTP/1.1\r\n".to_vec(), "does not begin"),
            (b"PROXY".to_vec(), "ended"),
            (b"PROXY TCP4 203.0.113.9 10.0.0.1 4711".to_vec(), "ended"),
            (SIGNATURE.to_vec(), "ended"),
            (binary(0x21, 0x11, &[1, 2, 3]), "understood"),
            (binary(0x11, 0x11, &[0; 12]), "understood"),
            (binary(0x22, 0x11, &[0; 12]), "understood"),
            (binary(0x21, 0x11, &[0; PROXY_HEADER_BYTES_MAX]), "too long"),
            (long.into_bytes(), "too long"),
            (b"PROXY TCP4 2001:db8::1 ::1 1 2\r\n".to_vec(), "understood"),
            (b"PROXY TCP4 203.0.113.9 10.0.0.1 1\r\n".to_vec(), "understood"),
            (b"PROXY TCP4 203.0.113.9 10.0.0.1 1 99999\r\n".to_vec(), "understood"),
            (b"PROXY UDP4 203.0.113.9 10.0.0.1 1 2\r\n".to_vec(), "understood"),
        ] {
            let error = read(&stream).await.unwrap_err().to_string();
            assert!(error.contains(why), "{stream:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200), version in 0..3_u8) {
            let begin: &[u8] = match version {
                0 => &[],
                1 => b"PROXY ",
                _ => &SIGNATURE,
            };
            let stream = [begin, &bytes].concat();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            if let Ok((_, taken)) = runtime.block_on(read(&stream)) {
                prop_assert!(taken <= stream.len() && taken <= PROXY_HEADER_BYTES_MAX);
            }
        }
    }
}
