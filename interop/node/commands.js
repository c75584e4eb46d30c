"use strict";

const { pathIn, numberIn } = require("./addresses.js");
const { Fault } = require("./fault.js");

/** The keys that must be there, and those that may. */
const VERBS = {
  hello: [[], []],
  open: [["channel", "transport", "role", "address", "framing"], ["limit", "authkey"]],
  accept: [["channel"], ["timeout"]],
  send: [["channel"], ["payload", "file", "codec", "value", "format"]],
  receive: [["channel"], ["file", "codec", "format", "timeout"]],
  close: [["channel"], ["how"]],
  reset: [[], []],
  echo: [["channel", "count"], []],
  ping: [["channel", "count", "size"], []],
};
/** Optional verbs that this endpoint does not have. */
const UNSUPPORTED = ["layout", "call"];
/** @type {Record<string, [number, number]>} */
const NUMBERS = { limit: [1, 2147483647], count: [1, 10000000], size: [0, 2147483647], timeout: [0, 86400000] };
const VERB = /^[a-z0-9-]+$/;
const WORD = /^([a-z0-9-]+)=([A-Za-z0-9_.\-/:,@+~%]*)$/;
const BAD_PERCENT = /%(?![0-9A-Fa-f]{2})/;

/**
 * Takes a line apart, and refuses what no endpoint can obey. The order matters: of several refusals that apply, every
 * endpoint gives the same one.
 *
 * @param {string | null} line Without its line feed; null for one that was too long.
 * @returns {{verb: keyof typeof VERBS, values: Record<string, any>}} Numbers and keys have become what they say.
 */
function parse(line) {
  if (line === null) throw new Fault("usage", "The line has more than 262144 bytes: use file=.");
  const [verb, ...words] = line.split(" ");
  if (!VERB.test(verb)) throw new Fault("usage", "A command is VERB KEY=VALUE ... with single blanks.");
  // A null prototype: `constructor` is a key like any other.
  const values = Object.create(null);
  for (const word of words) {
    const match = WORD.exec(word);
    if (!match || BAD_PERCENT.test(word)) {
      throw new Fault("usage", "After a blank there must be KEY=VALUE, other bytes written as %XX.");
    }
    if (match[1] in values) throw new Fault("usage", `The key ${match[1].slice(0, 100)} stands twice: give it once.`);
    values[match[1]] = match[2];
  }
  if (UNSUPPORTED.includes(verb)) throw new Fault("unsupported", `There is no ${verb} here: see features= of hello.`);
  if (!Object.hasOwn(VERBS, verb)) {
    throw new Fault("usage", `There is no such verb: use ${Object.keys(VERBS).join(", ")}.`);
  }
  const [required, optional] = VERBS[verb];
  for (const key of Object.keys(values)) {
    if (![...required, ...optional].includes(key)) throw new Fault("usage", `${verb} has no key ${key.slice(0, 100)}.`);
  }
  for (const key of required) {
    if (!(key in values)) throw new Fault("usage", `${verb} needs the key ${key}.`);
  }
  for (const key of Object.keys(values)) values[key] = checkForm(key, decode(values[key]));
  return { verb, values };
}

/**
 * Words, addresses and payloads are checked later: other faults are reported before theirs.
 *
 * @param {string} key
 * @param {string} value
 * @returns {string | number | Buffer}
 */
function checkForm(key, value) {
  if (key in NUMBERS) return numberIn(value, ...NUMBERS[key]) ?? refuse(`${key} is a number: ${NUMBERS[key].join(" to ")}`);
  if (key === "channel" && !/^[a-z0-9]{1,16}$/.test(value)) refuse("The name of a channel is 1 to 16 of a-z and 0-9");
  if (key === "how" && value !== "write") refuse("how= is write, or is left out");
  if (key === "authkey") return value === "" ? refuse("A key has at least one byte") : payloadIn(value);
  return key === "file" ? pathIn(value) : value;
}

/**
 * @param {string} words
 * @returns {never}
 */
function refuse(words) {
  throw new Fault("usage", `${words}.`);
}

/** @param {string} value */
function decode(value) {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    // Node's paths are text, and so a path that is not UTF-8 could only be opened as a Buffer; not by all of its calls.
    throw new Fault("usage", "A value is not UTF-8.");
  }
}

/** @param {string} hex */
function payloadIn(hex) {
  return bytesIn(hex) ?? refuse("Bytes are in lower-case hex, two digits a byte");
}

/**
 * `Buffer.from` alone stops at the first character that is no digit, and says nothing.
 *
 * @param {string} hex
 * @returns {Buffer | undefined}
 */
function bytesIn(hex) {
  return hex.length % 2 === 0 && !/[^0-9a-f]/.test(hex) ? Buffer.from(hex, "hex") : undefined;
}

/** @param {Record<string, string | number | boolean>} values */
function reply(values) {
  return Object.entries(values).reduce((line, [key, value]) => `${line} ${key}=${value}`, "ok");
}

/** @param {Fault} fault */
function errorReply({ kind, message }) {
  const text = message.slice(0, 5000).replace(/[^ -~]/g, "?");
  return `error kind=${kind} message=${encodeValue(text)}`;
}

/**
 * `encodeURIComponent` leaves some characters as they are that the protocol does not.
 *
 * @param {string} text
 */
function encodeValue(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

module.exports = { bytesIn, encodeValue, errorReply, parse, payloadIn, reply };
