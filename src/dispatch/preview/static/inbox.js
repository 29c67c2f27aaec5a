// The row in the inbox, on a phone and on a desktop: what is left of subject and preheader.

import { count, element } from "./dom.js";

const NOW = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function showInboxes(parent, mail) {
  // Without a preheader, programs go on with the first words of the mail.
  const preheader = mail.preheader || mail.text.replace(/\s+/g, " ").slice(0, 200);
  const phoneSubject = element("div", { className: "subject", dir: "auto" }, mail.subject);
  const phonePreheader = element("div", { className: "preheader", dir: "auto" }, preheader);
  const phone = element(
    "div",
    {},
    element("div", { className: "line" }, element("b", { dir: "auto" }, mail.from), element("time", {}, NOW)),
    phoneSubject,
    phonePreheader,
  );
  const desktop = element(
    "div",
    { className: "row" },
    element("b", { dir: "auto" }, mail.from),
    element("span", { dir: "auto" }, mail.subject, element("span", {}, ` – ${preheader}`)),
    element("time", {}, NOW),
  );
  const told = element("p");
  parent.replaceChildren(
    element("h3", {}, "On a phone, 390 px wide"),
    element("div", { className: "rows phone" }, other(), phone, other()),
    told,
    element("h3", {}, "On a desktop"),
    element("div", { className: "rows desktop" }, other(), desktop, other()),
    element(
      "p",
      {},
      "A model, after Apple Mail: one line of subject and two of preheader on the phone. ",
      "Other programs cut at other places; Gmail's phone gives the preheader one line.",
    ),
  );
  told.append(
    ...cut("The subject", mail.subject, phoneSubject),
    " ",
    ...(mail.preheader
      ? cut("The preheader", mail.preheader, phonePreheader)
      : ["There is no preheader: programs show the first words of the mail in its place, roughly these."]),
  );
}

function other() {
  return element("div", { className: "other", ariaHidden: "true" }, element("i"), element("i"), element("i"));
}

function cut(what, text, shown) {
  const characters = count([...text].length, "character");
  if (shown.scrollWidth <= shown.clientWidth && shown.scrollHeight <= shown.clientHeight) {
    return [`${what}, ${characters}, is shown whole.`];
  }
  return [`${what}, ${characters}, is cut after “`, element("b", { dir: "auto" }, whatIsLeft(text, shown)), "”."];
}

// The longest beginning that stays inside the box with the ellipsis behind it.
function whatIsLeft(text, shown) {
  const probe = shown.cloneNode();
  probe.style.position = "absolute";
  probe.style.visibility = "hidden";
  probe.style.width = `${shown.clientWidth}px`;
  shown.after(probe);
  const characters = [...text];
  let [fits, fails] = [0, characters.length];
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    probe.textContent = `${characters.slice(0, middle).join("").trimEnd()}…`;
    const whole = probe.scrollWidth <= probe.clientWidth && probe.scrollHeight <= probe.clientHeight;
    [fits, fails] = whole ? [middle, fails] : [fits, middle];
  }
  probe.remove();
  return characters.slice(0, fits).join("").trimEnd();
}
