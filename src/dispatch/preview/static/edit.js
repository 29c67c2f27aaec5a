// Edits in place, fixes of findings, and words accepted: the difference first, then written, if the file is as the author saw it.

import { Alternatives } from "./alternatives.js";
import { ask, byId, element, place } from "./dom.js";
import { differenceRows, rows } from "./diff.js";
import { Drafts, home, samePath } from "./drafts.js";
import { fixesOf, labelOf } from "./fixes.js";
import { problemList } from "./lists.js";
import { charactersOf, missingText } from "./meant.js";

const TYPING_PAUSE = 120;

const CHANGED = "The file changed meanwhile: look at the finding as it is now.";

export class Editor {
  #issue = "";
  #digest = ""; // of the file in which the texts stand as they are here
  #token = "";
  #texts = [];
  #entry = null; // the text that is edited
  #theirs = null; // what the file has in its place by now, if that is something else
  #fix = null; // or the fix that is looked at
  #fixes = []; // of which it is one
  #seen = ""; // the digest of the file that it would change, as it was looked at
  #alternatives = new Alternatives(byId("editor-alternatives"), (number) => this.#chooseFix(number));
  #drafts = new Drafts();
  #view = null; // the desk's last
  #writing = false;
  #asked = 0;
  #timer = 0;
  #back = null; // where the focus was
  #block = ""; // of the mail that it is about
  #told;
  #about;
  #place = ""; // of the finding

  // `told` is called with a sentence when something was written, or could not be; `about` with the name of the block
  // that is edited, and with "" when none is any more.
  constructor(told, about) {
    this.#told = told;
    this.#about = about;
    const text = byId("editor-text");
    text.addEventListener("input", () => this.#typed());
    byId("editor-which").addEventListener("change", (event) => {
      this.#show(this.#texts[event.target.selectedIndex]);
    });
    byId("editor-write").addEventListener("click", () => this.#write());
    byId("editor-leave").addEventListener("click", () => this.leave());
    byId("editor-reset").addEventListener("click", () => this.#type(this.#entry.text));
    byId("editor-mine").addEventListener("click", () => this.#take(text.value));
    byId("editor-theirs").addEventListener("click", () => this.#take(this.#theirs.text));
    byId("editor").addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.#drafts.any) event.preventDefault(); // a tab that is closed takes them with it
    });
  }

  // The block of the mail that is edited, or "".
  get block() {
    return this.#block;
  }

  // Open the text of an issue that `find` chooses among all of them, at a word of it, or at what a finding is about,
  // which was found in the file of a digest.
  async open(issue, find, { word = "", finding = null, digest = "" } = {}) {
    if (this.#writing) return;
    this.#remember();
    const file = await this.#load(issue, finding);
    const at = finding && file?.digest === digest ? file.at : null;
    const missing = file && missingText(file.texts, finding);
    const entry = missing ?? (file && (file.texts.find((each) => samePath(each.path, at?.path)) ?? find(file.texts)));
    if (file && !entry) this.#told("This is no text of the issue: it comes from its date, the template or the settings.");
    if (!entry) return;
    this.#adopt(issue, file);
    this.#fix = null;
    this.#open();
    this.#show(entry);
    const text = byId("editor-text");
    if (at && !missing && text.value === entry.text) return text.setSelectionRange(...charactersOf(entry, at.offset, finding));
    const start = word ? text.value.indexOf(word) : -1;
    if (start >= 0) text.setSelectionRange(start, start + word.length);
  }

  // Show what the fix of a finding, or one of its suggestions, would write; it was found in the file of a digest.
  async fix(issue, finding, digest, chosen = 0) {
    if (this.#writing) return;
    this.#remember();
    const file = await this.#load(issue);
    if (file && file.digest !== digest) this.#told(CHANGED);
    if (file?.digest !== digest) return;
    this.#adopt(issue, file);
    this.#fixes = fixesOf(finding);
    this.#fix = this.#fixes[chosen];
    this.#entry = this.#theirs = null;
    this.#open();
    this.#place = place(finding);
    this.#alternatives.fill(this.#fixes.map(labelOf), chosen);
    if (!this.#alternatives.focus()) byId("editor-write").focus();
    this.#look(finding.block ?? "");
    await this.#chooseFix(chosen);
  }

  // The desk shows another version, or another issue: what is typed stays, for the text that it was made of.
  async follow(view) {
    this.#view = view;
    if (byId("editor").hidden || this.#writing) return;
    if (view.issue !== this.#issue) return this.leave();
    if (!view.mail || view.mail.digest === this.#digest) return;
    const file = await this.#load(view.issue);
    if (!file || byId("editor").hidden || this.#writing || view.issue !== this.#issue) return;
    this.#adopt(view.issue, file);
    if (this.#fix) {
      this.leave();
      return this.#told(CHANGED);
    }
    const { path, text } = this.#entry;
    const there = this.#texts.find((each) => samePath(each.path, path));
    const entry = home(this.#texts, this.#entry);
    const untouched = there && [text, there.text].includes(byId("editor-text").value);
    this.#theirs = entry || untouched ? null : (there ?? { ...this.#entry, text: "" });
    if (entry || untouched) this.#entry = entry ?? there;
    if (!entry && untouched) byId("editor-text").value = there.text;
    this.#list();
    await this.#propose();
  }

  // Leave with nothing written; what was typed is there again when the text is.
  leave() {
    if (byId("editor").hidden || this.#writing) return false;
    this.#close();
    return true;
  }

  // --- what is shown -----------------------------------------------------------------------

  #open() {
    byId("editor").hidden = false;
    byId("editor").classList.toggle("fixing", Boolean(this.#fix));
    byId("editor-title").textContent = "Edit";
    if (!this.#fix) this.#alternatives.fill([], 0);
  }

  // Look at one of the fixes.
  async #chooseFix(number) {
    this.#fix = this.#fixes[number];
    byId("editor-title").textContent = this.#fix.title;
    byId("editor-place").textContent = this.#fix.word ? "terms.yaml" : this.#place;
    await this.#propose();
  }

  #close() {
    this.#asked++;
    clearTimeout(this.#timer);
    const inside = byId("editor").contains(document.activeElement);
    byId("editor").hidden = true;
    this.#entry = this.#theirs = this.#fix = null;
    this.#look("");
    if (!inside) return;
    document.activeElement.blur(); // what is hidden keeps the focus till it is drawn, and with it the next key
    (this.#back?.isConnected ? this.#back : byId("stage")).focus({ preventScroll: true });
  }

  #show(entry) {
    const draft = this.#drafts.find(this.#issue, entry);
    this.#entry = draft ? { ...entry, text: draft.base } : entry;
    this.#theirs = draft && draft.base !== entry.text ? entry : null;
    this.#list();
    this.#type(draft ? draft.text : entry.text);
    byId("editor-text").focus();
    this.#look(entry.block);
  }

  #look(block) {
    this.#block = block;
    this.#about(block);
  }

  #list() {
    const options = this.#texts.map((each) => {
      const words = each.text.length > 60 ? `${each.text.slice(0, 60).trimEnd()}…` : each.text;
      const label = this.#drafts.find(this.#issue, each) ? `${each.label}, not written yet` : each.label;
      return element("option", { selected: samePath(each.path, this.#entry.path) }, `${label} – ${words || "nothing yet"}`);
    });
    byId("editor-which").replaceChildren(...options);
    byId("editor-place").textContent = this.#entry.place;
  }

  #type(text) {
    byId("editor-text").value = text;
    this.#drafts.keep(this.#issue, this.#entry, text);
    this.#grow();
    this.#propose();
  }

  #typed() {
    this.#drafts.keep(this.#issue, this.#entry, byId("editor-text").value);
    this.#grow();
    clearTimeout(this.#timer);
    this.#allow();
    this.#timer = setTimeout(() => this.#propose(), TYPING_PAUSE);
  }

  #grow() {
    const text = byId("editor-text");
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  }

  #allow() {
    this.#enable(!this.#theirs && Boolean(this.#changed() || this.#fix));
  }

  #enable(writable) {
    const write = byId("editor-write");
    // Out of use, it would lose the focus to nobody.
    if (!writable && write === document.activeElement) byId(this.#fix ? "editor-leave" : "editor-text").focus();
    write.disabled = !writable;
  }

  // Ask what would be written, and show it, or why it cannot be.
  async #propose() {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    const changed = this.#changed();
    byId("editor-reset").hidden = !changed;
    byId("editor-conflict").hidden = !this.#theirs;
    this.#allow();
    if (this.#theirs) return this.#conflict();
    if (!changed && !this.#fix) return this.#say(this.#entry.absent ? "The file has no such text yet: write one." : "As it stands in the file.");
    const answer = await this.#post({ writes: false });
    if (asked !== this.#asked) return;
    this.#seen = answer.seen;
    this.#answered(answer, `This is what changes in the file. ${this.#fix ? "Enter" : "Ctrl+Enter"} writes it.`);
  }

  #conflict() {
    const there = this.#texts.some((each) => samePath(each.path, this.#theirs.path));
    byId("editor-meanwhile").textContent = there
      ? "This text was changed in the file meanwhile:"
      : "This text is no longer in the file; what you typed can still be copied.";
    byId("editor-mine").hidden = byId("editor-theirs").hidden = !there;
    byId("editor-changes").replaceChildren(...rows(this.#entry.text, this.#theirs.text));
    this.#say("Nothing is written yet.");
  }

  // The file's text is what is edited from now on: as `text`.
  #take(text) {
    this.#drafts.drop(this.#issue, this.#entry);
    this.#entry = this.#theirs;
    this.#theirs = null;
    this.#type(text);
    byId("editor-text").focus();
  }

  #answered(answer, sentence) {
    this.#enable(Boolean(answer.difference));
    if (answer.difference) this.#say(sentence, differenceRows(answer.difference));
    else this.#say("Nothing is written.", [], answer.problems);
  }

  #say(sentence, difference = [], problems = []) {
    byId("editor-note").textContent = sentence;
    byId("editor-difference").replaceChildren(...difference);
    byId("editor-problems").replaceChildren(...problemList(problems));
  }

  // --- what is asked -----------------------------------------------------------------------

  async #write() {
    if (this.#writing || byId("editor-write").disabled) return;
    clearTimeout(this.#timer);
    this.#asked++;
    this.#hold(true);
    const answer = await this.#post({ writes: true });
    this.#hold(false);
    if (!answer.difference) {
      this.#answered(answer, "");
      return this.follow(this.#view);
    }
    this.#told(`Written: ${byId("editor-place").textContent}`);
    if (this.#entry) this.#drafts.drop(this.#issue, this.#entry);
    this.#close();
  }

  #hold(writing) {
    this.#writing = byId("editor-text").readOnly = byId("editor-which").disabled = writing;
  }

  async #load(issue, place) {
    try {
      return await ask("texts", { issue, line: place?.line ?? 0, column: place?.column ?? 0 });
    } catch {
      return this.#told("There is nothing to edit yet.");
    }
  }

  // Only together with what is edited: what was typed for one file must not be sent as for another.
  #adopt(issue, { token, digest, texts }) {
    [this.#issue, this.#token, this.#digest, this.#texts] = [issue, token, digest, texts];
    this.#drafts.settle(issue, texts);
  }

  // To where it is posted, and what: a word that is accepted, or edits of the issue.
  #wish(writes) {
    if (this.#fix?.word) return [writes ? "accept" : "acceptance", { word: this.#fix.word, seen: writes ? this.#seen : "" }];
    const edits = this.#fix ? this.#fix.edits : [{ path: this.#entry.path, text: byId("editor-text").value }];
    return [writes ? "edit" : "proposal", { issue: this.#issue, digest: this.#digest, edits }];
  }

  async #post({ writes }) {
    const [path, wish] = this.#wish(writes);
    const body = JSON.stringify(wish);
    const send = () =>
      fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Edit-Token": this.#token },
        body,
      });
    try {
      let answer = await send();
      if (answer.status === 403) {
        this.#token = (await ask("texts", { issue: this.#issue })).token; // the preview was started anew
        answer = await send();
      }
      if (answer.headers.get("Content-Type") === "application/json") return await answer.json();
      return { problems: [{ message: `the preview answers ${answer.status}`, hint: "Reload this page." }] };
    } catch {
      return { problems: [{ message: "the preview does not answer", hint: "Start `dispatch preview` again; the text stays here." }] };
    }
  }

  // --- hands -------------------------------------------------------------------------------

  #changed() {
    return Boolean(this.#entry) && byId("editor-text").value !== this.#entry.text;
  }

  #remember() {
    if (!byId("editor").contains(document.activeElement)) this.#back = document.activeElement;
  }

  #key(event) {
    if (event.isComposing) return; // an input method's own keys
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target.type === "radio")) this.#write();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
