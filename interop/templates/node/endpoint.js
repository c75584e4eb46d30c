// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
"use strict";
const fs = require("node:fs");

const OPEN_KEYS = ["channel", "transport", "role", "address", "framing"];
const OPTIONAL_VERBS = ["echo", "ping", "layout"];

function answer(line) {
  const [verb, ...words] = line.split(" ");
  const keys = words.filter((word) => /^[a-z0-9-]+=\S*$/.test(word)).map((word) => word.split("=")[0]);
  if (OPTIONAL_VERBS.includes(verb)) return refusal("unsupported", `there is no ${verb} yet`);
  if (line.length > 262144 || new Set(keys).size < words.length) {
    return refusal("usage", "that is not verb key=value key=value");
  }
  if (verb === "hello" && keys.length === 0) {
    const runtime = encodeURIComponent(`Node.js ${process.versions.node}`);
    return `ok protocol=1 language=javascript runtime=${runtime} transports= framings= codecs= features=`;
  }
  if (verb === "open" && OPEN_KEYS.every((key) => keys.includes(key))) {
    return refusal("unsupported", "there is no such transport yet");
  }
  if (verb === "reset" && keys.length === 0) return "ok";
  return refusal("usage", "no such verb, other keys, or a channel that is not open");
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
