"use strict";

const fs = require("node:fs");
const { descriptorIn, pathIn } = require("./addresses.js");
const { ByteStream } = require("./byte-stream.js");
const { Fault } = require("./fault.js");
const { isConnectedStream } = require("./socket-file.js");
const { waitBriefly } = require("./waiting.js");

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;
const ACCESS_MODE = 3;

/** What there was at the start. Whatever else is open later is Node's own, or a channel's, and not for the taking. */
const inherited = new Set(fs.existsSync("/proc/self/fd") ? fs.readdirSync("/proc/self/fd").map(Number) : []);

/**
 * @param {string} address
 * @param {string} role
 */
async function openFifo(address, role) {
  const path = pathIn(address);
  // Looked at before it is opened, since opening a device can have effects.
  if (!fs.statSync(path).isFIFO()) throw new Fault("usage", `${path} is not a FIFO: make one with mkfifo.`);
  for (;;) {
    try {
      return streamOf(openEnd(path, role), role);
    } catch (error) {
      // Nobody reads the FIFO yet, and nothing announces that somebody does.
      if (!isWithoutReader(error)) throw error;
      await waitBriefly();
    }
  }
}

/**
 * @param {string} address
 * @param {string} role
 */
function adoptPipe(address, role) {
  const number = descriptorIn(address);
  if (!statusOf(number).isFIFO() || accessModeOf(number) !== (role === "read" ? O_RDONLY : O_WRONLY)) {
    throw foreign(number, `end of a pipe that role=${role} needs`);
  }
  inherited.delete(number);
  let own;
  try {
    // Node makes it non-blocking, which everybody notices who has the same end. So we open an end of our own.
    own = openEnd(`/proc/self/fd/${number}`, role);
  } catch (error) {
    if (!isWithoutReader(error)) throw error;
    return streamOf(number, role); // It will say so when something is sent.
  }
  fs.closeSync(number);
  return streamOf(own, role);
}

/** @param {string} address */
function adoptSocket(address) {
  const number = descriptorIn(address);
  const status = statusOf(number);
  if (!status.isSocket() || !isConnectedStream(status.ino)) throw foreign(number, "end of a pair of stream sockets");
  inherited.delete(number);
  return new ByteStream({ fd: number });
}

/**
 * Never for both ways: then the end of the stream would never come. And never an open that waits: it would take one of
 * the four threads in which Node does what has to do with files, and could not be called off.
 *
 * @param {string} path
 * @param {string} role
 */
function openEnd(path, role) {
  return fs.openSync(path, O_NONBLOCK | (role === "read" ? O_RDONLY : O_WRONLY));
}

/**
 * @param {number} fd
 * @param {string} role
 */
function streamOf(fd, role) {
  return new ByteStream({ fd, readable: role === "read", writable: role === "write" });
}

/** @param {unknown} error */
function isWithoutReader(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code === "ENXIO";
}

/** @param {number} number */
function statusOf(number) {
  const status = fs.fstatSync(number); // EBADF, which is `missing`, if it is not open.
  if (!inherited.has(number)) throw foreign(number, "inherited descriptor");
  return status;
}

/** @param {number} number */
function accessModeOf(number) {
  const [, flags] = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${number}`, "utf8")) ?? [];
  return parseInt(flags, 8) & ACCESS_MODE;
}

/**
 * @param {number} number
 * @param {string} what
 */
function foreign(number, what) {
  return new Fault("usage", `The descriptor ${number} is no ${what}.`);
}

module.exports = { adoptPipe, adoptSocket, openFifo };
