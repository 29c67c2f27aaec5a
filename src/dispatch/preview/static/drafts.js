// What was typed and not written: kept in its tab, also through a reload, with the text that it was made of.

const STORE = "drafts";

export class Drafts {
  #all = read(); // { issue, path, of, base, text }: `base` is what stood at `path`, `text` what was made of it

  // Whether there is something that closing the tab would lose.
  get any() {
    return this.#all.length > 0;
  }

  // The texts of an issue as they are by now: a draft goes with the text that it was made of.
  settle(issue, texts) {
    for (const draft of this.#all) {
      if (draft.issue === issue) draft.path = home(texts, { ...draft, text: draft.base })?.path ?? draft.path;
    }
    this.#store();
  }

  // What was made of a text, or of another one that stood there.
  find(issue, { path, text }) {
    const here = this.#all.filter((each) => each.issue === issue && samePath(each.path, path));
    return here.find((each) => each.base === text) ?? here[0];
  }

  // Keep what was made of a text, if it differs; else there is nothing to keep any more.
  keep(issue, entry, text) {
    this.drop(issue, entry);
    const { path, of, text: base } = entry;
    if (text === base) return;
    this.#all.push({ issue, path, of, base, text });
    this.#store();
  }

  drop(issue, { path, text }) {
    this.#all = this.#all.filter((each) => each.issue !== issue || each.base !== text || !samePath(each.path, path));
    this.#store();
  }

  #store() {
    try {
      sessionStorage.setItem(STORE, JSON.stringify(this.#all));
    } catch {
      // no room, or not allowed: they stay as long as the page does, which asks before it goes
    }
  }
}

// Where a text stands by now: where it stood, or wherever it is the only one of its kind and words (and picture).
export function home(texts, { path, text, of }) {
  const same = texts.filter((each) => each.text === text && each.of === of && kindOf(each.path) === kindOf(path));
  return same.find((each) => samePath(each.path, path)) ?? (same.length === 1 ? same[0] : null);
}

export function samePath(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function kindOf(path) {
  return JSON.stringify(path.filter((step) => typeof step === "string"));
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) ?? [];
  } catch {
    return [];
  }
}
