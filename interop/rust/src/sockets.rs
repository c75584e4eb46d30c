//! Sockets: listening, accepting, connecting.

use crate::addresses;
use crate::channels::{Role, Transport};
use crate::failures::{cannot, Result};
use crate::leftovers::Leftover;
use crate::socket_files;
use crate::system::{self, retry, SOCK_SEQPACKET, SOCK_STREAM};
use crate::waiting::{self, Deadline};
use std::io::{self, ErrorKind};
use std::net::{SocketAddrV4, TcpListener, TcpStream};
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

/// Without this a small message waits until the peer has confirmed the one before, which may take
/// 40 ms.
fn send_at_once(stream: TcpStream) -> io::Result<OwnedFd> {
    stream.set_nodelay(true)?;
    Ok(OwnedFd::from(stream))
}

/// A Unix socket with a file that listens. Its `Leftover` is the file.
pub fn listen_at(path: &Path, transport: Transport) -> Result<(Listener, Leftover)> {
    let (listener, file) = socket_files::bind(path, || match transport {
        Transport::UnixSeqpacket => {
            system::listen_unix(SOCK_SEQPACKET, path.as_os_str().as_bytes()).map(UnixListener::from)
        }
        _ => UnixListener::bind(path),
    })?;
    Ok((Listener::Unix(listener), file))
}

pub fn listen_abstract(address: &[u8]) -> Result<Listener> {
    let name = addresses::abstract_name(address)?;
    let socket = system::listen_unix(SOCK_STREAM, &name).map_err(cannot("listen"))?;
    Ok(Listener::Unix(UnixListener::from(socket)))
}

/// Gives also the address, whose port the system may have chosen. `bind` sets SO_REUSEADDR:
/// connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
pub fn listen_tcp(address: &[u8]) -> Result<(Listener, String)> {
    let address = addresses::tcp(address, Role::Listen)?;
    let listener = TcpListener::bind(address).map_err(cannot(format_args!("listen at {address}")))?;
    let bound = listener.local_addr().map_err(cannot("learn the port"))?;
    Ok((Listener::Tcp(listener), bound.to_string()))
}

/// Datagrams have no connections to accept: the bound socket itself gets what anybody sends to it.
pub fn bind_datagram(path: &Path) -> Result<(OwnedFd, Leftover)> {
    let (socket, file) = socket_files::bind(path, || UnixDatagram::bind(path))?;
    Ok((OwnedFd::from(socket), file))
}

/// Each of these waits until the listener's queue has room. An attempt that a signal interrupts has
/// not been queued, and is made again.
pub fn connect_to(path: &Path, transport: Transport) -> Result<OwnedFd> {
    connect(|| match transport {
        Transport::UnixSeqpacket => system::connect_unix(SOCK_SEQPACKET, path.as_os_str().as_bytes()),
        Transport::UnixDatagram => {
            let socket = UnixDatagram::unbound()?;
            socket.connect(path)?;
            Ok(OwnedFd::from(socket))
        }
        _ => UnixStream::connect(path).map(OwnedFd::from),
    })
}

pub fn connect_abstract(address: &[u8]) -> Result<OwnedFd> {
    let name = addresses::abstract_name(address)?;
    connect(|| system::connect_unix(SOCK_STREAM, &name))
}

pub fn connect_tcp(address: &[u8]) -> Result<OwnedFd> {
    let address: SocketAddrV4 = addresses::tcp(address, Role::Connect)?;
    connect(|| TcpStream::connect(address).and_then(send_at_once))
}

fn connect(attempt: impl FnMut() -> io::Result<OwnedFd>) -> Result<OwnedFd> {
    waiting::for_peer(|| retry(attempt)).map_err(cannot("connect"))
}
