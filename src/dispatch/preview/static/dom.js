// Elements from JavaScript: text only ever becomes text.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

// As an editor understands it.
export function place({ file, line, column }) {
  return [file, line, column].filter(Boolean).join(":");
}

// Raises an Error that `why` puts into words, and an AbortError when it was told to stop.
export async function ask(path, parameters = {}, signal = undefined) {
  const answer = await fetch(`${path}?${new URLSearchParams(parameters)}`, { signal });
  if (!answer.ok) throw new Error(`the preview answers ${answer.status}`);
  return answer.json();
}

// Why something could not be asked; fetch raises a TypeError where nobody answers.
export function why(error) {
  return error instanceof TypeError ? "the preview does not answer" : error.message;
}
