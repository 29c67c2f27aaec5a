// The words that findings are about, marked where they are read: as highlights, of which a document knows nothing.

// On whatever ground, and whatever the colours of the text.
const STYLE = `
  ::highlight(dispatch-pointed) { color: #1f1f1d; background-color: #ffe9a6; text-decoration: underline 2px #8a5300; }
  ::highlight(dispatch-chosen) { color: #1f1f1d; background-color: #ffcf40; text-decoration: underline 2px #8a5300; }
`;
const KINDS = ["pointed", "chosen"]; // the later wins
const LETTER = /[\p{L}\p{N}]/u;
const ANNOUNCED = "[data-announced]";
const IN_LINE = "a, abbr, b, bdi, bdo, cite, code, del, em, font, i, ins, q, s, small, span, strong, sub, sup, u";

const styled = new WeakSet();

// Mark in a document the ranges of each kind, and nothing else of that kind.
export function mark(page, ranges) {
  const { CSS, CSSStyleSheet, Highlight } = page.defaultView ?? {};
  if (!CSS?.highlights) return; // an older browser: the outline of the block says enough
  if (!styled.has(page)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    page.adoptedStyleSheets.push(sheet);
    styled.add(page);
  }
  for (const [priority, kind] of KINDS.entries()) {
    CSS.highlights.set(`dispatch-${kind}`, Object.assign(new Highlight(...ranges[kind]), { priority }));
  }
}

// The ranges of a page in which the words of a finding stand, none or one: in the elements of their block with the same
// around them, as the n-th of those; else there if they stand only once; else anywhere, for a page may know no blocks.
export function rangesOf(page, elements, { words, around }) {
  const block = reading(elements);
  const range = (read, place) => (place === undefined ? [] : [rangeIn(page, read, place, words)]);
  const place = exactPlace(block, words, around);
  if (place !== undefined) return range(block, place);
  const alone = placesOf(block.text, ` ${words} `);
  if (alone.length) return range(block, alone.length === 1 ? alone[0] + 1 : undefined);
  const whole = reading([page.body]);
  return range(whole, exactPlace(whole, words, around));
}

function exactPlace({ text }, words, around) {
  for (const { before, after, nth } of around) {
    const places = placesOf(text, before + words + after);
    if (places.length) return places[Math.min(nth, places.length - 1)] + before.length;
  }
}

function rangeIn(page, { at }, place, words) {
  const [first, last] = [at[place], at[place + words.length - 1]];
  const range = page.createRange();
  range.setStart(first.node, first.offset);
  range.setEnd(last.node, last.offset + 1);
  return range;
}

// What is read in some elements: letters and figures, with one space in the place of all between them, and the node and
// offset that each is from.
function reading(elements) {
  let [text, line] = [" ", null];
  const at = [null];
  const space = () => {
    if (!text.endsWith(" ")) at.push(null), (text += " ");
  };
  for (const node of elements.flatMap(nodesIn)) {
    const around = node.parentElement.closest(`:not(${IN_LINE})`);
    if (around !== line || !node.data) space();
    line = around;
    let offset = 0;
    for (const character of node.data ?? "") {
      if (LETTER.test(character)) {
        for (let unit = 0; unit < character.length; unit++) at.push({ node, offset: offset + unit });
        text += character;
      } else {
        space();
      }
      offset += character.length;
    }
  }
  space();
  return { text, at };
}

// The texts that are seen in an element, and what parts them: line breaks, and what a screen reader says between them.
function nodesIn(element) {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  const isRead = ({ parentElement }) => parentElement.checkVisibility() && !parentElement.matches(ANNOUNCED);
  return nodes.filter((node) => (node.data === undefined ? node.matches(`br, ${ANNOUNCED}`) : isRead(node)));
}

function placesOf(text, sought) {
  const places = [];
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) places.push(at);
  return places;
}
