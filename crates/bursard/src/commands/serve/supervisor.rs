//! What systemd is told by a unit of `Type=notify`: a datagram to the socket that `NOTIFY_SOCKET` names.
//!
//! Invariant: where nobody asks for it nothing happens, and a supervisor that cannot be told does not keep
//! the server from running.

use std::ffi::OsStr;
use std::io;
use std::os::unix::net::UnixDatagram;

const SOCKET_VARIABLE: &str = "NOTIFY_SOCKET";

/// The server receives.
pub(in crate::commands) fn say_ready() {
    say("READY=1");
}

pub(in crate::commands) fn say_stopping() {
    say("STOPPING=1");
}

/// Tells systemd what a server that is not ready waits for: the line that `systemctl status` shows.
pub(super) fn say_waiting(what: &str) {
    say(&format!("STATUS={}", what.replace('\n', " ")));
}

fn say(state: &str) {
    let Some(socket) = std::env::var_os(SOCKET_VARIABLE) else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(error = &error as &dyn std::error::Error, state, "systemd cannot be told");
    }
}

/// A name that begins with `@` is in Linux's abstract namespace.
fn send(socket: &OsStr, state: &str) -> io::Result<usize> {
    let sender = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = socket.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return sender.send_to_addr(state.as_bytes(), &address);
    }
    sender.send_to(state.as_bytes(), socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_sockets_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let by_path = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str(), "READY=1").unwrap();
        let mut told = [0; 32];
        let length = by_path.recv(&mut told).unwrap();
        assert_eq!(&told[..length], b"READY=1");
        #[cfg(target_os = "linux")]
        {
            use std::os::linux::net::SocketAddrExt as _;
            let name = format!("bursar-notify-{}", std::process::id());
            let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
            let abstract_one = UnixDatagram::bind_addr(&address).unwrap();
            send(OsStr::new(&format!("@{name}")), "STOPPING=1").unwrap();
            let length = abstract_one.recv(&mut told).unwrap();
            assert_eq!(&told[..length], b"STOPPING=1");
        }
        assert!(send(OsStr::new("/nowhere/notify"), "READY=1").is_err());
    }
}
