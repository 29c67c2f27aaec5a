// What a finding offers: a fix, which is certain, or suggestions, of which one may be meant.

// What could be written for a finding: its fix, which is certain, or what it suggests.
export function fixesOf({ fix, suggestions }) {
  return fix ? [fix] : (suggestions ?? []);
}

// What a button for a suggestion says: the words to be written.
export function labelOf({ title }) {
  return title.replace(/^Write /, "");
}
