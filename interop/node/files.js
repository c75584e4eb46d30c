"use strict";

const fs = require("node:fs");
const { pathIn } = require("./addresses.js");
const { Fault } = require("./fault.js");

const { O_CREAT, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;
const SLOT = 1024;

/**
 * A message that is in a file.
 *
 * @param {string} path
 * @param {number} limit
 */
function readMessage(path, limit) {
  // Looked at before it is opened: opening a device can have effects, and a FIFO's writer would find a reader.
  checkRegular(fs.statSync(path), path);
  const file = fs.openSync(path, O_RDONLY | O_NONBLOCK); // It may have become a FIFO since.
  try {
    const status = fs.fstatSync(file);
    checkRegular(status, path);
    if (status.size > limit) throw Fault.tooLarge(status.size, limit);
    return fs.readFileSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/**
 * @param {string} path
 * @param {Buffer} message
 */
function writeMessage(path, message) {
  // Not to be kept waiting by a FIFO. `writeFileSync` goes on when the system takes only a part.
  fs.writeFileSync(path, message, { flag: /** @type {any} */ (O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK) });
}

/**
 * @param {fs.Stats} status
 * @param {string} path
 */
function checkRegular(status, path) {
  if (!status.isFile()) throw new Fault("usage", `${path} is not a regular file: only such a file can be used here.`);
}

/**
 * One text in a file of which others map the first 1024 bytes. Node cannot map files; but a mapping of a file, and a read
 * or write of it, are the same memory, the system's page cache. And a read of a file that somebody has cut is short,
 * where touching a mapping of it is a SIGBUS, which kills.
 */
class FileSlot {
  #file;

  /**
   * @param {string} address
   * @param {string} role
   * @param {number} limit
   */
  constructor(address, role, limit) {
    const path = pathIn(address);
    this.limit = limit;
    const isWriter = role === "write";
    // Looked at before it is opened, which could wait for ever on a FIFO. The writer may make the file.
    const status = fs.statSync(path, { throwIfNoEntry: !isWriter });
    if (status) checkRegular(status, path);
    this.#file = fs.openSync(path, O_NONBLOCK | (isWriter ? O_RDWR | O_CREAT : O_RDONLY));
    try {
      const missing = SLOT - fs.fstatSync(this.#file).size;
      if (missing > 0 && !isWriter) {
        throw new Fault("malformed", "The file is shorter than a slot: open it with role=write to extend it.");
      }
      // Zeros, and not `ftruncate`: that leaves a hole, and a peer who touches it on a full disk dies of SIGBUS.
      if (missing > 0) this.#write(Buffer.alloc(missing), SLOT - missing);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @param {Buffer} text */
  async send(text) {
    const room = Math.min(this.limit, SLOT);
    if (text.length > room) throw Fault.tooLarge(text.length, room);
    if (text.includes(0)) throw new Fault("malformed", "The text has a NUL, which would end it in the slot.");
    const slot = Buffer.alloc(SLOT);
    text.copy(slot);
    // The whole slot, so that nothing of a longer earlier text stays behind.
    this.#write(slot, 0);
  }

  /** There is nothing to wait for. */
  async receive() {
    const slot = Buffer.alloc(SLOT);
    const length = fs.readSync(this.#file, slot, 0, SLOT, 0);
    if (length < SLOT) throw new Fault("truncated", "The file has been cut: open the channel again.");
    const end = slot.indexOf(0);
    const text = end < 0 ? slot : slot.subarray(0, end);
    if (text.length > this.limit) throw Fault.tooLarge(text.length, this.limit);
    return text;
  }

  close() {
    fs.closeSync(this.#file);
  }

  /**
   * @param {Buffer} bytes
   * @param {number} position
   */
  #write(bytes, position) {
    for (let done = 0; done < bytes.length; ) {
      done += fs.writeSync(this.#file, bytes, done, bytes.length - done, position + done);
    }
  }
}

module.exports = { FileSlot, readMessage, writeMessage };
