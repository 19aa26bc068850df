//! A stream that lets requests of HTTP/1.1 through only as RFC 9112 frames them.
//!
//! Where one message ends and the next begins is what programs on the way have to agree about; whatever
//! two of them may read differently is refused here, before the HTTP library reads it. A head is held
//! back until it is whole and good; the bytes of a body pass as they came, with nothing but the framing
//! of its chunks looked at.
//!
//! Not for: Host, tokens and all else that does not say where a message ends; HTTP/2, whose frames have
//! lengths.
//!
//! Invariant: behind a fault nothing more of the connection reaches a handler. The refusal is answered
//! like every other: in the place of a head that is refused stands one that asks for it, and a body that
//! is refused is broken off so that its reader sees it.

mod body;
mod head;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::{Activity, RequestInFlight};
use crate::http::{DrainPace, FramingFault, FramingFaults, InterimAnswers};
use body::Body;
use head::Head;

/// Stands for a head that was refused: whoever answers it finds the fault beside it.
const REFUSED_HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// Is no framing of a chunk, wherever in one it stands.
const BROKEN_CHUNK: &[u8] = b"\rX";
/// Bytes read at once before the first request: most heads are shorter.
const FIRST_READ_BYTES: usize = 1024;
/// Bytes read at once of what nobody wants.
const SCRATCH_BYTES: usize = 8 * 1024;
/// After a refusal, a client that sends nothing for so long has read it, or never will.
const LINGER_STALL_MAX: Duration = Duration::from_secs(5);

/// Where in a message the bytes are that arrive next.
#[derive(Debug)]
enum At {
    Head(Head),
    Body(Body),
    /// Nothing that arrives is of any message that is read.
    Refused,
}

/// The framing of the messages of one connection, without its bytes.
#[derive(Debug)]
struct Framing {
    at: At,
    requests: u64,
    faults: FramingFaults,
}

impl Framing {
    /// Counts the first bytes that belong to a body and pass as they are.
    fn pass_body(&mut self, arrived: &[u8]) -> usize {
        let At::Body(body) = &mut self.at else { return 0 };
        let run = body.run(arrived);
        if run.fault.is_none() && run.is_over {
            self.at = At::Head(Head::default());
        }
        if let Some(why) = run.fault {
            self.faults.note(self.requests, FramingFault::malformed(why));
            self.at = At::Refused;
        }
        run.passed
    }

    /// Looks at all that arrived, and puts what may pass behind what already waits.
    fn pass(&mut self, mut arrived: &[u8], passed: &mut Vec<u8>) {
        while !arrived.is_empty() {
            match &mut self.at {
                At::Refused => return,
                At::Body(_) => {
                    let taken = self.pass_body(arrived);
                    passed.extend_from_slice(&arrived[..taken]);
                    arrived = &arrived[taken..];
                    if matches!(self.at, At::Refused) {
                        passed.extend_from_slice(BROKEN_CHUNK);
                    }
                }
                At::Head(head) => match head.take(arrived) {
                    Ok(head::Progress::Partial) => return,
                    Ok(head::Progress::Whole { taken, body }) => {
                        passed.append(&mut head.take_bytes());
                        self.requests += 1;
                        self.at = body.map_or_else(|| At::Head(Head::default()), At::Body);
                        arrived = &arrived[taken..];
                    }
                    Err(fault) => {
                        self.requests += 1;
                        self.faults.note(self.requests, fault);
                        passed.extend_from_slice(REFUSED_HEAD);
                        self.at = At::Refused;
                    }
                },
            }
        }
    }

    /// Returns `true` while the client has something to send that nobody reads: a message that is not
    /// over.
    fn is_inside(&self) -> bool {
        match &self.at {
            At::Head(head) => !head.is_empty(),
            At::Body(_) | At::Refused => true,
        }
    }
}

/// A stream under an HTTP/1.1 connection.
#[derive(Debug)]
pub(super) struct FramedStream<S> {
    stream: S,
    framing: Framing,
    outgoing: Outgoing,
    /// Bytes that may pass and did not fit.
    ready: Vec<u8>,
    given: usize,
    activity: Arc<Activity>,
    stop: CancellationToken,
    pace: DrainPace,
    linger: Option<Linger>,
}

/// Interim answers between those that the HTTP library writes, which knows of none.
///
/// The library flushes when all of what it had to write is written, so between a flush and its next write no
/// answer is half written; and a request whose answer the library has takes no interim one any more.
#[derive(Debug)]
struct Outgoing {
    interim: InterimAnswers,
    /// The rest of one that is being written.
    left: Bytes,
    /// Set from a write of the library until it flushes.
    is_answering: bool,
}

/// The time in which what a client still sends is read, so that no reset overtakes its answer.
#[derive(Debug)]
struct Linger {
    stall: Pin<Box<Sleep>>,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
    _under_way: RequestInFlight,
}

impl<S> FramedStream<S> {
    pub(super) fn new(
        stream: S,
        (activity, stop): (Arc<Activity>, CancellationToken),
        (faults, interim): (FramingFaults, InterimAnswers),
        pace: DrainPace,
    ) -> Self {
        let framing = Framing { at: At::Head(Head::default()), requests: 0, faults };
        let outgoing = Outgoing { interim, left: Bytes::new(), is_answering: false };
        let (ready, linger) = (Vec::new(), None);
        Self { stream, framing, outgoing, ready, given: 0, activity, stop, pace, linger }
    }

    /// Gives out what waits, as far as there is room.
    fn give(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let waiting = &self.ready[self.given..];
        let fits = waiting.len().min(buffer.remaining());
        buffer.put_slice(&waiting[..fits]);
        self.given += fits;
        if self.given == self.ready.len() {
            // Few connections send another request at once; those that rest hold no memory.
            self.ready = Vec::new();
            self.given = 0;
        }
        fits > 0
    }
}

impl<S: AsyncRead + Unpin> FramedStream<S> {
    /// Reads until the head of the first request is whole, or is one that is refused.
    ///
    /// # Errors
    ///
    /// The connection ended before.
    pub(super) async fn first_head(&mut self) -> io::Result<()> {
        let mut bytes = [0; FIRST_READ_BYTES];
        while self.ready.is_empty() {
            let read = self.stream.read(&mut bytes).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.framing.pass(&bytes[..read], &mut self.ready);
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FramedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.give(buffer) || buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            if matches!(this.framing.at, At::Refused) {
                // The answer is on its way, and the connection ends behind it.
                return Poll::Pending;
            }
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            let arrived = &buffer.filled()[before..];
            if arrived.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let passed = this.framing.pass_body(arrived);
            if passed < arrived.len() {
                let rest = arrived[passed..].to_vec();
                buffer.set_filled(before + passed);
                if matches!(this.framing.at, At::Refused) {
                    this.ready.extend_from_slice(BROKEN_CHUNK);
                }
                this.framing.pass(&rest, &mut this.ready);
            }
            if passed > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> FramedStream<S> {
    /// Writes interim answers, as long as nothing of another answer is half written.
    fn poll_interim(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outgoing = &mut self.outgoing;
        loop {
            if outgoing.left.is_empty() && !outgoing.is_answering {
                outgoing.left = outgoing.interim.take();
            }
            if outgoing.left.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let written = Pin::new(&mut self.stream).poll_write(context, &outgoing.left);
            let written = ready!(written)?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            drop(outgoing.left.split_to(written));
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for FramedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_interim(context))?;
        self.outgoing.is_answering = true;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_interim(context))?;
        self.outgoing.is_answering = true;
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.is_answering = false;
        ready!(self.poll_interim(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Ends what is written, then reads on for a bounded while what a client in the middle of a message
    /// sends.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            if !this.framing.is_inside() {
                return Poll::Ready(Ok(()));
            }
            let under_way = Activity::begin(&this.activity);
            let stall = Box::pin(sleep(LINGER_STALL_MAX));
            this.pace.restart();
            let stopped = Box::pin(this.stop.clone().cancelled_owned());
            this.linger = Some(Linger { stall, stopped, _under_way: under_way });
        }
        let linger = this.linger.as_mut().expect("it was made above");
        let mut scratch = [0; SCRATCH_BYTES];
        while this.pace.goes_on() {
            let mut unwanted = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(context, &mut unwanted) {
                Poll::Ready(Ok(())) if !unwanted.filled().is_empty() => {
                    this.pace.note(unwanted.filled().len());
                    linger.stall.as_mut().reset(Instant::now() + LINGER_STALL_MAX);
                }
                // It has closed, which is what was waited for.
                Poll::Ready(Ok(()) | Err(_)) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    let is_over = linger.stall.as_mut().poll(context).is_ready()
                        || linger.stopped.as_mut().poll(context).is_ready();
                    return if is_over { Poll::Ready(Ok(())) } else { Poll::Pending };
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
