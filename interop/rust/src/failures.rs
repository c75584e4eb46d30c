//! What went wrong, in the words of ../PROTOCOL.md: a kind, and a sentence for people.

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

pub const ECONNREFUSED: i32 = 111;
pub const ENOTCONN: i32 = 107;

/// Returns the failure as the result of a function, whatever that would have given.
pub fn fail<T>(kind: Kind, message: impl Into<String>) -> Result<T> {
    Err(Failure { kind, message: message.into() })
}

/// For `map_err`: turns what the system says into a failure. `action` goes on from "cannot".
pub fn cannot(action: impl Display) -> impl FnOnce(io::Error) -> Failure {
    move |error| {
        let kind = Kind::of(&error);
        let message = format!("cannot {action}: {error}; {}", kind.remedy());
        Failure { kind, message }
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

impl Kind {
    /// By the number, because `io::ErrorKind` has no stable name for many of them. The numbers are
    /// those of Linux, the same on x86-64 and arm64.
    fn of(error: &io::Error) -> Kind {
        match error.raw_os_error() {
            Some(90) => Kind::TooLarge,               // EMSGSIZE
            Some(32) => Kind::Closed,                 // EPIPE
            Some(104) => Kind::Reset,                 // ECONNRESET
            Some(ECONNREFUSED | 91) => Kind::Refused, // EPROTOTYPE
            Some(2 | 20 | 9) => Kind::Missing,        // ENOENT, ENOTDIR, EBADF
            Some(98 | 17) => Kind::Exists,            // EADDRINUSE, EEXIST
            Some(13 | 1 | 30) => Kind::Denied,        // EACCES, EPERM, EROFS
            Some(110 | 11) => Kind::Timeout,          // ETIMEDOUT, and EAGAIN of a full queue
            Some(97 | 93 | 95) => Kind::Unsupported,  // E(AF|PROTO)NOSUPPORT, EOPNOTSUPP
            Some(36 | 21) => Kind::Usage,             // ENAMETOOLONG, EISDIR
            _ => Kind::Internal,
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Kind::TooLarge => "send a smaller packet, or raise net.core.wmem_max",
            Kind::Closed | Kind::Reset => "the peer has gone, open the channel again",
            Kind::Refused => "start a listener of the same kind there first",
            Kind::Missing => "check the path, or pass the descriptor to this process",
            Kind::Exists => "choose another address, or end the program that has it",
            Kind::Denied => "check the permissions of the path and of its folder",
            Kind::Usage => "give a shorter path, and that of a file",
            _ => "see whether the system has run out of descriptors, memory or space",
        }
    }

    /// The protocol's word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Truncated => "truncated",
            Kind::TooLarge => "too-large",
            Kind::Malformed => "malformed",
            Kind::Closed => "closed",
            Kind::Reset => "reset",
            Kind::Refused => "refused",
            Kind::Missing => "missing",
            Kind::Exists => "exists",
            Kind::Denied => "denied",
            Kind::Timeout => "timeout",
            Kind::Unsupported => "unsupported",
            Kind::Usage => "usage",
            Kind::Internal => "internal",
        }
    }
}
