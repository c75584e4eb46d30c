"use strict";

const net = require("node:net");
const { Fault } = require("./fault.js");
const { wait } = require("./waiting.js");

const CHUNK = 65536;

/**
 * The bytes of a connected socket, or of one end of a pipe, which Node treats alike.
 *
 * A socket in Node reads ahead by itself. Here it must not: what nobody has asked for shall stay in the system, where it
 * holds a sender back, and where the system tells the peer if it is thrown away. The option `onread` gives this control:
 * a socket with it stops when its callback returns false.
 */
class ByteStream {
  #socket;
  /** @type {Buffer | null} */
  #chunk = null;
  #hasEnded = false;
  /** @type {Error | null} What nobody has been told yet. */
  #error = null;
  #wake = () => {};

  /**
   * @param {net.SocketConstructorOpts & {handle?: unknown}} options Of an open descriptor, or of nothing: connect later.
   */
  constructor(options) {
    const take = (/** @type {number} */ length, /** @type {Buffer} */ buffer) => {
      this.#chunk = Buffer.from(buffer.subarray(0, length)); // A copy: the buffer is used again.
      this.#wake();
      return false;
    };
    const onread = { buffer: Buffer.allocUnsafeSlow(CHUNK), callback: take };
    // Else the end of what the peer sends would end what we send.
    this.#socket = new net.Socket(/** @type {any} */ ({ allowHalfOpen: true, ...options, onread }));
    this.#socket.pause(); // One that is open already has started to read.
    const end = () => {
      this.#hasEnded = true;
      this.#wake();
    };
    this.#socket.on("end", end).on("close", end);
    this.#socket.on("error", (error) => (this.#error = error)); // Always followed by `close`.
  }

  /** @param {net.NetConnectOpts} address */
  async connect(address) {
    await wait((wake) => {
      this.#wake = wake;
      this.#socket.connect(address, wake);
    });
    this.#throwError();
    // Else a small message waits until the peer has confirmed the one before, which may take 40 ms. Only TCP does that.
    this.#socket.setNoDelay(true);
  }

  /**
   * @param {number} [deadline]
   * @returns {Promise<Buffer | null>} Null at the end of the stream.
   */
  async read(deadline) {
    if (!this.#hasEnded) {
      this.#socket.resume();
      try {
        await wait((wake) => (this.#wake = wake), deadline);
      } finally {
        this.#socket.pause();
      }
    }
    const chunk = this.#chunk;
    this.#chunk = null;
    if (chunk === null) this.#throwError();
    return chunk;
  }

  /**
   * Returns when the system has all of the bytes. Node writes the rest when the system takes only a part.
   *
   * @param {Buffer} bytes
   */
  async write(bytes) {
    this.#throwError();
    if (!this.#socket.writable) throw new Fault("closed", "The stream has been closed: open the channel again.");
    /** @type {Error | null | undefined} */
    let failure;
    await wait((wake) => {
      this.#socket.write(bytes, (error) => {
        failure = error;
        wake();
      });
    });
    if (!failure) return;
    this.#error = null; // It comes as an event too.
    throw failure;
  }

  /** The peer sees the end of the stream, and can still send. */
  async endWriting() {
    if (!this.#socket.writable) return;
    await wait((wake) => {
      this.#wake = wake;
      this.#socket.end(wake);
    });
    // ENOTCONN: the peer has reset the connection, so there is no direction left to close.
    this.#error = null;
  }

  /** The descriptor is closed when this returns. */
  close() {
    this.#socket.destroy();
  }

  #throwError() {
    const error = this.#error;
    this.#error = null;
    if (error) throw error;
  }
}

module.exports = { ByteStream };
