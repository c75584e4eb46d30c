//! The verbs: what is open, and what is done with it. Each gives the line that answers it.

use crate::channels::{Carrier, Channel, TRANSPORTS};
use crate::failures::{fail, reserve, too_large, Failure, Kind, Result};
use crate::framings::FRAMINGS;
use crate::lines::{decode_hex, encode_value, payload_reply, Command};
use crate::waiting::Deadline;
use crate::{commands, files, layouts, opening};
use std::collections::HashMap;
use std::time::Instant;

#[derive(Default)]
pub struct Session {
    channels: HashMap<Vec<u8>, Channel>,
}

impl Session {
    pub fn obey(&mut self, line: &[u8]) -> Result<String> {
        let command = Command::parse(line)?;
        commands::check(&command)?;
        match command.verb.as_str() {
            "hello" => Ok(hello()),
            "open" => self.open(&command),
            "accept" => self.accept(&command),
            "send" => self.send(&command),
            "receive" => self.receive(&command),
            "close" => self.close(&command),
            "echo" => self.echo(&command),
            "ping" => self.ping(&command),
            "layout" => layouts::layout(command.value("record")),
            _ => {
                self.channels.clear();
                Ok("ok".into())
            }
        }
    }

    fn channel(&mut self, command: &Command) -> Result<&mut Channel> {
        match self.channels.get_mut(command.value("channel")) {
            Some(channel) => Ok(channel),
            None => fail(Kind::Usage, "the channel is not open; open it first"),
        }
    }

    fn open(&mut self, command: &Command) -> Result<String> {
        let name = command.value("channel");
        if self.channels.contains_key(name) {
            return fail(Kind::Usage, "the channel is open already; close it first");
        }
        let (channel, address) = opening::open(command)?;
        self.channels.insert(name.to_vec(), channel);
        Ok(address.map_or("ok".into(), |address| format!("ok address={address}")))
    }

    fn accept(&mut self, command: &Command) -> Result<String> {
        let channel = self.channel(command)?;
        let is_connected = channel.carrier.is_some();
        match &channel.listener {
            Some(listener) if !is_connected => {
                let peer = listener.accept(deadline(command))?;
                channel.carrier = Some(opening::carry(peer, channel.settings));
                Ok("ok".into())
            }
            Some(_) => fail(Kind::Usage, "the channel has its peer; open another for the next one"),
            None => fail(Kind::Usage, "the channel has no peers to accept; send or receive at once"),
        }
    }

    fn send(&mut self, command: &Command) -> Result<String> {
        let (payload, file) = (command.optional("payload"), command.optional("file"));
        if payload.is_some() == file.is_some() {
            return fail(Kind::Usage, "send needs either payload or file; give one of them");
        }
        let channel = self.channel(command)?;
        let settings = channel.settings;
        let carrier = connected(channel)?;
        if !settings.can_send() {
            return fail(Kind::Usage, "the channel only receives; open one with the other role");
        }
        let message = match (payload, file) {
            (_, Some(file)) => files::read(file, settings.limit)?,
            (payload, None) => decode_hex(payload.unwrap_or_default())?,
        };
        if message.len() > settings.limit {
            return too_large("the message", message.len() as u64, settings.limit);
        }
        carrier.send(&message)?;
        Ok("ok".into())
    }

    fn receive(&mut self, command: &Command) -> Result<String> {
        let channel = self.channel(command)?;
        let settings = channel.settings;
        let carrier = connected(channel)?;
        if !settings.can_receive() {
            return fail(Kind::Usage, "the channel only sends; open one with the other role");
        }
        let message = match carrier.receive(deadline(command))? {
            Some(message) => message,
            None => return Ok("ok end=true".into()),
        };
        let reply = match command.optional("file") {
            Some(file) => {
                files::write(file, message)?;
                format!("ok length={}", message.len())
            }
            None => payload_reply(message)?,
        };
        // Not before: a message that could not be delivered can be asked for again.
        carrier.consume();
        Ok(reply)
    }

    fn close(&mut self, command: &Command) -> Result<String> {
        let channel = self.channel(command)?;
        if command.optional("how").is_some() {
            if !channel.settings.transport.can_half_close() {
                return fail(Kind::Unsupported, "it cannot be half closed; close the channel");
            }
            connected(channel)?.end_writing()?;
        } else {
            self.channels.remove(command.value("channel"));
        }
        Ok("ok".into())
    }

    /// The channel of `echo` and `ping`.
    fn loop_channel(&mut self, command: &Command) -> Result<&mut dyn Carrier> {
        let channel = self.channel(command)?;
        if channel.settings.transport.is_one_way() {
            return fail(Kind::Usage, "the channel is one way; echo and ping need both");
        }
        connected(channel)
    }

    fn echo(&mut self, command: &Command) -> Result<String> {
        let carrier = self.loop_channel(command)?;
        let mut copy = Vec::new();
        for _ in 0..command.number("count").unwrap_or_default() {
            let message = carrier.receive(Deadline::NEVER)?.ok_or_else(ended)?;
            copy.clear();
            reserve(&mut copy, message.len())?;
            copy.extend_from_slice(message);
            carrier.consume();
            carrier.send(&copy)?;
        }
        Ok("ok".into())
    }

    fn ping(&mut self, command: &Command) -> Result<String> {
        let limit = self.channel(command)?.settings.limit;
        let carrier = self.loop_channel(command)?;
        let size = command.number("size").unwrap_or_default();
        if size > limit as u64 {
            return too_large("the message", size, limit);
        }
        let mut message = Vec::new();
        reserve(&mut message, size as usize)?;
        message.resize(size as usize, b'p'); // A byte that every framing can carry.
        let start = Instant::now();
        for _ in 0..command.number("count").unwrap_or_default() {
            carrier.send(&message)?;
            carrier.receive(Deadline::NEVER)?.ok_or_else(ended)?;
            carrier.consume();
        }
        Ok(format!("ok nanoseconds={}", start.elapsed().as_nanos()))
    }
}

fn hello() -> String {
    let version = option_env!("RUSTC_VERSION").unwrap_or("rustc");
    format!(
        "ok protocol=1 language=rust runtime={} transports={} framings={} codecs= \
         features=echo,ping,layout,timeout",
        encode_value(version.split(" (").next().unwrap_or(version)),
        TRANSPORTS.map(|(name, _)| name).join(","),
        FRAMINGS.map(|(name, _)| name).join(","),
    )
}

fn connected(channel: &mut Channel) -> Result<&mut dyn Carrier> {
    match &mut channel.carrier {
        Some(carrier) => Ok(carrier.as_mut()),
        None => fail(Kind::Usage, "the channel has no peer yet; accept one first"),
    }
}

fn deadline(command: &Command) -> Deadline {
    command.number("timeout").map_or(Deadline::NEVER, Deadline::after)
}

fn ended() -> Failure {
    let message = "the peer ended the stream in the loop; let it go on as long".into();
    Failure { kind: Kind::Closed, message }
}
