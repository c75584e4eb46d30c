"use strict";

const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");
const { Fault } = require("./fault.js");

const CONNECTED_STREAM = "0001 03";

/**
 * Which file it is: its device and inode. As long as its socket is open no other file gets this number.
 *
 * @param {string} file
 */
function identityOf(file) {
  const status = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}`;
}

/**
 * Removes the file of a socket that no process holds; refuses to touch any other.
 *
 * @param {string} file
 */
async function removeStale(file) {
  const found = identityOf(file);
  if (found === undefined) return; // Somebody else has removed it.
  const isStale = fs.lstatSync(file).isSocket() && !isBound(file, found) && (await isRefusing(file));
  // Somebody else may have found it stale as well, and listen there by now.
  if (!isStale || identityOf(file) !== found) {
    throw new Fault("exists", `${file} is in use, or is no socket: choose another path, or end who has it.`);
  }
  fs.rmSync(file, { force: true });
}

/**
 * Whether the system knows a socket that was bound to the file. Connecting would tell as well, but a living listener would
 * take that for a peer. Other languages connect a datagram socket, which a listener never notices; Node has none.
 *
 * @param {string} file
 * @param {string} identity
 */
function isBound(file, identity) {
  return systemSockets().some(({ name }) => {
    if (path.basename(name) !== path.basename(file)) return false;
    // A relative path was relative to a folder that nobody knows any more.
    return !name.startsWith("/") || identityOf(name) === identity;
  });
}

/**
 * The last word, for a socket whose file was renamed, or that belongs to another network namespace.
 *
 * @param {string} file
 * @returns {Promise<boolean>}
 */
function isRefusing(file) {
  return new Promise((resolve) => {
    const probe = net.connect(file, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", ({ code }) => resolve(code === "ECONNREFUSED"));
  });
}

/** @returns {{kind: string, inode: string, name: string}[]} All Unix sockets, with the paths to which they were bound. */
function systemSockets() {
  if (process.platform !== "linux") return [];
  const lines = fs.readFileSync("/proc/net/unix", "utf8").split("\n").slice(1, -1);
  return lines.map((line) => {
    const [, kind, inode, name] = /^(?:\S+ ){4}(\S+ \S+) +(\d+) ?(.*)$/.exec(line) ?? [];
    return { kind: kind ?? "", inode: inode ?? "", name: name ?? "" };
  });
}

/** @param {number} inode What `fstat` says of a descriptor. */
function isConnectedStream(inode) {
  return systemSockets().some((socket) => socket.inode === String(inode) && socket.kind === CONNECTED_STREAM);
}

module.exports = { identityOf, isConnectedStream, removeStale };
