//! What Rust's standard library has no call for: declared here as C has it on Linux.
//!
//! A crate such as `libc` would bring the same declarations. Every `unsafe` of the sockets is in this file, behind
//! functions that are safe to call.

use std::io;
use std::os::raw::{c_int, c_short, c_ulong, c_void};
use std::os::unix::io::{AsRawFd, FromRawFd, OwnedFd, RawFd};

pub const POLLIN: c_short = 1;
pub const POLLOUT: c_short = 4;
pub const POLLRDHUP: c_short = 0x2000;

pub const SOCK_STREAM: c_int = 1;
pub const SOCK_SEQPACKET: c_int = 5;
pub const MSG_PEEK: c_int = 2;
pub const MSG_TRUNC: c_int = 0x20;
const AF_UNIX: c_int = 1;
const SOCK_CLOEXEC: c_int = 0o2000000;
const BACKLOG: c_int = 16;
const SHUT_WR: c_int = 1;
const SOL_SOCKET: c_int = 1;
const SO_TYPE: c_int = 3;

pub const PROT_READ: c_int = 1;
pub const PROT_WRITE: c_int = 2;
pub const MAP_SHARED: c_int = 1;
pub const MAP_PRIVATE: c_int = 2;
pub const MAP_FIXED: c_int = 0x10;
pub const MAP_ANONYMOUS: c_int = 0x20;

pub const O_PATH: c_int = 0o10000000;
pub const O_NONBLOCK: c_int = 0o4000;
pub const O_ACCMODE: c_int = 3;
pub const F_GETFD: c_int = 1;
pub const F_SETFD: c_int = 2;
pub const F_GETFL: c_int = 3;
pub const FD_CLOEXEC: c_int = 1;
const FIONREAD: c_ulong = 0x541B;

/// `io::Error::raw_os_error` gives these, and std has no names for them.
#[rustfmt::skip]
pub mod errno {
    pub const EPERM: i32 = 1;          pub const ENOENT: i32 = 2;         pub const EBADF: i32 = 9;
    pub const EAGAIN: i32 = 11;        pub const EACCES: i32 = 13;        pub const EEXIST: i32 = 17;
    pub const ENOTDIR: i32 = 20;       pub const EISDIR: i32 = 21;        pub const EROFS: i32 = 30;
    pub const EPIPE: i32 = 32;         pub const ENAMETOOLONG: i32 = 36;  pub const EMSGSIZE: i32 = 90;
    pub const EPROTOTYPE: i32 = 91;    pub const EPROTONOSUPPORT: i32 = 93; pub const EOPNOTSUPP: i32 = 95;
    pub const EAFNOSUPPORT: i32 = 97;  pub const EADDRINUSE: i32 = 98;    pub const ECONNRESET: i32 = 104;
    pub const ENOTCONN: i32 = 107;     pub const ETIMEDOUT: i32 = 110;    pub const ECONNREFUSED: i32 = 111;
}

#[repr(C)]
struct PollFd {
    descriptor: c_int,
    events: c_short,
    returned: c_short,
}

/// The address of a Unix socket, `struct sockaddr_un`.
#[repr(C)]
struct UnixAddress {
    family: u16,
    name: [u8; UNIX_NAME_ROOM],
}

pub const UNIX_NAME_ROOM: usize = 108;

extern "C" {
    #[link_name = "poll"]
    fn c_poll(descriptors: *mut PollFd, count: c_ulong, milliseconds: c_int) -> c_int;
    fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn bind(socket: c_int, address: *const UnixAddress, length: u32) -> c_int;
    fn listen(socket: c_int, backlog: c_int) -> c_int;
    fn connect(socket: c_int, address: *const UnixAddress, length: u32) -> c_int;
    fn recv(socket: c_int, bytes: *mut u8, size: usize, flags: c_int) -> isize;
    fn shutdown(socket: c_int, how: c_int) -> c_int;
    fn getsockopt(s: c_int, level: c_int, name: c_int, value: *mut c_int, size: *mut u32) -> c_int;
    #[link_name = "fcntl"]
    fn c_fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
    fn ioctl(descriptor: c_int, request: c_ulong, ...) -> c_int;
    fn isatty(descriptor: c_int) -> c_int;
    pub fn mmap(at: *mut c_void, size: usize, p: c_int, f: c_int, fd: c_int, from: i64) -> *mut u8;
    pub fn munmap(start: *mut u8, size: usize) -> c_int;
    pub fn posix_fallocate(descriptor: c_int, from: i64, size: i64) -> c_int;
}

/// Makes C's -1 the error that errno says.
fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(result)
}

/// Calls again as long as a signal interrupts the call before it has done anything.
pub fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => return result,
        }
    }
}

/// Waits for one of the events, or a hang-up. Gives what came; 0 when the time is over. A negative time is for ever.
pub fn poll(descriptor: RawFd, events: c_short, milliseconds: c_int) -> io::Result<c_short> {
    let mut watched = PollFd { descriptor, events, returned: 0 };
    check(unsafe { c_poll(&mut watched, 1, milliseconds) })?;
    Ok(watched.returned)
}

/// A name that starts with a NUL is abstract: its exact length counts, and no NUL ends it.
fn unix_address(name: &[u8]) -> (UnixAddress, u32) {
    let mut address = UnixAddress { family: AF_UNIX as u16, name: [0; UNIX_NAME_ROOM] };
    address.name[..name.len()].copy_from_slice(name);
    let ending = if name.first() == Some(&0) { 0 } else { 1 };
    (address, (2 + name.len() + ending) as u32)
}

fn unix_socket(kind: c_int) -> io::Result<OwnedFd> {
    // Close-on-exec in the call itself: afterwards, another thread's fork could come between.
    let descriptor = check(unsafe { socket(AF_UNIX, kind | SOCK_CLOEXEC, 0) })?;
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// A listening socket. `UnixListener::bind` is only for streams, and before Rust 1.70 only for paths.
pub fn listen_unix(kind: c_int, name: &[u8]) -> io::Result<OwnedFd> {
    let socket = unix_socket(kind)?;
    let (address, length) = unix_address(name);
    check(unsafe { bind(socket.as_raw_fd(), &address, length) })?;
    check(unsafe { listen(socket.as_raw_fd(), BACKLOG) })?;
    Ok(socket)
}

pub fn connect_unix(kind: c_int, name: &[u8]) -> io::Result<OwnedFd> {
    let socket = unix_socket(kind)?;
    let (address, length) = unix_address(name);
    check(unsafe { connect(socket.as_raw_fd(), &address, length) })?;
    Ok(socket)
}

/// Receives a packet, and gives its length or, without MSG_TRUNC, that of what had room.
pub fn receive_packet(socket: RawFd, bytes: &mut [u8], flags: c_int) -> io::Result<usize> {
    let length = unsafe { recv(socket, bytes.as_mut_ptr(), bytes.len(), flags) };
    usize::try_from(length).map_err(|_| io::Error::last_os_error())
}

pub fn shut_down_writing(socket: RawFd) -> io::Result<()> {
    match check(unsafe { shutdown(socket, SHUT_WR) }) {
        // The peer has reset the connection, so there is no direction left to close.
        Err(error) if error.raw_os_error() == Some(errno::ENOTCONN) => Ok(()),
        result => result.map(drop),
    }
}

pub fn is_stream_socket(descriptor: RawFd) -> bool {
    let (mut kind, mut size): (c_int, u32) = (0, 4);
    let result = unsafe { getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &mut kind, &mut size) };
    result == 0 && kind == SOCK_STREAM
}

/// The commands of fcntl that take a number or nothing.
pub fn fcntl(descriptor: RawFd, command: c_int, argument: c_int) -> io::Result<c_int> {
    check(unsafe { c_fcntl(descriptor, command, argument) })
}

pub fn is_terminal(descriptor: RawFd) -> bool {
    unsafe { isatty(descriptor) == 1 }
}

/// How many bytes can be read without waiting.
pub fn bytes_available(descriptor: RawFd) -> io::Result<c_int> {
    let mut count: c_int = 0;
    check(unsafe { ioctl(descriptor, FIONREAD, &mut count as *mut c_int) })?;
    Ok(count)
}
