//! Frames of HTTP/2 that no client may send (RFC 9113, RFC 7541), and what becomes of them.
//!
//! Invariant: none of them is answered as if it were a request, and the connection or the stream ends.

use super::connection::{Connection, Peer};
use crate::harness::{CUSTOMER, Server};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Types of frames.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH: u8 = 5;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW: u8 = 8;
const CONTINUATION: u8 = 9;
/// Flags of them.
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

type Fields<'a> = &'a [(&'a str, &'a str)];

const GET: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/healthz")];

/// The answer of a server to what breaks the protocol.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The stream alone, with a code.
    Stream(u32),
    /// The connection, with a code.
    Connection(u32),
    /// The connection, without a word.
    Closed,
    Answer(u16),
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [head, payload.to_vec()].concat()
}

/// A list of fields, none of them indexed or packed.
fn list(fields: Fields<'_>) -> Vec<u8> {
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut left = text.len();
    if left < 127 {
        bytes.push(u8::try_from(left).unwrap());
    } else {
        bytes.push(127);
        left -= 127;
        while left >= 128 {
            bytes.push(u8::try_from(left % 128).unwrap() | 128);
            left /= 128;
        }
        bytes.push(u8::try_from(left).unwrap());
    }
    [bytes, text.as_bytes().to_vec()].concat()
}

fn request(stream: u32, flags: u8, fields: Fields<'_>) -> Vec<u8> {
    frame(HEADERS, flags | END_HEADERS, stream, &list(fields))
}

/// The request for the server's health with fields of its own behind it.
fn get(more: Fields<'_>) -> Vec<u8> {
    request(1, END_STREAM, &[&GET, more].concat())
}

/// The same request with a field left out.
fn get_without(name: &str) -> Vec<u8> {
    let fields: Vec<_> = GET.into_iter().filter(|(known, _)| *known != name).collect();
    request(1, END_STREAM, &fields)
}

/// An upload of so many bytes, of which as many as are there are sent.
fn upload(length: &str, body: Option<&[u8]>) -> Vec<u8> {
    let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a_20261123.csv");
    let fields = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "localhost"),
        (":path", &path),
        ("content-type", "text/csv"),
        ("content-length", length),
    ];
    let flags = if body.is_none() { END_STREAM } else { 0 };
    let data = body.map(|body| frame(DATA, END_STREAM, 1, body));
    [request(1, flags, &fields), data.unwrap_or_default()].concat()
}

/// Begins a connection with these frames.
fn open(server: &Server, frames: &[u8]) -> Connection {
    let mut connection = Connection::open(&Peer::from(server), &[b"h2"]);
    connection.send(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), frames].concat());
    connection
}

/// The type and the payload of the next frame; none where the server closes before it is whole.
fn next_frame(connection: &mut Connection) -> Option<(u8, Vec<u8>)> {
    let head = connection.take_bytes(9)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    Some((head[3], connection.take_bytes(length)?))
}

/// The number at a place of a payload.
fn number(payload: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(payload[at..at + 4].try_into().unwrap())
}

/// Sends frames on a new connection and waits for what ends it, or for the answer of stream 1.
fn end(server: &Server, frames: &[u8]) -> End {
    let mut connection = open(server, frames);
    while let Some((kind, payload)) = next_frame(&mut connection) {
        match kind {
            RESET => return End::Stream(number(&payload, 0)),
            // The first says that the connection is about to end; the code of the second why.
            GO_AWAY => return End::Connection(number(&payload, 4)),
            HEADERS => return End::Answer(status(payload[0])),
            _ => {}
        }
    }
    End::Closed
}

/// The end of the connection, whatever becomes of its streams.
fn end_of_connection(server: &Server, frames: &[u8]) -> End {
    let mut connection = open(server, frames);
    while let Some((kind, payload)) = next_frame(&mut connection) {
        if kind == GO_AWAY {
            return End::Connection(number(&payload, 4));
        }
    }
    End::Closed
}

/// The status by the first byte of a list: those that stand in the table of RFC 7541, or another.
fn status(first: u8) -> u16 {
    match first {
        0x88 => 200,
        0x89 => 204,
        0x8c => 400,
        0x8d => 404,
        _ => 0,
    }
}

const PROTOCOL_ERROR: u32 = 1;
const ENHANCE_YOUR_CALM: u32 = 11;

/// A section of RFC 9113, or of another, what breaks it, and the frames that do.
type Case = (&'static str, &'static str, Vec<u8>);

/// Lists of fields that are no request.
fn wrong_requests() -> Vec<Case> {
    let twice = [GET[3], GET[0], GET[1], GET[2], GET[3]];
    let late = [GET[0], GET[1], GET[2], ("x-a", "b"), GET[3]];
    vec![
        ("8.2.1", "a name in capitals", get(&[("X-Capital", "a")])),
        ("8.2.1", "a name with a blank", get(&[("x a", "b")])),
        ("8.2.1", "no name", get(&[("", "b")])),
        ("8.2.1", "a value with a line feed", get(&[("x-a", "b\nc")])),
        ("8.2.1", "a value with NUL", get(&[("x-a", "b\0c")])),
        ("8.2.2", "connection", get(&[("connection", "close")])),
        ("8.2.2", "keep-alive", get(&[("keep-alive", "1")])),
        ("8.2.2", "proxy-connection", get(&[("proxy-connection", "close")])),
        ("8.2.2", "transfer-encoding", get(&[("transfer-encoding", "chunked")])),
        ("8.2.2", "upgrade", get(&[("upgrade", "h2c")])),
        ("8.2.2", "te other than trailers", get(&[("te", "gzip")])),
        ("8.3", "an unknown pseudo-header", get(&[(":other", "a")])),
        ("8.3", "a pseudo-header of answers", get(&[(":status", "200")])),
        ("8.3", "a pseudo-header twice", request(1, END_STREAM, &twice)),
        ("8.3", "a pseudo-header behind a field", request(1, END_STREAM, &late)),
        ("8.3.1", "no method", get_without(":method")),
        ("8.3.1", "no scheme", get_without(":scheme")),
        ("8.3.1", "no path", get_without(":path")),
        (
            "8.3.1",
            "an empty path",
            request(1, END_STREAM, &[GET[0], GET[1], GET[2], (":path", "")]),
        ),
        ("8.1.1", "fewer bytes than Content-Length", upload("9", Some(b"hello"))),
        ("8.1.1", "more bytes than Content-Length", upload("1", Some(b"hello"))),
        ("8.1.1", "a Content-Length and no bytes", upload("5", None)),
    ]
}

/// Frames where none of the kind may stand, or of another size.
fn wrong_frames() -> Vec<Case> {
    let settings = |id: u16, value: u32| {
        frame(SETTINGS, 0, 0, &[&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
    };
    vec![
        ("6.1", "data of the connection", frame(DATA, 0, 0, b"a")),
        ("5.1", "data of a stream that is idle", frame(DATA, 0, 1, b"a")),
        ("5.1", "a reset of one that is idle", frame(RESET, 0, 1, &[0; 4])),
        ("5.1", "a window of one that is idle", frame(WINDOW, 0, 1, &[0, 0, 0, 9])),
        ("6.2", "headers of the connection", frame(HEADERS, END_HEADERS, 0, &list(&GET))),
        ("5.1.1", "an even stream", request(2, END_STREAM, &GET)),
        (
            "6.1",
            "padding longer than the frame",
            [request(1, 0, &GET), frame(DATA, PADDED, 1, &[9])].concat(),
        ),
        ("6.3", "a priority of the connection", frame(PRIORITY, 0, 0, &[0; 5])),
        ("6.3", "a priority of four bytes", frame(PRIORITY, 0, 1, &[0; 4])),
        ("6.4", "a reset of the connection", frame(RESET, 0, 0, &[0; 4])),
        (
            "6.4",
            "a reset of three bytes",
            [request(1, 0, &GET), frame(RESET, 0, 1, &[0; 3])].concat(),
        ),
        ("6.5", "settings of a stream", frame(SETTINGS, 0, 1, &[])),
        ("6.5", "settings of five bytes", frame(SETTINGS, 0, 0, &[0; 5])),
        ("6.5", "an acknowledgement with bytes", frame(SETTINGS, ACK, 0, &[0; 6])),
        ("6.5.2", "a push that is neither on nor off", settings(2, 2)),
        ("6.5.2", "a window of 4 GiB", settings(4, u32::MAX)),
        ("6.5.2", "frames of at most one byte", settings(5, 1)),
        ("8.4", "a push by a client", frame(PUSH, END_HEADERS, 1, &[0, 0, 0, 2])),
        ("6.7", "a ping of seven bytes", frame(PING, 0, 0, &[0; 7])),
        ("6.7", "a ping of a stream", frame(PING, 0, 1, &[0; 8])),
        ("6.8", "a farewell of a stream", frame(GO_AWAY, 0, 1, &[0; 8])),
        ("6.9", "a window by nothing", frame(WINDOW, 0, 0, &[0; 4])),
        ("6.9.1", "a window beyond 2 GiB", frame(WINDOW, 0, 0, &[0x7f, 255, 255, 255])),
        ("6.10", "a continuation of nothing", frame(CONTINUATION, END_HEADERS, 1, &list(&GET))),
        (
            "6.10",
            "data where headers go on",
            [frame(HEADERS, END_STREAM, 1, &list(&GET)), frame(DATA, 0, 1, b"")].concat(),
        ),
        (
            "4.2",
            "a frame of more than 16 KiB",
            [request(1, 0, &GET), frame(DATA, 0, 1, &[0; 16_385])].concat(),
        ),
    ]
}

/// Lists of fields that are packed in no way that there is.
fn wrong_packing() -> Vec<Case> {
    vec![
        ("RFC 7541, 6.1", "the index 0", frame(HEADERS, 5, 1, &[0x80])),
        ("RFC 7541, 2.3.3", "an index beyond the table", frame(HEADERS, 5, 1, &[0xff, 0x7f])),
        (
            "RFC 7541, 5.2",
            "packed text with padding of zeros",
            frame(HEADERS, 5, 1, &[0, 0x81, 0x00, 1, b'a']),
        ),
        (
            "RFC 7541, 6.3",
            "a table of 1 GiB",
            frame(HEADERS, 5, 1, &[0x3f, 0xff, 0xff, 0xff, 0xff, 0x03]),
        ),
        ("RFC 7541, 5.1", "a text longer than the list", frame(HEADERS, 5, 1, &[0, 9, b'a'])),
    ]
}

#[test]
fn frames_that_no_client_may_send_end_the_stream_or_the_connection() {
    let server = Server::start_receiving_only();
    assert_eq!(
        end(&server, &get(&[("te", "trailers")])),
        End::Answer(200),
        "and a good one does not"
    );
    for (section, what, frames) in
        [wrong_requests(), wrong_frames(), wrong_packing()].into_iter().flatten()
    {
        let end = end(&server, &frames);
        let is_refused = match end {
            End::Answer(status) => status == 400,
            End::Stream(code) | End::Connection(code) => code >= PROTOCOL_ERROR,
            End::Closed => true,
        };
        assert!(is_refused, "RFC 9113, {section}: {what}: {end:?}");
    }
}

#[test]
fn streams_that_are_opened_to_be_reset_end_the_connection() {
    let server = Server::start_receiving_only();
    let resets: Vec<u8> = (0..2_000)
        .flat_map(|n| {
            [request(2 * n + 1, END_STREAM, &GET), frame(RESET, 0, 2 * n + 1, &[0, 0, 0, 8])]
        })
        .flatten()
        .collect();
    // What was still on its way when the server closed may reset the connection before its word is read.
    let end = end_of_connection(&server, &resets);
    assert!(matches!(end, End::Connection(ENHANCE_YOUR_CALM) | End::Closed), "{end:?}");
    let piece = list(&[("x-a", &"v".repeat(16_000))]);
    let mut flood = frame(HEADERS, END_STREAM, 1, &list(&GET));
    for _piece in 0..100 {
        flood.extend(frame(CONTINUATION, 0, 1, &piece));
    }
    let end = end_of_connection(&server, &flood);
    assert!(matches!(end, End::Connection(1..) | End::Closed), "{end:?}");
    assert_eq!(self::end(&server, &get(&[])), End::Answer(200), "others are served on");
}
