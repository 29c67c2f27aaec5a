// The desk: what was chosen stands in the URL, what is shown comes from the server after every change.

import { DEFAULTS, fromUrl, IDLE, remembered, urlOf } from "./chosen.js";
import { Clients } from "./clients.js";
import { ask, byId, count, element, why } from "./dom.js";
import { Editor } from "./edit.js";
import { Events } from "./events.js";
import { Fields } from "./fields.js";
import { fixesOf } from "./fixes.js";
import { MailFrame } from "./frame.js";
import { showInboxes } from "./inbox.js";
import { IssueList } from "./issues.js";
import { counts, factList } from "./lists.js";
import { textAt, textOf } from "./meant.js";
import { keepChoices } from "./memory.js";
import { Panes } from "./panes.js";
import { People } from "./people.js";
import { Points } from "./points.js";
import { Readers } from "./readers.js";
import { Source } from "./source.js";
import { Trouble } from "./trouble.js";

// Milliseconds that a sentence about what was done stays.
const SAID = 6000;

// CSS pixels; a desktop's is as wide as there is room.
const WIDTHS = { phone: () => 390, tablet: () => 768, desktop: (room) => Math.min(Math.max(room, 760), 1100) };

const FRAMED = ["mail", "web"];

const stage = byId("stage");

let choices = fromUrl();
let view = null; // the last from the server
let shown = ""; // the issue whose mail stands on the stage
let asking = null;
let judged = ""; // the digest of the file that the findings are about
let saying = 0;

const frame = new MailFrame(byId("device"), onKey);
const clients = new Clients((client) => choose({ client, view: "mail" }));
const source = new Source(byId("source"));
const people = new People((address) => choose({ as: address, made: "" }));
const fields = new Fields((made) => choose({ made }));
const readers = new Readers((reader) => choose(reader));
const events = new Events(take, () => clients.loaded || loadClients());
const editor = new Editor(say, (block) => points.edited(block));
const issues = new IssueList((issue) => urlOf({ ...choices, ...remembered(issue), issue }), say);
const panes = new Panes();
const trouble = new Trouble(stage);
const points = new Points(byId("device"), fix, showBlock);

// --- choices -------------------------------------------------------------------------------

// Whose message, and what was made up of them; of nobody's reader, the segments they are not in, and the language.
function reader() {
  const { as, made, without, language } = choices;
  return { as, made, without, language };
}

function choose(changes) {
  const before = choices;
  const other = "issue" in changes && changes.issue !== before.issue;
  choices = { ...choices, ...(other && remembered(changes.issue)), ...changes };
  const { issue, as, made, ...kept } = choices;
  keepChoices(issue, kept);
  if (choices.issue !== before.issue) {
    history.pushState(null, "", urlOf(choices));
    stage.focus({ preventScroll: true });
  } else {
    history.replaceState(null, "", urlOf(choices));
  }
  follow(before);
}

// Show what is chosen now; ask for another view only where the choice needs one.
function follow(before) {
  if (["issue", "as", "made", "without", "language"].some((name) => choices[name] !== before[name])) listen();
  if (choices.issue !== before.issue) {
    trouble.unfold();
    waitForFindings();
  }
  const share = stage.scrollTop / Math.max(stage.scrollHeight, 1);
  render();
  // Another width makes another height: stay at the same part of the mail.
  if (choices.width !== before.width) {
    requestAnimationFrame(() => requestAnimationFrame(() => (stage.scrollTop = share * stage.scrollHeight)));
  }
}

// --- what the server says --------------------------------------------------------------------

function listen() {
  events.listen({ issue: choices.issue, ...reader() });
}

async function loadClients() {
  try {
    await clients.load();
  } catch (error) {
    return say(`The mail clients could not be found out: ${why(error)}.`);
  }
  if (clients.knows(choices.client)) render();
  else choose({ client: DEFAULTS.client });
}

function take(fresh) {
  view = fresh;
  if (!choices.issue && view.issue) {
    history.replaceState(null, "", urlOf({ ...choices, issue: view.issue }));
    choices = fromUrl();
  }
  render();
  editor.follow(view);
  frame.afterwards(askForLists);
}

async function askForLists() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    issues.show(await ask("issues", {}, signal), choices.issue);
    const { generation, issue, mail } = view;
    if (!view.compiles || !issue) {
      showFindings(null);
    } else {
      const judgement = await ask("findings", { issue, generation }, signal);
      if (judgement.findings) showFindings(judgement, mail?.digest);
      issues.follow(generation);
      if (judgement.pending) await awaitProofs({ issue, generation }, mail?.digest, signal);
      return;
    }
    issues.follow(generation);
  } catch (error) {
    if (error.name !== "AbortError") showFindings(null, "", `They could not be found out: ${why(error)}. The next save asks again.`);
  }
}

// What the checks say when all of the issue is proof-read, which may take a while.
async function awaitProofs(asked, digest, signal) {
  const judgement = await ask("findings", { ...asked, proofs: "wait" }, signal);
  if (judgement.findings) showFindings({ ...judgement, pending: false }, digest);
}

// --- what is shown ---------------------------------------------------------------------------

function render() {
  document.body.dataset.width = choices.width;
  document.body.dataset.scheme = choices.scheme;
  fit();
  for (const button of document.querySelectorAll("[data-choice]")) {
    const { choice, value } = button.dataset;
    button.setAttribute("aria-pressed", String(choices[choice] === value));
    button.disabled = IDLE[choice]?.includes(choices.view) ?? false;
  }
  for (const button of document.querySelectorAll("[data-toggle=images]")) {
    button.setAttribute("aria-pressed", String(choices.images === "off"));
    button.disabled = IDLE.images.includes(choices.view);
  }
  issues.mark(choices.issue);
  people.show(choices.as, view?.person, choices.made);
  clients.show(choices.client);
  byId("client").classList.toggle("chosen", choices.client !== DEFAULTS.client);
  if (!view || view.issue !== choices.issue) return;
  byId("newsletter").textContent = view.newsletter;
  byId("loading").hidden = true;
  byId("empty").hidden = Boolean(view.issue || view.problems.length);
  trouble.show(view.problems, view.mail, view.compiles);
  if (view.file) points.blocks(view.issue, view.file.file, view.blocks);
  if (view.mail) showMail(view.mail);
  else if (shown !== view.issue) hideMail();
}

function showMail(mail) {
  const { issue, view: looked } = choices;
  byId("textpart").hidden = looked !== "text";
  byId("inboxes").hidden = looked !== "inbox";
  byId("source").hidden = looked !== "source";
  byId("device").hidden = !FRAMED.includes(looked);
  showFramed(mail); // first: it is on its way while everything else is drawn
  document.title = `${view.problems.length ? "✕ " : ""}${mail.title} – preview`;
  byId("saved").replaceChildren(
    `Saved ${new Date(mail.saved).toLocaleTimeString()}`,
    element("span", { className: "roomy" }, ` · compiled in ${mail.milliseconds} ms`),
    view.problems.length ? ` · ${count(view.problems.length, "problem")} since` : "",
  );
  byId("facts-section").hidden = false;
  readers.show(view.reader, view.person, choices);
  fields.show(mail.fields, choices.made);
  byId("facts").replaceChildren(...factList(mail, view.file));
  showNote();
  const pre = byId("textpart").querySelector("pre");
  if (pre.textContent !== mail.text) pre.textContent = mail.text;
  pre.lang = mail.language;
  pre.dir = mail.direction;
  if (looked === "inbox") showInboxes(byId("inboxes"), mail, view.blocks.some(({ block }) => block === "subject"));
  if (looked === "source") source.show({ issue, ...reader() }, mail.version);
}

function showFramed(mail) {
  const { issue, view: looked, scheme, images, client } = choices;
  const [path, title, version, more] =
    looked === "web" ? ["web", "The web page", view.generation, {}] : ["mail", "The mail", mail.version, { ...reader(), client }];
  frame.show(`${path}?${new URLSearchParams({ issue, scheme, images, ...more })}`, version, title, () => {
    if (shown !== issue) stage.scrollTop = Number(sessionStorage.getItem(`scroll ${issue}`));
    shown = issue;
    frame.document?.addEventListener("dblclick", editAt); // once for each mail, however often it is shown
    points.arrived(frame.document, version, JSON.stringify([issue, looked, reader(), scheme, images, client]));
  });
}

function showNote() {
  const { issue, view: looked, scheme, images, client } = choices;
  const bare = images === "off" && FRAMED.includes(looked);
  const modelled = looked === "mail" && (client !== DEFAULTS.client || scheme === "dark");
  byId("note").hidden = !bare && !modelled;
  byId("pictures-off").hidden = !bare;
  byId("model").hidden = !modelled;
  if (modelled) clients.tell(byId("model"), client, { issue, scheme, ...reader() }, view.mail.version);
}

function hideMail() {
  shown = view.issue;
  document.title = view.issue ? `✕ ${view.issue} – preview` : `${view.newsletter} – preview`;
  for (const id of ["device", "textpart", "inboxes", "source", "note", "facts-section", "readers-section", "fields-section"]) byId(id).hidden = true;
  byId("saved").textContent = view.problems.length ? count(view.problems.length, "problem") : "";
}

// Come to where a block is seen: two of them only in the inbox.
function showBlock(block) {
  showPane("stage");
  if (choices.view === "inbox" && byId("inboxes").querySelector(`[data-block="${block}"]`)) return;
  const where = ["subject", "preheader"].includes(block) ? "inbox" : "mail";
  if (choices.view !== where) choose({ view: where });
}

function showFindings(judgement, digest = "", otherwise = view.issue ? "They come when the issue compiles." : "There is no issue to check.") {
  const findings = judgement?.findings ?? [];
  judged = digest;
  points.judged(judgement, otherwise);
  showCounts(findings, judgement && !judgement.pending && !judgement.notices.length ? "fine" : "list");
}

function waitForFindings() {
  judged = "";
  points.judged(null, "Checking…", true);
  showCounts([], "list");
}

// How many findings there are, above them and on the tab; with none of them, the tab has another icon: a tick where
// all was read.
function showCounts(findings, otherwise) {
  byId("count").replaceChildren(...counts(findings));
  byId("tab-count").textContent = findings.length ? `(${findings.length})` : "";
  const worst = ["error", "warning"].find((severity) => findings.some((finding) => finding.severity === severity));
  byId("tab-icon").setAttribute("href", `#icon-${worst ?? otherwise}`);
  byId("tab-icon").parentElement.setAttribute("class", worst ? `count-${worst}` : "");
}

// Where a width does not fit, the whole is made smaller: a narrower frame would show another layout.
function fit() {
  const style = getComputedStyle(stage);
  const room = stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const width = WIDTHS[choices.width](room);
  stage.style.setProperty("--width", `${width}px`);
  stage.style.setProperty("--fit", Math.min(1, room / width));
}

// A sentence that goes away by itself.
function say(sentence) {
  clearTimeout(saying);
  byId("told").textContent = sentence;
  saying = setTimeout(() => (byId("told").textContent = ""), SAID);
}

// --- hands -----------------------------------------------------------------------------------

const KEYS = {
  1: () => choose({ width: "phone" }),
  2: () => choose({ width: "tablet" }),
  3: () => choose({ width: "desktop" }),
  d: () => choose({ scheme: choices.scheme === "dark" ? "light" : "dark" }),
  i: () => choose({ images: choices.images === "off" ? "on" : "off" }),
  m: () => choose({ view: "mail" }),
  b: () => choose({ view: "inbox" }),
  t: () => choose({ view: choices.view === "text" ? "mail" : "text" }),
  w: () => choose({ view: choices.view === "web" ? "mail" : "web" }),
  s: () => choose({ view: choices.view === "source" ? "mail" : "source" }),
  c: () => clients.open(),
  j: () => points.walk(1),
  k: () => points.walk(-1),
  J: () => points.walkBlocks(1),
  K: () => points.walkBlocks(-1),
  o: () => points.open(),
  a: () => people.open(),
  e: () => editChosen(),
  f: () => fix(points.chosenOr((finding) => fixesOf(finding).length)),
  y: () => accept(points.chosenOr((finding) => finding.word)),
  p: () => panes.toggle(),
  "?": () => byId("help-dialog").showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help-dialog").open) return;
  if (event.key === "Escape") {
    if (people.close() || clients.close()) return;
    if (!trouble.away()) points.release();
  } else if (!event.target.matches?.("input, textarea, select") && event.key in KEYS) {
    event.preventDefault();
    KEYS[event.key]();
  }
}

// While another issue is on its way, the texts would be those of the one before.
async function edit(find, where) {
  if (!view?.mail || view.issue !== choices.issue) return say("There is nothing to edit yet.");
  showPane("stage");
  await editor.open(view.issue, find, where);
}

async function editChosen() {
  const { block, finding } = points;
  const where = finding?.file === view?.file?.file ? { finding, digest: judged } : {};
  await edit((texts) => textOf(texts, block), where);
}

async function editAt({ target, view: mail }) {
  await edit((texts) => textAt(texts, target), { word: mail.getSelection().toString().trim() });
}

function accept(finding) {
  if (!finding) return say("No finding is about a word that could be accepted.");
  if (!finding.word) return say("This finding is about no word that could be accepted.");
  fix(finding, fixesOf(finding).length - 1);
}

function fix(finding, chosen = 0) {
  if (!finding) return say("There is no finding with a fix.");
  if (!fixesOf(finding).length) return say("This finding has no fix: e edits its text, j goes to the next.");
  points.choose(finding);
  showPane("stage");
  editor.fix(view.issue, finding, judged, chosen);
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-issue]");
  const button = event.target.closest("button");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    choose({ issue: link.dataset.issue });
    showPane("stage");
  } else if (button?.dataset.choice) {
    choose({ [button.dataset.choice]: button.dataset.value });
  } else if (button?.dataset.toggle) {
    KEYS.i();
  } else if (button?.dataset.pane) {
    showPane(button.dataset.pane);
  }
});
byId("help-button").addEventListener("click", KEYS["?"]);
for (const id of ["edit-button", "lines-edit"]) byId(id).addEventListener("click", KEYS.e);
byId("inboxes").addEventListener("dblclick", editAt);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address holds choices, and no place in the page
  showPane("stage");
  stage.focus();
});
byId("help-close").addEventListener("click", () => byId("help-dialog").close());
stage.addEventListener("scroll", () => {
  if (shown && shown === choices.issue) sessionStorage.setItem(`scroll ${shown}`, stage.scrollTop);
});
new ResizeObserver(() => {
  fit();
  if (editor.block) points.edited(editor.block); // the editor takes a part of the stage, more with each line
}).observe(stage);
window.addEventListener("popstate", () => {
  const before = choices;
  choices = fromUrl();
  follow(before);
});

function showPane(pane) {
  document.body.dataset.pane = pane;
  for (const button of document.querySelectorAll(".tabs button")) {
    button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
  }
}

// Nothing goes wrong in the console alone.
window.addEventListener("unhandledrejection", ({ reason }) => say(`Something went wrong here: ${why(reason)}. Reload this page.`));
showPane("stage");
render();
listen();
