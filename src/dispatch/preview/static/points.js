// Findings and blocks point at each other: outlines over the mail, the lines of a block, the way into the editor.

import { byId, element } from "./dom.js";
import { findingLists, lineList } from "./lists.js";
import { successor } from "./succession.js";
import { mark, rangesOf } from "./words.js";

const GLOW = 1000; // milliseconds, as in points.css
const AROUND = 6; // CSS pixels between a block and its outline

export class Points {
  #fix;
  #show;
  #mail = null; // the document in the frame
  #version = null; // of the mail in it
  #key = ""; // what that shows, but for changes of the files
  #html = new Map(); // of each block in it
  #issue = "";
  #file = ""; // that it stands in
  #blocks = new Map(); // of the issue, by name, with their lines
  #judgement = null;
  #chosen = null; // the element of the finding that was chosen
  #left = null; // the keys of all findings, and which of them was chosen, while what became of it is not known yet
  #block = ""; // that was chosen
  #pointed = null; // the finding that the pointer or the focus is on
  #edited = ""; // the block that is edited: outlined too, while no other is pointed at
  #observer = new ResizeObserver(() => this.#draw());
  #layer = element("div", { className: "points", ariaHidden: "true" });

  // `fix` is what the buttons of findings do; `show` is called before a block is looked at, with its name.
  constructor(device, fix, show) {
    this.#fix = fix;
    this.#show = show;
    device.append(this.#layer);
    const list = byId("findings");
    const point = (event) => this.#point(event.target.closest(".finding"));
    // No "pointerover": a list that moves under a pointer at rest points at nothing.
    for (const kind of ["pointermove", "focusin"]) list.addEventListener(kind, point);
    for (const kind of ["pointerleave", "focusout"]) list.addEventListener(kind, () => this.#point(null));
    list.addEventListener("click", (event) => {
      const finding = event.target.closest(".finding");
      if (finding && !event.target.closest("a, summary, button:not(.told)")) this.#chooseElement(finding);
    });
    byId("inboxes").addEventListener("click", ({ target }) => {
      const { block } = target.closest("[data-block]")?.dataset ?? {};
      if (block && getSelection().isCollapsed) this.#chooseBlock(block, { scrolls: false });
    });
    byId("lines-close").addEventListener("click", () => this.release());
  }

  // The block that was chosen, or "".
  get block() {
    return this.#block;
  }

  // The finding that was chosen, or null.
  get finding() {
    return this.#chosen?.finding ?? null;
  }

  // The one that was chosen; where none was, the first of a kind, if it is not allowed.
  chosenOr(fits) {
    return this.finding ?? this.#all().map((each) => each.finding).find((finding) => !finding.reason && fits(finding));
  }

  // --- what there is ---------------------------------------------------------------------------

  // A version of a mail has come onto the stage; what changed in it since the last one with the same key glows.
  arrived(mail, version, key) {
    if (!mail || (mail === this.#mail && version === this.#version)) return; // none has arrived, or that one is known
    const comes = mail !== this.#mail;
    if (comes) {
      this.#observer.disconnect();
      this.#observer.observe(mail.documentElement);
      mail.addEventListener("click", (event) => this.#clicked(event));
    }
    [this.#mail, this.#version] = [mail, version];
    const before = new Set(this.#key === key ? this.#html.values() : []);
    this.#key = key;
    this.#html = this.#htmlOfBlocks();
    this.#draw();
    if (comes) this.#bringIntoSight();
    if (!before.size) return;
    for (const [block, html] of this.#html) if (!before.has(html)) this.#glow(block);
  }

  // The blocks of an issue as its file has them, after each change.
  blocks(issue, file, blocks) {
    this.#file = file;
    this.#blocks = new Map(blocks.map((each) => [each.block, each]));
    if (issue !== this.#issue || (this.#block && !this.#blocks.has(this.#block))) this.release();
    this.#issue = issue;
    this.#showLines();
    this.#outlineRows();
  }

  // What the checks say; null while there is nothing to say it of, or they are waited for. What was chosen stays chosen
  // if it is still there; else what stands in its place is, and what that is turns out when all is proof-read.
  judged(judgement, otherwise, waiting = false) {
    const same = judgement && JSON.stringify(judgement) === JSON.stringify(this.#judgement);
    this.#judgement = judgement;
    if (same) return;
    const list = byId("findings");
    const focused = list.contains(document.activeElement);
    const open = list.querySelector("details")?.open;
    const before = this.#unfolded();
    const left = this.#left ?? { keys: before.map(keyOf), at: before.indexOf(this.#chosen) };
    list.replaceChildren(...(judgement ? findingLists(judgement, this.#file, this.#fix) : [element("p", { className: waiting ? "nothing waiting" : "nothing" }, otherwise)]));
    if (open && list.querySelector("details")) list.querySelector("details").open = true;
    this.#follow(left, judgement);
    if (left.at >= 0) this.#block = this.finding?.block ?? "";
    this.#pointed = null;
    this.#mark();
    this.#showLines();
    if (focused) (this.#chosen ?? this.#all()[0])?.querySelector(".told").focus({ preventScroll: true });
    this.#draw();
  }

  // Choose in the list as it is now what was chosen in the one before, or what stands in its place.
  #follow(left, judgement) {
    [this.#chosen, this.#left] = [null, null];
    if (left.at < 0) return;
    const now = this.#unfolded();
    const { index, same } = successor(left.keys, left.at, now.map(keyOf));
    this.#chosen = now[index] ?? null;
    if (!judgement || (judgement.pending && !same)) this.#left = left;
    if (!same) this.#chosen?.scrollIntoView({ block: "nearest" });
  }

  // --- what is chosen --------------------------------------------------------------------------

  // The next finding or, with -1, the one before; those that are folded away are passed over.
  walk(step) {
    const findings = this.#all().filter((finding) => finding.checkVisibility());
    const next = neighbour(findings, this.#chosen, step);
    if (!next) return;
    next.querySelector(".told").focus();
    this.#chooseElement(next);
  }

  // Choose a finding of the list.
  choose(finding) {
    this.#left = null;
    const found = this.#all().find((each) => each.finding === finding);
    if (found && found !== this.#chosen) this.#chooseElement(found);
  }

  // The next block of the mail, or the one before.
  walkBlocks(step) {
    const seen = this.#outermost().filter((each) => each.checkVisibility()); // which the preheader is not
    const next = neighbour([...new Set(seen.map((each) => each.dataset.block))], this.#block, step);
    if (next) this.#chooseBlock(next);
  }

  // Open what was chosen in the author's editor; where nothing was, the issue's file.
  open() {
    const chosen = this.#chosen ?? (this.#block ? byId("lines-section") : byId("facts"));
    chosen.querySelector("a.open")?.click();
  }

  // A block is edited, or with "" none any more: it is outlined, and in sight beside what stands below the mail.
  edited(block) {
    [this.#edited, this.#pointed] = [block, null];
    this.#draw();
    this.#bringIntoSight();
  }

  // The block that is edited, if there is one; its mail may come later than the editor.
  #bringIntoSight() {
    const block = this.#edited;
    if (!block) return;
    const row = byId("inboxes").hidden ? null : byId("inboxes").querySelector(`[data-block="${block}"]`);
    const box = row ?? this.#layer.querySelector(block === this.#block ? ".chosen" : ".pointed");
    const tall = box && box.getBoundingClientRect().height > byId("stage").clientHeight;
    box?.scrollIntoView({ block: tall ? "start" : "nearest" });
  }

  // Choose nothing.
  release() {
    if (byId("lines-section").contains(document.activeElement)) byId("stage").focus({ preventScroll: true });
    this.#chosen = this.#left = null;
    this.#block = "";
    this.#mark();
    this.#showLines();
    this.#draw();
  }

  #chooseElement(finding) {
    [this.#chosen, this.#left] = [finding, null];
    this.#look(finding.finding.block ?? "");
    finding.scrollIntoView({ block: "nearest" });
  }

  // What the pointer is on is in sight already: a mail that scrolled under it would take the second click to another text.
  #chooseBlock(block, { scrolls = true } = {}) {
    this.#chosen = this.#left = null;
    this.#look(block, scrolls);
  }

  #look(block, scrolls = true) {
    this.#block = block;
    this.#mark();
    this.#showLines();
    if (block) this.#show(block);
    this.#draw();
    const outline = this.#layer.querySelector(".words") ?? this.#layer.querySelector(".chosen");
    if (scrolls && outline && !this.#isSeen(outline)) outline.scrollIntoView({ block: "center" });
  }

  #clicked(event) {
    const target = event.target.closest?.("[data-block]");
    if (!target || event.target.closest("a[href]") || !this.#mail.getSelection().isCollapsed) return;
    this.#chooseBlock(target.dataset.block, { scrolls: false });
  }

  // --- what is shown ---------------------------------------------------------------------------

  #all() {
    return [...byId("findings").querySelectorAll(".finding")];
  }

  // What is allowed is folded away.
  #unfolded() {
    return this.#all().filter((each) => !each.closest("details:not([open])"));
  }

  #mark() {
    for (const finding of this.#all()) {
      if (finding === this.#chosen) finding.querySelector(".told").setAttribute("aria-current", "true");
      else finding.querySelector(".told").removeAttribute("aria-current");
    }
  }

  #point(element) {
    const finding = element?.finding ?? null;
    if (finding === this.#pointed) return;
    this.#pointed = finding;
    this.#draw();
  }

  #showLines() {
    const block = this.#blocks.get(this.#block);
    byId("lines-section").hidden = !block;
    if (!block) return byId("lines").replaceChildren();
    const { file, line } = this.finding ?? {};
    const [link, whom, rows] = lineList(block, file === block.file ? line : 0);
    byId("lines-heading").replaceChildren(link);
    byId("lines").replaceChildren(...(whom ? [whom] : []), rows);
  }

  get #outlined() {
    return this.#pointed?.block || this.#edited;
  }

  #draw() {
    const worst = new Map();
    for (const { block, severity } of this.#judgement?.findings ?? []) {
      if (block && worst.get(block) !== "error") worst.set(block, severity);
    }
    const glowing = [...this.#layer.querySelectorAll(".glow")];
    this.#layer.replaceChildren(
      ...[...worst].map(([block, severity]) => this.#box(block, `mark ${severity}`)),
      ...(this.#outlined && this.#outlined !== this.#block ? [this.#box(this.#outlined, "pointed")] : []),
      ...(this.#block ? [this.#box(this.#block, "chosen")] : []),
      ...glowing.map((glow) => this.#place(glow, glow.dataset.block)),
    );
    this.#outlineRows();
    this.#markWords();
  }

  // The very words, in the mail and in the rows of the inbox; around the chosen ones a box that nobody sees, to scroll to.
  #markWords() {
    const marked = (find) => {
      const ranges = (finding) => (finding?.shown ? find(finding) : []);
      return { pointed: ranges(this.#pointed), chosen: ranges(this.finding) };
    };
    const rows = [...byId("inboxes").querySelectorAll("[data-block]")];
    mark(document, marked(({ block, shown }) => rows.filter((row) => row.dataset.block === block).flatMap((row) => rangesOf(document, [row], shown))));
    if (!this.#mail) return;
    const ranges = marked(({ block, shown }) => rangesOf(this.#mail, this.#outermost(block), shown));
    mark(this.#mail, ranges);
    for (const range of ranges.chosen) this.#layer.append(around(element("div", { className: "words" }), [range.getBoundingClientRect()]));
  }

  // The same in the rows of the inbox, where no box is needed.
  #outlineRows() {
    for (const each of byId("inboxes").querySelectorAll("[data-block]")) {
      each.classList.toggle("pointed", each.dataset.block === this.#outlined);
      each.classList.toggle("chosen", each.dataset.block === this.#block);
    }
  }

  #glow(block) {
    const glow = this.#box(block, "glow");
    glow.dataset.block = block;
    this.#layer.append(glow);
    setTimeout(() => glow.remove(), GLOW);
  }

  #box(block, className) {
    return this.#place(element("div", { className }), block);
  }

  // Put a box around a block of the mail; where that is not seen, nothing is seen of the box.
  #place(box, block) {
    const all = this.#outermost(block);
    const filled = all.filter((each) => each.textContent.trim() || each.matches("img, :has(img)")); // no mere spacers
    const rectangles = (filled.length ? filled : all)
      .map(rectangleOf)
      .filter(({ width, height }) => width > 0 && height > 0);
    return around(box, rectangles);
  }

  // What templates wrote for blocks or for one of them, without what is inside of it, unless it is a block in a column.
  #outermost(block) {
    const all = [...(this.#mail?.querySelectorAll(block ? `[data-block="${block}"]` : "[data-block]") ?? [])];
    return all.filter((each) => !each.parentElement.closest(`[data-block="${each.dataset.block}"]`));
  }

  #htmlOfBlocks() {
    const html = new Map();
    for (const each of this.#outermost()) {
      const { block } = each.dataset;
      const own = each.cloneNode(true);
      for (const inner of own.querySelectorAll(`[data-block]:not([data-block="${block}"])`)) inner.remove();
      html.set(block, (html.get(block) ?? "") + own.outerHTML.replaceAll(/ data-block="[^"]*"/g, ""));
    }
    return html;
  }

  #isSeen(box) {
    const [inner, outer] = [box, byId("stage")].map((each) => each.getBoundingClientRect());
    return inner.top >= outer.top && (inner.bottom <= outer.bottom || inner.height > outer.height);
  }
}

// Put a box around rectangles; it is hidden where there are none.
function around(box, rectangles) {
  box.hidden = !rectangles.length;
  if (box.hidden) return box;
  const left = Math.min(...rectangles.map((each) => each.left)) - AROUND;
  const top = Math.min(...rectangles.map((each) => each.top)) - AROUND;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
  box.style.width = `${Math.max(...rectangles.map((each) => each.right)) + AROUND - left}px`;
  box.style.height = `${Math.max(...rectangles.map((each) => each.bottom)) + AROUND - top}px`;
  return box;
}

// Where an element is; of a table's cell, without the room above and below, which is between blocks, unless the cell is
// a box of its own.
function rectangleOf(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  if (element.localName !== "td") return new DOMRect(left, top, width, height);
  const { paddingTop, paddingBottom, backgroundColor } = element.ownerDocument.defaultView.getComputedStyle(element);
  if (backgroundColor !== "rgba(0, 0, 0, 0)") return new DOMRect(left, top, width, height);
  const [above, below] = [parseFloat(paddingTop), parseFloat(paddingBottom)];
  return new DOMRect(left, top + above, width, height - above - below);
}

// What a finding is known again by when its place has moved.
function keyOf(element) {
  const { check, message, file } = element.finding;
  return JSON.stringify([check, message, file]);
}

// What comes after something in a list, or before it with -1; from outside of it, its first or its last.
function neighbour(list, from, step) {
  const at = list.indexOf(from);
  return at < 0 ? list.at(step > 0 ? 0 : -1) : (list[at + step] ?? from);
}
