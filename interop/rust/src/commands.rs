//! Which verb has which keys, what form their values have, and which refusal comes first.

use crate::failures::{fail, Kind, Result};
use crate::lines::{parse_number, Command};

struct Verb {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const VERBS: [Verb; 10] = [
    Verb { name: "hello", required: &[], optional: &[] },
    Verb { name: "open", required: &["channel", "transport", "role", "address", "framing"], optional: &["limit"] },
    Verb { name: "accept", required: &["channel"], optional: &["timeout"] },
    Verb { name: "send", required: &["channel"], optional: &["payload", "file"] },
    Verb { name: "receive", required: &["channel"], optional: &["file", "timeout"] },
    Verb { name: "close", required: &["channel"], optional: &["how"] },
    Verb { name: "reset", required: &[], optional: &[] },
    Verb { name: "echo", required: &["channel", "count"], optional: &[] },
    Verb { name: "ping", required: &["channel", "count", "size"], optional: &[] },
    Verb { name: "layout", required: &["record"], optional: &[] },
];

/// Keys whose values are numbers, with the smallest and the largest.
const NUMBERS: [(&str, u64, u64); 4] =
    [("limit", 1, 2_147_483_647), ("count", 1, 10_000_000), ("size", 0, 2_147_483_647), ("timeout", 0, 86_400_000)];

/// Refuses a command whose verb is not there, and one that does not have the keys it needs. Words, addresses and payloads
/// are checked later: other faults are reported before theirs.
pub fn check(command: &Command) -> Result<()> {
    let verb = match VERBS.iter().find(|verb| verb.name == command.verb) {
        Some(verb) => verb,
        None if command.verb == "call" => {
            return fail(Kind::Unsupported, "there is no call here; hello lists the features");
        }
        None => {
            let names = VERBS.map(|verb| verb.name).join(", ");
            return fail(Kind::Usage, format!("the verb \"{}\" is unknown; use one of {names}", command.verb));
        }
    };
    let has = |key: &str| verb.required.contains(&key) || verb.optional.contains(&key);
    if let Some((key, _)) = command.pairs.iter().find(|(key, _)| !has(key)) {
        return fail(Kind::Usage, format!("{} has no key {key}; leave it out", verb.name));
    }
    if let Some(key) = verb.required.iter().find(|key| command.optional(key).is_none()) {
        return fail(Kind::Usage, format!("{} needs the key {key}; add it", verb.name));
    }
    command.pairs.iter().try_for_each(|(key, value)| check_form(key, value))
}

fn check_form(key: &str, value: &[u8]) -> Result<()> {
    if let Some((_, smallest, largest)) = NUMBERS.iter().find(|(name, ..)| *name == key) {
        if parse_number(value, *smallest, *largest).is_none() {
            let form = format!("a number from {smallest} to {largest}");
            return fail(Kind::Usage, format!("the value of {key} is wrong; it is {form}"));
        }
    }
    let is_letter = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
    if key == "channel" && !((1..=16).contains(&value.len()) && value.iter().all(is_letter)) {
        return fail(Kind::Usage, "the name of a channel is wrong; it is 1 to 16 of a-z and 0-9");
    }
    if key == "how" && value != b"write" {
        return fail(Kind::Usage, "there is no such how; the only one is write");
    }
    Ok(())
}
