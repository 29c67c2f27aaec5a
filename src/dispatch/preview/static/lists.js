// Lists at the sides: findings and facts; and the problems that keep an issue from compiling.

import { count, element, icon, place } from "./dom.js";

// Bytes of HTML after which Gmail hides the rest.
const CLIP = 102_400;

export function findingList(findings, fix) {
  if (!findings.length) return [element("p", { className: "nothing" }, icon("fine"), "The checks found nothing.")];
  return findings.map((finding) =>
    element(
      "div",
      { className: `finding ${finding.severity}` },
      icon(finding.severity),
      element(
        "div",
        {},
        element("p", {}, ...prose(capital(finding.message))),
        finding.hint ? element("p", { className: "hint" }, ...prose(finding.hint)) : null,
        element("code", { className: "place", title: finding.check }, place(finding)),
        finding.fix
          ? element("button", { className: "fix", title: `${finding.fix.title} (f)`, onclick: () => fix(finding) }, "Fix")
          : null,
      ),
    ),
  );
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
      place(problem) ? element("code", {}, place(problem)) : null,
      element("p", {}, ...prose(capital(problem.message))),
      problem.hint ? element("p", { className: "hint" }, ...prose(problem.hint)) : null,
    ),
  );
}

export function factList(mail) {
  const facts = {
    HTML: element(
      "span",
      { className: mail.html_bytes > CLIP ? "over" : "", title: "Gmail hides what comes after 102 kB" },
      `${kilobytes(mail.html_bytes)} of ${kilobytes(CLIP)}`,
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
