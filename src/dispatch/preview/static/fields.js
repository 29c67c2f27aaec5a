// The merge fields of the issue: what fills each, what stands in for it, and another value to try.

import { byId, element } from "./dom.js";

// Milliseconds without a further letter after which a value is tried.
const TYPING_PAUSE = 250;

export class Fields {
  #tried = {};
  #choose;
  #timer = 0; // while something is typed that was not tried yet

  // `choose` gets all values that were made up, as a query.
  constructor(choose) {
    this.#choose = choose;
    byId("fields").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#try(), TYPING_PAUSE);
    });
    byId("fields").addEventListener("change", () => this.#try()); // who leaves a field has typed it
    byId("fields-clear").addEventListener("click", () => {
      byId("fields").querySelector("input")?.focus();
      choose("");
    });
  }

  // The fields of the mail, with the values that are made up.
  show(fields, made) {
    this.#tried = Object.fromEntries(new URLSearchParams(made));
    byId("fields-section").hidden = !fields.length;
    byId("fields-clear").hidden = !made;
    const names = [...byId("fields").children].map((row) => row.dataset.name);
    if (names.join() !== fields.map(({ name }) => name).join()) byId("fields").replaceChildren(...fields.map(row));
    fields.forEach((field, index) => this.#fill(byId("fields").children[index], field));
  }

  #fill(shown, { name, value, fallbacks }) {
    const input = shown.querySelector("input");
    const madeUp = this.#tried[name] ?? "";
    // What is being typed is newer than what comes back.
    if (!this.#timer && (input !== document.activeElement || !madeUp)) input.value = madeUp;
    input.placeholder = madeUp ? "" : value || fallbacks[0];
    const fallback = fallbacks.map((each) => (each ? `“${each}”` : "nothing")).join(" or ");
    shown.classList.toggle("falling-back", !value);
    shown.querySelector("p").textContent = value
      ? `${madeUp ? "Made up" : "From the list"}; the fallback would be ${fallback}.`
      : `No value: the fallback is in use, ${fallback}.`;
  }

  #try() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const made = new URLSearchParams(this.#tried);
    for (const input of byId("fields").querySelectorAll("input")) {
      if (input.value.trim()) made.set(input.name, input.value);
      else made.delete(input.name);
    }
    this.#choose(made.toString());
  }
}

function row({ name }) {
  const id = `field-${name}`;
  const input = element("input", { id, name, autocomplete: "off", spellcheck: false, dir: "auto" });
  input.setAttribute("aria-describedby", `${id}-told`);
  const made = element("div", { className: "field" }, element("label", { htmlFor: id }, name), input, element("p", { id: `${id}-told` }));
  made.dataset.name = name;
  return made;
}
