// What an edit changes: the lines of a unified diff, with the characters marked that differ.

import { element } from "./dom.js";

// Characters of a long unchanged part that stay at either end of it.
const KEPT = 48;

// Words on both sides, multiplied, above which only the ends are compared.
const MOST = 1_000_000;

// A unified diff without context, as rows.
export function differenceRows(lines) {
  const hunks = [];
  for (const line of lines) {
    // Lines that nothing gives way to are counted in the new file: the old one has only the line above.
    if (line.startsWith("@@")) hunks.push({ line: /-\d+,0 \+(\d+)/.exec(line)?.[1] ?? /\d+/.exec(line)[0], "-": [], "+": [] });
    else hunks.at(-1)[line[0]].push(line.slice(1));
  }
  return hunks.flatMap((hunk) => rows(hunk["-"].join("\n"), hunk["+"].join("\n"), hunk.line));
}

// One text and another, as rows.
export function rows(before, after, line = "") {
  const pieces = compared(before, after);
  return [
    ...(before ? side("-", pieces.filter(([kind]) => kind !== "ins"), line) : []),
    ...(after ? side("+", pieces.filter(([kind]) => kind !== "del"), line) : []),
  ];
}

function side(sign, pieces, line) {
  const lines = [[]];
  for (const [kind, text] of pieces) {
    text.split("\n").forEach((part, index) => {
      if (index) lines.push([]);
      if (part) lines.at(-1).push([kind, part]);
    });
  }
  return lines.map((parts, index) =>
    element(
      "div",
      { className: sign === "-" ? "before" : "after" },
      element("span", { className: "line" }, line && String(Number(line) + index)),
      element("span", { className: "sign" }, sign === "-" ? "−" : "+"),
      element("code", {}, ...parts.map((part, each) => shown(part, each === 0, each === parts.length - 1))),
    ),
  );
}

function shown([kind, text], first, last) {
  if (kind !== "same") return element(kind, {}, text);
  if (text.length <= 3 * KEPT || (first && last)) return text;
  return `${first ? "" : text.slice(0, KEPT)} … ${last ? "" : text.slice(-KEPT)}`;
}

// Pieces of two texts, in order: "same", "del" for the one's, "ins" for the other's.
export function compared(before, after) {
  const [old, fresh] = [before, after].map((text) => text.match(/^\s+|\S+\s*/g) ?? []);
  const pieces = [];
  let [gone, come] = ["", ""];
  const flush = () => {
    pieces.push(...refined(gone, come));
    [gone, come] = ["", ""];
  };
  for (const [kind, word] of aligned(old, fresh)) {
    if (kind === "del") gone += word;
    else if (kind === "ins") come += word;
    else {
      flush();
      pieces.push([kind, word]);
    }
  }
  flush();
  return pieces.reduce((joined, [kind, text]) => {
    if (joined.at(-1)?.[0] === kind) joined.at(-1)[1] += text;
    else if (text) joined.push([kind, text]);
    return joined;
  }, []);
}

// Words by their longest common subsequence.
function aligned(old, fresh) {
  if (old.length * fresh.length > MOST) return [["del", old.join("")], ["ins", fresh.join("")]];
  const width = fresh.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        old[i] === fresh[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const steps = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      steps.push(["same", old[i]]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= fresh.length || (i < old.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      steps.push(["del", old[i++]]);
    } else steps.push(["ins", fresh[j++]]);
  }
  return steps;
}

// Of words that take the place of others, only the characters between those that both begin and end with.
function refined(gone, come) {
  const [old, fresh] = [[...gone], [...come]]; // by code points: half an emoji is none
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const middle = (all) => all.slice(head, all.length - tail).join("");
  return [
    ["same", old.slice(0, head).join("")],
    ["del", middle(old)],
    ["ins", middle(fresh)],
    ["same", old.slice(old.length - tail).join("")],
  ];
}
