// The panes at the sides: made wider and narrower by mouse and keys (the window splitter of ARIA), or folded away.

import { byId } from "./dom.js";
import { keepPanes, panes } from "./memory.js";

// CSS pixels.
const LEAST = { issues: 168, findings: 240 };
const MOST = { issues: 480, findings: 720 };
const CENTRE = 362; // is left to the mail and the two lines
const STEP = 16;

const root = document.documentElement;

export class Panes {
  #state = panes(); // by side: {width, folded}; a side without a width is as wide as desk.css says

  constructor() {
    for (const handle of document.querySelectorAll("[role=separator]")) {
      const { side } = handle.dataset;
      handle.addEventListener("keydown", (event) => this.#key(event, side));
      handle.addEventListener("pointerdown", (event) => this.#drag(event, handle));
      handle.addEventListener("dblclick", () => this.#set(side, { width: undefined }));
    }
    for (const button of document.querySelectorAll("[data-fold]")) {
      button.addEventListener("click", () => this.#fold(button.dataset.fold));
    }
    window.addEventListener("resize", () => this.#show());
    this.#show();
  }

  // Both away, or both back: the mail alone.
  toggle() {
    const folded = !(this.#state.issues?.folded && this.#state.findings?.folded);
    for (const side of ["issues", "findings"]) this.#set(side, { folded });
  }

  #fold(side) {
    this.#set(side, { folded: !this.#state[side]?.folded });
  }

  #set(side, changes) {
    this.#state = { ...this.#state, [side]: { ...this.#state[side], ...changes } };
    keepPanes(this.#state);
    this.#show();
  }

  #show() {
    for (const side of ["issues", "findings"]) {
      const { width, folded = false } = this.#state[side] ?? {};
      byId(`${side}-pane`).classList.toggle("folded", folded);
      document.querySelector(`[data-fold=${side}]`).setAttribute("aria-expanded", String(!folded));
      if (width) root.style.setProperty(`--${side}`, `${this.#within(side, width)}px`);
      else root.style.removeProperty(`--${side}`);
    }
    for (const handle of document.querySelectorAll("[role=separator]")) {
      const { side } = handle.dataset;
      handle.setAttribute("aria-valuemin", String(LEAST[side]));
      handle.setAttribute("aria-valuemax", String(this.#most(side)));
      handle.setAttribute("aria-valuenow", String(this.#width(side)));
      handle.setAttribute("aria-valuetext", this.#state[side]?.folded ? "folded" : `${this.#width(side)} pixels`);
    }
  }

  #width(side) {
    return Math.round(byId(`${side}-pane`).getBoundingClientRect().width);
  }

  #most(side) {
    const other = this.#width(side === "issues" ? "findings" : "issues");
    return Math.max(LEAST[side], Math.min(MOST[side], window.innerWidth - other - CENTRE));
  }

  #within(side, width) {
    return Math.round(Math.min(Math.max(width, LEAST[side]), this.#most(side)));
  }

  // Arrows move the line itself, so that they mean the same at both sides.
  #key(event, side) {
    const outward = side === "issues" ? 1 : -1;
    const width = this.#width(side);
    const keys = {
      ArrowRight: () => this.#resize(side, width + outward * STEP),
      ArrowLeft: () => this.#resize(side, width - outward * STEP),
      Home: () => this.#resize(side, LEAST[side]),
      End: () => this.#resize(side, MOST[side]),
      Enter: () => this.#fold(side),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }

  #resize(side, width) {
    this.#set(side, { width: this.#within(side, width), folded: false });
  }

  #drag(event, handle) {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId); // the mail's frame would swallow the movements
    const { side } = handle.dataset;
    const [from, width, outward] = [event.clientX, this.#width(side), side === "issues" ? 1 : -1];
    const move = ({ clientX }) => {
      if (clientX !== from) this.#resize(side, width + outward * (clientX - from));
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), { once: true });
  }
}
