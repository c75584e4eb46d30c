// A case: whose fault and why, the command to run it again, the bytes that differ, what was said.
/* global copyButton, data, duration, flakyWords, h, rerun, ruleQuotation, run, state, show, visible, why */

const leftOutWords = {
  endpoints: "What the endpoints said and wrote to standard error is left out to keep the page small: see the journal, or run the case again.",
  transcript: "The transcript is left out to keep the page small: see the journal, or run the case again.",
};
const blameWords = {
  adapter: "which broke the adapter protocol",
  both: "who agree with each other, against the vector",
  harness: "which could not do its work",
};

function showDetail(one) {
  const detail = one.detail || {};
  const failure = detail.failure;
  const parts = [];
  if (failure) {
    const who = failure.blamed.join(" and ");
    parts.push(h("p", { class: "blame" }, "Blame: ", h("strong", {}, visible(who || failure.blame)), /^(adapter|both|harness)$/.test(failure.blame) && who ? `, ${blameWords[failure.blame]}` : ""));
    parts.push(h("dl", {}, h("dt", {}, "expected"), h("dd", {}, visible(failure.expected)), h("dt", {}, "seen"), h("dd", {}, visible(failure.seen)),
      one.rule ? [h("dt", {}, "breaks"), h("dd", {}, ruleQuotation(one.rule))] : null,
      one.advice ? [h("dt", {}, "next"), h("dd", {}, visible(one.advice))] : null));
  } else if (one.reason) {
    parts.push(h("p", {}, `${run.outcomes.get(one.outcome).title}: ${visible(one.reason)}`));
  }
  parts.push(...baseline(one));
  parts.push(h("h3", {}, "Run it again"));
  parts.push(h("div", { class: "again" }, h("code", {}, rerun(one)), copyButton(rerun(one), "the command that runs this case again")));
  if (failure && failure.difference) parts.push(...dump(failure.difference));
  if (failure && failure.endpoints.length) parts.push(standardErrors(failure.endpoints));
  parts.push(...transcript(one, detail, failure));
  return h("div", { class: `detail ${one.outcome}` }, parts);
}

// The baseline

/** An entry: where it stands, what it lists, and why; more is behind the link. */
function entryLine(entry) {
  const isLink = /^https?:\/\//.test(entry.link || "");
  const link = isLink ? h("a", { href: entry.link, rel: "noreferrer" }, visible(entry.link)) : visible(entry.link || "");
  return [h("code", {}, visible(entry.place)), ", ", h("code", {}, visible(entry.pattern)), visible(` (${entry.reason}`), entry.link ? [", ", link] : null, ")"];
}

function baseline(one) {
  const lines = one.known.map((entry) => {
    if (one.outcome === "expected") return h("li", {}, "A known failure: ", entryLine(entry));
    if (one.outcome !== "unexpected") return h("li", {}, "This is not the failure of ", entryLine(entry));
    return h("li", {}, entry.isOneCase ? "It passes; delete " : "It passes; narrow to the cases that still fail ", entryLine(entry));
  });
  if (one.flaky) {
    const entry = data.baseline.entries[one.flaky.entry];
    lines.push(h("li", {}, h("span", { class: "badge flaky" }, flakyWords(one.flaky)), " ", entry ? entryLine(entry) : null,
      h("ol", {}, one.flaky.seen.map((seen) => h("li", {}, `seen: ${visible(seen)}`)))));
  }
  return lines.length ? [h("h3", {}, "In the baseline"), h("ul", { class: "baseline" }, lines)] : [];
}

// The hex dump

const bytesOf = (digits) => digits.match(/../g) || [];
const character = (digits) => {
  const code = parseInt(digits, 16);
  return code >= 0x20 && code <= 0x7e ? String.fromCharCode(code) : ".";
};

/** Sixteen bytes a line, the right ones above those that were seen, the fields above both. */
function dump(difference) {
  const right = bytesOf(difference.expected);
  const seen = bytesOf(difference.seen);
  const start = difference.windowStart;
  const first = difference.offset - start;
  const body = h("tbody", {});
  for (let line = 0; line < Math.max(right.length, seen.length, 1); line += 16) {
    const end = Math.min(line + 16, Math.max(right.length, seen.length));
    const fields = (difference.fields || []).filter((field) => field.offset - start < end && field.offset - start + field.count > line);
    if (line) body.append(h("tr", { class: "gap" }, h("td", {})));
    if (fields.length) {
      const row = h("tr", {}, h("th", { scope: "row" }, "field"));
      let place = line;
      for (const field of fields) {
        const from = Math.max(field.offset - start, line);
        const to = Math.min(field.offset - start + field.count, end);
        if (from > place) row.append(h("td", { colspan: from - place }));
        row.append(h("td", { class: "field", colspan: to - from, title: field.name }, visible(field.name)));
        place = to;
      }
      body.append(row);
    }
    body.append(dumpRow(`${start + line} expected`, right, seen, line, end, first), dumpRow(`${start + line} seen`, seen, right, line, end, first));
  }
  const names = (difference.fields || []).map((field) => {
    const last = field.offset + field.count - 1;
    return h("li", {}, `bytes ${field.offset}${last > field.offset ? `–${last}` : ""}: ${visible(field.name)}`);
  });
  return [
    h("h3", {}, "The bytes"),
    h("p", {}, "They differ from offset ", h("strong", {}, String(difference.offset)), " on: ", h("strong", {}, visible(difference.field)),
      `, of ${visible(difference.subject)}. Expected are those of ${visible(difference.source)}.`),
    h("div", { class: "scroll" }, h("table", { class: "dump" }, h("caption", { class: "unseen" }, "The bytes around the first difference"), body)),
    names.length ? h("ul", { class: "muted" }, names) : null,
  ];
}

function dumpRow(title, bytes, others, line, end, first) {
  const cells = [];
  let text = "";
  for (let place = line; place < end; place += 1) {
    const byte = bytes[place];
    const differs = byte !== others[place];
    const name = [differs ? "differs" : "", place === first ? "first" : ""].join(" ").trim();
    cells.push(h("td", { class: name, title: differs ? "differs" : undefined }, byte === undefined ? "··" : byte));
    text += byte === undefined ? "" : character(byte);
  }
  const blanks = Array.from({ length: 16 - (end - line) }, () => h("td", {}));
  return h("tr", {}, h("th", { scope: "row" }, title), cells, blanks, h("td", { class: "text" }, `|${text}|`));
}

// What was said

function standardErrors(endpoints) {
  return h("div", {}, h("h3", {}, "Standard error"),
    h("div", { class: "columns" }, endpoints.map((endpoint) =>
      h("div", {}, h("p", { class: "muted" }, visible(endpoint.name)),
        endpoint.standardError ? h("pre", { tabindex: "0" }, visible(endpoint.standardError)) : h("p", {}, "(nothing)")))));
}

function transcript(one, detail, failure) {
  if (detail.transcript) return [h("h3", {}, "What was said, and what crossed the wire"), ...sequence(one, detail.transcript)];
  const parts = [h("h3", {}, "What was said")];
  if (detail.leftOut) parts.push(h("p", { class: "muted" }, leftOutWords[detail.leftOut]));
  if (failure && failure.endpoints.length) {
    parts.push(h("div", { class: "columns" }, failure.endpoints.map((endpoint) =>
      h("div", {}, h("p", { class: "muted" }, `${visible(endpoint.name)}, last commands`), h("pre", { tabindex: "0" }, visible(endpoint.commands.join("\n") || "(none)"))))));
    return parts;
  }
  if (one.outcome === "passed") {
    const like = run.cases.find((other) => other.outcome === "passed" && other.detail && other.detail.transcript &&
      other.channel === one.channel && other.scenario === one.scenario && other.suite === one.suite);
    parts.push(h("p", { class: "muted" }, "The transcript of every case is in the journal. To keep this page small, of the pairs that passed one is here. ",
      like ? h("button", { type: "button", onclick: () => show({ case: like.id, pair: like.pair, channel: like.channel, adapter: "", text: "", outcome: "", cause: "" }) }, `See that of ${like.pair}`) : null));
    return parts;
  }
  return detail.leftOut ? parts : [];
}

/** Commands and replies in order, and each chunk where the tap saw it. */
function sequence(one, said) {
  const list = h("ol", { class: "sequence" });
  const places = said.chunkPlaces;
  const gap = said.lines.findIndex((line) => /^… \d+ lines left out …$/.test(line));
  const missing = gap < 0 ? 0 : Number(said.lines[gap].match(/\d+/)[0]) - 1;
  const chunks = said.chunks.map((chunk, index) => ({ chunk, place: places ? places[index] : Infinity }));
  const inOrder = places ? chunks.map((entry, index) => ({ ...entry, index })).sort((a, b) => a.place - b.place || a.index - b.index) : chunks;
  let next = 0;
  const showChunks = (said) => {
    while (next < inOrder.length && inOrder[next].place <= said) list.append(chunkRow(inOrder[next++].chunk));
  };
  const unanswered = { writer: [], reader: [] };
  said.lines.forEach((line, index) => {
    showChunks(gap >= 0 && index >= gap ? index + missing : index);
    // Behind what is left out nobody knows which command a reply is for.
    list.append(lineRow(line, gap >= 0 && index > gap ? null : unanswered));
  });
  if (!places && inOrder.length) list.append(h("li", { class: "note" }, h("span", {}, "what the tap saw on the wire, in all:")));
  showChunks(Infinity);
  return [
    h("div", { class: "lanes", "aria-hidden": "true" }, h("span", {}, `writer: ${one.writer}`), h("span", {}, "Parley, with the tap"), h("span", {}, `reader: ${one.reader}`)),
    list,
  ];
}

function lineRow(line, unanswered) {
  const words = line.match(/^(writer|reader) ([<>]) ([^]*)$/);
  if (!words) return h("li", { class: "note" }, h("span", {}, visible(line)));
  const [, side, direction, text] = words;
  const isReply = direction === ">";
  const isToRight = (side === "reader") !== isReply;
  const isFault = isReply && !/^ok(\s|$)/.test(text);
  let verb = "";
  if (unanswered && isReply) verb = unanswered[side].shift() || "";
  else if (unanswered) unanswered[side].push(text.split(" ", 1)[0]);
  const spoken = isReply ? `${side} answers: ` : `Parley to ${side}: `;
  return h("li", { class: `${side}-side ${isToRight ? "to-right" : "to-left"} ${isReply ? "reply" : ""} ${isFault ? "fault" : ""}` },
    h("div", {}, h("span", { class: "label" }, h("span", { class: "unseen" }, spoken), h("span", {}, visible(text), verb ? h("span", { class: "muted" }, ` (${visible(verb)})`) : null)), h("div", { class: "arrow" })));
}

function chunkRow(chunk) {
  const words = chunk.match(/^(writer|reader) (\d+) (\d+) ([0-9a-f]*)$/);
  if (!words) return h("li", { class: "note" }, h("span", {}, visible(chunk)));
  const [, sender, offset, count, digits] = words;
  const bytes = bytesOf(digits);
  const more = Number(count) > bytes.length ? " …" : "";
  return h("li", { class: `wire ${sender === "writer" ? "to-right" : "to-left"}` },
    h("div", {}, h("span", { class: "label" },
      h("span", {}, h("span", { class: "unseen" }, `on the wire from the ${sender}: `), `offset ${offset}, ${count} B: ${bytes.join(" ")}${more} |${bytes.map(character).join("")}|`)),
      h("div", { class: "arrow" })));
}
