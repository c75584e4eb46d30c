"use strict";

/** The kinds of what the system refuses, by the code that Node gives an error, and what to do about it. */
const REFUSALS = [
  ["too-large", ["EMSGSIZE"], "send a smaller message"],
  ["closed", ["EPIPE", "ERR_STREAM_DESTROYED"], "the peer has closed its end, open the channel again"],
  ["reset", ["ECONNRESET"], "the peer went away with unread data, open the channel again"],
  ["refused", ["ECONNREFUSED", "EPROTOTYPE"], "start the listener first, of the same transport"],
  ["missing", ["ENOENT", "ENOTDIR", "EBADF"], "check the path"],
  ["exists", ["EADDRINUSE", "EEXIST"], "choose another address, or end the program that has it"],
  ["denied", ["EACCES", "EPERM", "EROFS"], "check the permissions of the path and its folder"],
  ["timeout", ["ETIMEDOUT"], "see what the peer waits for, and ask again"],
  ["unsupported", ["EAFNOSUPPORT", "EPROTONOSUPPORT", "EOPNOTSUPP"], "use what hello lists"],
  ["usage", ["ENAMETOOLONG", "EISDIR"], "choose another path"],
];

/** What is answered instead of `ok`: one of the protocol's kinds of error, and a sentence for people. */
class Fault extends Error {
  /**
   * @param {string} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }

  /**
   * @param {unknown} error Whatever was thrown.
   * @returns {Fault}
   */
  static of(error) {
    if (error instanceof Fault) return error;
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const refusal = REFUSALS.find(([, codes]) => codes.includes(code));
    const [kind, , remedy] = refusal ?? ["internal", [], "report it, or free what is short"];
    return new Fault(kind, `${message}; ${remedy}.`);
  }

  /**
   * @param {number} length
   * @param {number} limit
   */
  static tooLarge(length, limit) {
    return new Fault("too-large", `The message has ${length} bytes and may have ${limit}: raise limit= when opening.`);
  }
}

module.exports = { Fault };
