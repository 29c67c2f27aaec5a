// The list of issues, each with how far it has come. That is asked for last: it never keeps the mail waiting.

import { ask, byId, count, element, icon, why } from "./dom.js";

// Milliseconds after which to ask again where the server had other work.
const AGAIN = 1000;

const CHANGED = "What readers see of it is not what was mailed: a mailing keeps what it was frozen with.";

export class IssueList {
  #linkTo;
  #told;
  #drawn = "";
  #generation = 0;
  #asking = null;
  #again = 0;

  // linkTo: the address of an issue by its name; told: called with a sentence where something could not be found out.
  constructor(linkTo, told) {
    this.#linkTo = linkTo;
    this.#told = told;
    // A mailing goes on without any file of the newsletter changing: look again when the author comes back.
    window.addEventListener("focus", () => this.follow(this.#generation));
  }

  show(issues, current) {
    const drawn = JSON.stringify(issues);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      const focused = document.activeElement?.dataset.issue;
      const known = new Map(this.#links().map((link) => [link.dataset.issue, link.querySelector(".standing")]));
      byId("issues").replaceChildren(...issues.map((issue) => row(issue, known.get(issue.name))));
      this.mark(current);
      this.#links().find((link) => link.dataset.issue === focused)?.focus({ preventScroll: true });
    }
    byId("no-issues").hidden = issues.length > 0;
  }

  // Which issue is looked at. The addresses hold the choices, and so change with them.
  mark(current) {
    for (const link of this.#links()) {
      link.href = this.#linkTo(link.dataset.issue);
      if (link.dataset.issue === current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // Find out how far the issues have come by now; the files are those of a generation.
  async follow(generation) {
    this.#generation = generation;
    this.#asking?.abort();
    clearTimeout(this.#again);
    this.#asking = new AbortController();
    try {
      const { standings, trouble } = await ask("standings", { generation }, this.#asking.signal);
      if (standings) this.#tell(standings, trouble);
      if (!standings || this.#links().some((link) => isOpen(link, standings))) {
        this.#again = setTimeout(() => this.follow(generation), AGAIN);
      }
    } catch (error) {
      if (error.name !== "AbortError") this.#told(`How far the issues have come could not be found out: ${why(error)}.`);
    }
  }

  #tell(standings, trouble) {
    for (const link of this.#links()) {
      const standing = standings[link.dataset.issue];
      if (!standing) continue;
      const line = isReadable(link) || standing.sent ? standingLine(standing, trouble) : nothing();
      link.querySelector(".standing").replaceWith(line);
    }
  }

  #links() {
    return [...byId("issues").querySelectorAll("a")];
  }
}

function row(issue, standing) {
  const link = element(
    "a",
    { className: issue.readable ? "" : "unreadable" },
    issue.title,
    element("small", {}, issue.readable ? day(issue.date) : "cannot be read"),
    standing ?? nothing(),
  );
  link.dataset.issue = issue.name;
  return element("li", {}, link);
}

function isReadable(link) {
  return !link.classList.contains("unreadable");
}

// Whether the server has yet to find out how far an issue has come.
function isOpen(link, standings) {
  const standing = standings[link.dataset.issue];
  return standing && !standing.sent && standing.errors === null && isReadable(link);
}

// It has its height before it has its words.
function nothing() {
  return element("small", { className: "standing" });
}

function standingLine({ errors, sent, changed }, trouble) {
  let [state, words] = errors ? ["draft", `draft · ${count(errors, "error")}`] : ["checked", "checked"];
  if (errors === null) [state, words] = ["draft", "draft · being checked"];
  if (sent?.pending) [state, words] = ["sent", `sent to ${number(sent.accepted)} of ${number(sent.audience)}`];
  else if (sent) [state, words] = ["sent", `sent to ${number(sent.accepted)} on ${shortDay(sent.began)}`];
  else if (trouble) [state, words] = ["unknown", "whether it was sent is not known"];
  if (changed) words += ", changed since";
  const line = element("small", { className: `standing ${state}` }, icon(state), words);
  if (changed) line.title = CHANGED;
  if (state === "unknown") line.title = trouble;
  return line;
}

function number(value) {
  return value.toLocaleString("en");
}

function day(date) {
  if (!date) return "no date yet";
  return new Date(`${date}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

function shortDay(time) {
  const date = new Date(time);
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year });
}
