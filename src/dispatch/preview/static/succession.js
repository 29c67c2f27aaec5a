// Where in a list something stands that stood in the same list before, or what stands in its place.

// Of `at` in a list of keys, some of which may be alike: its index in the list as it is now, and whether that is itself
// or, where it is gone, what came after it. -1 in an empty list.
export function successor(before, at, now) {
  const most = Math.min(before.length, now.length);
  const ends = (alike) => [...Array(most).keys()].find((index) => !alike(index)) ?? most;
  const head = ends((index) => before[index] === now[index]);
  const tail = Math.min(most - head, ends((index) => before.at(-1 - index) === now.at(-1 - index)));
  if (at < head) return { index: at, same: true };
  if (at >= before.length - tail) return { index: at - before.length + now.length, same: true };
  const changed = now.slice(head, now.length - tail);
  for (const [step, key] of before.slice(at, before.length - tail).entries()) {
    const index = changed.indexOf(key);
    if (index >= 0) return { index: head + index, same: step === 0 };
  }
  return { index: Math.min(head + changed.length, now.length - 1), same: false };
}
