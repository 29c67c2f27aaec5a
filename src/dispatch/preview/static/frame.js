// The mail in its frame. A new version of what is shown becomes of it where it stands: what is alike stays, pictures and
// all. Anything else loads out of sight, and takes the old one's place when it is whole.

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
  #place = ""; // of the current frame, and the version aside
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

  // Show a version of what is at a URL, and name it; `shown` is called when it is there, unless something newer came in
  // between.
  show(place, version, title, shown) {
    this.#shown = shown;
    const source = `${place}&version=${version}`;
    if (source === this.#source) {
      if (!this.#coming) shown();
      return;
    }
    this.#source = source;
    this.#coming?.remove();
    if (place === this.#place) this.#renew(place, title);
    else this.#load(place, title);
  }

  // Do something when nothing is on its way any more and all is painted: what the server does meanwhile would hold it up.
  afterwards(work) {
    this.#afterwards = work;
    if (!this.#coming) this.#settle();
  }

  #load(place, title) {
    const frame = element("iframe", { className: "coming", title, src: this.#source, sandbox: SANDBOX });
    this.#coming = frame;
    frame.addEventListener("load", () => this.#arrive(frame, place), { once: true });
    this.#device.append(frame);
    setTimeout(() => this.#arrive(frame, place), PATIENCE);
  }

  // Where the new version cannot be had or does not fit, it loads as others do.
  async #renew(place, title) {
    const [source, mail] = [this.#source, this.document];
    this.#coming = element("i"); // in the place of a frame
    const html = await fetch(source)
      .then((answer) => answer.ok && answer.text())
      .catch(() => "");
    if (this.#source !== source) return;
    // The mail's own parser: what may be in it is up to the mail's policy, and no script ever.
    const fresh = html && new mail.defaultView.DOMParser().parseFromString(html, "text/html");
    if (!fresh || !fits(mail, fresh)) return this.#load(place, title);
    become(mail.documentElement, fresh.documentElement);
    this.#coming = null;
    this.#shown();
    this.#settle();
  }

  #settle() {
    const work = this.#afterwards;
    this.#afterwards = null;
    if (work) requestAnimationFrame(() => setTimeout(work));
  }

  async #arrive(frame, place) {
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
    this.#place = place;
    frame.classList.remove("coming");
    this.#shown();
    this.#settle();
  }
}

// Whether a mail can become another: an answer that was none, a text, has no policy for a mail, and pictures that are
// not there yet would be seen coming in.
function fits(mail, fresh) {
  const known = new Set([...mail.images].map((picture) => picture.getAttribute("src")));
  const alike = mail.contentType === "text/html" && mail.compatMode === fresh.compatMode;
  return alike && [...fresh.images].every((picture) => known.has(picture.getAttribute("src")));
}

// Make a node like another, which is used up; what is alike in it stays as it is.
function become(node, fresh) {
  if (node.isEqualNode(fresh)) return;
  if (node.nodeName !== fresh.nodeName) return node.replaceWith(fresh);
  if (node.nodeType !== Node.ELEMENT_NODE) return (node.nodeValue = fresh.nodeValue);
  for (const { name } of [...node.attributes]) if (!fresh.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  const [now, then] = [[...node.childNodes], [...fresh.childNodes]];
  if (now.length === then.length) now.forEach((child, index) => become(child, then[index]));
  else node.replaceChildren(...then);
}
