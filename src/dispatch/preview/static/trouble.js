// What keeps an issue from compiling, over the last mail that did; it can be folded away, to look behind it.

import { byId, count } from "./dom.js";
import { problemList } from "./lists.js";

export class Trouble {
  #stage;
  #problems = [];
  #folded = false;

  constructor(stage) {
    this.#stage = stage;
    byId("trouble-toggle").addEventListener("click", () => this.#fold(!this.#folded));
  }

  // With the mail behind them, where there is one. Where the issue `compiles`, they are about its reader.
  show(problems, mail, compiles) {
    this.#problems = problems;
    byId("trouble").hidden = !problems.length;
    if (!problems.length) return this.#fold(false);
    byId("trouble-title").textContent = count(problems.length, "problem");
    byId("trouble-toggle").hidden = !mail;
    byId("problems").replaceChildren(...problemList(problems));
    byId("behind").textContent = [
      mail ? `Behind this stands the issue as it was saved at ${new Date(mail.saved).toLocaleTimeString()}.` : "",
      compiles ? "The issue compiles, and its file is at no fault: look as another reader, and this goes away." : "",
      !compiles && problems.some(({ file }) => file) ? "Mend the file, and this goes away." : "",
    ].join(" ").trim();
    this.#fold(this.#folded);
  }

  // From the next time that they are shown.
  unfold() {
    this.#folded = false;
  }

  // Fold them away; whether they were in the way.
  away() {
    const inTheWay = this.#problems.length > 0 && !this.#folded;
    if (inTheWay) this.#fold(true);
    return inTheWay;
  }

  #fold(folded) {
    this.#folded = folded;
    this.#stage.classList.toggle("behind", this.#problems.length > 0 && !folded);
    byId("trouble").classList.toggle("folded", folded);
    byId("trouble-toggle").textContent = folded ? "Show" : "Look behind";
  }
}
