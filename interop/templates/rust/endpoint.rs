// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
// In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

const LONGEST_LINE: usize = 262_144;
const NEEDED_BY_OPEN: [&str; 5] = ["channel", "transport", "role", "address", "framing"];
const OTHERS_OF_OPEN: [&str; 8] = ["limit", "authkey", "queue", "size", "offset", "length", "lock", "slots"];

fn answer(line: &[u8]) -> String {
    // The order matters: of several refusals that apply, every endpoint gives the same one.
    let Some((verb, values)) = (line.len() <= LONGEST_LINE).then(|| parse(line)).flatten() else {
        return refusal("usage", "that is not verb key=value key=value with one blank between words, or a key stands twice");
    };
    match verb {
        b"echo" | b"ping" | b"layout" | b"call" => refusal("unsupported", "there is no such verb yet"),
        b"hello" if values.is_empty() => {
            "ok protocol=1 language=rust runtime=Rust%202021 transports= framings= codecs= features=".to_string()
        }
        b"open" if can_open(&values) => refusal("unsupported", "there is no such transport yet"),
        b"reset" if values.is_empty() => "ok".to_string(),
        _ => refusal("usage", "no such verb, other keys or values, or a channel that is not open"),
    }
}

type Values = HashMap<String, Vec<u8>>;

/// The whole line, before a word of it is judged; None for one of another form.
fn parse(line: &[u8]) -> Option<(&[u8], Values)> {
    let mut words = line.split(|byte| *byte == b' ');
    let verb = words.next()?;
    let mut values = Values::new();
    for word in words {
        let place = word.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (&word[..place], &word[place + 1..]);
        let is_key = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        if key.is_empty() || !key.iter().all(is_key) {
            return None;
        }
        let key = String::from_utf8(key.to_vec()).ok()?;
        if values.insert(key, decoded(value)?).is_some() {
            return None;
        }
    }
    Some((verb, values))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-/:,@+~".contains(&byte)
}

fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = value.iter();
    while let Some(&byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<&u8>| (*byte? as char).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push((high << 4 | low) as u8);
        } else if is_plain(byte) {
            bytes.push(byte);
        } else {
            return None;
        }
    }
    Some(bytes)
}

/// Whether `open` has the keys that it needs and no others, and their values are of the right form.
fn can_open(values: &Values) -> bool {
    let is_known = |key: &String| NEEDED_BY_OPEN.contains(&key.as_str()) || OTHERS_OF_OPEN.contains(&key.as_str());
    let is_name = |name: &[u8]| {
        (1..=16).contains(&name.len()) && name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    // The smallest number that each of these may have.
    let has_numbers = [("limit", 1), ("size", 1), ("length", 1), ("offset", 0)]
        .iter()
        .all(|(key, smallest)| values.get(*key).map_or(true, |text| is_number(text, *smallest)));
    NEEDED_BY_OPEN.iter().all(|key| values.contains_key(*key))
        && values.keys().all(is_known)
        && values.get("channel").map_or(false, |name| is_name(name))
        && has_numbers
}

fn is_number(text: &[u8], smallest: u64) -> bool {
    let has_form = text.iter().all(u8::is_ascii_digit) && (text.len() == 1 || text.first() != Some(&b'0'));
    let value = std::str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok());
    has_form && value.map_or(false, |value| (smallest..=2_147_483_647).contains(&value))
}

fn refusal(kind: &str, message: &str) -> String {
    let mut text = format!("error kind={kind} message=");
    for byte in message.bytes() {
        if is_plain(byte) {
            text.push(byte as char);
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        input.read_until(b'\n', &mut line)?;
        // The end of the input can cut a line off: then it is not obeyed.
        if line.pop() != Some(b'\n') {
            return Ok(());
        }
        writeln!(output, "{}", answer(&line))?;
        // Without this the reply would wait in a buffer.
        output.flush()?;
    }
}
