// What everything else is made with. No text of a journal ever becomes markup: it goes in as text nodes alone.

/** Makes an element: its properties, then its children; strings become text. */
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const byId = (id) => document.getElementById(id);

/** Text of any origin, with the characters visible that would steer what is around them. */
const visible = (text) =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd").replace(/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

const duration = (milliseconds) =>
  milliseconds === 0 ? "" : milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

/** A button that copies a text, and says whether it has. */
function copyButton(text, what) {
  const label = h("span", {}, "Copy");
  const status = h("span", { class: "unseen", role: "status" });
  const button = h("button", { type: "button", class: "copy", "aria-label": `Copy ${what}`, onclick: copy }, label);
  async function copy() {
    let isCopied = false;
    try {
      await navigator.clipboard.writeText(text);
      isCopied = true;
    } catch {
      // Without a permission, or in an older browser, what is selected can still be copied.
      const area = h("textarea", { class: "unseen" });
      area.value = text;
      document.body.append(area);
      area.select();
      isCopied = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    label.textContent = isCopied ? "Copied" : "Select it and press Ctrl+C";
    status.textContent = label.textContent;
    setTimeout(() => (label.textContent = "Copy"), 2000);
  }
  return h("span", {}, button, status);
}
