// A card for each adapter that ran, and a line for those that did not.
/* global byId, data, h, plural, run, show, state, listeners, visible */

/** In how many cases an adapter is at fault. The rarest causes are not in the page. */
const faultsOf = (name) =>
  data.causes.filter((cause) => cause.who.split(" and ").some((one) => one === name || one.startsWith(`${name} (`)))
    .reduce((sum, cause) => sum + cause.cases.length, 0);

/** What an adapter declares, a line for each kind of name. */
function declared(adapter) {
  const said = adapter.declares;
  if (!said) return [];
  const kinds = [["transports", said.transports], ["codecs", said.codecs], ["features", said.features], ["limits", said.limits]];
  return kinds.filter(([, names]) => names.length).map(([kind, names]) => [h("dt", {}, kind), h("dd", {}, visible(names.join(" ")))]);
}

function adapterCard(adapter) {
  const counts = new Map();
  for (const one of run.cases) {
    if (one.writer !== adapter.name && one.reader !== adapter.name) continue;
    counts.set(one.outcome, (counts.get(one.outcome) || 0) + 1);
  }
  const outcomes = data.outcomes.filter((outcome) => counts.get(outcome.name));
  const ran = outcomes.filter((outcome) => outcome.name !== "unsupported" && outcome.name !== "not-run");
  const total = ran.reduce((sum, outcome) => sum + counts.get(outcome.name), 0);
  const faults = faultsOf(adapter.name);
  const failed = outcomes.filter((outcome) => outcome.isBad).reduce((sum, outcome) => sum + counts.get(outcome.name), 0);
  const isBad = faults > 0 || (failed > 0 && data.causesLeftOut > 0);
  const button = h("button", {
    type: "button", "data-adapter": adapter.name, "aria-label": `Show the cases of ${adapter.name}`,
    onclick: () => {
      const isChosen = state.adapter === adapter.name;
      show({ adapter: isChosen ? "" : adapter.name, pair: "", channel: "", cause: "", rule: "", case: "" });
      if (!isChosen) byId("cases-title").focus();
    },
  }, visible(adapter.name));
  return h("li", { class: isBad ? "failed" : "passed" },
    h("h3", {}, button, h("span", { class: "muted" }, visible(adapter.runtime || ""))),
    h("p", {}, h("span", { class: "badge" }, `${isBad ? "✗" : "✓"} ${counts.get("passed") || 0} of ${total}`), " passed",
      outcomes.filter((outcome) => outcome.name !== "passed").map((outcome) => `, ${counts.get(outcome.name)} ${outcome.title}`),
      faults ? `; at fault in ${faults}` : failed && !isBad ? "; at fault in none" : null),
    h("details", {}, h("summary", {}, visible(adapter.title)), h("dl", {}, declared(adapter))));
}

function showAdapters() {
  const usable = data.adapters.filter((adapter) => adapter.runtime);
  const others = data.adapters.filter((adapter) => !adapter.runtime);
  byId("adapter-cards").append(...usable.map(adapterCard));
  if (others.length) {
    byId("adapter-others").append(
      h("summary", {}, `${plural(others.length, "adapter")} not used: ${visible(others.map((adapter) => adapter.name).join(", "))}`),
      h("ul", {}, others.map((adapter) =>
        h("li", {}, h("code", {}, visible(adapter.name)), " ", visible(adapter.title), ": ", h("span", { class: "badge failed", style: "white-space: normal" }, `✗ ${visible(adapter.problem || "")}`),
          adapter.cure ? [" Install it with ", h("code", {}, visible(adapter.cure))] : null))));
    byId("adapter-others").hidden = false;
  }
  listeners.push(() => {
    for (const button of document.querySelectorAll("#adapter-cards button")) button.setAttribute("aria-pressed", button.dataset.adapter === state.adapter);
  });
}
