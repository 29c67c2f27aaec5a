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
    if (byId("clients").hidden) this.#menu.fill(items, name);
    const model = this.#model(name); // none before the models are there
    if (model) byId("client-name").textContent = model.label;
  }

  // The sentences of the model: what it shows and does not, and at once or a moment later what is lost in this mail.
  tell(parent, name, parameters, version) {
    const model = this.#model(name);
    if (!model) return;
    const asked = `${new URLSearchParams(parameters)} ${name} ${version}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    const losses = element("ul", {});
    const sentences = `${model.shows} Not shown: ${model.omits}`;
    parent.replaceChildren(element("p", {}, element("b", {}, `${model.label}, a model. `), sentences), losses);
    this.#askForLosses(losses, { ...parameters, client: name });
  }

  async #askForLosses(list, parameters) {
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const { losses } = await ask("losses", parameters, this.#asking.signal);
      list.replaceChildren(...losses.map((loss) => element("li", {}, loss)));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#asked = "";
      list.replaceChildren(element("li", {}, `What is lost could not be found out: ${why(error)}.`));
    }
  }

  #model(name) {
    return this.#models.find((model) => model.name === name);
  }
}
