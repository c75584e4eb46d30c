"use strict";

// Only because `listen` on TCP loads it, and with it some versions open /dev/urandom and keep it: better now than in a channel.
require("node:dns");
const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");
const { dotnetPipePathIn, portIn, socketPathIn } = require("./addresses.js");
const { ByteStream } = require("./byte-stream.js");
const { identityOf, removeStale } = require("./socket-file.js");
const { wait, waitBriefly } = require("./waiting.js");

/**
 * What Node listens at and connects to.
 *
 * @param {string} transport
 * @param {string} role
 * @param {string} address
 * @returns {{host: string, port: number} | {path: string}}
 */
function parseAddress(transport, role, address) {
  if (transport === "tcp") return { host: "127.0.0.1", port: portIn(address, role) };
  return { path: transport === "unix" ? socketPathIn(address) : dotnetPipePathIn(address) };
}

/**
 * @param {string} transport
 * @param {string} address
 */
async function connect(transport, address) {
  const target = parseAddress(transport, "connect", address);
  for (;;) {
    const stream = new ByteStream({});
    try {
      await stream.connect(target);
      return stream;
    } catch (error) {
      // The queue of a Unix listener is full, and nothing announces that it has room.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EAGAIN") throw error;
      await waitBriefly();
    }
  }
}

/** Listens, and takes one peer after the other. */
class Listener {
  /** @type {Set<Listener>} Those whose files must not stay behind. */
  static #open = new Set();

  #server;
  #target;
  /** @type {string | undefined} Of the socket file. */
  #identity;
  /** @type {net.Socket[]} Who has come and was not asked for yet. */
  #peers = [];
  #wake = () => {};

  /**
   * @param {string} transport
   * @param {string} address
   */
  constructor(transport, address) {
    this.#target = parseAddress(transport, "listen", address);
    this.#server = this.#makeServer();
  }

  /** At the end of the process. */
  static closeAll() {
    for (const listener of Listener.#open) listener.close();
  }

  /** Replaces a stale socket file. */
  async listen() {
    try {
      await this.#tryToListen();
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      // Node says EACCES when the folder is missing. This says what really is the matter.
      if (code === "EACCES" && "path" in this.#target) fs.statSync(path.dirname(this.#target.path));
      if (code !== "EADDRINUSE" || !("path" in this.#target)) throw error;
      await removeStale(this.#target.path);
      this.#server = this.#makeServer();
      await this.#tryToListen();
    }
  }

  port() {
    return /** @type {net.AddressInfo} */ (this.#server.address()).port;
  }

  /** @param {number} [deadline] */
  async accept(deadline) {
    while (this.#peers.length === 0) await wait((wake) => (this.#wake = wake), deadline);
    const peer = /** @type {any} */ (this.#peers.shift());
    peer.setNoDelay(true);
    // A server makes its sockets without `onread`. So the connection gets a new one, and the old one forgets it.
    const handle = peer._handle;
    peer._handle = null;
    return new ByteStream({ handle });
  }

  /** The file goes first: a peer that finds no file learns more than one that finds a file without a listener. */
  close() {
    Listener.#open.delete(this);
    for (const peer of this.#peers) peer.destroy();
    if (!("path" in this.#target) || identityOf(this.#target.path) === this.#identity) {
      this.#server.close(); // Which also removes whatever is at its path.
      return;
    }
    // Somebody else's file is there by now: it steps aside for a moment.
    const file = this.#target.path;
    const aside = path.join(path.dirname(file), `.${process.pid}.aside`);
    try {
      fs.renameSync(file, aside);
    } catch {
      this.#server.close(); // There is no file, or none that could be removed.
      return;
    }
    this.#server.close();
    fs.renameSync(aside, file);
  }

  #makeServer() {
    // Paused: else a peer's first bytes would be read, and lost, before anybody asks for them.
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.on("connection", (peer) => {
      this.#peers.push(peer);
      this.#wake();
    });
    return server;
  }

  /** @returns {Promise<void>} */
  #tryToListen() {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#target, () => {
        // Node binds in `listen`, and no signal is handled between that and this.
        if ("path" in this.#target) this.#identity = identityOf(this.#target.path);
        Listener.#open.add(this);
        resolve();
      });
    });
  }
}

module.exports = { Listener, connect };
