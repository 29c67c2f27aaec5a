// The message as it leaves: its head, and the HTML with the numbers of its lines.

import { ask, count, element, why } from "./dom.js";

// A markup that tells the reader where something new begins; in a long line it is shown on a row of its own.
const BEGINS = /^<(?:!--|html|head|title|style|meta|body|table|tr|td|th|div|p|h\d|ul|ol|li|blockquote|img)\b/i;
const MARKUP = /(<!--.*?-->|<style\b[^>]*>.*?<\/style>|<[^>]*>)/gs;

// Milliseconds for which a button tells that it has done its work.
const MOMENT = 1500;

export class Source {
  #parent;
  #version = "";
  #asking = null;

  constructor(parent) {
    this.#parent = parent;
  }

  // Show a message, once for each of its versions.
  async show(parameters, version) {
    const wanted = `${new URLSearchParams(parameters)} ${version}`;
    if (wanted === this.#version) return;
    this.#version = wanted;
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const { head, html } = await ask("source", parameters, this.#asking.signal);
      const size = new TextEncoder().encode(html).length;
      const code = element("ol", { tabIndex: -1 }, ...lines(html));
      this.#parent.replaceChildren(
        bar("The head of the message", "Copy the head", head, download(parameters)),
        element("ol", { className: "fields" }, ...head.split(/\n(?! )/).map(field)),
        bar(`The HTML, ${count(size, "byte")}, before it is encoded for its journey`, "Copy the HTML", html),
        code,
      );
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#version = "";
      this.#parent.replaceChildren(element("p", { className: "note" }, `The message could not be read: ${why(error)}.`));
    }
  }
}

// The message as a file, its pictures in it, for whatever program reads mail.
function download(parameters) {
  return element("a", { href: `message?${new URLSearchParams(parameters)}`, download: "", className: "push" }, "Download .eml");
}

function bar(title, label, text, more = null) {
  const button = element("button", {}, label);
  button.addEventListener("click", async () => {
    const copied = navigator.clipboard.writeText(text);
    button.textContent = await copied.then(() => "Copied", () => "The browser forbids it");
    setTimeout(() => (button.textContent = label), MOMENT);
  });
  return element("header", {}, element("h3", {}, title), more, button);
}

function field(text) {
  const colon = text.indexOf(":");
  return element("li", {}, element("b", {}, text.slice(0, colon + 1)), text.slice(colon + 1));
}

// Every line of the text is one item, however many rows it takes.
function lines(html) {
  const items = [element("code")];
  for (const [index, piece] of html.split(MARKUP).entries()) {
    for (const [row, text] of piece.split("\n").entries()) {
      if (row) items.push(element("code"));
      const line = items.at(-1);
      if (!text) continue;
      if (index % 2 === 0) line.append(text);
      else line.append(element("i", { className: !row && line.hasChildNodes() && BEGINS.test(text) ? "begins" : "" }, text));
    }
  }
  return items.map((code) => element("li", {}, code));
}
