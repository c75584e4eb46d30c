// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
// In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
"use strict";
const fs = require("node:fs");

const WORD = /^[a-z0-9-]+=[A-Za-z0-9_./:,@+~%-]*$/;
const BAD_PERCENT = /%(?![0-9A-Fa-f]{2})/;
const OPTIONAL_VERBS = ["echo", "ping", "layout", "call"];
const NEEDED_BY_OPEN = ["channel", "transport", "role", "address", "framing"];
const ALLOWED_BY_OPEN = [...NEEDED_BY_OPEN, "limit", "authkey", "queue", "size", "offset", "length", "lock", "slots"];
// The smallest number that each of these may have.
const NUMBERS = { limit: 1, size: 1, length: 1, offset: 0 };

function answer(line) {
  // The order matters: of several refusals that apply, every endpoint gives the same one.
  const [verb, ...words] = line.split(" ");
  if (line.length > 262144 || !words.every((word) => WORD.test(word) && !BAD_PERCENT.test(word))) {
    return refusal("usage", "that is not verb key=value key=value, with one blank between words");
  }
  const values = new Map(words.map((word) => word.split("=")).map(([key, value]) => [key, decoded(value)]));
  if (values.size < words.length) return refusal("usage", "a key stands twice");
  if (OPTIONAL_VERBS.includes(verb)) return refusal("unsupported", `there is no ${verb} yet`);
  if (verb === "hello" && values.size === 0) {
    const runtime = encodeURIComponent(`Node.js ${process.versions.node}`);
    return `ok protocol=1 language=javascript runtime=${runtime} transports= framings= codecs= features=`;
  }
  if (verb === "open" && hasRightKeys(values) && hasRightForms(values)) {
    return refusal("unsupported", "there is no such transport yet");
  }
  if (verb === "reset" && values.size === 0) return "ok";
  return refusal("usage", "no such verb, other keys or values, or a channel that is not open");
}

function hasRightKeys(values) {
  const given = [...values.keys()];
  return NEEDED_BY_OPEN.every((key) => values.has(key)) && given.every((key) => ALLOWED_BY_OPEN.includes(key));
}

function hasRightForms(values) {
  return /^[a-z0-9]{1,16}$/.test(values.get("channel")) && Object.entries(NUMBERS).every(([key, smallest]) => {
    const text = values.get(key) ?? "1";
    return /^(0|[1-9][0-9]{0,9})$/.test(text) && Number(text) >= smallest && Number(text) <= 2147483647;
  });
}

// A character for each byte. Not decodeURIComponent, which throws at bytes that are no UTF-8.
function decoded(value) {
  return value.replace(/%(..)/g, (_, hexadecimal) => String.fromCharCode(parseInt(hexadecimal, 16)));
}

function refusal(kind, message) {
  return `error kind=${kind} message=${encodeURIComponent(message).replaceAll("'", "%27")}`;
}

// A chunk may hold part of a line, or several; what the end of the input cuts off is not obeyed.
let rest = "";
process.stdin.setEncoding("latin1");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  // writeSync returns when the reply is out; console.log may not.
  for (const line of lines) fs.writeSync(1, `${answer(line)}\n`);
});
