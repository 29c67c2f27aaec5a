// How an issue is looked at: what was chosen stands in the address of the page, and what it was last is remembered.

import { choicesOf } from "./memory.js";

const SMALL = matchMedia("(max-width: 640px)").matches; // as in the style sheets

export const DEFAULTS = { issue: "", as: "", made: "", without: "", language: "", view: "mail", width: SMALL ? "phone" : "desktop", scheme: "light", images: "on", client: "apple-mail" };

const ALLOWED = {
  view: ["mail", "inbox", "text", "web", "source"],
  width: ["phone", "tablet", "desktop"],
  scheme: ["light", "dark"],
  images: ["on", "off"],
};

// What the choices make no difference to: the buttons are out of use there.
export const IDLE = {
  width: ["inbox", "source"],
  scheme: ["source"],
  images: ["inbox", "text", "source"],
};

export function fromUrl() {
  const given = fitting(Object.fromEntries(new URLSearchParams(location.search)));
  return { ...DEFAULTS, ...remembered(given.issue ?? ""), ...given };
}

export function urlOf(choices) {
  const query = new URLSearchParams(Object.entries(choices).filter(([name, value]) => value !== DEFAULTS[name]));
  return query.size ? `?${query}` : location.pathname;
}

// How an issue was looked at last. Whose message it was is not remembered: addresses stay in the newsletter's list.
export function remembered(issue) {
  return fitting(choicesOf(issue));
}

function fitting(some) {
  const known = ([name, value]) => name in DEFAULTS && (ALLOWED[name]?.includes(value) ?? true);
  return Object.fromEntries(Object.entries(some).filter(known));
}
