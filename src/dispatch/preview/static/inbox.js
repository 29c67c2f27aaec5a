// The row in the inbox as three programs draw it, on a phone and on a desktop: what is left of subject and preheader.

import { count, element } from "./dom.js";

const NOW = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// How each draws it when nobody has changed its settings: the width of the list in pixels, and the lines that the
// preheader gets. Without lines, it stands behind the subject, on the same one.
const MODELS = {
  "On a phone, 390 px wide": [
    { name: "Apple Mail", style: "apple", width: 390, lines: 2 },
    { name: "Gmail", style: "gmail", width: 390, lines: 1 },
    { name: "Outlook", style: "outlook", width: 390, lines: 2 },
  ],
  "On a desktop": [
    { name: "Apple Mail", style: "apple", width: 340, lines: 2 },
    { name: "Gmail", style: "gmail", width: 760 },
    { name: "Outlook", style: "outlook", width: 340, lines: 1 },
  ],
};

// Without a subject of its own (`named`), the title is it.
export function showInboxes(parent, mail, named) {
  // Without a preheader, programs go on with the first words of the mail.
  const preheader = mail.preheader || mail.text.replace(/\s+/g, " ").slice(0, 200);
  const sections = Object.entries(MODELS).map(([where, models]) => {
    const rows = models.map((model) => row(model, mail, preheader, named ? "subject" : "title"));
    return [element("section", {}, element("h3", {}, where), ...rows.map(({ figure }) => figure)), rows];
  });
  parent.replaceChildren(
    ...sections.map(([section]) => section),
    element(
      "p",
      {},
      "Models: the lines and widths that each program has before anybody changes its settings, in the fonts of this machine. ",
      mail.preheader ? "" : "There is no preheader: programs show the first words of the mail in its place, roughly these.",
    ),
  );
  // Only what stands on the page can be measured.
  for (const { told, texts } of sections.flatMap(([, rows]) => rows)) {
    told.replaceChildren(...texts.flatMap(({ what, text, shown }) => [...cut(what, text, shown), " "]));
  }
}

// The row of one program, and its texts with the boxes that cut them.
function row({ name, style, width, lines }, mail, preheader, block) {
  const told = element("figcaption");
  const from = element("b", { dir: "auto" }, mail.from);
  const time = element("time", {}, NOW);
  const subject = element("span", { className: "subject", dir: "auto" }, mail.subject);
  const second = element("span", { className: `preheader lines-${lines}`, dir: "auto" }, preheader);
  subject.dataset.block = block;
  if (mail.preheader) second.dataset.block = "preheader";
  const texts = [{ what: "The subject", text: mail.subject, shown: subject }];
  let drawn;
  if (lines) {
    drawn = element("div", { className: `row ${style}` }, element("i"), from, time, subject, second);
    if (mail.preheader) texts.push({ what: "The preheader", text: preheader, shown: second });
  } else {
    second.className = "preheader";
    second.prepend(" – ");
    subject.append(second);
    drawn = element("div", { className: `row one-line ${style}` }, from, subject, time);
    texts[0] = { what: "Subject and preheader", text: `${mail.subject} – ${preheader}`, shown: subject };
  }
  drawn.dataset.width = width;
  return { figure: element("figure", {}, element("h4", {}, name), drawn, told), told, texts };
}

function cut(what, text, shown) {
  const characters = count([...text].length, "character");
  if (fits(shown)) return [`${what}, ${characters}, is shown whole.`];
  return [`${what}, ${characters}, is cut after “`, element("b", { dir: "auto" }, whatIsLeft(text, shown)), "”."];
}

function fits(box) {
  return box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight;
}

// The longest beginning that stays inside the box with the ellipsis behind it.
function whatIsLeft(text, shown) {
  const probe = shown.cloneNode();
  probe.style.position = "absolute";
  probe.style.visibility = "hidden";
  probe.style.width = `${shown.clientWidth}px`;
  shown.after(probe);
  const characters = [...text];
  let [whole, over] = [0, characters.length];
  while (over - whole > 1) {
    const middle = (whole + over) >> 1;
    probe.textContent = `${characters.slice(0, middle).join("").trimEnd()}…`;
    [whole, over] = fits(probe) ? [middle, over] : [whole, middle];
  }
  probe.remove();
  return characters.slice(0, whole).join("").trimEnd();
}
