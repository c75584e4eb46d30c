//! What went wrong, in the words of ../PROTOCOL.md: a kind, and a sentence for people.

use crate::system::errno::*;
use std::fmt::Display;
use std::io;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    pub message: String,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Truncated,
    TooLarge,
    Malformed,
    Closed,
    Reset,
    Refused,
    Missing,
    Exists,
    Denied,
    Timeout,
    Unsupported,
    Usage,
    Internal,
}

/// Returns the failure as the result of a function, whatever that would have given.
pub fn fail<T>(kind: Kind, message: impl Into<String>) -> Result<T> {
    Err(Failure { kind, message: message.into() })
}

/// For `map_err`: turns what the system says into a failure. `action` goes on from "cannot".
pub fn cannot(action: impl Display) -> impl FnOnce(io::Error) -> Failure {
    move |error| {
        let (kind, remedy) = explain(&error);
        Failure { kind, message: format!("cannot {action}: {error}; {remedy}") }
    }
}

/// The failure of a message that is longer than what has to hold it.
pub fn too_large<T>(what: &str, length: u64, most: usize) -> Result<T> {
    fail(Kind::TooLarge, format!("{what} has {length} bytes and only {most} are allowed; send less, or raise limit="))
}

/// Takes memory for a message. `Vec` itself would end the process if there is none left.
pub fn reserve(bytes: &mut Vec<u8>, additional: usize) -> Result<()> {
    match bytes.try_reserve(additional) {
        Ok(()) => Ok(()),
        Err(_) => fail(Kind::Internal, "there is no memory for the message; free some, or lower limit="),
    }
}

/// By the number, because `io::ErrorKind` has no stable name for many of them. The numbers are those of Linux, the same
/// on x86-64 and arm64.
fn explain(error: &io::Error) -> (Kind, &'static str) {
    match error.raw_os_error().unwrap_or_default() {
        EMSGSIZE => (Kind::TooLarge, "send a smaller packet, or raise net.core.wmem_max"),
        EPIPE => (Kind::Closed, "the peer has gone, open the channel again"),
        ECONNRESET => (Kind::Reset, "the peer has gone, open the channel again"),
        ECONNREFUSED | EPROTOTYPE => (Kind::Refused, "start a listener of the same kind there first"),
        ENOENT | ENOTDIR => (Kind::Missing, "check the path"),
        EBADF => (Kind::Missing, "pass the descriptor to this process when it is started"),
        EADDRINUSE | EEXIST => (Kind::Exists, "choose another address, or end the program that has it"),
        EACCES | EPERM | EROFS => (Kind::Denied, "check the permissions of the path and of its folder"),
        // EAGAIN is a listener whose queue is full; elsewhere it is waited for.
        ETIMEDOUT | EAGAIN => (Kind::Timeout, "ask again"),
        EAFNOSUPPORT | EPROTONOSUPPORT | EOPNOTSUPP => (Kind::Unsupported, "use another transport"),
        ENAMETOOLONG | EISDIR => (Kind::Usage, "give a shorter path, and that of a file"),
        _ => (Kind::Internal, "see whether descriptors, memory or space have run out"),
    }
}

impl Kind {
    /// The protocol's word.
    pub fn word(self) -> String {
        match self {
            Kind::TooLarge => "too-large".into(),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}
