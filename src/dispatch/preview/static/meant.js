// Which text of an issue is meant: by what was pointed at in the mail, by a block, or by a finding.

import { samePath } from "./drafts.js";
import { fixesOf } from "./fixes.js";

// How much of the words of what was pointed at a text must have to be the one that it shows.
const ALIKE = 0.5;

// What a check misses, by its name.
const MISSING = {
  "chart-without-source": "source",
  "missing-alt": "alt",
  "missing-credit": "source",
  "missing-preheader": "preheader",
};

// The text that an element of the mail shows: of the block that it stands in, the one with the most words in common.
export function textAt(texts, shown) {
  const block = shown.closest("[data-block]")?.dataset.block;
  const candidates = texts.filter((each) => !block || each.block === block);
  const cell = cellAt(candidates, shown, block);
  if (cell) return cell;
  if (block && shown.localName === "img") return candidates.find((each) => each.path.at(-1) === "alt") ?? candidates[0];
  let [best, most] = [null, ALIKE];
  for (let part = shown; part && part.localName !== "html"; part = part.parentElement) {
    const words = wordsOf(part.alt ?? said(part));
    for (const each of candidates) {
      const score = alike(words, wordsOf(plain(each.text)));
      if (score > most) [best, most] = [each, score];
    }
  }
  return best ?? (block ? (candidates.find((each) => !each.absent) ?? candidates[0]) : null);
}

// The text of a block.
export function textOf(texts, block) {
  const written = texts.filter((each) => !each.absent);
  return written.find((each) => each.block === block) ?? texts.find((each) => each.block === block) ?? texts[0];
}

// The text that a finding says is missing; null where it says nothing of that kind.
export function missingText(texts, finding) {
  const missed = MISSING[finding?.check];
  const here = (each) => each.block === finding.block || each.path.length === 1;
  return texts.find((each) => each.absent && each.path.at(-1) === missed && here(each)) ?? null;
}

// The characters of a text that a finding at one of them is about: those that its fix takes away or that it quotes, or
// the word. What is said of the first character may be meant of the text as a whole.
export function charactersOf({ path, text }, offset, finding) {
  const units = (count) => [...text].slice(0, count).join("").length; // the file counts code points
  const { message } = finding;
  const change = fixesOf(finding)[0]?.edits?.find((each) => samePath(each.path, path));
  if (change) return [units(change.start), units(change.end)];
  const start = units(offset);
  const quoted = [...message.matchAll(/“([^”]+)”|`([^`]+)`|"([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? match[3]);
  const word = /\s+|\S+?(?=[.,;:!?)\]]*(?:\s|$))/uy;
  word.lastIndex = start;
  const found = quoted.find((each) => text.startsWith(each, start)) ?? (start ? word.exec(text)?.[0] : "");
  return [start, start + (found?.length ?? 0)];
}

// The text of a cell that an element lies in. By place and not by words: a cell may hold its column's header too, as a
// label for phones. Where no block says which table it is, as in the archive, the words must be the same as well.
function cellAt(texts, shown, block) {
  const cell = shown.closest("td, th");
  const row = cell?.parentElement;
  if (!row?.closest("table").tHead) return null; // a table that sets the mail
  const heads = row.parentElement.localName === "thead" || shown.closest(".label");
  const place = heads ? ["header", cell.cellIndex] : ["rows", row.sectionRowIndex, cell.cellIndex];
  const words = wordsOf(said(cell)).join();
  const same = ({ text }) => block || wordsOf(plain(text)).join() === words;
  return texts.find((each) => samePath(each.path.slice(-place.length), place) && same(each));
}

// What an element says, but for the labels of cells.
function said(element) {
  if (!element.querySelector(".label")) return element.textContent;
  const own = element.cloneNode(true);
  for (const label of own.querySelectorAll(".label")) label.remove();
  return own.textContent;
}

function plain(text) {
  return text.replace(/\]\([^)]*\)/g, " ").replace(/\{\{[^}|]*\|?([^}]*)\}\}/g, "$1");
}

function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

// From 0, no word in common, to 1.
function alike(one, other) {
  const left = new Map();
  for (const word of other) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of one) {
    const count = left.get(word);
    if (count) {
      common++;
      left.set(word, count - 1);
    }
  }
  return (2 * common) / (one.length + other.length || 1);
}
