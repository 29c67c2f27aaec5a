// Lists at the sides: findings and facts; and the problems that keep an issue from compiling.

import { count, element, icon, place } from "./dom.js";
import { fixesOf, labelOf } from "./fixes.js";

// What the checks say: the findings, and folded below them what is allowed. Each element has its `finding`. Places in
// the issue's own file go without its name.
export function findingLists({ findings, waived, notices, pending }, file, fix) {
  const items = (some) => element("ol", {}, ...some.map((finding) => findingItem(finding, file, fix)));
  const open = findings.length
    ? items(findings)
    : element("p", { className: "nothing" }, ...nothing(pending || notices.length));
  const lists = [open];
  if (waived.length) {
    const summary = element("summary", {}, `${waived.length} allowed`);
    lists.push(element("details", { className: "waived" }, summary, items(waived)));
  }
  if (pending) lists.push(element("p", { className: "notice waiting" }, "Proof-reading…"));
  return [...lists, ...notices.map((notice) => element("p", { className: "notice" }, ...prose(notice)))];
}

// That nothing was found; it is not for certain that nothing is wrong where not all was read.
function nothing(partly) {
  return partly ? ["The checks found nothing in what was read."] : [icon("fine"), "The checks found nothing."];
}

function findingItem(finding, file, fix) {
  const { severity, message, hint, reason, check } = finding;
  const chosen = reason || finding.fix ? [] : fixesOf(finding);
  const item = element(
    "li",
    { className: `finding ${severity}` },
    icon(severity),
    element(
      "div",
      {},
      element(
        "button",
        { className: "told" },
        element("span", { className: "unseen" }, `${capital(severity)}: `),
        ...prose(capital(message)),
      ),
      reason ? element("p", { className: "hint" }, "Allowed: ", ...prose(reason)) : null,
      chosen.length ? suggestionRow(finding, chosen, fix) : null,
      hint && !reason && !chosen.some((each) => each.edits) ? element("p", { className: "hint" }, ...prose(hint)) : null,
      element(
        "div",
        { className: "foot" },
        place(finding) ? placeLink(finding, place(finding.file === file ? { ...finding, file: "" } : finding)) : null,
        element("code", { className: "check", title: `The check. Where this is meant: allow: {${check}: the reason}` }, check),
        finding.fix && !reason
          ? element("button", { className: "fix", title: `${finding.fix.title} (f)`, onclick: () => fix(finding) }, "Fix")
          : null,
      ),
    ),
  );
  return Object.assign(item, { finding });
}

// What may be meant, a button each.
function suggestionRow(finding, suggestions, fix) {
  const buttons = suggestions.map((each, number) => {
    const title = each.word ? `Put ${each.word} into terms.yaml (y)` : `${each.title}${number ? "" : " (f)"}`;
    return element("button", { className: "fix", title, onclick: () => fix(finding, number) }, labelOf(each));
  });
  return element("div", { className: "suggestions", role: "group", ariaLabel: "What to do" }, ...buttons);
}

// A place, as the way into the author's editor where they have one.
function placeLink(at, text = place(at)) {
  if (!at.editor) return element("code", { title: place(at) }, text);
  const title = `Open ${place(at)} in the editor (o)`;
  return element("a", { className: "open", href: at.editor, title }, element("code", {}, text), icon("open"));
}

// The lines of a block, of which a finding may be about one, and below the way to them for whom alone it is.
export function lineList(block, about) {
  const { file, line: first, lines } = block;
  const last = first + lines.length - 1;
  const range = `${last > first ? "Lines" : "Line"} ${first}${last > first ? `–${last}` : ""}`;
  const rows = lines.map((text, index) => {
    const row = element("div", { className: first + index === about ? "at" : "" }, element("span", {}, text || " "));
    row.dataset.line = first + index;
    return row;
  });
  const code = block.when ? element("code", {}, block.when) : null;
  const whom = block.when ? element("p", {}, "For ", code, block.shown ? " only." : " only: not for the reader you look at.") : null;
  return [placeLink(block, range), whom, element("pre", { tabIndex: 0, role: "group", ariaLabel: `${range} of ${file}` }, ...rows)];
}

export function counts(findings) {
  return ["error", "warning"].flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number ? [element("span", { className: `count-${severity}` }, count(number, severity))] : [];
  });
}

export function problemList(problems) {
  return problems.map((problem) =>
    element(
      "li",
      {},
      place(problem) ? placeLink(problem) : null,
      element("p", {}, ...prose(capital(problem.message))),
      problem.hint ? element("p", { className: "hint" }, ...prose(problem.hint)) : null,
    ),
  );
}

export function factList(mail, file) {
  const facts = {
    File: placeLink(file),
    HTML: element(
      "span",
      { className: mail.html_bytes >= mail.clipped_at ? "over" : "", title: "Gmail hides the rest" },
      `${kilobytes(mail.html_bytes)} of ${kilobytes(mail.clipped_at)}`,
    ),
    Text: kilobytes(mail.text_bytes),
    Pictures: mail.pictures
      ? `${mail.pictures}, ${kilobytes(mail.picture_bytes)}, ${mail.embedded ? "embedded" : "hosted"}`
      : "none",
    Subject: count([...mail.subject].length, "character"),
    Preheader: mail.preheader ? count([...mail.preheader].length, "character") : "none",
  };
  return Object.entries(facts).map(([name, fact]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, fact)),
  );
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toLocaleString("en", { maximumFractionDigits: bytes < 100_000 ? 1 : 0 })} kB`;
}

function capital(sentence) {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

// What stands between backticks is something to type.
function prose(text) {
  return text.split(/`([^`]+)`/).map((piece, index) => (index % 2 ? element("code", {}, piece) : piece));
}
