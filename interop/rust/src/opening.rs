//! The verb `open`.

use crate::addresses::{self, SocketAddress};
use crate::cells::Cell;
use crate::channels::{named, Carrier, Channel, Role, Settings, Transport, ROLES, TRANSPORTS};
use crate::failures::{fail, Kind, Result};
use crate::framings::{Framing, FRAMINGS};
use crate::lines::Command;
use crate::packets::PacketSocket;
use crate::slots::Slot;
use crate::streams::FramedStream;
use crate::{pipes, sockets};
use std::os::unix::io::OwnedFd;

const DEFAULT_LIMIT: u64 = 64 << 20;

/// Gives also the address, if the system chose a part of it.
pub fn open(command: &Command) -> Result<(Channel, Option<String>)> {
    let settings = settings(command)?;
    let (transport, role) = (settings.transport, settings.role);
    let address = command.value("address");
    if address.is_empty() {
        return fail(Kind::Usage, "the address is empty; every transport needs one");
    }
    let mut channel = Channel { socket_file: None, listener: None, carrier: None, settings };
    channel.carrier = Some(match transport {
        Transport::FileSlot => Box::new(Slot::open(address, settings)?),
        Transport::FileCell => Box::new(Cell::open(address, settings)?),
        Transport::Fifo => carry(pipes::open_fifo(address, role)?, settings),
        Transport::Pipe | Transport::Socketpair => carry(pipes::take_inherited(address, transport, role)?, settings),
        _ => match (addresses::socket(address, transport, role)?, transport, role) {
            (SocketAddress::Path(path), Transport::UnixDatagram, Role::Listen) => {
                let (socket, file) = sockets::bind_datagrams(&path)?;
                channel.socket_file = Some(file);
                carry(socket, settings)
            }
            (socket_address, _, Role::Listen) => {
                let (listener, file) = sockets::listen(&socket_address, transport)?;
                let chosen = listener.chosen_address()?.filter(|chosen| chosen.as_bytes() != address);
                (channel.listener, channel.socket_file) = (Some(listener), file);
                return Ok((channel, chosen));
            }
            (socket_address, ..) => carry(sockets::connect(&socket_address, transport)?, settings),
        },
    });
    Ok((channel, None))
}

/// The words that `hello` lists, in the order in which they are refused.
fn settings(command: &Command) -> Result<Settings> {
    let transport = word(&TRANSPORTS, command, "transport")?;
    let framing = word(&FRAMINGS, command, "framing")?;
    if transport.keeps_bounds() != (framing == Framing::None) {
        return fail(Kind::Unsupported, "the transport cannot carry that framing; a stream needs one, the others none");
    }
    let role = word(&ROLES, command, "role")?;
    if transport.has_listener() != matches!(role, Role::Listen | Role::Connect) {
        return fail(
            Kind::Unsupported,
            "the transport does not have that role; sockets listen and connect, others read and write",
        );
    }
    let limit = command.number("limit").unwrap_or(DEFAULT_LIMIT) as usize;
    Ok(Settings { transport, role, framing, limit })
}

fn word<T: Copy>(table: &[(&str, T)], command: &Command, key: &str) -> Result<T> {
    match named(table, command.value(key)) {
        Some(meaning) => Ok(meaning),
        None => fail(Kind::Unsupported, format!("there is no such {key} here; hello lists what is")),
    }
}

/// Carries messages over a connected descriptor.
pub fn carry(descriptor: OwnedFd, settings: Settings) -> Box<dyn Carrier> {
    match settings.framing {
        Framing::None => Box::new(PacketSocket::new(descriptor, settings)),
        _ => Box::new(FramedStream::new(descriptor, settings)),
    }
}
