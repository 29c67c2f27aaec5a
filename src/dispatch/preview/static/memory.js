// What this browser remembers of the desk: how each issue is looked at, and how the panes stand.
// One that remembers nothing (private windows, a full disk) is as good as new each time, and no more.

// The path is the newsletter's, and a secret: its hash (FNV-1a, 32 bits) tells newsletters apart, and nothing else.
const PLACE = `dispatch ${[...location.pathname].reduce((hash, each) => Math.imul(hash ^ each.charCodeAt(0), 16777619) >>> 0, 2166136261)}`;

// Issues that are remembered; those that were not looked at for longest are forgotten.
const MOST = 100;

// How an issue was looked at last: the choices by name, none where it never was.
export function choicesOf(issue) {
  return new Map(recall().issues ?? []).get(issue) ?? {};
}

export function keepChoices(issue, choices) {
  const memory = recall();
  const others = (memory.issues ?? []).filter(([name]) => name !== issue);
  keep({ ...memory, issues: [...others, [issue, choices]].slice(-MOST) });
}

export function panes() {
  return recall().panes ?? {};
}

export function keepPanes(panes) {
  keep({ ...recall(), panes });
}

function recall() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {};
  }
}

function keep(memory) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(memory));
  } catch {
    // see above
  }
}
