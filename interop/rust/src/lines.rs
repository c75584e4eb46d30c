//! The grammar of command and reply lines.

use crate::failures::{fail, Kind, Result};

/// A line of at most so many bytes, its line feed not counted.
pub const LONGEST_LINE: usize = 262_144;
const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// More than any verb has keys. It bounds the search for a key that is there twice.
const MOST_PAIRS: usize = 16;
/// Of the message of a failure, which may quote a whole command.
const LONGEST_MESSAGE: usize = 1000;

pub struct Command {
    pub verb: String,
    pub pairs: Vec<(String, Vec<u8>)>,
}

impl Command {
    /// Takes the whole line apart before any word of it is looked up: what breaks the grammar is `usage`, even if a
    /// word in it is `unsupported`.
    pub fn parse(line: &[u8]) -> Result<Command> {
        // Blanks at the ends, or two in a row, give an empty word.
        let mut words = line.split(|byte| *byte == b' ');
        let verb = name(words.next().unwrap_or_default())?;
        let mut command = Command { verb, pairs: Vec::new() };
        for word in words {
            let (key, value) = match word.iter().position(|byte| *byte == b'=') {
                Some(place) => (name(&word[..place])?, decode_value(&word[place + 1..])?),
                None => return fail(Kind::Usage, "a word has no =; after the verb write KEY=VALUE"),
            };
            if command.optional(&key).is_some() || command.pairs.len() == MOST_PAIRS {
                let problem = format!("the key \"{key}\" is there twice, or there are too many");
                return fail(Kind::Usage, format!("{problem}; give each key of the verb once"));
            }
            command.pairs.push((key, value));
        }
        Ok(command)
    }

    pub fn optional(&self, key: &str) -> Option<&[u8]> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_slice())
    }

    /// The value of a key that the verb requires.
    pub fn value(&self, key: &str) -> &[u8] {
        self.optional(key).unwrap_or_default()
    }

    pub fn number(&self, key: &str) -> Option<u64> {
        parse_number(self.optional(key)?, 0, u64::MAX)
    }
}

fn name(word: &[u8]) -> Result<String> {
    let is_letter = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if word.is_empty() || !word.iter().all(is_letter) {
        return fail(Kind::Usage, "the line is not VERB KEY=VALUE ... with single blanks and LF alone; write it so");
    }
    Ok(String::from_utf8_lossy(word).into_owned())
}

/// Whether a byte stands for itself in a value.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-/:,@+~".contains(&byte)
}

/// Decodes percent-encodings, which may be of any byte and in either case.
fn decode_value(text: &[u8]) -> Result<Vec<u8>> {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return Ok(value),
            [byte, rest @ ..] if is_plain(*byte) => {
                value.push(*byte);
                rest
            }
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digits = [high.to_ascii_lowercase(), low.to_ascii_lowercase()];
                value.extend(decode_hex(&digits)?);
                rest
            }
            [byte, ..] => {
                let problem = format!("a value has the byte 0x{byte:02x}");
                return fail(Kind::Usage, format!("{problem}; write such a byte as %XX"));
            }
        }
    }
}

/// Lower case, two digits a byte.
pub fn decode_hex(text: &[u8]) -> Result<Vec<u8>> {
    let digit = |byte: u8| DIGITS.iter().position(|digit| *digit == byte);
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks(2) {
        match (digit(pair[0]), pair.get(1).and_then(|low| digit(*low))) {
            (Some(high), Some(low)) => bytes.push((high << 4 | low) as u8),
            _ => return fail(Kind::Usage, "the payload is not lower-case hex, two digits a byte"),
        }
    }
    Ok(bytes)
}

/// Decimal, without a sign and without zeros in front, which `str::parse` would take.
pub fn parse_number(text: &[u8], smallest: u64, largest: u64) -> Option<u64> {
    let is_number =
        text == b"0" || (text.iter().all(u8::is_ascii_digit) && !text.starts_with(b"0") && text.len() <= 19);
    let number = std::str::from_utf8(text).ok().filter(|_| is_number)?.parse().ok()?;
    (smallest..=largest).contains(&number).then_some(number)
}

pub fn payload_reply(message: &[u8]) -> Result<String> {
    let mut reply = String::from("ok payload=");
    if message.len() > (LONGEST_LINE - reply.len()) / 2 {
        let problem = format!("the message has {} bytes, too many for a reply", message.len());
        return fail(Kind::Usage, format!("{problem}; receive it with file=, it is still there"));
    }
    reply.reserve(2 * message.len());
    for byte in message {
        reply.push(char::from(DIGITS[usize::from(byte >> 4)]));
        reply.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    Ok(reply)
}

/// The line that answers a command.
pub fn reply_line(result: Result<String>) -> String {
    let mut line = match result {
        Ok(reply) => reply,
        Err(failure) => {
            let message: String = failure.message.chars().take(LONGEST_MESSAGE).collect();
            format!("error kind={} message={}", failure.kind.word(), encode_value(&message))
        }
    };
    line.push('\n');
    line
}

pub fn encode_value(text: &str) -> String {
    let encode = |byte| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
