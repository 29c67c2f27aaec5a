// A button that opens a list to choose one thing from, by mouse and by keys (the menu button pattern of ARIA).

import { element } from "./dom.js";

export class Menu {
  #button;
  #list;
  #choose;
  #from = null; // what had the focus as it was opened

  // `choose` gets the value of the item that is taken.
  constructor(button, list, choose) {
    this.#button = button;
    this.#list = list;
    this.#choose = choose;
    button.addEventListener("click", () => (list.hidden ? this.open() : this.close()));
    list.addEventListener("click", (event) => this.#take(event.target.closest("[role=menuitemradio]")));
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focusout", (event) => {
      if (event.relatedTarget !== button && !list.contains(event.relatedTarget)) this.#hide();
    });
  }

  // What there is to choose: { value, label } each, and the value that is chosen now.
  fill(items, chosen) {
    if (!this.#list.hidden && this.#list.children.length) return; // somebody is choosing
    this.#list.replaceChildren(
      ...items.map(({ value, label }) => {
        const item = element("li", { role: "menuitemradio", tabIndex: -1, ariaChecked: String(value === chosen) }, label);
        item.dataset.value = value;
        return item;
      }),
    );
    if (this.#list.hidden) return;
    // It was opened before there was anything to choose.
    if (document.activeElement === this.#from) this.#focus();
    else this.#hide();
  }

  open() {
    if (this.#button.disabled) return;
    this.#list.hidden = false;
    this.#from = document.activeElement;
    this.#button.setAttribute("aria-expanded", "true");
    this.#focus();
  }

  #focus() {
    (this.#list.querySelector("[aria-checked=true]") ?? this.#list.firstElementChild)?.focus();
  }

  // Whether it was open.
  close() {
    if (this.#list.hidden) return false;
    this.#button.focus();
    this.#hide();
    return true;
  }

  #hide() {
    this.#list.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
  }

  #take(item) {
    if (!item) return;
    this.close();
    this.#choose(item.dataset.value);
  }

  #key(event) {
    const items = [...this.#list.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      items[(to + items.length) % items.length].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      this.#take(items[at]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
