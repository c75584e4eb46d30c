//! The verb `open`.

use crate::addresses;
use crate::cells::Cell;
use crate::channels::{named, Carrier, Channel, Role, Settings, Transport, ROLES, TRANSPORTS};
use crate::commands::CheckedCommand;
use crate::failures::{fail, Kind, Result};
use crate::framings::{Framing, FRAMINGS};
use crate::packets::PacketSocket;
use crate::slots::Slot;
use crate::streams::FramedStream;
use crate::{pipes, sockets};
use std::os::unix::io::OwnedFd;

const DEFAULT_LIMIT: u64 = 64 << 20;

/// Gives also the address, if the system chose a part of it.
pub fn open(command: &CheckedCommand) -> Result<(Channel, Option<String>)> {
    let settings = settings(command)?;
    let address = command.value("address");
    if address.is_empty() {
        return fail(Kind::Usage, "the address is empty; every transport needs one");
    }
    let mut channel = Channel { socket_file: None, listener: None, carrier: None, settings };
    match (settings.transport, settings.role) {
        (Transport::Tcp, Role::Listen) => {
            let (listener, bound) = sockets::listen_tcp(address)?;
            channel.listener = Some(listener);
            return Ok((channel, Some(bound).filter(|bound| bound.as_bytes() != address)));
        }
        (Transport::UnixAbstract, Role::Listen) => {
            channel.listener = Some(sockets::listen_abstract(address)?);
        }
        (Transport::UnixDatagram, Role::Listen) => {
            let (socket, file) = sockets::bind_datagram(addresses::socket_path(address)?)?;
            channel.carrier = Some(carry(socket, settings));
            channel.socket_file = Some(file);
        }
        (transport, Role::Listen) => {
            let path = match transport {
                Transport::DotnetPipe => addresses::pipe_path(address)?,
                _ => addresses::socket_path(address)?.into(),
            };
            let (listener, file) = sockets::listen_at(&path, transport)?;
            channel.listener = Some(listener);
            channel.socket_file = Some(file);
        }
        _ => channel.carrier = Some(open_carrier(address, settings)?),
    }
    Ok((channel, None))
}

/// The words that `hello` lists, in the order in which they are refused.
fn settings(command: &CheckedCommand) -> Result<Settings> {
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

fn word<T: Copy>(table: &[(&str, T)], command: &CheckedCommand, key: &str) -> Result<T> {
    match named(table, command.value(key)) {
        Some(meaning) => Ok(meaning),
        None => fail(Kind::Unsupported, format!("there is no such {key} here; hello lists what is")),
    }
}

fn open_carrier(address: &[u8], settings: Settings) -> Result<Box<dyn Carrier>> {
    let (transport, role) = (settings.transport, settings.role);
    let descriptor = match transport {
        Transport::FileSlot => return Ok(Box::new(Slot::open(address, settings)?)),
        Transport::FileCell => return Ok(Box::new(Cell::open(address, settings)?)),
        Transport::Tcp => sockets::connect_tcp(address)?,
        Transport::UnixAbstract => sockets::connect_abstract(address)?,
        Transport::DotnetPipe => sockets::connect_to(&addresses::pipe_path(address)?, transport)?,
        Transport::Unix | Transport::UnixSeqpacket | Transport::UnixDatagram => {
            sockets::connect_to(addresses::socket_path(address)?, transport)?
        }
        Transport::Fifo => pipes::open_fifo(address, role)?,
        Transport::Pipe | Transport::Socketpair => pipes::take_inherited(address, transport, role)?,
    };
    Ok(carry(descriptor, settings))
}

/// Carries messages over a connected descriptor.
pub fn carry(descriptor: OwnedFd, settings: Settings) -> Box<dyn Carrier> {
    match settings.framing {
        Framing::None => Box::new(PacketSocket::new(descriptor, settings)),
        _ => Box::new(FramedStream::new(descriptor, settings)),
    }
}
