// Whose message: a list with a search, by mouse and by keys (the combobox pattern of ARIA).

import { ask, byId, element } from "./dom.js";

const TYPING_PAUSE = 120;

export class People {
  #choose;
  #chosen = "";
  #at = 0;
  #timer = 0;
  #asking = null;

  constructor(choose) {
    this.#choose = choose;
    byId("as").addEventListener("click", () => (byId("people").hidden ? this.open() : this.close()));
    byId("search").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#find(), TYPING_PAUSE);
    });
    byId("search").addEventListener("keydown", (event) => this.#key(event));
    byId("found").addEventListener("mousemove", (event) => this.#moveTo(this.#index(event)));
    byId("found").addEventListener("click", (event) => this.#take(this.#index(event)));
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".chooser")) this.close();
    });
    byId("people").addEventListener("focusout", (event) => {
      if (event.relatedTarget && !event.relatedTarget.closest(".chooser")) this.close();
    });
  }

  // Who is shown now: the address that was asked for, and the person if the list has them.
  show(address, person, madeUp) {
    this.#chosen = address;
    byId("as").classList.toggle("missing", Boolean(address && !person));
    byId("as-name").textContent = madeUp ? `${address ? name(address, person) : "A reader"}, made up` : name(address, person);
  }

  open() {
    byId("people").hidden = false;
    byId("as").setAttribute("aria-expanded", "true");
    byId("search").value = "";
    byId("search").focus();
    this.#find();
  }

  close() {
    if (byId("people").hidden) return false;
    const inside = byId("people").contains(document.activeElement);
    byId("people").hidden = true;
    byId("as").setAttribute("aria-expanded", "false");
    if (inside) byId("as").focus();
    return true;
  }

  async #find() {
    const query = byId("search").value.trim();
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      this.#list(query, await ask("people", { q: query }, this.#asking.signal));
    } catch (error) {
      if (error.name !== "AbortError") byId("found-note").textContent = "The preview does not answer.";
    }
  }

  #list(query, { people, more, problems }) {
    const nobody = { email: "", name: "Nobody", language: "", status: "subscribed", note: "every fallback shows" };
    const options = [...(query ? [] : [nobody]), ...people].map((person, index) => {
      const option = element(
        "li",
        { id: `person-${index}`, role: "option", ariaSelected: String(person.email === this.#chosen) },
        element("b", { dir: "auto" }, person.name || person.email),
        element("span", {}, person.status === "subscribed" ? person.language : person.status),
        element("span", { className: "address" }, person.note ?? person.email),
      );
      option.dataset.email = person.email;
      return option;
    });
    byId("found").replaceChildren(...options);
    byId("found-note").textContent =
      problems.map((problem) => problem.message).join("; ") ||
      (more ? `The first ${people.length}. Type to find others.` : people.length ? "" : "Nobody fits.");
    const chosen = options.findIndex((option) => option.ariaSelected === "true");
    this.#moveTo(Math.max(chosen, 0));
    options[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const options = byId("found").children;
      this.#moveTo(Math.min(Math.max(this.#at + step, 0), options.length - 1));
      options[this.#at]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault(); // the button that gets the focus would be pressed as well
      this.#take(this.#at);
    }
  }

  #moveTo(index) {
    if (index < 0) return;
    this.#at = index;
    [...byId("found").children].forEach((option, each) => option.classList.toggle("at", each === index));
    byId("search").setAttribute("aria-activedescendant", `person-${index}`);
  }

  #index(event) {
    return [...byId("found").children].indexOf(event.target.closest("li"));
  }

  #take(index) {
    const option = byId("found").children[index];
    if (!option) return;
    this.close();
    this.#choose(option.dataset.email);
  }
}

function name(address, person) {
  if (!address) return "Nobody";
  if (!person) return `${address} is not on the list`;
  return person.language ? `${person.name || person.email} (${person.language})` : person.name || person.email;
}
