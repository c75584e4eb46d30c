// The run that the page is about, as the columns of the embedded JSON tell it.
/* global byId, visible */

const data = JSON.parse(byId("data").textContent);
const run = (() => {
  const { columns } = data;
  const repeats = new Map();
  const cases = Array.from({ length: columns.outcome.length }, (_, index) => {
    const [writer, reader] = data.pairs[columns.pair[index]];
    const channel = data.channels[columns.channel[index]];
    const plain = `${data.suites[columns.suite[index]]}/${channel}/${writer}-${reader}/${data.scenarios[columns.scenario[index]]}`;
    // A case that was repeated is there more than once, and each needs an address.
    const number = (repeats.get(plain) || 0) + 1;
    repeats.set(plain, number);
    return {
      index, name: plain, id: number === 1 ? plain : `${plain}#${number}`, repeat: number, writer, reader, channel,
      pair: `${writer}-${reader}`, scenario: data.scenarios[columns.scenario[index]],
      suite: data.suites[columns.suite[index]], outcome: data.outcomes[columns.outcome.charCodeAt(index) - 97].name,
      milliseconds: columns.milliseconds[index], reason: data.reasons[columns.reason[index] - 1],
      detail: data.details[index], rule: data.rules.rules[data.rules.broken[index] - 1],
      advice: data.rules.advice[data.rules.next[index] - 1], flaky: data.baseline.flaky[index],
      known: (data.baseline.known[index] || []).map((place) => data.baseline.entries[place]),
    };
  });
  const rank = new Map(data.outcomes.map((outcome, place) => [outcome.name, outcome.isBad ? place - 100 : place === 0 ? 100 : place]));
  const ordered = cases.toSorted
    ? cases.toSorted((a, b) => rank.get(a.outcome) - rank.get(b.outcome) || a.index - b.index)
    : cases.slice().sort((a, b) => rank.get(a.outcome) - rank.get(b.outcome) || a.index - b.index);
  const names = [...new Set(data.pairs.flat())];
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  return { cases, ordered, adapters: names.sort(compare), outcomes: new Map(data.outcomes.map((o) => [o.name, o])) };
})();

/** Why a case is not simply good, in a line. */
function why(one) {
  const failure = one.detail && one.detail.failure;
  if (failure) return visible(`${failure.blamed.join(" and ") || failure.blame}: ${failure.seen}`);
  if (one.flaky && one.flaky.seen.length) return visible(`at first: ${one.flaky.seen[0]}`);
  return one.reason ? visible(one.reason) : "";
}

/** How a flaky case came to its end, in a few words. */
const flakyWords = ({ tries, retries }) => `flaky: try ${tries} of ${retries + 1}`;

/** A text as one word of a shell command; what would steer the view is spelled out, as Parley itself does. */
function quoted(text) {
  if (visible(text) === text && !/[\n\t]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const spell = (byte) => {
    if (byte >= 0x20 && byte <= 0x7e) return byte === 0x27 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte);
    return `\\${byte.toString(8).padStart(3, "0")}`;
  };
  return `$'${[...new TextEncoder().encode(text)].map(spell).join("")}'`;
}

/** The words that run a case again. */
const rerun = (one) => `${data.commands[data.columns.pair[one.index]]} ${quoted(one.name)}`;
