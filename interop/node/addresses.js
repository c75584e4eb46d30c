"use strict";

const path = require("node:path");
const { Fault } = require("./fault.js");

/** struct sockaddr_un holds 108 bytes, one of them for the closing NUL; 104 on macOS. */
const LONGEST_SOCKET_PATH = process.platform === "darwin" ? 103 : 107;
const LONGEST_PATH = 4095;

/** @param {string} address */
function pathIn(address) {
  const length = Buffer.byteLength(address);
  if (length === 0 || length > LONGEST_PATH || address.includes("\0")) {
    throw new Fault("usage", "A path has 1 to 4095 bytes and no NUL.");
  }
  return address;
}

/**
 * Node cuts a longer path without a word, and listens elsewhere.
 *
 * @param {string} address
 */
function socketPathIn(address) {
  const length = Buffer.byteLength(pathIn(address));
  if (length > LONGEST_SOCKET_PATH) {
    throw new Fault("usage", `The path has ${length} bytes and may have ${LONGEST_SOCKET_PATH}: use a shorter folder.`);
  }
  return address;
}

/**
 * Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream, which refuse these names too.
 *
 * @param {string} name
 */
function dotnetPipePathIn(name) {
  if (name.startsWith("/")) return socketPathIn(name);
  if (name === "" || name.includes("/") || name.toLowerCase() === "anonymous") {
    throw new Fault("usage", 'The name of a .NET pipe is not empty, has no slash, and is not "anonymous".');
  }
  return socketPathIn(path.join(process.env.TMPDIR || "/tmp", `CoreFxPipe_${name}`));
}

/**
 * @param {string} address
 * @param {string} role
 */
function portIn(address, role) {
  const [host, port, ...rest] = address.split(":");
  const number = numberIn(port ?? "", role === "listen" ? 0 : 1, 65535);
  if (host !== "127.0.0.1" || number === undefined || rest.length > 0) {
    throw new Fault("usage", "The address is not 127.0.0.1:PORT. Port 0 is only for role=listen.");
  }
  return number;
}

/**
 * 0 to 2 carry the commands, the replies and the log.
 *
 * @param {string} address
 */
function descriptorIn(address) {
  const number = numberIn(address, 3, 2147483647);
  if (number === undefined) throw new Fault("usage", "An inherited descriptor is a number from 3 to 2147483647.");
  return number;
}

/**
 * `Number` alone takes blanks, signs, fractions and zeros in front.
 *
 * @param {string} text
 * @param {number} smallest
 * @param {number} largest
 * @returns {number | undefined}
 */
function numberIn(text, smallest, largest) {
  const number = /^(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : NaN;
  return number >= smallest && number <= largest ? number : undefined;
}

module.exports = { descriptorIn, dotnetPipePathIn, numberIn, pathIn, portIn, socketPathIn };
