// What is shown: kept in the part of the address behind the #, so that a link leads to the same view.
/* global data, run, why */

const state = { text: "", adapter: "", pair: "", channel: "", outcome: "", cause: "", rule: "", rules: "", case: "" };
const listeners = [];

function readAddress() {
  // The names of channels have a plus, which stands for itself here, not for a blank.
  const words = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  for (const key of Object.keys(state)) state[key] = words.get(key) || "";
}

/** Changes what is shown. Typing replaces the entry of the browser's history; everything else makes one. */
function show(changes, isTyping = false) {
  Object.assign(state, changes);
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) if (value) words.set(key, value);
  const address = [...words].length ? `#${words.toString().replaceAll("+", "%20").replaceAll("%2B", "+").replaceAll("%2F", "/")}` : location.pathname + location.search;
  history[isTyping ? "replaceState" : "pushState"](null, "", address);
  listeners.forEach((listener) => listener());
}

/** The outcomes that are shown; all of them if none is chosen. */
const shownOutcomes = () => new Set(state.outcome ? state.outcome.split(",") : data.outcomes.map((outcome) => outcome.name));

/** The cases that fit the filters, the bad ones first. */
function fitting() {
  const outcomes = shownOutcomes();
  const text = state.text.trim().toLowerCase();
  // An address may name a cause of an older run; then nothing is left out.
  const chosen = data.causes[Number(state.cause) - 1];
  const cause = chosen ? new Set(chosen.cases) : null;
  return run.ordered.filter(
    (one) =>
      outcomes.has(one.outcome) &&
      (!cause || cause.has(one.index)) &&
      (!state.rule || (one.rule && one.rule.id === state.rule)) &&
      (!state.channel || one.channel === state.channel) &&
      (!state.pair || one.pair === state.pair) &&
      (!state.adapter || one.writer === state.adapter || one.reader === state.adapter) &&
      (!text || one.name.toLowerCase().includes(text) || why(one).toLowerCase().includes(text)),
  );
}
