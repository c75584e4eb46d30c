// The matrices: channels by pairs, and writers by readers. A cell shows its cases below.
/* global byId, data, faultsOf, h, plural, run, show, state, listeners, visible */

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

/** A table with the names of channels at the side, and a column for each pair under the head. */
function channelTable(caption, head, pairs) {
  const cells = tally(run.cases, (one) => `${one.channel}/${one.pair}`);
  const channels = shownChannels().filter((channel) => pairs.some((pair) => cells.has(`${channel}/${pair.join("-")}`)));
  const table = h(
    "table",
    { class: "matrix" },
    h("caption", { class: "unseen" }, caption),
    head,
    h(
      "tbody",
      {},
      channels.map((channel) =>
        h("tr", {}, h("th", { scope: "row" }, channel),
          pairs.map(([writer, reader]) => {
            const pair = `${writer}-${reader}`;
            const counts = cells.get(`${channel}/${pair}`);
            return h("td", {}, counts ? cellButton(counts, `${channel}, ${writer} writes, ${reader} reads`, { channel, pair }) : null);
          })),
      ),
    ),
  );
  makeGrid(table);
  return table;
}

function channelMatrix() {
  const groups = [];
  for (const [writer, reader] of data.pairs) {
    const group = groups.find((known) => known.writer === writer);
    if (group) group.readers.push(reader);
    else groups.push({ writer, readers: [reader] });
  }
  const head = h(
    "thead",
    {},
    h("tr", {}, h("th", { rowspan: 2, scope: "col" }, "channel"),
      groups.map((group) => h("th", { class: "writer", colspan: group.readers.length, scope: "colgroup" }, `${group.writer} writes`))),
    h("tr", {}, groups.map((group) => group.readers.map((reader) => h("th", { scope: "col" }, `→ ${reader}`)))),
  );
  const pairs = groups.flatMap((group) => group.readers.map((reader) => [group.writer, reader]));
  return channelTable("Cases by channel and pair. The arrow keys go from cell to cell.", head, pairs);
}

function pairMatrix() {
  const cells = tally(run.cases, (one) => one.pair);
  const table = h(
    "table",
    { class: "matrix shaded" },
    h("caption", { class: "unseen" }, "Cases by writer and reader, all channels. The arrow keys go from cell to cell."),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "writer ↓ reader →"), run.adapters.map((reader) => h("th", { scope: "col" }, reader)))),
    h(
      "tbody",
      {},
      run.adapters.map((writer) =>
        h("tr", {}, h("th", { scope: "row" }, writer),
          run.adapters.map((reader) => {
            const counts = cells.get(`${writer}-${reader}`);
            return h("td", { style: counts ? `--share: ${share(counts)}%` : null }, counts ? cellButton(counts, `${writer} writes, ${reader} reads, all channels`, { channel: "", pair: `${writer}-${reader}` }) : null);
          })),
      ),
    ),
  );
  makeGrid(table);
  return table;
}

/** How many of the cases passed, in whole per cent. */
function share(counts) {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return total ? Math.floor((100 * (counts.get("passed") || 0)) / total) : 0;
}

/** One adapter's row, opened by channel: what it writes to each reader, or reads from each writer. */
function adapterMatrix() {
  const names = run.adapters.filter((name) => data.pairs.some(([writer]) => writer === name));
  const first = names.find((name) => faultsOf(name));
  const adapter = h("select", { id: "opened-adapter" }, names.map((name) => h("option", { value: name }, name)));
  const role = h("select", { id: "opened-role" }, h("option", { value: "writes" }, "writes"), h("option", { value: "reads" }, "reads"));
  const place = h("div", { class: "scroll" });
  const draw = () => {
    const isWriter = role.value === "writes";
    const pairs = data.pairs.filter(([writer, reader]) => (isWriter ? writer : reader) === adapter.value);
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "channel"),
      pairs.map(([writer, reader]) => h("th", { scope: "col" }, isWriter ? `→ ${reader}` : `${writer} →`))));
    place.replaceChildren(channelTable(`Cases by channel that ${adapter.value} ${role.value}. The arrow keys go from cell to cell.`, head, pairs));
    markChosen();
  };
  if (first) adapter.value = first;
  adapter.addEventListener("change", draw);
  role.addEventListener("change", draw);
  draw();
  return [h("div", { class: "filters" }, h("label", {}, "Adapter", adapter), h("label", {}, "Role", role)), place];
}

function showMatrices() {
  byId("legend").append(
    ...data.outcomes.map((outcome) => h("span", {}, h("span", { class: `badge ${outcome.name}` }, outcome.sign), outcome.title)));
  const part = (title, ...content) => h("details", { class: "matrix-part", open: true }, h("summary", {}, title), ...content);
  const scroll = (table) => h("div", { class: "scroll" }, table);
  // More pairs than fit a screen are opened by channel for one adapter at a time.
  const isWide = data.pairs.length > 30;
  if (run.adapters.length > 2) byId("matrices").append(part("Writers by readers, all channels", scroll(pairMatrix())));
  if (shownChannels().length) byId("matrices").append(isWide ? part("One adapter by channel", ...adapterMatrix()) : part("Channels by pairs", scroll(channelMatrix())));
  if (data.hiddenChannels) byId("matrices").append(h("p", { class: "muted", id: "hidden-channels" }, visible(`${data.hiddenChannels}.`)));
  listeners.push(markChosen);
}

function markChosen() {
  for (const button of document.querySelectorAll(".matrix td button")) {
    const isChosen = Boolean(state.pair) && button.dataset.pair === state.pair && button.dataset.channel === state.channel;
    if (isChosen || button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", isChosen);
  }
}
