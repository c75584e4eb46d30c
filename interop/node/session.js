"use strict";

const { Channel, NO_FRAMING, TRANSPORTS } = require("./channel.js");
const { LONGEST_LINE } = require("./command-lines.js");
const commands = require("./commands.js");
const { Fault } = require("./fault.js");
const { readMessage, writeMessage } = require("./files.js");
const { FRAMINGS } = require("./framings.js");
const json = require("./json-codec.js");
const { readValue, writeValue } = require("./values.js");
const { CommandsEnded, deadlineIn } = require("./waiting.js");

const LONGEST_VALUE = LONGEST_LINE - "ok value=".length;
const LARGEST_PAYLOAD = Math.floor((LONGEST_LINE - "ok payload=".length) / 2);

/** Obeys commands: one method for each verb, which returns the values of the reply. */
class Session {
  /** @type {Map<string, Channel>} */
  #channels = new Map();

  /**
   * @param {string | null} line
   * @returns {Promise<string>} The reply; both without their line feeds.
   */
  async answer(line) {
    try {
      const { verb, values } = commands.parse(line);
      return commands.reply((await this[verb](values)) ?? {});
    } catch (error) {
      if (error instanceof CommandsEnded) throw error;
      return commands.errorReply(Fault.of(error));
    }
  }

  hello() {
    return {
      protocol: 1,
      language: "javascript",
      runtime: commands.encodeValue(`Node.js ${process.versions.node}`),
      transports: Object.keys(TRANSPORTS).join(","),
      framings: [...Object.keys(FRAMINGS), NO_FRAMING].join(","),
      codecs: "json",
      features: "echo,ping,timeout,authkey",
      limits: json.LIMITS.map((kind) => `json:${kind}`).join(","),
    };
  }

  /** @param {any} values */
  async open({ channel, address, ...description }) {
    if (this.#channels.has(channel)) throw new Fault("usage", `The channel ${channel} is open already: close it first.`);
    const opened = new Channel(description);
    const chosen = await opened.open(address);
    this.#channels.set(channel, opened);
    return chosen === undefined ? {} : { address: chosen };
  }

  /** @param {any} values */
  async accept({ channel, timeout }) {
    await this.#find(channel).accept(deadlineOf(timeout));
  }

  /** @param {any} values */
  async send({ channel: name, ...keys }) {
    const sources = ["payload", "file", "codec"].filter((key) => key in keys);
    if (sources.length !== 1 || "codec" in keys !== "value" in keys) {
      throw new Fault("usage", "send needs one of payload, file, and codec with value.");
    }
    const channel = this.#find(name);
    checkCodec(keys);
    channel.checkDirection(true);
    if ("payload" in keys) await channel.send(commands.payloadIn(keys.payload));
    else if ("file" in keys) await channel.send(readMessage(keys.file, channel.limit));
    else await channel.send(json.encode(readValue(keys.value)));
  }

  /** @param {any} values */
  async receive({ channel: name, timeout, ...keys }) {
    if ("codec" in keys && "file" in keys) {
      throw new Fault("usage", "A value is received with codec, and not into a file.");
    }
    const channel = this.#find(name);
    checkCodec(keys);
    channel.checkDirection(false);
    const message = await channel.receive(deadlineOf(timeout));
    if (message === null) return { end: true };
    try {
      return handOver(message, keys);
    } catch (error) {
      // What was too long for a reply, or for a disk, can be asked for again. What is no value is gone.
      if (!(error instanceof Fault) || error.kind === "usage") channel.keep(message);
      throw error;
    }
  }

  /** @param {any} values */
  async close({ channel, how }) {
    const opened = this.#find(channel);
    if (how) return opened.endWriting();
    this.#channels.delete(channel);
    return opened.close();
  }

  reset() {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
    return {};
  }

  /** @param {any} values */
  async echo({ channel: name, count }) {
    const channel = this.#findTwoWay(name);
    for (let index = 0; index < count; index++) await channel.send(await receiveInLoop(channel));
  }

  /** @param {any} values */
  async ping({ channel: name, count, size }) {
    const channel = this.#findTwoWay(name);
    if (size > channel.limit) throw Fault.tooLarge(size, channel.limit); // Before the payload is made.
    const payload = Buffer.alloc(size, "p");
    const start = process.hrtime.bigint();
    for (let index = 0; index < count; index++) {
      await channel.send(payload);
      await receiveInLoop(channel);
    }
    return { nanoseconds: String(process.hrtime.bigint() - start) };
  }

  /** @param {string} name */
  #find(name) {
    const channel = this.#channels.get(name);
    if (!channel) throw new Fault("usage", `The channel ${name} is not open: open it first.`);
    return channel;
  }

  /** @param {string} name */
  #findTwoWay(name) {
    const channel = this.#find(name);
    channel.checkDirection(true);
    channel.checkDirection(false);
    return channel;
  }
}

/** @param {number} [timeout] */
function deadlineOf(timeout) {
  return timeout === undefined ? undefined : deadlineIn(timeout);
}

/** @param {any} keys */
function checkCodec(keys) {
  if ("codec" in keys && keys.codec !== "json") throw new Fault("unsupported", "There is no such codec here: use json.");
  if ("format" in keys) throw new Fault("usage", "The codec json has no format: leave it out.");
}

/**
 * @param {Buffer} message
 * @param {any} keys
 */
function handOver(message, keys) {
  if ("file" in keys) {
    writeMessage(keys.file, message);
    return { length: message.length };
  }
  if ("codec" in keys) return { value: writeValue(json.decode(message, LONGEST_VALUE), LONGEST_VALUE) };
  if (message.length > LARGEST_PAYLOAD) {
    throw new Fault("usage", "The message is too long for a reply: receive it with file=.");
  }
  return { payload: message.toString("hex") };
}

/** @param {Channel} channel */
async function receiveInLoop(channel) {
  const message = await channel.receive();
  if (message === null) throw new Fault("closed", "The stream ended in the loop.");
  return message;
}

module.exports = { Session };
