// The matrices: channels by pairs, and writers by readers. A cell shows its cases below.
/* global byId, data, h, plural, run, show, state, listeners, visible */

function tally(cases, keyOf) {
  const cells = new Map();
  for (const one of cases) {
    const key = keyOf(one);
    if (!cells.has(key)) cells.set(key, new Map());
    const cell = cells.get(key);
    cell.set(one.outcome, (cell.get(one.outcome) || 0) + 1);
  }
  return cells;
}

/** The cell's button: the worst outcome's colour and sign, and how many there are of the others. */
function cellButton(counts, title, choice) {
  const present = data.outcomes.filter((outcome) => counts.get(outcome.name));
  const bad = present.filter((outcome) => outcome.isBad);
  const worst = bad[0] || present[0];
  const words = present.map((outcome) => `${counts.get(outcome.name)} ${outcome.title}`).join(", ");
  const rest = present.filter((outcome) => outcome !== worst).map((outcome) => ` ${outcome.sign}${counts.get(outcome.name)}`);
  return h(
    "button",
    {
      type: "button", class: worst.name, tabindex: "-1", title: `${title}: ${words}`, "aria-label": `${title}: ${words}`,
      "data-pair": choice.pair, "data-channel": choice.channel,
      onclick: () => {
        const isChosen = state.pair === choice.pair && state.channel === choice.channel;
        show(isChosen ? { pair: "", channel: "" } : { ...choice, adapter: "", cause: "", rule: "", outcome: "", text: "", case: "" });
        if (!isChosen) byId("cases-title").focus();
      },
    },
    `${worst.sign} ${counts.get(worst.name)}`,
    rest.length ? h("span", { class: "more" }, rest.join("")) : null,
  );
}

/** One stop for the tab key; the arrows go from cell to cell. */
function makeGrid(table) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("button")));
  const first = rows.flat().find(Boolean);
  if (first) first.tabIndex = 0;
  table.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    let row = rows.findIndex((buttons) => buttons.includes(event.target));
    if (!step || row < 0) return;
    event.preventDefault();
    let column = rows[row].indexOf(event.target);
    do {
      row += step[0];
      column += step[1];
    } while (rows[row] && column >= 0 && column < rows[row].length && !rows[row][column]);
    const next = rows[row] && rows[row][column];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

/** The channels on which a case is not unsupported; the others would only be rows in which nothing could run. */
function shownChannels() {
  const supported = new Set(run.cases.filter((one) => one.outcome !== "unsupported").map((one) => one.channel));
  return data.channels.filter((channel) => supported.has(channel));
}

function channelMatrix() {
  const cells = tally(run.cases, (one) => `${one.channel}/${one.pair}`);
  const groups = [];
  for (const [writer, reader] of data.pairs) {
    const group = groups.find((known) => known.writer === writer);
    if (group) group.readers.push(reader);
    else groups.push({ writer, readers: [reader] });
  }
  const table = h(
    "table",
    { class: "matrix" },
    h("caption", { class: "unseen" }, "Cases by channel and pair. The arrow keys go from cell to cell."),
    h(
      "thead",
      {},
      h("tr", {}, h("th", { rowspan: 2, scope: "col" }, "channel"),
        groups.map((group) => h("th", { class: "writer", colspan: group.readers.length, scope: "colgroup" }, `${group.writer} writes`))),
      h("tr", {}, groups.map((group) => group.readers.map((reader) => h("th", { scope: "col" }, `→ ${reader}`)))),
    ),
    h(
      "tbody",
      {},
      shownChannels().map((channel) =>
        h("tr", {}, h("th", { scope: "row" }, channel),
          groups.map((group) =>
            group.readers.map((reader) => {
              const pair = `${group.writer}-${reader}`;
              const counts = cells.get(`${channel}/${pair}`);
              return h("td", {}, counts ? cellButton(counts, `${channel}, ${group.writer} writes, ${reader} reads`, { channel, pair }) : null);
            }))),
      ),
    ),
  );
  makeGrid(table);
  return table;
}

function pairMatrix() {
  const cells = tally(run.cases, (one) => one.pair);
  const table = h(
    "table",
    { class: "matrix" },
    h("caption", { class: "unseen" }, "Cases by writer and reader, all channels. The arrow keys go from cell to cell."),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "writer ↓ reader →"), run.adapters.map((reader) => h("th", { scope: "col" }, reader)))),
    h(
      "tbody",
      {},
      run.adapters.map((writer) =>
        h("tr", {}, h("th", { scope: "row" }, writer),
          run.adapters.map((reader) => {
            const counts = cells.get(`${writer}-${reader}`);
            return h("td", {}, counts ? cellButton(counts, `${writer} writes, ${reader} reads, all channels`, { channel: "", pair: `${writer}-${reader}` }) : null);
          })),
      ),
    ),
  );
  makeGrid(table);
  return table;
}

function showMatrices() {
  byId("legend").append(
    ...data.outcomes.map((outcome) => h("span", {}, h("span", { class: `badge ${outcome.name}` }, outcome.sign), outcome.title)));
  // Of more pairs than fit a screen, the smaller matrix gives the view.
  const isWide = data.pairs.length > 30;
  const part = (title, table, open = true) =>
    h("details", { class: "matrix-part", open }, h("summary", {}, title), h("div", { class: "scroll" }, table));
  const parts = shownChannels().length ? [part("Channels by pairs", channelMatrix(), !isWide)] : [];
  if (run.adapters.length > 2) parts.push(part("Writers by readers, all channels", pairMatrix()));
  byId("matrices").append(...(isWide ? parts.reverse() : parts));
  if (data.hiddenChannels) byId("matrices").append(h("p", { class: "muted", id: "hidden-channels" }, visible(`${data.hiddenChannels}.`)));
  listeners.push(markChosen);
}

function markChosen() {
  for (const button of document.querySelectorAll(".matrix td button")) {
    const isChosen = Boolean(state.pair) && button.dataset.pair === state.pair && button.dataset.channel === state.channel;
    if (isChosen || button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", isChosen);
  }
}
