"use strict";

const { Fault } = require("./fault.js");

/**
 * How messages lie in a stream. No input or output here: bytes in, decision out.
 *
 * A length is checked before anybody takes memory for it: four hostile bytes must not be able to ask for gigabytes. A
 * number in JavaScript is exact up to 2^53 only, but every length beyond that is above every limit.
 *
 * @typedef {{header: number, payload: number, trailer: number}} Frame The number of bytes of each part.
 * @typedef {(bytes: Buffer, limit: number, scanned: number) => Frame | undefined} Decode Undefined as long as the header
 *   is not whole. The first `scanned` bytes have been looked at before, and settled nothing.
 * @typedef {{decode: Decode, header: (length: number) => Buffer | string, trailer?: string}} Framing
 */

const LONGEST_HEADER = 4096;
const LINE_FEED = 0x0a;
const COLON = 0x3a;
const DIGIT_ZERO = 0x30;

/** @type {Record<string, Framing>} */
const FRAMINGS = {
  /** An int32 in network byte order, or -1 and an uint64: Python's multiprocessing.connection. */
  multiprocessing: {
    decode(bytes, limit) {
      if (bytes.length < 4) return undefined;
      const length = bytes.readInt32BE();
      if (length >= 0) return frame(limit, 4, length);
      if (length !== -1) throw malformed("a negative length");
      return bytes.length < 12 ? undefined : frame(limit, 12, Number(bytes.readBigUInt64BE(4)));
    },
    // A limit is at most 2147483647, so the long form is never the shortest.
    header(length) {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(length);
      return bytes;
    },
  },
  u32le: {
    decode: (bytes, limit) => (bytes.length < 4 ? undefined : frame(limit, 4, bytes.readUInt32LE())),
    header(length) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(length);
      return bytes;
    },
  },
  /** The payload and a line feed. A carriage return is payload. */
  line: {
    decode(bytes, limit, scanned) {
      // Only what is new is looked at, or a long line in small pieces would take quadratic time.
      const lineFeed = bytes.indexOf(LINE_FEED, scanned);
      const found = frame(limit, 0, lineFeed < 0 ? bytes.length : lineFeed, 1);
      return lineFeed < 0 ? undefined : found;
    },
    header: () => "",
    trailer: "\n",
  },
  /** The decimal length, a colon, the payload, a comma. */
  netstring: {
    decode(bytes, limit) {
      let length = 0;
      for (const [index, byte] of bytes.subarray(0, 11).entries()) {
        if (byte === COLON && index > 0) return frame(limit, index + 1, length, 1);
        const digit = byte - DIGIT_ZERO;
        if (digit < 0 || digit > 9 || (index > 0 && length === 0)) throw malformed("no number, or one with a zero in front");
        length = 10 * length + digit;
        // At this digit, not at the colon: nobody shall be able to send digits for ever.
        frame(limit, index + 1, length, 1);
      }
      return undefined;
    },
    header: (length) => `${length}:`,
    trailer: ",",
  },
  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  varint: {
    decode(bytes, limit) {
      let length = 0;
      for (const [index, byte] of bytes.subarray(0, 10).entries()) {
        // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
        if (index === 9 && byte > 1) throw malformed("a length of more than 64 bits");
        // No shift: in JavaScript that cuts a number to 32 bits.
        length += (byte % 0x80) * 2 ** (7 * index);
        if (byte < 0x80) return frame(limit, index + 1, length);
      }
      return undefined;
    },
    header(length) {
      const bytes = [];
      for (; length >= 0x80; length = Math.floor(length / 0x80)) bytes.push((length % 0x80) + 0x80);
      return Buffer.from([...bytes, length]);
    },
  },
  /** Lines as in HTTP, one of them the length, and an empty one. */
  "content-length": {
    decode(bytes, limit) {
      const text = bytes.toString("latin1", 0, LONGEST_HEADER);
      const end = text.startsWith("\r\n") ? 2 : text.indexOf("\r\n\r\n") + 4;
      const isWhole = end > 3 || text.startsWith("\r\n");
      const header = isWhole ? text.slice(0, end) : text;
      // Whatever comes later, such a line is wrong. A CR at the end may still get its LF.
      if (/(?<!\r)\n|\r(?=[^\n])/.test(header)) throw malformed("a header line that does not end with CR LF");
      // The last line is empty, or not finished.
      const length = lengthIn(header.split("\r\n").slice(0, isWhole ? -2 : -1));
      if (!isWhole) {
        if (text.length === LONGEST_HEADER) throw malformed("too long a header");
        return undefined;
      }
      if (length === undefined) throw malformed("no Content-Length");
      return frame(limit, header.length, length);
    },
    header: (length) => `Content-Length: ${length}\r\n\r\n`,
  },
};

/**
 * @param {string[]} lines
 * @returns {number | undefined}
 */
function lengthIn(lines) {
  let length;
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 0) throw malformed("a header line without a colon");
    if (line.slice(0, colon).toLowerCase() !== "content-length") continue;
    const match = /^[ \t]*([0-9]{1,19})[ \t]*$/.exec(line.slice(colon + 1));
    if (!match || length !== undefined) throw malformed("a second Content-Length, or one that is no number");
    length = Number(match[1]);
  }
  return length;
}

/**
 * @param {number} limit
 * @param {number} header
 * @param {number} payload
 * @returns {Frame}
 */
function frame(limit, header, payload, trailer = 0) {
  if (payload > limit) throw new Fault("too-large", `A frame has more bytes than ${limit}: raise limit= when opening.`);
  return { header, payload, trailer };
}

/** @param {string} reason */
function malformed(reason) {
  return new Fault("malformed", `The stream has ${reason}: check that both ends use the same framing.`);
}

module.exports = { FRAMINGS };
