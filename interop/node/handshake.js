"use strict";

const crypto = require("node:crypto");
const { Fault } = require("./fault.js");
const { deadlineIn } = require("./waiting.js");

/** @typedef {import("./message-stream.js").MessageStream} MessageStream */

const LONGEST_MESSAGE = 256;
const PATIENCE = 5000;
const CHALLENGE = Buffer.from("#CHALLENGE#");
const WELCOME = Buffer.from("#WELCOME#");
const FAILURE = Buffer.from("#FAILURE#");
const DIGESTS = ["md5", "sha256", "sha384", "sha3_256", "sha3_384"];
// Before Python 3.12 a challenge had no {NAME}, and the answer was HMAC-MD5.
const OLD_CHALLENGE = 20;
const OLD_REPLY = 16;

/**
 * The handshake of Python's multiprocessing.connection, in which each side proves to the other that it has the key. The
 * accepting side has the first word.
 *
 * @param {MessageStream} stream
 * @param {Buffer} key
 * @param {boolean} isAccepting
 */
async function shakeHands(stream, key, isAccepting) {
  const deadline = deadlineIn(PATIENCE);
  const { limit } = stream;
  stream.limit = LONGEST_MESSAGE;
  try {
    if (isAccepting) await challenge(stream, key, deadline);
    await respond(stream, key, deadline);
    if (!isAccepting) await challenge(stream, key, deadline);
  } catch (error) {
    const { kind } = Fault.of(error);
    throw ["truncated", "malformed", "closed", "reset"].includes(kind) ? refused("broke the handshake") : error;
  } finally {
    stream.limit = limit;
  }
}

/**
 * Lets the peer prove that it has the key.
 *
 * @param {MessageStream} stream
 * @param {Buffer} key
 * @param {number} deadline
 */
async function challenge(stream, key, deadline) {
  const question = Buffer.concat([Buffer.from("{sha256}"), crypto.randomBytes(40)]);
  await stream.send(Buffer.concat([CHALLENGE, question]));
  const reply = await receive(stream, deadline);
  // Python before 3.12 does not look for the digest in a challenge, and answers as it always has.
  const digest = reply.length === OLD_REPLY ? undefined : digestOf(reply);
  const expected = reply.length === OLD_REPLY || digest ? answerTo(question, key, digest) : Buffer.alloc(0);
  // `equals` ends at the first difference, and so tells how much of a guess was right.
  const isRight = reply.length === expected.length && crypto.timingSafeEqual(reply, expected);
  await stream.send(isRight ? WELCOME : FAILURE);
  if (!isRight) throw refused("has another key");
}

/**
 * Proves to the peer that we have the key.
 *
 * @param {MessageStream} stream
 * @param {Buffer} key
 * @param {number} deadline
 */
async function respond(stream, key, deadline) {
  const message = await receive(stream, deadline);
  if (!message.subarray(0, CHALLENGE.length).equals(CHALLENGE)) throw refused("sent no challenge");
  const question = message.subarray(CHALLENGE.length);
  const digest = question.length === OLD_CHALLENGE ? undefined : digestOf(question);
  if (!digest && question.length !== OLD_CHALLENGE) throw refused("asks for a digest that there is not");
  await stream.send(answerTo(question, key, digest));
  if (!(await receive(stream, deadline)).equals(WELCOME)) throw refused("has refused our key");
}

/**
 * @param {Buffer} question
 * @param {Buffer} key
 * @param {string} [digest]
 */
function answerTo(question, key, digest) {
  // What Python and the wire call sha3_256 is sha3-256 here.
  const code = crypto.createHmac((digest ?? "md5").replace("_", "-"), key).update(question).digest();
  return digest ? Buffer.concat([Buffer.from(`{${digest}}`), code]) : code;
}

/** @param {Buffer} message */
function digestOf(message) {
  return DIGESTS.find((name) => message.toString("latin1").startsWith(`{${name}}`));
}

/**
 * @param {MessageStream} stream
 * @param {number} deadline
 */
async function receive(stream, deadline) {
  const message = await stream.receive(deadline);
  if (message === null) throw refused("hung up in the handshake");
  return message;
}

/** @param {string} what */
function refused(what) {
  return new Fault("authentication", `The peer ${what}: give both sides the same key.`);
}

module.exports = { shakeHands };
