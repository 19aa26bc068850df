//! Requests of one channel, answered one after the other.
//!
//! Invariant: what is no request of SFTP ends the channel; nothing is read on from a place that is not known.

use std::io;

use bytes::Bytes;
use russh_sftp::protocol::Packet;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::folder::Folder;
use crate::limits::SFTP_PACKET_BYTES_MAX;

/// Answers until the client ends the channel.
///
/// # Errors
/// When the connection is lost, or what comes is no request.
pub(super) async fn answer_all<S>(mut stream: S, mut folder: Folder) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(mut bytes) = read_packet(&mut stream).await? {
        let request = Packet::try_from(&mut bytes).map_err(malformed)?;
        let answer = folder.answer(request).await;
        let answer = Bytes::try_from(answer).map_err(malformed)?;
        stream.write_all(&answer).await?;
        stream.flush().await?;
    }
    Ok(())
}

/// The next packet without its length; none at the end of the channel.
async fn read_packet<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Bytes>> {
    let length = match stream.read_u32().await {
        Ok(length) => length,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    if length > SFTP_PACKET_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut packet = vec![0; length as usize];
    stream.read_exact(&mut packet).await?;
    Ok(Some(packet.into()))
}

fn malformed<E>(_may_hold_names_of_files: E) -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever comes is a packet or is refused; nothing panics or asks for more memory than came.
        #[test]
        fn any_bytes_are_looked_at(kind in 0_u8..=255, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = Bytes::from([vec![kind], rest].concat());
            drop(Packet::try_from(&mut bytes));
        }
    }

    #[tokio::test]
    async fn a_packet_is_no_longer_than_it_may_be() {
        let long = [SFTP_PACKET_BYTES_MAX.to_be_bytes().to_vec(), vec![1; 10]].concat();
        let error = read_packet(&mut long.as_slice()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "it is waited for");
        let longer = (SFTP_PACKET_BYTES_MAX + 1).to_be_bytes();
        let error = read_packet(&mut longer.as_slice()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(read_packet(&mut [].as_slice()).await.unwrap().is_none());
    }
}
