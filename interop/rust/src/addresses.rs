//! Addresses: what a command may say, before the system is asked.

use crate::channels::{Role, Transport};
use crate::failures::{fail, Kind, Result};
use crate::lines::parse_number;
use crate::system::UNIX_NAME_ROOM;
use std::env;
use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A path is bytes, and need not be UTF-8. A NUL would silently cut it.
pub fn path(address: &[u8]) -> Result<&Path> {
    if address.contains(&0) {
        return fail(Kind::Usage, "the path has a NUL byte; remove it");
    }
    Ok(Path::new(OsStr::from_bytes(address)))
}

/// Where a socket is.
pub enum SocketAddress {
    Path(PathBuf),
    /// As the system has it: a NUL, and what is behind the @.
    Abstract(Vec<u8>),
    Tcp(SocketAddrV4),
}

pub fn socket(address: &[u8], transport: Transport, role: Role) -> Result<SocketAddress> {
    match transport {
        Transport::Tcp => tcp(address, role),
        Transport::UnixAbstract => match address {
            [b'@', name @ ..] if !name.is_empty() && address.len() <= UNIX_NAME_ROOM => {
                Ok(SocketAddress::Abstract([b"\0", name].concat()))
            }
            _ => fail(Kind::Usage, "an abstract address is @ and a name of 1 to 107 bytes; give it so"),
        },
        Transport::DotnetPipe if !address.starts_with(b"/") => socket_path(&pipe_path(address)?),
        _ => socket_path(address),
    }
}

/// It has to leave room for the NUL at its end.
fn socket_path(address: &[u8]) -> Result<SocketAddress> {
    if address.len() >= UNIX_NAME_ROOM {
        return fail(Kind::Usage, "the path of the socket has more than 107 bytes; choose a shorter folder");
    }
    path(address).map(|path| SocketAddress::Path(path.into()))
}

/// Where .NET puts the socket of a named pipe. A name that .NET refuses is refused here too, or the two ends would never
/// meet.
fn pipe_path(name: &[u8]) -> Result<Vec<u8>> {
    if name.contains(&b'/') || name.eq_ignore_ascii_case(b"anonymous") {
        return fail(Kind::Usage, "the name of a .NET pipe has no slash and is not \"anonymous\"; use another");
    }
    let folder = env::var_os("TMPDIR").filter(|folder| !folder.is_empty()).unwrap_or_else(|| "/tmp".into());
    let file = [b"CoreFxPipe_", name].concat();
    Ok(PathBuf::from(folder).join(OsStr::from_bytes(&file)).into_os_string().into_vec())
}

fn tcp(address: &[u8], role: Role) -> Result<SocketAddress> {
    let lowest = if role == Role::Listen { 0 } else { 1 };
    let port = address.strip_prefix(b"127.0.0.1:").and_then(|port| parse_number(port, lowest, 65535));
    match port {
        Some(port) => Ok(SocketAddress::Tcp(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port as u16))),
        None => {
            fail(Kind::Usage, "the address is not 127.0.0.1:PORT; only loopback is allowed, and port 0 only to listen")
        }
    }
}
