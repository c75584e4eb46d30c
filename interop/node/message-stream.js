"use strict";

const { Fault } = require("./fault.js");
const { FRAMINGS } = require("./framings.js");

/** @typedef {import("./byte-stream.js").ByteStream} ByteStream */

const SMALLEST_BUFFER = 4096;

/** Messages in a stream of bytes, which need a framing. */
class MessageStream {
  #bytes;
  #framing;
  /** What has come and is not yet taken lies from `#start` to `#end`. */
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** How many of these bytes have been looked at without finding a whole header. */
  #scanned = 0;
  /** @type {import("./framings.js").Frame | undefined} The frame at `#start`, as soon as its header is whole. */
  #frame;
  #isAtEnd = false;

  /**
   * @param {ByteStream} bytes
   * @param {string} framing
   * @param {number} limit
   */
  constructor(bytes, framing, limit) {
    this.#bytes = bytes;
    this.#framing = FRAMINGS[framing];
    this.limit = limit;
  }

  /** @param {Buffer} payload */
  async send(payload) {
    if (payload.length > this.limit) throw Fault.tooLarge(payload.length, this.limit);
    const { header, trailer = "" } = this.#framing;
    if (trailer === "\n" && payload.includes(trailer)) {
      throw new Fault("malformed", "The message has a line feed, which would end it: choose another framing.");
    }
    // One piece, so that TCP sends one segment instead of three.
    await this.#bytes.write(Buffer.concat([Buffer.from(header(payload.length)), payload, Buffer.from(trailer)]));
  }

  /**
   * After `timeout` the next call goes on where this one was.
   *
   * @param {number} [deadline]
   * @returns {Promise<Buffer | null>} Null at the end of the stream.
   */
  async receive(deadline) {
    for (;;) {
      // Decode first, read second: one read may have brought several frames.
      const message = this.#nextMessage();
      if (message) return message;
      const rest = this.#end - this.#start;
      if (this.#isAtEnd && rest > 0) throw new Fault("truncated", `The stream ended after ${rest} bytes of a frame.`);
      if (this.#isAtEnd) return null;
      const chunk = await this.#bytes.read(deadline);
      if (chunk === null) this.#isAtEnd = true;
      else this.#append(chunk);
    }
  }

  endWriting() {
    return this.#bytes.endWriting();
  }

  close() {
    this.#bytes.close();
  }

  #nextMessage() {
    const bytes = this.#buffer.subarray(this.#start, this.#end);
    if (bytes.length === 0) return null;
    this.#frame ??= this.#framing.decode(bytes, this.limit, this.#scanned);
    this.#scanned = bytes.length;
    if (!this.#frame) return null;
    const { header, payload, trailer } = this.#frame;
    if (bytes.length < header + payload + trailer) return null;
    const end = header + payload;
    if (trailer > 0 && bytes.toString("latin1", end, end + trailer) !== this.#framing.trailer) {
      throw new Fault("malformed", "Another byte than a comma is behind a netstring: check the framing of both ends.");
    }
    this.#start += end + trailer;
    this.#scanned = 0;
    this.#frame = undefined;
    // A copy, since the buffer is used again.
    return Buffer.from(bytes.subarray(header, end));
  }

  /**
   * The buffer grows with what arrives, not with what was announced.
   *
   * @param {Buffer} chunk
   */
  #append(chunk) {
    const rest = this.#buffer.subarray(this.#start, this.#end);
    const needed = rest.length + chunk.length;
    if (this.#end + chunk.length > this.#buffer.length || this.#buffer.length > 16 * SMALLEST_BUFFER + 4 * needed) {
      // Twice what is needed, or a message in small pieces would be copied once for each of them.
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(SMALLEST_BUFFER, 2 * needed));
      rest.copy(this.#buffer);
      this.#start = 0;
      this.#end = rest.length;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }
}

module.exports = { MessageStream };
