// The rules of the adapter protocol, and what the run says of each.
/* global byId, data, h, listeners, plural, show, state, visible */

const firstRules = 50;
let areAllRulesShown = false;

/** A rule with its place, as the other reports write it. */
function ruleQuotation(rule) {
  const place = [rule.place, rule.section ? `(${rule.section})` : ""].filter(Boolean).join(" ");
  return visible(`${rule.id}${place ? `, ${place}` : ""}${rule.text ? `: ${rule.text}` : ""}`);
}

const stateTitle = (name) => data.rules.states.find((known) => known.name === name).title;

function ruleRow(rule) {
  const count = (number) => h("td", { class: "count" }, number ? String(number) : "");
  const broken = rule.broken
    ? h("button", {
        type: "button", "aria-label": `Show the ${plural(rule.broken, "case")} that broke rule ${rule.id}`,
        onclick: () => {
          show({ rule: rule.id, cause: "", case: "", text: "", adapter: "", pair: "", channel: "", outcome: "" });
          byId("cases-title").focus();
        },
      }, String(rule.broken))
    : null;
  return h("tr", { "data-rule": rule.id },
    h("th", { scope: "row" }, h("code", {}, visible(rule.id))),
    h("td", {}, h("span", { class: `badge ${rule.state}` }, stateTitle(rule.state))),
    count(rule.cases), count(rule.passed), count(rule.failed), h("td", { class: "count" }, broken), count(rule.notRun),
    h("td", { class: "text" }, visible(rule.text), h("span", { class: "place" }, visible([rule.place, rule.section].filter(Boolean).join(", "))),
      rule.untestable ? h("span", { class: "place" }, `Not testable: ${visible(rule.untestable)}`) : null));
}

function showRuleTable() {
  const rules = data.rules.rules.filter((rule) => !state.rules || rule.state === state.rules);
  const shown = areAllRulesShown ? rules : rules.slice(0, firstRules);
  byId("rule-count").textContent = rules.length === data.rules.rules.length ? plural(rules.length, "rule") : `${rules.length} of ${plural(data.rules.rules.length, "rule")}`;
  byId("rule-table").replaceChildren(
    h("thead", {}, h("tr", {}, ["rule", "state", "cases", "passed", "failed", "failed because of it", "not run", "what it says"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, shown.map(ruleRow)));
  byId("more-rules").hidden = shown.length === rules.length;
  byId("more-rules").textContent = `Show all ${rules.length}`;
}

function showRules() {
  if (!data.rules.rules.length) return;
  byId("rules").hidden = false;
  for (const { name, title } of data.rules.states) {
    const count = data.rules.rules.filter((rule) => rule.state === name).length;
    if (!count) continue;
    const button = h("button", { type: "button", class: name, "data-state": name, onclick: () => show({ rules: state.rules === name ? "" : name }) }, `${title} ${count}`);
    byId("rule-states").append(button);
    listeners.push(() => button.setAttribute("aria-pressed", !state.rules || state.rules === name));
  }
  byId("more-rules").addEventListener("click", () => {
    areAllRulesShown = true;
    showRuleTable();
  });
  let drawn = null;
  listeners.push(() => {
    if (drawn === state.rules) return;
    drawn = state.rules;
    showRuleTable();
  });
}
