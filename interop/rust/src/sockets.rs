//! Sockets: listening, accepting, connecting.

use crate::addresses::SocketAddress;
use crate::channels::Transport;
use crate::failures::{cannot, Result};
use crate::leftovers::Leftover;
use crate::socket_files;
use crate::system::{self, retry, SOCK_SEQPACKET, SOCK_STREAM};
use crate::waiting::{self, Deadline};
use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::io::{AsRawFd, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;

/// The standard library accepts from any Unix socket that listens, whatever its type is.
pub enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    /// The address, if the system may have chosen a part of it.
    pub fn chosen_address(&self) -> Result<Option<String>> {
        match self {
            Listener::Unix(_) => Ok(None),
            Listener::Tcp(listener) => {
                let address = listener.local_addr().map_err(cannot("learn the port"))?;
                Ok(Some(address.to_string()))
            }
        }
    }

    pub fn accept(&self, deadline: Deadline) -> Result<OwnedFd> {
        loop {
            deadline.wait_until_readable(match self {
                Listener::Unix(listener) => listener.as_raw_fd(),
                Listener::Tcp(listener) => listener.as_raw_fd(),
            })?;
            let peer = waiting::for_peer(|| match self {
                Listener::Unix(listener) => listener.accept().map(|(peer, _)| OwnedFd::from(peer)),
                Listener::Tcp(listener) => listener.accept().and_then(|(peer, _)| send_at_once(peer)),
            });
            match peer {
                // That peer gave up while it waited; the next one may be serious.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
                result => return result.map_err(cannot("accept a peer")),
            }
        }
    }
}

/// Without this a small message waits until the peer has confirmed the one before, which may take 40 ms.
fn send_at_once(stream: TcpStream) -> io::Result<OwnedFd> {
    stream.set_nodelay(true)?;
    Ok(OwnedFd::from(stream))
}

pub fn listen(address: &SocketAddress, transport: Transport) -> Result<(Listener, Option<Leftover>)> {
    let listener = match address {
        SocketAddress::Path(path) => {
            let (listener, file) = socket_files::bind(path, || match transport {
                Transport::UnixSeqpacket => system::listen_unix(SOCK_SEQPACKET, bytes(path)).map(UnixListener::from),
                _ => UnixListener::bind(path),
            })?;
            return Ok((Listener::Unix(listener), Some(file)));
        }
        SocketAddress::Abstract(name) => {
            system::listen_unix(SOCK_STREAM, name).map(|socket| Listener::Unix(UnixListener::from(socket)))
        }
        // It sets SO_REUSEADDR: connections of an earlier listener that are in TIME_WAIT must not keep the port from
        // this one.
        SocketAddress::Tcp(address) => TcpListener::bind(address).map(Listener::Tcp),
    };
    Ok((listener.map_err(cannot("listen"))?, None))
}

/// Datagrams have no connections to accept: the bound socket itself gets what anybody sends to it.
pub fn bind_datagrams(path: &Path) -> Result<(OwnedFd, Leftover)> {
    let (socket, file) = socket_files::bind(path, || UnixDatagram::bind(path))?;
    Ok((OwnedFd::from(socket), file))
}

/// Waits until the listener's queue has room. An attempt that a signal interrupts has not been queued, and is made again.
pub fn connect(address: &SocketAddress, transport: Transport) -> Result<OwnedFd> {
    let attempt = || match (address, transport) {
        (SocketAddress::Tcp(address), _) => TcpStream::connect(address).and_then(send_at_once),
        (SocketAddress::Abstract(name), _) => system::connect_unix(SOCK_STREAM, name),
        (SocketAddress::Path(path), Transport::UnixSeqpacket) => system::connect_unix(SOCK_SEQPACKET, bytes(path)),
        (SocketAddress::Path(path), Transport::UnixDatagram) => {
            let socket = UnixDatagram::unbound()?;
            socket.connect(path)?;
            Ok(OwnedFd::from(socket))
        }
        (SocketAddress::Path(path), _) => UnixStream::connect(path).map(OwnedFd::from),
    };
    waiting::for_peer(|| retry(attempt)).map_err(cannot("connect"))
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}
