"use strict";

const { isUtf8 } = require("node:buffer");
const { numberIn } = require("./addresses.js");
const { bytesIn } = require("./commands.js");
const { Fault } = require("./fault.js");

/**
 * Values as the protocol writes them, comma-separated tokens in prefix order: `map:1,text:61,list:2,int:1,null`.
 *
 * An `int` is a bigint, so that none is too large; an `f64` is a number, and a `map` a Map, which keeps the order and has
 * keys of any type.
 *
 * @typedef {null | boolean | bigint | number | string | Foreign | any[] | Map<any, any>} Value
 */

/** The root has depth 0. */
const DEEPEST = 200;
const MOST_DIGITS = 20000;
/** @type {Record<string, Value>} */
const CONSTANTS = { null: null, true: true, false: false };

/** What JSON does not have: such a value can be read in a command, so that it is refused for the right reason. */
class Foreign {
  /** @param {string} kind */
  constructor(kind) {
    this.kind = kind;
  }
}

class Reader {
  #words;
  #position = 0;

  /** @param {string} tokens */
  constructor(tokens) {
    this.#words = tokens.split(",");
  }

  get left() {
    return this.#words.length - this.#position;
  }

  /**
   * @param {number} depth
   * @returns {Value}
   */
  next(depth) {
    if (depth > DEEPEST) throw unreadable("it is nested deeper than 200");
    if (this.left === 0) throw unreadable("a part is missing at its end");
    const word = this.#words[this.#position++];
    if (Object.hasOwn(CONSTANTS, word)) return CONSTANTS[word];
    const [kind, text, ...rest] = word.split(":");
    if (text === undefined || rest.length > 0) throw noToken();
    switch (kind) {
      case "int":
        return integerIn(text);
      case "f64":
        return hexIn(text, 8).readDoubleBE();
      case "text":
        return textIn(text);
      case "list":
        return this.#parts(text, 1, depth);
      case "map":
        return this.#map(text, depth);
      case "tuple":
      case "set":
      case "frozenset":
        this.#parts(text, 1, depth);
        return new Foreign(kind);
      case "bytes":
      case "bytearray":
        hexIn(text);
        return new Foreign(kind);
      case "f32":
        hexIn(text, 4);
        return new Foreign(kind);
      case "object":
        textIn(text);
        this.next(depth + 1);
        this.next(depth + 1);
        return new Foreign(kind);
      default:
        throw noToken();
    }
  }

  /**
   * Each part takes a word at least, so nobody can ask for more parts than there are words.
   *
   * @param {string} text
   * @param {number} each
   * @param {number} depth
   */
  #parts(text, each, depth) {
    const count = numberIn(text, 0, Math.floor(this.left / each));
    if (count === undefined) throw unreadable("it announces more parts than follow");
    return Array.from({ length: count * each }, () => this.next(depth + 1));
  }

  /**
   * @param {string} text
   * @param {number} depth
   */
  #map(text, depth) {
    const parts = this.#parts(text, 2, depth);
    const map = new Map();
    for (let index = 0; index < parts.length; index += 2) map.set(parts[index], parts[index + 1]);
    return 2 * map.size === parts.length ? map : new Foreign("map with equal names");
  }
}

/**
 * Throws `usage` for what is no value.
 *
 * @param {string} tokens
 */
function readValue(tokens) {
  const reader = new Reader(tokens);
  const value = reader.next(0);
  if (reader.left > 0) throw unreadable("something stands behind it");
  return value;
}

/**
 * @param {Value} value
 * @param {number} longest Throws `usage` if it takes more characters.
 */
function writeValue(value, longest) {
  /** @type {string[]} */
  const tokens = [];
  let room = longest + 1;
  const append = (/** @type {Value} */ part) => {
    const token = tokenOf(part);
    room -= token.length + 1;
    if (room < 0) throw tooLong();
    tokens.push(token);
    if (Array.isArray(part)) part.forEach(append);
    if (part instanceof Map) part.forEach((item, name) => [name, item].forEach(append));
  };
  append(value);
  return tokens.join(",");
}

function tooLong() {
  return new Fault("usage", "The value is too long for a reply: receive its message with file=.");
}

/** @param {Value} value */
function tokenOf(value) {
  if (typeof value === "bigint") return `int:${value}`;
  if (typeof value === "string") return `text:${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `list:${value.length}`;
  if (value instanceof Map) return `map:${value.size}`;
  if (typeof value !== "number") return String(value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `f64:${bytes.toString("hex")}`;
}

/** @param {string} text */
function integerIn(text) {
  // `BigInt` alone takes blanks and `0x` too.
  if (!/^-?[0-9]+$/.test(text)) throw noToken();
  if (text.replace("-", "").length > MOST_DIGITS) throw unreadable("a number has more than 20000 digits");
  return BigInt(text);
}

/** @param {string} text */
function textIn(text) {
  const bytes = hexIn(text);
  // `toString` alone puts U+FFFD where the bytes are no UTF-8.
  if (!isUtf8(bytes)) throw noToken();
  return bytes.toString();
}

/**
 * @param {string} hex
 * @param {number} [size]
 */
function hexIn(hex, size) {
  const bytes = bytesIn(hex);
  if (!bytes || (size !== undefined && bytes.length !== size)) throw noToken();
  return bytes;
}

function noToken() {
  return unreadable("it has something that is no token such as int:-12, text:61 or list:2");
}

/** @param {string} reason */
function unreadable(reason) {
  return new Fault("usage", `The value cannot be read: ${reason}. Write tokens in prefix order.`);
}

module.exports = { DEEPEST, Foreign, readValue, tooLong, writeValue };
