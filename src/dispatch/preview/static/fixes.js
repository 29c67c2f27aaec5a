// What a finding offers: a fix, which is certain, or suggestions, of which one may be meant; or the word is accepted.

// What could be written for a finding, the last of which may be its word, into terms.yaml.
export function fixesOf({ fix, suggestions, word }) {
  const fixes = fix ? [fix] : (suggestions ?? []);
  return word ? [...fixes, { title: `Accept ${word}`, word }] : fixes;
}

// What a button for one of them says: the words to be written.
export function labelOf({ title }) {
  return title.replace(/^Write /, "");
}
