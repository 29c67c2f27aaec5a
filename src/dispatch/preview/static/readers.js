// For whom the blocks are: somebody on the list is in their segments; for nobody's reader they are chosen.

import { byId, element } from "./dom.js";

export class Readers {
  #choose;

  // `choose` gets the segments that nobody's reader is not in, and the language that they read.
  constructor(choose) {
    this.#choose = choose;
    byId("readers-segments").addEventListener("change", () => {
      const left = [...byId("readers-segments").querySelectorAll("input:not(:checked)")];
      this.#choose({ without: left.map((box) => box.value).join(",") });
    });
    byId("readers-language").addEventListener("change", ({ target }) => {
      this.#choose({ language: target.selectedIndex ? target.value : "" });
    });
  }

  // The variant that was looked at last, and who on the list gets it; what was chosen since then is newer.
  show({ segments, languages }, person, { without, language }) {
    const left = without.split(",");
    const names = segments.map(({ name }) => name);
    const list = byId("readers-segments");
    byId("readers-blocks").hidden = !names.length;
    byId("readers-section").hidden = !names.length && Boolean(person);
    if (names.join() !== [...list.querySelectorAll("input")].map(({ value }) => value).join()) list.replaceChildren(...names.map(choice));
    for (const { name, within } of segments) {
      const box = list.querySelector(`input[value="${CSS.escape(name)}"]`);
      box.checked = person ? within : !left.includes(name);
      box.disabled = Boolean(person);
    }
    const ticked = segments.some(({ within }) => within) ? "what is ticked" : "none of them";
    byId("readers-note").textContent = person
      ? `${person.name || person.email} is in ${ticked}.`
      : "The reader is in what is ticked. Choose a subscriber to see what they get.";
    byId("readers-spoken").hidden = Boolean(person);
    const select = byId("readers-language");
    select.replaceChildren(...languages.map(({ tag, name }) => element("option", { value: tag }, name)));
    select.value = language || languages[0].tag;
  }
}

function choice(name) {
  const box = element("input", { type: "checkbox", value: name });
  return element("li", {}, element("label", {}, box, element("code", {}, name)));
}
