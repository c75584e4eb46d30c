"use strict";

const { Fault } = require("./fault.js");
const { FileSlot } = require("./files.js");
const { FRAMINGS } = require("./framings.js");
const { shakeHands } = require("./handshake.js");
const { MessageStream } = require("./message-stream.js");
const { adoptPipe, adoptSocket, openFifo } = require("./pipes.js");
const { Listener, connect } = require("./sockets.js");

/** @typedef {import("./byte-stream.js").ByteStream} ByteStream */

const SOCKET_ROLES = ["listen", "connect"];
const PIPE_ROLES = ["read", "write"];
/** The roles of each transport. */
const TRANSPORTS = {
  unix: SOCKET_ROLES,
  "dotnet-pipe": SOCKET_ROLES,
  tcp: SOCKET_ROLES,
  fifo: PIPE_ROLES,
  pipe: PIPE_ROLES,
  socketpair: PIPE_ROLES,
  "file-slot": PIPE_ROLES,
};
const ONE_WAY = ["fifo", "pipe", "file-slot"];
const DEFAULT_LIMIT = 64 << 20;
/** The transport keeps the bounds. */
const NO_FRAMING = "none";

/** What is open: a listener, a connection, or a listener and the connection that it has accepted. */
class Channel {
  #transport;
  #role;
  #framing;
  #authkey;
  /** @type {Listener | undefined} */
  #listener;
  /** @type {MessageStream | FileSlot | undefined} */
  #connection;
  /** @type {Buffer | undefined} A message that could not be handed over: the next `receive` gets it. */
  #kept;

  /**
   * Refuses the words that `hello` does not list, and those that do not go together.
   *
   * @param {{transport: string, role: string, framing: string, limit?: number, authkey?: Buffer}} description
   */
  constructor({ transport, role, framing, limit = DEFAULT_LIMIT, authkey }) {
    if (!Object.hasOwn(TRANSPORTS, transport)) throw new Fault("unsupported", "There is no such transport here.");
    if (framing !== NO_FRAMING && !Object.hasOwn(FRAMINGS, framing)) {
      throw new Fault("unsupported", "There is no such framing here: use what hello lists.");
    }
    if ((transport === "file-slot") !== (framing === NO_FRAMING)) {
      throw new Fault("unsupported", `A ${transport} does not go with framing=${framing}: streams need one.`);
    }
    const roles = TRANSPORTS[/** @type {keyof typeof TRANSPORTS} */ (transport)];
    if (!roles.includes(role)) throw new Fault("unsupported", `The roles of ${transport} are ${roles.join(" and ")}.`);
    if (authkey && (roles !== SOCKET_ROLES || framing !== "multiprocessing")) {
      throw new Fault("usage", "A key is for connections with framing=multiprocessing: leave authkey out.");
    }
    this.#transport = transport;
    this.#role = role;
    this.#framing = framing;
    this.#authkey = authkey;
    this.limit = limit;
  }

  /**
   * @param {string} address
   * @returns {Promise<string | undefined>} The address, if the system has chosen it.
   */
  async open(address) {
    if (address === "") throw new Fault("usage", `The address is empty: a ${this.#transport} needs one.`);
    if (this.#transport === "file-slot") this.#connection = new FileSlot(address, this.#role, this.limit);
    else if (this.#transport === "fifo") this.#connection = this.#stream(await openFifo(address, this.#role));
    else if (this.#transport === "pipe") this.#connection = this.#stream(adoptPipe(address, this.#role));
    else if (this.#transport === "socketpair") this.#connection = this.#stream(adoptSocket(address));
    else if (this.#role === "connect") await this.#use(await connect(this.#transport, address), false);
    else {
      const listener = new Listener(this.#transport, address);
      await listener.listen();
      this.#listener = listener;
      if (address.endsWith(":0") && this.#transport === "tcp") return `127.0.0.1:${listener.port()}`;
    }
    return undefined;
  }

  /** @param {number} [deadline] */
  async accept(deadline) {
    if (!this.#listener) throw new Fault("usage", "There is nobody to accept: that is for role=listen.");
    if (this.#connection) throw new Fault("usage", "The channel has its peer already: open another for the next one.");
    await this.#use(await this.#listener.accept(deadline), true);
  }

  /** @param {boolean} isSending */
  checkDirection(isSending) {
    if (!this.#connection) throw new Fault("usage", "The channel has no peer yet: accept one first.");
    if (this.#isOneWay && (this.#role === "write") !== isSending) {
      throw new Fault("usage", "The channel goes the other way only: use one with the other role.");
    }
  }

  /** @param {Buffer} message */
  async send(message) {
    await this.#connection?.send(message);
  }

  /**
   * @param {number} [deadline]
   * @returns {Promise<Buffer | null>} Null at the end of the stream.
   */
  async receive(deadline) {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept ?? (await this.#connection?.receive(deadline)) ?? null;
  }

  /** @param {Buffer} message */
  keep(message) {
    this.#kept = message;
  }

  async endWriting() {
    // This socket could; but the classes of .NET, for which there is a dotnet-pipe, have no call for it.
    if (this.#isOneWay || this.#transport === "dotnet-pipe") {
      throw new Fault("unsupported", `A ${this.#transport} has no half close: close the channel.`);
    }
    this.checkDirection(true);
    if (this.#connection instanceof MessageStream) await this.#connection.endWriting();
  }

  close() {
    this.#listener?.close();
    this.#connection?.close();
  }

  get #isOneWay() {
    return ONE_WAY.includes(this.#transport);
  }

  /**
   * @param {ByteStream} bytes
   * @param {boolean} isAccepting
   */
  async #use(bytes, isAccepting) {
    const stream = this.#stream(bytes);
    try {
      if (this.#authkey) await shakeHands(stream, this.#authkey, isAccepting);
    } catch (error) {
      stream.close();
      throw error;
    }
    this.#connection = stream;
  }

  /** @param {ByteStream} bytes */
  #stream(bytes) {
    return new MessageStream(bytes, this.#framing, this.limit);
  }
}

module.exports = { Channel, NO_FRAMING, TRANSPORTS };
