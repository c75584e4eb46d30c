//! FIFOs, and the ends of pipes and socketpairs that this process has inherited.

use crate::addresses;
use crate::channels::{Role, Transport};
use crate::failures::{cannot, fail, Kind, Result};
use crate::lines::parse_number;
use crate::system::{self, FD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD, O_ACCMODE};
use crate::waiting;
use std::fs::{self, File};
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::io::{FromRawFd, OwnedFd, RawFd};

const O_RDONLY: i32 = 0;
const O_WRONLY: i32 = 1;

pub fn open_fifo(address: &[u8], role: Role) -> Result<OwnedFd> {
    let path = addresses::path(address)?;
    // Looked at before it is opened: opening a device can have effects.
    let file = fs::metadata(path).map_err(cannot(format_args!("examine {}", path.display())))?;
    if !file.file_type().is_fifo() {
        return fail(Kind::Usage, "the path is not that of a FIFO; make one with mkfifo");
    }
    let reads = role == Role::Read;
    // Waits until somebody has opened the other end. Never for both: then the end would never come.
    waiting::for_peer(|| File::options().read(reads).write(!reads).open(path))
        .map(OwnedFd::from)
        .map_err(cannot(format_args!("open {}", path.display())))
}

pub fn take_inherited(address: &[u8], transport: Transport, role: Role) -> Result<OwnedFd> {
    // 0 to 2 carry the commands, the replies and the log.
    let number = match parse_number(address, 3, i32::MAX as u64) {
        Some(number) => number as RawFd,
        None => return fail(Kind::Usage, "the address is not the number of a descriptor from 3 on"),
    };
    let get = |command| system::fcntl(number, command, 0).map_err(cannot(format_args!("use descriptor {number}")));
    // Rust opens everything with close-on-exec. What came through an exec cannot have it yet; what has it belongs to
    // somebody in this process, and would be closed twice.
    if get(F_GETFD)? & FD_CLOEXEC != 0 {
        return fail(Kind::Usage, "that descriptor is in use here already; pass one when starting");
    }
    let is_right = match transport {
        Transport::Socketpair => system::is_stream_socket(number),
        _ => {
            // Borrowed, and so not closed when it goes.
            let file = ManuallyDrop::new(unsafe { File::from_raw_fd(number) });
            let file = file.metadata().map_err(cannot("examine the descriptor"))?;
            let wrong_way = if role == Role::Read { O_WRONLY } else { O_RDONLY };
            file.file_type().is_fifo() && get(F_GETFL)? & O_ACCMODE != wrong_way
        }
    };
    if !is_right {
        return fail(Kind::Usage, "that descriptor is not what the transport and role need");
    }
    system::fcntl(number, F_SETFD, FD_CLOEXEC).map_err(cannot("keep the descriptor"))?;
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
