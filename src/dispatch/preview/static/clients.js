// Whose eyes the mail is seen with: the menu of mail clients, and what the model of each says of itself.

import { ask, byId, element, why } from "./dom.js";
import { Menu } from "./menu.js";

export class Clients {
  #models = [];
  #menu;
  #asking = null;
  #asked = "";

  // `choose` gets the name of a client.
  constructor(choose) {
    this.#menu = new Menu(byId("client"), byId("clients"), choose);
  }

  async load() {
    this.#models = await ask("clients");
  }

  get loaded() {
    return this.#models.length > 0;
  }

  knows(name) {
    return this.#models.some((model) => model.name === name);
  }

  open() {
    this.#menu.open();
  }

  close() {
    return this.#menu.close();
  }

  // The client that is chosen, by its name on the bar.
  show(name) {
    const items = this.#models.map((model) => ({ value: model.name, label: model.label }));
    this.#menu.fill(items, name);
    const model = this.#model(name); // none before the models are there
    if (model) byId("client-name").textContent = model.label;
  }

  // What a reader loses, in a line that comes a moment later; folded behind it, what the model shows and does not.
  tell(parent, name, parameters, version) {
    const model = this.#model(name);
    if (!model) return;
    const asked = `${new URLSearchParams(parameters)} ${name} ${version}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    const lost = element("span", {}, "…");
    const leftOut = element("p", {});
    parent.replaceChildren(
      element(
        "details",
        { open: Boolean(parent.querySelector("details")?.open) },
        element("summary", {}, element("b", {}, `${model.label}, a model. `), lost),
        element("p", {}, `${model.shows} Not shown: ${model.omits}`),
        leftOut,
      ),
    );
    this.#askForLosses(lost, leftOut, { ...parameters, client: name });
  }

  async #askForLosses(line, more, parameters) {
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const { losses, left_out } = await ask("losses", parameters, this.#asking.signal);
      line.classList.toggle("lost", losses.length > 0);
      line.textContent = losses.join(" ") || "A reader loses nothing here.";
      more.textContent = left_out.join(" ");
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#asked = "";
      line.textContent = `What is lost could not be found out: ${why(error)}.`;
    }
  }

  #model(name) {
    return this.#models.find((model) => model.name === name);
  }
}
