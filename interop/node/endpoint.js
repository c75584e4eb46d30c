/**
 * The Node.js endpoint: local channels on Linux with nothing but what comes with Node, from version 18 on.
 *
 * It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
 * output. Every other file is one subject, here from the bottom of the stack to the top:
 *
 * - fault.js: the system's errors become the protocol's kinds of error, in one place
 * - waiting.js: for a peer; deadlines, and the end of the commands
 * - addresses.js: what an address must look like
 * - command-lines.js, commands.js: the lines of standard input, their grammar, and which verb has which keys
 * - framings.js: pure functions; bytes in, decision out
 * - byte-stream.js, message-stream.js: what sockets and pipes have in common, and messages on top of that
 * - socket-file.js, sockets.js, pipes.js, files.js: how each transport is opened
 * - handshake.js: both sides prove that they have the key
 * - values.js, json-codec.js: the protocol's notation of values, and JSON
 * - channel.js, session.js: what is open, and the verbs, one method each
 */
"use strict";

const fs = require("node:fs");
const net = require("node:net");
const { CommandLines } = require("./command-lines.js");
const { Session } = require("./session.js");
const { Listener } = require("./sockets.js");
const { CommandsEnded, commandBegins, commandsEnd, wait } = require("./waiting.js");

const SIGTERM_STATUS = 128 + 15;

/**
 * Written to a pipe, `process.stdout` blocks the whole program until somebody reads. A socket of our own does not.
 *
 * @returns {NodeJS.WritableStream}
 */
function openReplies() {
  const status = fs.fstatSync(1);
  const isPipe = status.isFIFO() || status.isSocket();
  return isPipe ? new net.Socket({ fd: 1, readable: false, writable: true }) : process.stdout;
}

/** @returns {Promise<number>} The status of the process. */
async function main() {
  const lines = new CommandLines(commandsEnd);
  const replies = openReplies();
  const session = new Session();
  let isRead = true;
  replies.on("error", () => (isRead = false)); // Nobody reads the replies any more.
  try {
    for (let line = await lines.next(); line !== undefined && isRead; line = await lines.next()) {
      commandBegins();
      const reply = await session.answer(line);
      await wait((wake) => replies.write(`${reply}\n`, () => wake()));
    }
    return isRead ? 0 : 1;
  } catch (error) {
    if (error instanceof CommandsEnded) return 0;
    throw error;
  }
}

/**
 * Not before all is written: `process.exit` throws away what is not.
 *
 * @param {number} status
 */
function exit(status) {
  Listener.closeAll();
  process.exit(status);
}

process.on("SIGTERM", () => exit(SIGTERM_STATUS));
main().then(exit, (error) => {
  console.error(error);
  exit(1);
});
