//! Addresses: what a command may say, before the system is asked.

use crate::channels::Role;
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

/// The path of a socket, which has to leave room for the NUL at its end.
pub fn socket_path(address: &[u8]) -> Result<&Path> {
    if address.len() >= UNIX_NAME_ROOM {
        let (length, most) = (address.len(), UNIX_NAME_ROOM - 1);
        let problem = format!("the path of the socket has {length} bytes and may have {most}");
        return fail(Kind::Usage, format!("{problem}; choose a shorter folder"));
    }
    path(address)
}

/// The name as the system has it: a NUL, and what is behind the @.
pub fn abstract_name(address: &[u8]) -> Result<Vec<u8>> {
    match address {
        [b'@', rest @ ..] if !rest.is_empty() && address.len() <= UNIX_NAME_ROOM => Ok([b"\0", rest].concat()),
        _ => fail(Kind::Usage, "an abstract address is @ and a name of 1 to 107 bytes"),
    }
}

/// Where .NET puts the socket of a named pipe. A name that .NET refuses is refused here too, or the
/// two ends would never meet.
pub fn pipe_path(name: &[u8]) -> Result<PathBuf> {
    if name.starts_with(b"/") {
        return socket_path(name).map(PathBuf::from);
    }
    if name.contains(&b'/') || name.eq_ignore_ascii_case(b"anonymous") {
        return fail(Kind::Usage, "the name of a .NET pipe has no slash and is not \"anonymous\"; use another");
    }
    let folder = env::var_os("TMPDIR").filter(|folder| !folder.is_empty());
    let file = [b"CoreFxPipe_", name].concat();
    let whole = PathBuf::from(folder.unwrap_or_else(|| "/tmp".into())).join(OsStr::from_bytes(&file));
    let whole = whole.into_os_string().into_vec();
    socket_path(&whole).map(PathBuf::from)
}

pub fn tcp(address: &[u8], role: Role) -> Result<SocketAddrV4> {
    let lowest = if role == Role::Listen { 0 } else { 1 };
    let port = address.strip_prefix(b"127.0.0.1:").and_then(|port| parse_number(port, lowest, 65535));
    match port {
        Some(port) => Ok(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port as u16)),
        None => {
            fail(Kind::Usage, "the address is not 127.0.0.1:PORT; only loopback is allowed, and port 0 only to listen")
        }
    }
}
