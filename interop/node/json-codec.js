"use strict";

const { isUtf8 } = require("node:buffer");
const { Fault } = require("./fault.js");
const { DEEPEST, Foreign, tooLong } = require("./values.js");

/** @typedef {import("./values.js").Value} Value */

const SHORTEST_TOKEN = "null,".length;
const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE, ZERO, NINE] = Buffer.from('"\\,[{09');

/**
 * What `JSON.parse` and `JSON.stringify` lose, whatever stands around them: there is one type of number, which is exact up
 * to 2^53, and has no memory of a fraction; and of equal names in an object the last one wins.
 */
const LIMITS = ["large-int", "huge-int", "whole-float", "minus-zero", "duplicate-names"];

/** @param {Value} value */
function encode(value) {
  return Buffer.from(JSON.stringify(toJson(value)));
}

/**
 * @param {Value} value
 * @returns {any}
 */
function toJson(value) {
  if (value instanceof Foreign) throw malformed(`it has no ${value.kind}`);
  if (typeof value === "bigint" && !Number.isSafeInteger(Number(value))) throw malformed("a number is beyond 2^53");
  if (typeof value === "bigint") return Number(value);
  // Both become `null` without a word.
  if (typeof value === "number" && !Number.isFinite(value)) throw malformed("it has no NaN and no infinity");
  if (Array.isArray(value)) return value.map(toJson);
  if (!(value instanceof Map)) return value;
  if (![...value.keys()].every((name) => typeof name === "string")) throw malformed("a name is no text");
  // Not by assignment, which does something else for the name `__proto__`.
  return Object.fromEntries([...value].map(([name, item]) => [name, toJson(item)]));
}

/**
 * @param {Buffer} message
 * @param {number} longest Throws `usage` for a value whose tokens have more characters, if possible before it is built.
 * @returns {Value}
 */
function decode(message, longest) {
  if (shortestReply(message) > longest) throw tooLong();
  if (!isUtf8(message)) throw malformed("it is not UTF-8");
  let parsed;
  try {
    parsed = JSON.parse(message.toString());
  } catch {
    throw malformed("it breaks the grammar");
  }
  return fromJson(parsed, 0);
}

/**
 * How long a reply must be at least. Each value takes a token, and some bytes of a text, such as `[]`, can stand for twenty
 * times their memory. A number takes its digits, and the time to read them grows with the square of how many they are.
 *
 * @param {Buffer} message
 */
function shortestReply(message) {
  let commas = 0;
  let containers = 0;
  let digits = 0;
  let isInText = false;
  for (let index = 0; index < message.length; index++) {
    const byte = message[index];
    if (byte === QUOTE) isInText = !isInText;
    else if (isInText && byte === BACKSLASH) index++;
    else if (isInText) continue;
    else if (byte === COMMA) commas++;
    else if (byte === BRACKET || byte === BRACE) containers++;
    else if (byte >= ZERO && byte <= NINE) digits++;
  }
  return Math.max(commas * SHORTEST_TOKEN, containers * SHORTEST_TOKEN, digits);
}

/**
 * @param {any} parsed
 * @param {number} depth
 * @returns {Value}
 */
function fromJson(parsed, depth) {
  if (depth > DEEPEST) throw malformed("it is nested deeper than 200");
  if (typeof parsed === "number") return fromNumber(parsed);
  if (typeof parsed === "string") return wellFormed(parsed);
  if (Array.isArray(parsed)) return parsed.map((item) => fromJson(item, depth + 1));
  if (parsed === null || typeof parsed !== "object") return parsed;
  return new Map(Object.entries(parsed).map(([name, item]) => [wellFormed(name), fromJson(item, depth + 1)]));
}

/** @param {number} number */
function fromNumber(number) {
  if (!Number.isFinite(number)) throw malformed("a number is above every float");
  return Number.isInteger(number) ? BigInt(number) : number;
}

/** @param {string} text */
function wellFormed(text) {
  // With the flag u a pair of surrogates is one character, and what is left are those without their other half.
  if (/\p{Surrogate}/u.test(text)) throw malformed("a text has half of a surrogate pair");
  return text;
}

/** @param {string} reason */
function malformed(reason) {
  return new Fault("malformed", `This is no JSON: ${reason}. Look at what its sender writes.`);
}

module.exports = { LIMITS, decode, encode };
