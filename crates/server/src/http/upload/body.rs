//! The bytes of a body as they arrive, with limits on time, rate and size.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use domain::RefusalCode;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use crate::http::error::ApiError;
use crate::http::upload::headers::too_large;
use crate::intake::ByteSource;
use crate::limits::{BODY_TIME_MAX, Limits, RATE_GRACE};

/// Why a body could not be received.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("no byte arrived for {} seconds", .0.as_secs())]
    Stalled(Duration),
    #[error("the body arrived at fewer than {0} bytes a second")]
    TooSlow(u64),
    #[error("the body took longer than {} hours", .0.as_secs() / 3600)]
    TooLong(Duration),
    #[error("the body has {read} bytes or more; {max} are taken")]
    TooLarge { read: u64, max: u64 },
    /// The connection ended or the framing was broken.
    #[error("the body ended after {0} bytes, before its end")]
    Incomplete(u64),
    #[error("the body cannot be unpacked")]
    Unpackable,
    #[error("the body unpacks to more than {0} times its size")]
    Inflates(u64),
    #[error("the SHA-256 of the body as sent is not the one in the header")]
    WireDigest,
}

/// A body being read.
#[derive(Debug)]
pub(in crate::http) struct TimedBody {
    stream: BodyDataStream,
    started: Instant,
    stall_max: Duration,
    bytes_per_second_min: u64,
    bytes_max: u64,
    read: u64,
}

impl TimedBody {
    pub(in crate::http) fn new(body: Body, limits: &Limits) -> Self {
        Self {
            stream: body.into_data_stream(),
            started: Instant::now(),
            stall_max: limits.body_stall_max,
            bytes_per_second_min: limits.body_bytes_per_second_min,
            bytes_max: limits.body_bytes_max,
            read: 0,
        }
    }

    pub(in crate::http) async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        let piece = timeout(self.stall_max, self.stream.next())
            .await
            .map_err(|_elapsed| BodyError::Stalled(self.stall_max))?;
        let Some(piece) = piece else { return Ok(None) };
        let piece = piece.map_err(|_cut_off| BodyError::Incomplete(self.read))?;
        self.read += piece.len() as u64;
        self.check_pace()?;
        if self.read > self.bytes_max {
            return Err(BodyError::TooLarge { read: self.read, max: self.bytes_max });
        }
        Ok(Some(piece))
    }

    fn check_pace(&self) -> Result<(), BodyError> {
        let elapsed = self.started.elapsed();
        if elapsed > BODY_TIME_MAX {
            return Err(BodyError::TooLong(BODY_TIME_MAX));
        }
        let due = elapsed.saturating_sub(RATE_GRACE).as_secs() * self.bytes_per_second_min;
        if self.read < due { Err(BodyError::TooSlow(self.bytes_per_second_min)) } else { Ok(()) }
    }
}

impl ByteSource for TimedBody {
    type Error = BodyError;

    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        Self::next(self).await
    }

    fn finish(&mut self) -> Result<(), BodyError> {
        Ok(())
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        let code = match error {
            BodyError::TooLarge { read, max } => return too_large(read, max),
            BodyError::Stalled(_) | BodyError::TooSlow(_) | BodyError::TooLong(_) => {
                RefusalCode::BodyTooSlow
            }
            BodyError::Incomplete(_) => RefusalCode::BodyIncomplete,
            BodyError::Unpackable => RefusalCode::ContentCodingBroken,
            BodyError::Inflates(_) => RefusalCode::BodyTooLarge,
            BodyError::WireDigest => RefusalCode::DigestMismatch,
        };
        Self::because(code, error)
    }
}
