"use strict";

const { Fault } = require("./fault.js");

/** How long a wait may still go on when the commands have ended: what is ready comes in this time. */
const GRACE = 20;
/** Between two attempts at what the system does not announce. */
const PAUSE = 5;

/** Thrown into every wait when the commands have ended. No verb may catch it. */
class CommandsEnded extends Error {}

let areEnding = false;
let haveEnded = false;
/** @type {Set<(error: Error) => void>} */
const waits = new Set();
/** @type {NodeJS.Timeout | undefined} */
let grace;

/** There will be no more commands: ends what waits. What does not wait is still obeyed. */
function commandsEnd() {
  areEnding = true;
  commandBegins();
}

/** Each command has a grace of its own. */
function commandBegins() {
  if (!areEnding) return;
  clearTimeout(grace);
  // The event loop looks at its timers first. Behind an immediate it has looked at everything else once more.
  grace = setTimeout(() => setImmediate(endWaits), GRACE);
}

function endWaits() {
  haveEnded = true;
  for (const reject of waits) reject(new CommandsEnded());
}

/**
 * The moment until which a peer is waited for: one for all the reads that a message takes. A time for each read would
 * never be over with a peer that sends a byte now and then.
 *
 * @param {number} milliseconds
 * @returns {number} On a clock that does not jump when somebody sets the date.
 */
function deadlineIn(milliseconds) {
  return performance.now() + milliseconds;
}

/**
 * Waits for a peer, as everything in this program does that may take long.
 *
 * @param {(wake: () => void) => void} subscribe Told whom to call when it is over.
 * @param {number} [deadline]
 * @returns {Promise<void>}
 */
function wait(subscribe, deadline) {
  if (haveEnded) return Promise.reject(new CommandsEnded());
  return new Promise((resolve, reject) => {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const finish = () => {
      clearTimeout(timer);
      waits.delete(fail);
    };
    /** @param {Error} error */
    const fail = (error) => {
      finish();
      reject(error);
    };
    const expire = () => fail(new Fault("timeout", "The peer did not do its part in time: give it longer."));
    if (deadline !== undefined) timer = setTimeout(expire, Math.max(0, deadline - performance.now()));
    waits.add(fail);
    subscribe(() => {
      finish();
      resolve();
    });
  });
}

/** @returns {Promise<void>} */
function waitBriefly() {
  return wait((wake) => setTimeout(wake, PAUSE));
}

module.exports = { CommandsEnded, commandBegins, commandsEnd, deadlineIn, wait, waitBriefly };
