//! The file of a Unix socket: when it may be replaced, and which one is ours to remove.

use crate::failures::{cannot, fail, Kind, Result};
use crate::leftovers::Leftover;
use crate::system::{errno::ECONNREFUSED, retry, O_PATH};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

/// Binds a socket to the path by `bind`, and removes a stale file there first.
pub fn bind<T>(path: &Path, bind: impl Fn() -> io::Result<T>) -> Result<(T, Leftover)> {
    match bind_and_note(path, &bind) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            remove_stale(path)?;
            bind_and_note(path, &bind)
        }
        result => result,
    }
    .map_err(cannot(format_args!("listen at {}", path.display())))
}

fn bind_and_note<T>(path: &Path, bind: impl Fn() -> io::Result<T>) -> io::Result<(T, Leftover)> {
    Leftover::make(|| {
        let socket = bind()?;
        let file = fs::symlink_metadata(path)?;
        let path = PathBuf::from(path);
        Ok((socket, move || remove_if_same(&path, &file)))
    })
}

/// Somebody else may have put another file there. The number of this one is not given to another file as long as its
/// socket is open.
fn remove_if_same(path: &Path, file: &Metadata) {
    if is_same(path, file) {
        // Nobody is left to tell if it fails.
        let _ = fs::remove_file(path);
    }
}

fn is_same(path: &Path, file: &Metadata) -> bool {
    fs::symlink_metadata(path).map_or(false, |now| now.dev() == file.dev() && now.ino() == file.ino())
}

/// bind(2) fails on any socket file that exists, also on a stale one, which no process holds.
fn remove_stale(path: &Path) -> Result<()> {
    // Held until the end: the number of a file that is gone may be the next file's. O_PATH gives a descriptor of what
    // cannot be opened, such as a socket.
    let held = match File::options().read(true).custom_flags(O_PATH).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        result => result.map_err(cannot(format_args!("examine {}", path.display())))?,
    };
    let found = held.metadata().map_err(cannot("examine the socket file"))?;
    if !found.file_type().is_socket() {
        return fail(Kind::Exists, "a file that is not a socket is there; choose another path");
    }
    // And somebody else may have found it stale as well, and listen there by now.
    if !is_stale(path)? || !is_same(path, &found) {
        return fail(Kind::Exists, "the socket file is in use; choose another path");
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result.map_err(cannot("remove the stale socket file")),
    }
}

/// Asks with a datagram socket, whatever the listener's type is. A listener refuses it (EPROTOTYPE) and never notices,
/// whereas it would take a connection of its own type for a peer. A datagram socket does not notice either: connecting
/// only records its address on our side. ECONNREFUSED alone says that nobody holds the file.
fn is_stale(path: &Path) -> Result<bool> {
    let probe = UnixDatagram::unbound().map_err(cannot("make a socket"))?;
    match retry(|| probe.connect(path)) {
        Err(error) => Ok(error.raw_os_error() == Some(ECONNREFUSED)),
        Ok(()) => Ok(false),
    }
}
