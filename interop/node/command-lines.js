"use strict";

const fs = require("node:fs");

/** In bytes, the line feed not counted. */
const LONGEST_LINE = 262144;

/**
 * The lines of standard input, a character for each byte.
 *
 * They are read all the time, also while a verb waits for a peer: that is how its end is noticed, which stands behind all
 * commands. Node tells both through its event loop, so nothing in this program may ever block that loop.
 */
class CommandLines {
  /** @type {(string | null)[]} Whole lines that are not obeyed yet; null is one that was too long. */
  #lines = [];
  #taken = 0;
  #rest = "";
  #isTooLong = false;
  #hasEnded = false;
  /** @type {() => void} */
  #wake = () => {};

  /** @param {() => void} onEnd Called when nobody can give commands any more. */
  constructor(onEnd) {
    const end = () => {
      this.#hasEnded = true;
      this.#wake();
      // The end of a regular file is always near, and all of it is to be obeyed.
      if (!fs.fstatSync(0).isFile()) onEnd();
    };
    process.stdin.setEncoding("latin1");
    process.stdin.on("data", (chunk) => this.#add(String(chunk)));
    process.stdin.once("end", end);
    process.stdin.once("error", end); // The terminal is gone.
  }

  /** @returns {Promise<string | null | undefined>} Undefined at the end, where half a command may stand. */
  async next() {
    while (this.#taken === this.#lines.length && !this.#hasEnded) {
      await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
    }
    const line = this.#lines[this.#taken++];
    // `shift` would move all lines that follow, each time.
    if (this.#taken >= this.#lines.length) {
      this.#lines = [];
      this.#taken = 0;
    }
    return line;
  }

  /** @param {string} chunk Part of a line, or several lines. */
  #add(chunk) {
    const pieces = chunk.split("\n");
    const last = /** @type {string} */ (pieces.pop());
    for (const piece of pieces) {
      this.#append(piece);
      this.#lines.push(this.#isTooLong ? null : this.#rest);
      this.#rest = "";
      this.#isTooLong = false;
    }
    this.#append(last);
    this.#wake();
  }

  /** @param {string} piece */
  #append(piece) {
    this.#rest += piece;
    if (this.#rest.length > LONGEST_LINE) {
      this.#isTooLong = true;
      this.#rest = "";
    }
  }
}

module.exports = { CommandLines, LONGEST_LINE };
