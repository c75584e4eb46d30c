// The page as a whole: its head, what failed, the filters, and the list of cases.
/* global byId, data, duration, entryLine, fitting, flakyWords, h, listeners, plural, readAddress, run, show, showAdapters, showDetail, showMatrices, showRules, shownOutcomes, state, visible, why */

const page = 100;
const shownCauses = 8;
let shownCount = page;

function showHead() {
  const { start, seconds } = data;
  if (!start) return;
  const how = [plural(start.jobs, "job"), start.isFresh ? "fresh processes" : "", start.isTapped ? "" : "no tap"].filter(Boolean).join(", ");
  byId("about").textContent = visible(
    [start.date, start.machine, seconds === undefined ? "" : `${seconds.toFixed(1)} s`, how].filter(Boolean).join(" · "));
}

function causeRow(cause, index) {
  return h("li", { class: "failed" },
    h("span", { class: "badge failed" }, `✗ ${cause.cases.length}`),
    h("span", { class: "who" }, visible(cause.who)),
    h("span", { class: "seen" }, cause.field ? [h("strong", {}, visible(cause.field)), ": "] : null, visible(cause.seen), cause.rule ? [" ", h("span", { class: "badge unsupported" }, visible(`rule ${cause.rule}`))] : null, cause.expected ? h("span", { class: "muted expectation" }, visible(`expected: ${cause.expected}`)) : null),
    h("button", {
      type: "button", "aria-label": `Show the ${plural(cause.cases.length, "case")} with this fault of ${cause.who}`,
      onclick: () => {
        const first = run.cases[cause.cases[0]];
        show({ cause: String(index + 1), case: first.id, text: "", adapter: "", pair: "", channel: "", outcome: "", rule: "" });
        byId("cases-title").focus();
      },
    }, "Show"));
}

function showCauses() {
  if (!data.causes.length) return;
  byId("causes").hidden = false;
  const list = byId("cause-list");
  const rows = data.causes.map(causeRow);
  const first = rows.length > shownCauses + 2 ? shownCauses : rows.length;
  list.append(...rows.slice(0, first));
  const showRest = () => {
    if (data.causesLeftOut) rows.push(h("li", {}, `and ${plural(data.causesLeftOut, "case")} of other causes, in the list below`));
    list.append(...rows.slice(first));
  };
  if (first === rows.length) return showRest();
  const more = h("button", {
    type: "button", onclick: () => {
      showRest();
      more.remove();
      rows[first].querySelector("button").focus();
    },
  }, `Show ${rows.length - first} more`);
  list.after(more);
}

function showStale() {
  const { stale, staleLeftOut } = data.baseline;
  if (!stale.length) return;
  byId("stale").hidden = false;
  byId("stale-list").append(...stale.map((entry) => h("li", {}, "Delete ", entryLine(entry))),
    ...(staleLeftOut ? [h("li", {}, `and ${staleLeftOut} more`)] : []));
}

function showChanges() {
  if (!data.changes.length) return;
  byId("changes").hidden = false;
  byId("changes").append(...data.changes.map((change) => h("details", change.isBad ? { open: "" } : {},
    h("summary", {}, h("span", { class: `badge ${change.isBad ? "failed" : "unsupported"}` }, visible(`${change.isBad ? "✗ " : ""}${change.title}: ${change.count}`))),
    h("ul", {}, change.lines.map((line) => h("li", {}, h("code", {}, visible(line)))),
      change.count > change.lines.length ? h("li", {}, `and ${change.count - change.lines.length} more`) : null))));
}

function fillSelect(id, values, key) {
  const select = byId(id);
  select.append(h("option", { value: "" }, "all"), ...values.map((value) => h("option", { value }, value)));
  select.addEventListener("change", () => show({ [key]: select.value, cause: "", case: "" }));
  listeners.push(() => (select.value = state[key]));
}

function showFilters() {
  const text = byId("filter-text");
  text.addEventListener("input", () => show({ text: text.value, cause: "", case: "" }, true));
  listeners.push(() => {
    if (text.value !== state.text) text.value = state.text;
  });
  fillSelect("filter-adapter", run.adapters, "adapter");
  fillSelect("filter-pair", data.pairs.map((pair) => pair.join("-")), "pair");
  fillSelect("filter-channel", data.channels, "channel");
  for (const outcome of data.outcomes) {
    const count = run.cases.filter((one) => one.outcome === outcome.name).length;
    const button = h("button", { type: "button", class: outcome.name, "data-outcome": outcome.name, onclick: () => chooseOutcome(outcome.name) },
      `${outcome.sign} ${outcome.title} ${count}`);
    byId("filter-outcomes").append(button);
    listeners.push(() => button.setAttribute("aria-pressed", shownOutcomes().has(outcome.name)));
  }
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filter-reset").addEventListener("click", (event) => {
    event.preventDefault();
    show({ text: "", adapter: "", pair: "", channel: "", outcome: "", cause: "", rule: "", case: "" });
  });
}

/** From all, the first click leaves the one that was clicked; then each click adds or takes away. */
function chooseOutcome(name) {
  const chosen = new Set(state.outcome ? state.outcome.split(",") : []);
  if (!chosen.delete(name)) chosen.add(name);
  const all = data.outcomes.map((outcome) => outcome.name);
  const rest = all.filter((outcome) => chosen.has(outcome));
  show({ outcome: rest.length === all.length ? "" : rest.join(","), case: "" });
}

function caseRow(one) {
  const isOpen = state.case === one.id;
  const outcome = run.outcomes.get(one.outcome);
  return h("li", { class: one.outcome, "data-case": one.id },
    h("button", { type: "button", class: "row", "aria-expanded": String(isOpen), onclick: () => show({ case: state.case === one.id ? "" : one.id }) },
      h("span", { class: "sign", "aria-hidden": "true" }, outcome.sign),
      h("span", { class: "name" }, h("span", { class: "unseen" }, `${outcome.title}: `), one.name, one.repeat > 1 ? ` (${one.repeat})` : ""),
      h("span", { class: "why" }, one.flaky ? [h("span", { class: "badge flaky" }, flakyWords(one.flaky)), " "] : null, why(one)),
      h("span", { class: "time" }, duration(one.milliseconds))),
    isOpen ? showDetail(one) : null);
}

let drawn = null;

function showCases() {
  const { case: opened, rules, ...filters } = state;
  const key = JSON.stringify(filters);
  const list = byId("case-list");
  const cases = fitting();
  const place = cases.findIndex((one) => one.id === opened);
  if (drawn !== key) shownCount = page;
  // A link to a case leads to it, however far down it is.
  if (place >= shownCount) shownCount = place + 1;
  const focused = document.activeElement && document.activeElement.closest && document.activeElement.closest("[data-case]");
  const focusedCase = focused && focused.dataset.case;
  list.replaceChildren(...cases.slice(0, shownCount).map(caseRow));
  drawn = key;
  const total = run.cases.length;
  byId("count").textContent = cases.length === total ? plural(total, "case") : `${cases.length.toLocaleString("en")} of ${plural(total, "case")}`;
  const rest = cases.length - shownCount;
  byId("more").hidden = rest <= 0;
  byId("more").textContent = `Show ${Math.min(rest, 1000).toLocaleString("en")} more`;
  const cause = state.cause && data.causes[Number(state.cause) - 1];
  byId("filter-cause").hidden = !cause;
  if (cause) byId("filter-cause").textContent = visible(`Only: ${cause.who}: ${cause.field ? `${cause.field}: ` : ""}${cause.seen}`);
  if (state.rule) {
    byId("filter-cause").hidden = false;
    byId("filter-cause").textContent = visible(`Only: cases that break rule ${state.rule}`);
  }
  if (focusedCase) {
    const row = [...list.children].find((item) => item.dataset.case === focusedCase);
    if (row) row.querySelector(".row").focus({ preventScroll: true });
  }
}

function showRemarks() {
  byId("not-planned").append(...data.notPlanned.map((line) => h("li", {}, visible(`not planned: ${line}`))));
  byId("remarks").hidden = !data.remarks.length;
  byId("remark-list").append(...data.remarks.map((remark) => h("li", {}, visible(remark))));
}

showHead();
showCauses();
showStale();
showChanges();
showAdapters();
showMatrices();
showFilters();
showRules();
showRemarks();
listeners.push(showCases);
const followAddress = () => {
  readAddress();
  listeners.forEach((listener) => listener());
};
addEventListener("popstate", followAddress);
addEventListener("hashchange", followAddress);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.case) show({ case: "" });
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("filter-text").focus();
  }
});
byId("more").addEventListener("click", () => {
  shownCount += 1000;
  showCases();
});
followAddress();
if (state.case) {
  const row = document.querySelector('#case-list [aria-expanded="true"]');
  if (row) row.scrollIntoView({ block: "start" });
}
document.documentElement.dataset.openMilliseconds = performance.now().toFixed(0);
