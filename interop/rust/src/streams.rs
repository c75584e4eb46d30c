//! Messages in a stream, which need a framing.

use crate::channels::{Carrier, Settings};
use crate::failures::{cannot, fail, reserve, Kind, Result};
use crate::framings::{malformed, Decoder, Frame, Framing};
use crate::system;
use crate::waiting::{self, Deadline, Patient};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::io::{AsRawFd, OwnedFd};

/// Up to this length a message is copied behind its header, so that one call writes both.
const JOINED: usize = 65536;
/// What a pipe holds, so that one read empties it.
const READ_SIZE: usize = 65536;

/// A stream socket, a pipe or a FIFO. `File` reads and writes any descriptor.
pub struct FramedStream {
    stream: File,
    settings: Settings,
    /// What has come, from `start` on not yet consumed. It grows with what comes, however much is announced: who only
    /// announces gets no memory.
    received: Vec<u8>,
    start: usize,
    /// Where one read puts its bytes.
    incoming: Vec<u8>,
    decoder: Decoder,
    /// The frame at the front of `received`, once its header is whole.
    frame: Option<Frame>,
    /// Stays true: the next writer of a FIFO must not bring an ended stream back to life.
    has_ended: bool,
    outgoing: Vec<u8>,
}

impl FramedStream {
    pub fn new(descriptor: OwnedFd, settings: Settings) -> FramedStream {
        FramedStream {
            stream: File::from(descriptor),
            settings,
            received: Vec::new(),
            start: 0,
            incoming: vec![0; READ_SIZE],
            decoder: Decoder::new(settings.framing, settings.limit),
            frame: None,
            has_ended: false,
            outgoing: Vec::new(),
        }
    }

    /// The frame at the front, if all of it has come.
    fn whole_frame(&mut self) -> Result<Option<Frame>> {
        let bytes = &self.received[self.start..];
        if self.frame.is_none() && !bytes.is_empty() {
            self.frame = self.decoder.decode(bytes)?;
        }
        match self.frame {
            Some(frame) if bytes.len() >= frame.length() => {
                let trailer = &bytes[frame.header + frame.payload..frame.length()];
                if trailer != self.settings.framing.trailer() {
                    return malformed("a netstring does not end with a comma");
                }
                Ok(Some(frame))
            }
            _ => Ok(None),
        }
    }

    fn read_more(&mut self, deadline: Deadline) -> Result<()> {
        deadline.wait_until_readable(self.stream.as_raw_fd())?;
        let incoming = &mut self.incoming;
        let count = waiting::for_peer(|| Patient(&self.stream).read(incoming)).map_err(cannot("receive"))?;
        // What is consumed goes only now, not with every message: a read may bring many.
        self.received.drain(..self.start);
        self.start = 0;
        reserve(&mut self.received, count)?;
        self.received.extend_from_slice(&self.incoming[..count]);
        self.has_ended = count == 0;
        Ok(())
    }

    fn write(&self, bytes: &[u8]) -> Result<()> {
        waiting::for_peer(|| Patient(&self.stream).write_all(bytes)).map_err(cannot("send"))
    }
}

impl Carrier for FramedStream {
    fn receive(&mut self, deadline: Deadline) -> Result<Option<&[u8]>> {
        // Decode first, read second: one read may have brought several frames.
        loop {
            if let Some(frame) = self.whole_frame()? {
                let payload = &self.received[self.start + frame.header..];
                return Ok(Some(&payload[..frame.payload]));
            }
            if self.has_ended {
                return match self.received[self.start..].len() {
                    0 => Ok(None),
                    count => fail(
                        Kind::Truncated,
                        format!("the stream ended after {count} bytes of a frame; see why the peer ended"),
                    ),
                };
            }
            self.read_more(deadline)?;
        }
    }

    fn consume(&mut self) {
        if let Some(frame) = self.frame.take() {
            self.start += frame.length();
            self.decoder = Decoder::new(self.settings.framing, self.settings.limit);
        }
    }

    fn send(&mut self, message: &[u8]) -> Result<()> {
        let framing = self.settings.framing;
        if framing == Framing::Line && message.contains(&b'\n') {
            return fail(
                Kind::Malformed,
                "the message has a line feed, which would end it early; choose another framing",
            );
        }
        let header = framing.header(message.len() as u32);
        if message.len() > JOINED {
            self.write(&header)?;
            self.write(message)?;
            return self.write(framing.trailer());
        }
        // Half the system calls, and TCP sends one segment instead of two.
        self.outgoing.clear();
        self.outgoing.extend_from_slice(&header);
        self.outgoing.extend_from_slice(message);
        self.outgoing.extend_from_slice(framing.trailer());
        self.write(&self.outgoing)
    }

    fn end_writing(&mut self) -> Result<()> {
        system::shut_down_writing(self.stream.as_raw_fd()).map_err(cannot("half close the channel"))
    }
}
