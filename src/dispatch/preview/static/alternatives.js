// One of several: radio buttons in a row, of which the arrow keys choose, as browsers have it.

import { element } from "./dom.js";

export class Alternatives {
  #group;
  #choose;

  // `choose` gets the number of the one that is taken.
  constructor(group, choose) {
    this.#group = group;
    this.#choose = choose;
    group.addEventListener("change", ({ target }) => choose(Number(target.value)));
  }

  // Show what there is to choose from, of which one is chosen; of one alone nothing is shown.
  fill(labels, chosen) {
    this.#group.hidden = labels.length < 2;
    this.#group.replaceChildren(
      this.#group.firstElementChild, // the legend
      ...labels.map((label, number) => {
        const radio = element("input", { type: "radio", name: "choice", value: String(number), checked: number === chosen });
        return element("label", {}, radio, label);
      }),
    );
  }

  // Whether there is one to be focused.
  focus() {
    if (!this.#group.hidden) this.#group.querySelector(":checked").focus();
    return !this.#group.hidden;
  }
}
