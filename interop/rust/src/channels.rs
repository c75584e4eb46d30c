//! What a channel is: its transport and role, and whatever carries its messages.

use crate::failures::{fail, Kind, Result};
use crate::leftovers::Leftover;
use crate::sockets::Listener;
use crate::waiting::Deadline;

#[derive(Clone, Copy, PartialEq)]
pub enum Transport {
    Unix,
    UnixAbstract,
    UnixSeqpacket,
    UnixDatagram,
    DotnetPipe,
    Tcp,
    Fifo,
    Pipe,
    Socketpair,
    FileSlot,
    FileCell,
}

pub const TRANSPORTS: [(&str, Transport); 11] = [
    ("unix", Transport::Unix),
    ("unix-abstract", Transport::UnixAbstract),
    ("unix-seqpacket", Transport::UnixSeqpacket),
    ("unix-datagram", Transport::UnixDatagram),
    ("dotnet-pipe", Transport::DotnetPipe),
    ("tcp", Transport::Tcp),
    ("fifo", Transport::Fifo),
    ("pipe", Transport::Pipe),
    ("socketpair", Transport::Socketpair),
    ("file-slot", Transport::FileSlot),
    ("file-cell", Transport::FileCell),
];

impl Transport {
    /// Whether its roles are `listen` and `connect`; those of the others are `read` and `write`.
    pub fn has_listener(self) -> bool {
        use Transport::*;
        matches!(self, Unix | UnixAbstract | UnixSeqpacket | UnixDatagram | DotnetPipe | Tcp)
    }

    /// Whether it keeps the bounds of messages, and so needs no framing.
    pub fn keeps_bounds(self) -> bool {
        use Transport::*;
        matches!(self, UnixSeqpacket | UnixDatagram | FileSlot | FileCell)
    }

    pub fn is_one_way(self) -> bool {
        use Transport::*;
        matches!(self, UnixDatagram | Fifo | Pipe | FileSlot | FileCell)
    }

    /// The socket of a .NET pipe could; but .NET's own classes have no call for it.
    pub fn can_half_close(self) -> bool {
        !self.is_one_way() && self != Transport::DotnetPipe
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Role {
    Listen,
    Connect,
    Read,
    Write,
}

pub const ROLES: [(&str, Role); 4] =
    [("listen", Role::Listen), ("connect", Role::Connect), ("read", Role::Read), ("write", Role::Write)];

/// Finds a word of a command in a table of names.
pub fn named<T: Copy>(table: &[(&str, T)], word: &[u8]) -> Option<T> {
    table.iter().find(|(name, _)| name.as_bytes() == word).map(|(_, meaning)| *meaning)
}

/// What carries messages: one in, one out.
pub trait Carrier {
    /// The next message, or `None` at the end of the stream. It stays, and is given again, until it is consumed. What
    /// has come of it by the deadline stays too.
    fn receive(&mut self, deadline: Deadline) -> Result<Option<&[u8]>>;

    fn consume(&mut self);

    fn send(&mut self, message: &[u8]) -> Result<()>;

    /// Where the transport can be half closed.
    fn end_writing(&mut self) -> Result<()> {
        fail(Kind::Unsupported, "it cannot be half closed; close the channel")
    }
}

/// Its parts are dropped from the first to the last. The file goes before its listener: a peer that finds no file
/// learns more than one that finds a file where nobody listens.
pub struct Channel {
    pub socket_file: Option<Leftover>,
    pub listener: Option<Listener>,
    /// `None` until a listener has accepted its peer.
    pub carrier: Option<Box<dyn Carrier>>,
    pub settings: Settings,
}

/// What `open` was told, but for the address.
#[derive(Clone, Copy)]
pub struct Settings {
    pub transport: Transport,
    pub role: Role,
    pub framing: crate::framings::Framing,
    pub limit: usize,
}

impl Settings {
    /// Datagrams go from who connects to who listens. On every other transport that goes one way the role says which.
    pub fn can_send(&self) -> bool {
        !self.transport.is_one_way() || matches!(self.role, Role::Connect | Role::Write)
    }

    pub fn can_receive(&self) -> bool {
        !self.transport.is_one_way() || matches!(self.role, Role::Listen | Role::Read)
    }
}
