//! Messages whose bounds the system keeps: `unix-seqpacket` and `unix-datagram`.

use crate::channels::{Carrier, Settings, Transport};
use crate::failures::{cannot, fail, reserve, too_large, Kind, Result};
use crate::system::errno::{ECONNREFUSED, ENOTCONN};
use crate::system::{self, retry, MSG_PEEK, MSG_TRUNC};
use crate::waiting::{self, Deadline, Patient};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::io::{AsRawFd, OwnedFd};

pub struct PacketSocket {
    socket: File,
    settings: Settings,
    packet: Vec<u8>,
    has_packet: bool,
    has_ended: bool,
}

impl PacketSocket {
    pub fn new(socket: OwnedFd, settings: Settings) -> PacketSocket {
        PacketSocket { socket: File::from(socket), settings, packet: Vec::new(), has_packet: false, has_ended: false }
    }

    fn is_datagram(&self) -> bool {
        self.settings.transport == Transport::UnixDatagram
    }

    fn take(&mut self, flags: i32) -> Result<usize> {
        let socket = self.socket.as_raw_fd();
        let packet = &mut self.packet;
        waiting::for_peer(|| retry(|| system::receive_packet(socket, packet, flags)))
            .map_err(cannot("receive a packet"))
    }

    /// A receive with too little room would cut the packet and lose its rest. So its length is asked for first, and no
    /// more room is taken than it needs.
    fn receive_next(&mut self, deadline: Deadline) -> Result<()> {
        deadline.wait_until_readable(self.socket.as_raw_fd())?;
        self.packet.clear();
        let length = self.take(MSG_PEEK | MSG_TRUNC)?;
        if length == 0 && !self.is_datagram() {
            self.has_ended = true;
            return Ok(());
        }
        if length > self.settings.limit {
            self.take(0)?; // Drops it: the next one may fit.
            return too_large("a packet", length as u64, self.settings.limit);
        }
        reserve(&mut self.packet, length)?;
        self.packet.resize(length, 0);
        // A datagram of no bytes too must be taken out of the queue.
        let length = self.take(0)?;
        self.packet.truncate(length);
        self.has_packet = true;
        Ok(())
    }
}

impl Carrier for PacketSocket {
    fn receive(&mut self, deadline: Deadline) -> Result<Option<&[u8]>> {
        if !self.has_packet && !self.has_ended {
            self.receive_next(deadline)?;
        }
        Ok(if self.has_packet { Some(&self.packet) } else { None })
    }

    fn consume(&mut self) {
        self.has_packet = false;
    }

    fn send(&mut self, message: &[u8]) -> Result<()> {
        if message.is_empty() && !self.is_datagram() {
            return fail(Kind::Malformed, "a packet of no bytes would look like the end; send at least one byte");
        }
        // One write is one packet, whole or not at all. It waits while the receiver's queue is full.
        match waiting::for_peer(|| Patient(&self.socket).write(message)) {
            // Linux reports a receiver that is gone as ECONNREFUSED once, and disconnects the socket while doing so.
            Err(error) if error.raw_os_error() == Some(ENOTCONN) && self.is_datagram() => {
                Err(cannot("send a packet")(io::Error::from_raw_os_error(ECONNREFUSED)))
            }
            result => result.map(drop).map_err(cannot("send a packet")),
        }
    }

    fn end_writing(&mut self) -> Result<()> {
        system::shut_down_writing(self.socket.as_raw_fd()).map_err(cannot("half close the channel"))
    }
}
