//! Framings: where a message ends in a stream of bytes. No I/O: bytes in, decision out.

use crate::content_length::Header;
use crate::failures::{fail, too_large, Kind, Result};

#[derive(Clone, Copy, PartialEq)]
pub enum Framing {
    None,
    Multiprocessing,
    U32le,
    Line,
    Netstring,
    Varint,
    ContentLength,
}

pub const FRAMINGS: [(&str, Framing); 7] = [
    ("none", Framing::None),
    ("multiprocessing", Framing::Multiprocessing),
    ("u32le", Framing::U32le),
    ("line", Framing::Line),
    ("netstring", Framing::Netstring),
    ("varint", Framing::Varint),
    ("content-length", Framing::ContentLength),
];

impl Framing {
    /// The bytes before a payload. Its length is at most 2147483647, the largest limit, so the long form of
    /// `multiprocessing` is never the shortest.
    pub fn header(self, length: u32) -> Vec<u8> {
        match self {
            Framing::None | Framing::Line => Vec::new(),
            Framing::Multiprocessing => length.to_be_bytes().to_vec(),
            Framing::U32le => length.to_le_bytes().to_vec(),
            Framing::Netstring => format!("{length}:").into_bytes(),
            Framing::ContentLength => format!("Content-Length: {length}\r\n\r\n").into_bytes(),
            Framing::Varint => {
                let (mut bytes, mut rest) = (Vec::new(), length);
                while rest >= 0x80 {
                    bytes.push(rest as u8 | 0x80);
                    rest >>= 7;
                }
                bytes.push(rest as u8);
                bytes
            }
        }
    }

    /// The bytes behind a payload.
    pub fn trailer(self) -> &'static [u8] {
        match self {
            Framing::Line => b"\n",
            Framing::Netstring => b",",
            _ => b"",
        }
    }
}

/// Where the payload is in a frame, counted from the frame's first byte.
#[derive(Clone, Copy)]
pub struct Frame {
    pub header: usize,
    pub payload: usize,
    pub trailer: usize,
}

impl Frame {
    pub fn length(&self) -> usize {
        self.header + self.payload + self.trailer
    }
}

/// Understands the header of one frame. It decides at the first byte that settles the matter, so that the outcome does
/// not depend on how the stream is cut.
pub struct Decoder {
    framing: Framing,
    limit: usize,
    /// What has been looked at, so that a stream in pieces of one byte costs no more than a whole.
    scanned: usize,
    header: Header,
}

impl Decoder {
    pub fn new(framing: Framing, limit: usize) -> Decoder {
        Decoder { framing, limit, scanned: 0, header: Header::default() }
    }

    /// Looks at the bytes since the frame's first. Gives `None` while the header is not whole.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<Option<Frame>> {
        let limit = self.limit;
        match self.framing {
            Framing::None => Ok(None),
            Framing::Multiprocessing => decode_multiprocessing(bytes, limit),
            Framing::U32le => match bytes.get(..4) {
                Some(length) => frame(4, little_endian(length), 0, limit),
                None => Ok(None),
            },
            Framing::Line => self.decode_line(bytes),
            Framing::Netstring => decode_netstring(bytes, limit),
            Framing::Varint => decode_varint(bytes, limit),
            Framing::ContentLength => match self.header.decode(bytes)? {
                Some((header, length)) => frame(header, length, 0, limit),
                None => Ok(None),
            },
        }
    }

    fn decode_line(&mut self, bytes: &[u8]) -> Result<Option<Frame>> {
        let line_feed = bytes[self.scanned..].iter().position(|byte| *byte == b'\n');
        self.scanned = line_feed.map_or(bytes.len(), |place| self.scanned + place);
        if self.scanned > self.limit {
            return too_large("a line without its end", self.scanned as u64, self.limit);
        }
        match line_feed {
            Some(_) => frame(0, self.scanned as u64, 1, self.limit),
            None => Ok(None),
        }
    }
}

/// The length is checked before any memory is taken: four hostile bytes must not be able to ask for gigabytes.
fn frame(header: usize, payload: u64, trailer: usize, limit: usize) -> Result<Option<Frame>> {
    if payload > limit as u64 {
        return too_large("a frame", payload, limit);
    }
    Ok(Some(Frame { header, payload: payload as usize, trailer }))
}

pub fn malformed<T>(what: &str) -> Result<T> {
    let remedy = "check that both ends use the same framing";
    fail(Kind::Malformed, format!("{what}; {remedy}"))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn decode_multiprocessing(bytes: &[u8], limit: usize) -> Result<Option<Frame>> {
    const LARGEST: u64 = i32::MAX as u64;
    const LONG_FORM: u64 = u32::MAX as u64;
    match (bytes.get(..4).map(big_endian), bytes.get(4..12).map(big_endian)) {
        (Some(length @ 0..=LARGEST), _) => frame(4, length, 0, limit),
        (Some(LONG_FORM), Some(length)) => frame(12, length, 0, limit),
        (Some(LONG_FORM), None) | (None, _) => Ok(None),
        (Some(_), _) => malformed("a frame announces a negative length"),
    }
}

fn decode_netstring(bytes: &[u8], limit: usize) -> Result<Option<Frame>> {
    let mut length = 0;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b':' if index > 0 => return frame(index + 1, length, 1, limit),
            b'0'..=b'9' if index == 1 && bytes[0] == b'0' => {
                return malformed("the length of a netstring has a leading zero");
            }
            b'0'..=b'9' => length = length * 10 + u64::from(byte - b'0'),
            _ => return malformed("the length of a netstring is not a number"),
        }
        if length > limit as u64 {
            // At this digit, not at the colon: endless digits must neither be kept nor overflow.
            return too_large("a netstring", length, limit);
        }
    }
    Ok(None)
}

fn decode_varint(bytes: &[u8], limit: usize) -> Result<Option<Frame>> {
    let mut length = 0;
    for (index, byte) in bytes.iter().enumerate() {
        // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
        if index == 9 && *byte > 1 {
            return malformed("a varint has more than 64 bits");
        }
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return frame(index + 1, length, 0, limit);
        }
    }
    Ok(None)
}
