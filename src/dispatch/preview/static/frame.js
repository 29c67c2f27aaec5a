// The mail in its frame. A new version loads out of sight, and takes the old one's place when it is whole.

import { element } from "./dom.js";

// No scripts. The same origin lets the desk measure the mail; links may open tabs, which are then as free as others.
const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

// Milliseconds: a picture from a slow server may come in later.
const PATIENCE = 800;

export class MailFrame {
  #device;
  #onKey;
  #current = null;
  #coming = null;
  #source = "";
  #shown = null;
  #afterwards = null;

  constructor(device, onKey) {
    this.#device = device;
    this.#onKey = onKey;
  }

  // The mail that is shown.
  get document() {
    return this.#current?.contentDocument;
  }

  // Show what is at a URL, and name it; `shown` is called when it is there, unless something newer came in between.
  show(source, title, shown) {
    this.#shown = shown;
    if (source === this.#source) {
      if (!this.#coming) shown();
      return;
    }
    this.#source = source;
    this.#coming?.remove();
    const frame = element("iframe", { className: "coming", title, src: source, sandbox: SANDBOX });
    this.#coming = frame;
    frame.addEventListener("load", () => this.#arrive(frame), { once: true });
    this.#device.append(frame);
    setTimeout(() => this.#arrive(frame), PATIENCE);
  }

  // Do something when nothing is on its way any more: what the server does meanwhile would hold it up.
  afterwards(work) {
    this.#afterwards = work;
    if (!this.#coming) this.#settle();
  }

  #settle() {
    const work = this.#afterwards;
    this.#afterwards = null;
    work?.();
  }

  async #arrive(frame) {
    const mail = frame.contentDocument;
    if (this.#coming !== frame || !mail || mail.URL === "about:blank" || mail.readyState === "loading") return;
    const pictures = [...mail.images].filter((picture) => picture.complete);
    await Promise.allSettled(pictures.map((picture) => picture.decode()));
    if (this.#coming !== frame) return;
    this.#coming = null;
    const fit = () => {
      frame.style.height = `${Math.ceil(mail.documentElement.getBoundingClientRect().height)}px`;
    };
    fit();
    new ResizeObserver(fit).observe(mail.documentElement);
    mail.addEventListener("keydown", this.#onKey);
    this.#current?.remove();
    this.#current = frame;
    frame.classList.remove("coming");
    this.#shown();
    this.#settle();
  }
}
